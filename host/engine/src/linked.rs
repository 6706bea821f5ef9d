//! A component, compiled and linked: with its fuel counted, without, or both.

use std::sync::{Arc, OnceLock};

use bailiwick_terms::{ModuleDigest, Services};
use wasmtime::component::{Component, InstancePre};

use crate::fault::Admission;
use crate::sandbox::HostState;
use crate::services::linker;
use crate::{Engine, EngineError, GuestText};

/// A component that can be instantiated with or without fuel.
///
/// Counting fuel changes the code that is generated, and whether it is counted can
/// change after a module was loaded, since a framework may cap what an approval does
/// not. So each of the two is compiled when it is first asked for.
pub(crate) struct Linked {
    engine: Engine,
    bytes: Arc<[u8]>,
    digest: ModuleDigest,
    services: Services,
    plain: OnceLock<InstancePre<HostState>>,
    metered: OnceLock<InstancePre<HostState>>,
}

/// Why bytes cannot be linked: the module's fault or ours.
pub(crate) enum NotLinked {
    Module(Admission),
    Engine(EngineError),
}

impl NotLinked {
    /// The error, with a refusal put as that says.
    pub(crate) fn of(self, refused: impl Fn(Admission) -> EngineError) -> EngineError {
        match self {
            NotLinked::Module(refusal) => refused(refusal),
            NotLinked::Engine(error) => error,
        }
    }
}

impl From<Admission> for NotLinked {
    fn from(refusal: Admission) -> Self {
        NotLinked::Module(refusal)
    }
}

impl Linked {
    /// Nothing is compiled yet. The bytes, of that digest, were admitted.
    pub(crate) fn new(
        engine: &Engine,
        (bytes, digest): (Arc<[u8]>, ModuleDigest),
        services: &Services,
    ) -> Self {
        let (engine, services) = (engine.clone(), services.clone());
        let (plain, metered) = (OnceLock::new(), OnceLock::new());
        Self { engine, bytes, digest, services, plain, metered }
    }

    /// The component as code that counts fuel, or as code that does not.
    pub(crate) fn pre(&self, fuel: bool) -> Result<&InstancePre<HostState>, NotLinked> {
        if let Some(pre) = self.linked(fuel).get() {
            return Ok(pre);
        }
        let runtime = self.engine.runtime(fuel).map_err(NotLinked::Engine)?;
        let component = match self.engine.kept(runtime, &self.digest) {
            Some(component) => component,
            None => self.engine.compiled(runtime, &self.bytes, &self.digest).map_err(not_linked)?,
        };
        self.pre_of(fuel, &component)
    }

    /// The component, which is this one's code that counts fuel or does not, linked.
    pub(crate) fn pre_of(
        &self,
        fuel: bool,
        component: &Component,
    ) -> Result<&InstancePre<HostState>, NotLinked> {
        let linker = linker(component.engine(), &self.services).map_err(NotLinked::Engine)?;
        let pre = linker.instantiate_pre(component).map_err(not_linked)?;
        Ok(self.linked(fuel).get_or_init(|| pre))
    }

    fn linked(&self, fuel: bool) -> &OnceLock<InstancePre<HostState>> {
        if fuel { &self.metered } else { &self.plain }
    }
}

/// What a component that is not compiled or not linked is refused for.
pub(crate) fn not_linked(error: wasmtime::Error) -> NotLinked {
    let reason = GuestText::new(&format!("{error:#}")).to_string();
    NotLinked::Module(Admission::Link { reason })
}
