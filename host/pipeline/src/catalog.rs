//! Answers the planner out of the verified repository and the sandbox.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use arrow_schema::Schema;
use bailiwick_engine as engine;
use bailiwick_governance::{
    CatalogError, CheckPlan, Granularity, Kind, Lookup, ModuleCatalog, ModuleFacts, Rule, Scope,
    Shape, TableSchemas, TransformPlan,
};
use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName};
use bailiwick_trust::Repository;

/// Modules that were verified and compiled, of one repository at one time.
#[derive(Debug, Default)]
pub(crate) struct Loaded(Mutex<BTreeMap<ModuleName, engine::Module>>);

impl Loaded {
    /// Those among them that have these names.
    pub(crate) fn named(
        &self,
        names: &BTreeSet<&ModuleName>,
    ) -> BTreeMap<ModuleName, engine::Module> {
        let loaded = self.lock();
        let named = loaded.iter().filter(|(name, _)| names.contains(name));
        named.map(|(name, module)| (name.clone(), module.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ModuleName, engine::Module>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Approved modules, each verified and compiled when it is first asked for.
pub(crate) struct Catalog<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) engine: &'a engine::Engine,
    pub(crate) loaded: &'a Loaded,
    /// The framework's limits: no module gets past them, not even while it is planned.
    pub(crate) cap: &'a Limits,
}

impl Catalog<'_> {
    fn load(&self, name: &ModuleName) -> Result<engine::Module, CatalogError> {
        if let Some(module) = self.loaded.lock().get(name) {
            return Ok(module.clone());
        }
        let approved = self.repository.module(name).map_err(said)?;
        let module = self.engine.load_capped(&approved, self.cap).map_err(said)?;
        self.loaded.lock().insert(name.clone(), module.clone());
        Ok(module)
    }

    /// Loads modules on all cores. One that cannot be loaded is no error yet: the
    /// planner asks for it again, and refuses its policy with the reason.
    ///
    /// On threads of its own: one of a pool that the compiler shares would, while it
    /// waits for a part of one module, begin another on top of it, and so on to the end
    /// of its stack.
    pub(crate) fn load_ahead(&self, names: &BTreeSet<&ModuleName>) {
        let waiting = Mutex::new(names.iter());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            for _ in 0..cores.min(names.len()) {
                scope.spawn(|| {
                    while let Some(name) = next() {
                        drop(self.load(name));
                    }
                });
            }
        });
    }
}

fn said(error: impl std::fmt::Display) -> CatalogError {
    CatalogError::new(error.to_string())
}

impl ModuleCatalog for Catalog<'_> {
    fn module(&self, name: &ModuleName) -> Result<ModuleFacts, CatalogError> {
        let module = self.load(name)?;
        Ok(facts(module.description(), module.digest(), module.grants(), module.limits()))
    }

    fn plan_transform(
        &self,
        name: &ModuleName,
        settings: &str,
        input: &Schema,
        tables: &TableSchemas,
    ) -> Result<TransformPlan, CatalogError> {
        self.load(name)?
            .with_tables(tables.clone())
            .plan_transform(settings, input)
            .map_err(said)
            .map(transform)
    }

    fn plan_check(
        &self,
        name: &ModuleName,
        settings: &str,
        input: &Schema,
        tables: &TableSchemas,
    ) -> Result<CheckPlan, CatalogError> {
        self.load(name)?
            .with_tables(tables.clone())
            .plan_check(settings, input)
            .map_err(said)
            .map(check)
    }
}

/// The catalog with one module as if it were approved already, so that it can be reviewed.
pub(crate) struct Reviewing<'a> {
    pub(crate) others: Catalog<'a>,
    pub(crate) name: &'a ModuleName,
    pub(crate) candidate: &'a engine::Candidate,
}

impl ModuleCatalog for Reviewing<'_> {
    fn module(&self, name: &ModuleName) -> Result<ModuleFacts, CatalogError> {
        if name != self.name {
            return self.others.module(name);
        }
        let module = self.candidate;
        Ok(facts(module.description(), module.digest(), module.grants(), module.limits()))
    }

    fn plan_transform(
        &self,
        name: &ModuleName,
        settings: &str,
        input: &Schema,
        tables: &TableSchemas,
    ) -> Result<TransformPlan, CatalogError> {
        if name != self.name {
            return self.others.plan_transform(name, settings, input, tables);
        }
        self.candidate
            .with_tables(tables.clone())
            .plan_transform(settings, input)
            .map_err(said)
            .map(transform)
    }

    fn plan_check(
        &self,
        name: &ModuleName,
        settings: &str,
        input: &Schema,
        tables: &TableSchemas,
    ) -> Result<CheckPlan, CatalogError> {
        if name != self.name {
            return self.others.plan_check(name, settings, input, tables);
        }
        self.candidate
            .with_tables(tables.clone())
            .plan_check(settings, input)
            .map_err(said)
            .map(check)
    }
}

fn facts(
    description: &engine::Description,
    digest: ModuleDigest,
    grants: &Grants,
    limits: &Limits,
) -> ModuleFacts {
    ModuleFacts {
        digest,
        kind: match description.kind {
            engine::Kind::Transform => Kind::Transform,
            engine::Kind::Quality => Kind::Quality,
        },
        scope: match description.scope {
            engine::Scope::Column => Scope::Column,
            engine::Scope::Columns => Scope::Columns,
        },
        summary: description.summary.to_string(),
        settings_schema: description.settings_schema.to_string(),
        grants: grants.clone(),
        limits: limits.clone(),
    }
}

fn transform(plan: engine::TransformPlan) -> TransformPlan {
    TransformPlan {
        reads: plan.reads,
        writes: plan.writes.iter().map(|field| field.as_ref().clone()).collect(),
        shape: match plan.shape {
            engine::Shape::Map => Shape::Map,
            engine::Shape::Filter => Shape::Filter,
            engine::Shape::Reshape => Shape::Reshape,
        },
        ordering: plan.ordering,
        lookups: lookups(plan.lookups),
    }
}

fn lookups(lookups: Vec<engine::Lookup>) -> Vec<Lookup> {
    let lookup = |lookup: engine::Lookup| Lookup {
        table: lookup.table,
        on: lookup.on.iter().map(|field| field.as_ref().clone()).collect(),
        columns: lookup.columns,
    };
    lookups.into_iter().map(lookup).collect()
}

fn check(plan: engine::CheckPlan) -> CheckPlan {
    let rules = plan.rules.into_iter().map(|rule| Rule {
        id: rule.id,
        summary: rule.summary.to_string(),
        dimension: rule.dimension,
        granularity: match rule.granularity {
            engine::Granularity::Row => Granularity::Row,
            engine::Granularity::Dataset => Granularity::Dataset,
        },
    });
    CheckPlan {
        reads: plan.reads,
        rules: rules.collect(),
        ordering: plan.ordering,
        lookups: lookups(plan.lookups),
    }
}
