//! How bytes become a module: looked at, compiled, linked, and asked what they are.

use std::sync::Arc;

use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName, PartName};
use bailiwick_trust::ApprovedModule;
use bailiwick_trust::bounds::MAX_MODULE_BYTES;

use crate::admission::{boundary, check_complexity, check_imports};
use crate::fault::Admission;
use crate::linked::{Linked, NotLinked, not_linked};
use crate::reference::Lookups;
use crate::sandbox::Sandbox;
use crate::services::Keyring;
use crate::{Call, Description, Engine, EngineError, Inspection, Module};

impl Engine {
    /// Admits and compiles an approved module, and asks it what it is.
    ///
    /// # Errors
    /// [`EngineError::Refused`] says why it is not admitted: too large, not a
    /// component of ours, an import that was not granted, another name than it was
    /// signed under.
    pub fn load(&self, approved: &ApprovedModule) -> Result<Module, EngineError> {
        self.load_capped(approved, approved.limits())
    }

    /// Admits, compiles and asks an approved module as [`Engine::load`] does, under the
    /// limits of its approval capped by others, such as the framework's: these then are
    /// its own, for whatever is planned and opened.
    ///
    /// # Errors
    /// As [`Engine::load`].
    pub fn load_capped(
        &self,
        approved: &ApprovedModule,
        cap: &Limits,
    ) -> Result<Module, EngineError> {
        let limits = approved.limits().capped_by(cap);
        let module = (Arc::clone(approved.bytes()), *approved.digest());
        self.admit_named(approved.name(), module, approved.grants(), limits)
    }

    /// Admits bytes, of that digest, as the module of a name, which they must state.
    pub(crate) fn admit_named(
        &self,
        name: &ModuleName,
        (bytes, digest): (Arc<[u8]>, ModuleDigest),
        grants: &Grants,
        limits: Limits,
    ) -> Result<Module, EngineError> {
        let refused = |refusal| EngineError::Refused { module: name.to_string(), refusal };
        let (linked, description, _) =
            self.admit((bytes, digest), grants, &limits).map_err(|error| error.of(refused))?;
        let own = (&description.name, &description.version);
        if own != (name.module(), name.version()) {
            return Err(refused(Admission::OtherName {
                expected: format!("{}@{}", name.module(), name.version()),
                found: format!("{}@{}", description.name, description.version),
            }));
        }
        Ok(Module::of((name, digest), grants, description, limits, linked))
    }

    /// Asks a module that nobody approved what it is: it can be looked at, never run.
    /// `file` is what messages call it.
    ///
    /// # Errors
    /// [`EngineError::Refused`] says why it is not one of our modules.
    pub fn inspect(&self, file: &str, bytes: &[u8]) -> Result<Inspection, EngineError> {
        let digest = ModuleDigest::of(bytes);
        let (_, description, imports) = self.admit_local(file, (bytes, digest))?;
        Ok(Inspection { description, imports, digest, size: bytes.len() })
    }

    /// Admits bytes, of that digest, that nobody approved, with every service that they import
    /// and of any size that a repository takes.
    pub(crate) fn admit_local(
        &self,
        file: &str,
        (bytes, digest): (&[u8], ModuleDigest),
    ) -> Result<(Linked, Description, Vec<String>), EngineError> {
        let refused = |refusal| EngineError::Refused { module: file.to_owned(), refusal };
        self.admit((bytes.into(), digest), &every_service(), &largest())
            .map_err(|error| error.of(refused))
    }

    /// Admits bytes, links them, and asks them what they are.
    fn admit(
        &self,
        (bytes, digest): (Arc<[u8]>, ModuleDigest),
        grants: &Grants,
        limits: &Limits,
    ) -> Result<(Linked, Description, Vec<String>), NotLinked> {
        if bytes.len() as u64 > limits.module_bytes {
            let found = bytes.len() as u64;
            return Err(Admission::TooLarge { found, limit: limits.module_bytes }.into());
        }
        let boundary = boundary(&bytes)?;
        check_imports(&boundary.imports, &grants.services)?;

        let fuel = limits.fuel.is_some();
        let runtime = self.runtime(fuel).map_err(NotLinked::Engine)?;
        let component = match self.kept(runtime, &digest) {
            Some(component) => component,
            None => {
                check_complexity(&bytes)?;
                self.compiled(runtime, &bytes, &digest).map_err(not_linked)?
            }
        };
        let linked = Linked::new(self, (bytes, digest), &grants.services);
        let pre = linked.pre_of(fuel, &component)?;
        let failed = |call, fault| Admission::Fault { call, fault };
        let mut sandbox = Sandbox::start(pre, limits, <(Keyring, Lookups)>::default(), true, None)
            .map_err(|fault| failed(Call::Start, fault))?;
        let said = sandbox.describe().map_err(|fault| failed(Call::Describe, fault))?;
        let description = said.validate(())?;
        if description.kind != boundary.kind {
            let reason = format!("it says {}, but exports {}", description.kind, boundary.kind);
            return Err(Admission::Description { reason }.into());
        }
        Ok((linked, description, boundary.imports))
    }
}

/// The limits that a module is looked at within, before an approval says its own: the default
/// ones, but for its size. That may be all that a repository takes, or nobody could publish
/// and review what an approval could allow.
pub(crate) fn largest() -> Limits {
    Limits { module_bytes: MAX_MODULE_BYTES, ..Limits::default() }
}

/// Grants under which whatever a module imports is linked: to look at it, `describe` needs no
/// service, but linking needs those that are imported.
pub(crate) fn every_service() -> Grants {
    let mut grants = Grants::default();
    grants.services.log = true;
    grants.services.lookup = true;
    for keys in [&mut grants.services.pseudonym, &mut grants.services.encryption] {
        keys.extend("any".parse::<PartName>());
    }
    grants
}
