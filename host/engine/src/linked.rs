//! A component, compiled and linked: with its fuel counted, without, or both.

use std::sync::{Arc, OnceLock};

use bailiwick_terms::Services;
use wasmtime::component::InstancePre;

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
    /// Nothing is compiled yet. The bytes were admitted.
    pub(crate) fn new(engine: &Engine, bytes: Arc<[u8]>, services: &Services) -> Self {
        let (engine, services) = (engine.clone(), services.clone());
        Self { engine, bytes, services, plain: OnceLock::new(), metered: OnceLock::new() }
    }

    /// The component as code that counts fuel, or as code that does not.
    pub(crate) fn pre(&self, fuel: bool) -> Result<&InstancePre<HostState>, NotLinked> {
        let kept = if fuel { &self.metered } else { &self.plain };
        if let Some(pre) = kept.get() {
            return Ok(pre);
        }
        let runtime = self.engine.runtime(fuel).map_err(NotLinked::Engine)?;
        let link = |error: wasmtime::Error| {
            let reason = GuestText::new(&format!("{error:#}")).to_string();
            NotLinked::Module(Admission::Link { reason })
        };
        let component = self.engine.compiled(runtime, &self.bytes).map_err(link)?;
        let linker = linker(runtime, &self.services).map_err(NotLinked::Engine)?;
        let pre = linker.instantiate_pre(&component).map_err(link)?;
        Ok(kept.get_or_init(|| pre))
    }
}
