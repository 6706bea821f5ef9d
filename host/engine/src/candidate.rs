//! A module under review.

mod trial;

use std::sync::Arc;

use arrow_schema::Schema;
use bailiwick_terms::{DomainName, Grants, Limits, ModuleDigest, ModuleName, UnversionedModule};

use crate::load::{every_service, largest};
use crate::{
    Admission, CheckPlan, Description, Engine, EngineError, Module, TableSchemas, TransformPlan,
};

pub use trial::{Trial, Tried};

/// The domain that a component's name is read in which is in no repository yet.
const LOCAL: &str = "local";

/// A module that nobody approved yet, under the grants and limits that it would get. It is
/// admitted as it would be, and can be asked what it would read and write, and to show what
/// it makes of a [`Trial`]; there is no way from it to a [`Stage`](crate::Stage) or a
/// [`Check`](crate::Check), so none into a run.
#[derive(Debug, Clone)]
pub struct Candidate(Module);

impl Engine {
    /// Admits the bytes of a module as they would be if they were approved so.
    ///
    /// # Errors
    /// As [`Engine::load`].
    pub fn candidate(
        &self,
        name: &ModuleName,
        bytes: &Arc<[u8]>,
        grants: &Grants,
        limits: &Limits,
    ) -> Result<Candidate, EngineError> {
        let module = (Arc::clone(bytes), ModuleDigest::of(bytes));
        self.admit_named(name, module, grants, limits.clone()).map(Candidate)
    }

    /// Admits a component that is in no repository yet, under the default limits, whatever its
    /// size, and with every host service that it imports. `file` is what messages call it.
    ///
    /// # Errors
    /// As [`Engine::inspect`].
    pub fn local_candidate(&self, file: &str, bytes: &[u8]) -> Result<Candidate, EngineError> {
        let digest = ModuleDigest::of(bytes);
        let (linked, said, _) = self.admit_local(file, (bytes, digest))?;
        let domain: DomainName = LOCAL.parse().map_err(|error| EngineError::Refused {
            module: file.to_owned(),
            refusal: Admission::from(error),
        })?;
        let module = UnversionedModule::new(domain, said.name.clone());
        let named = (&ModuleName::new(module, said.version.clone()), digest);
        Ok(Candidate(Module::of(named, &every_service(), said, largest(), linked)))
    }
}

impl Candidate {
    /// The SHA-256 of its bytes.
    pub fn digest(&self) -> ModuleDigest {
        self.0.digest()
    }

    /// What it says of itself.
    pub fn description(&self) -> &Description {
        self.0.description()
    }

    /// What it would be granted.
    pub fn grants(&self) -> &Grants {
        self.0.grants()
    }

    /// The limits that it would have.
    pub fn limits(&self) -> &Limits {
        self.0.limits()
    }

    /// As [`Module::with_tables`].
    pub fn with_tables(&self, tables: TableSchemas) -> Self {
        Self(self.0.with_tables(tables))
    }

    /// As [`Module::plan_transform`].
    ///
    /// # Errors
    /// As there.
    pub fn plan_transform(
        &self,
        settings: &str,
        columns: &Schema,
    ) -> Result<TransformPlan, EngineError> {
        self.0.plan_transform(settings, columns)
    }

    /// As [`Module::plan_check`].
    ///
    /// # Errors
    /// As there.
    pub fn plan_check(&self, settings: &str, columns: &Schema) -> Result<CheckPlan, EngineError> {
        self.0.plan_check(settings, columns)
    }
}
