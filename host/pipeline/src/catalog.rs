//! Answers the planner out of the verified repository and the sandbox.

use std::cell::RefCell;
use std::collections::BTreeMap;

use arrow_schema::Schema;
use bailiwick_engine as engine;
use bailiwick_governance::{
    CatalogError, CheckPlan, Granularity, Kind, ModuleCatalog, ModuleFacts, Rule, Scope, Shape,
    TransformPlan,
};
use bailiwick_terms::ModuleName;
use bailiwick_trust::Repository;

/// Modules that were verified and compiled, of one repository at one time.
pub(crate) type Loaded = RefCell<BTreeMap<ModuleName, engine::Module>>;

/// Approved modules, each verified and compiled when it is first asked for.
pub(crate) struct Catalog<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) engine: &'a engine::Engine,
    pub(crate) loaded: &'a Loaded,
}

impl Catalog<'_> {
    fn load(&self, name: &ModuleName) -> Result<engine::Module, CatalogError> {
        if let Some(module) = self.loaded.borrow().get(name) {
            return Ok(module.clone());
        }
        let approved = self.repository.module(name).map_err(said)?;
        let module = self.engine.load(&approved).map_err(said)?;
        self.loaded.borrow_mut().insert(name.clone(), module.clone());
        Ok(module)
    }
}

fn said(error: impl std::fmt::Display) -> CatalogError {
    CatalogError::new(error.to_string())
}

impl ModuleCatalog for Catalog<'_> {
    fn module(&self, name: &ModuleName) -> Result<ModuleFacts, CatalogError> {
        let module = self.load(name)?;
        let description = module.description();
        Ok(ModuleFacts {
            digest: module.digest(),
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
            grants: module.grants().clone(),
            limits: module.limits().clone(),
        })
    }

    fn plan_transform(
        &self,
        name: &ModuleName,
        settings: &str,
        input: &Schema,
    ) -> Result<TransformPlan, CatalogError> {
        let plan = self.load(name)?.plan_transform(settings, input).map_err(said)?;
        Ok(TransformPlan {
            reads: plan.reads,
            writes: plan.writes.iter().map(|field| field.as_ref().clone()).collect(),
            shape: match plan.shape {
                engine::Shape::Map => Shape::Map,
                engine::Shape::Filter => Shape::Filter,
                engine::Shape::Reshape => Shape::Reshape,
            },
            ordering: plan.ordering,
        })
    }

    fn plan_check(
        &self,
        name: &ModuleName,
        settings: &str,
        input: &Schema,
    ) -> Result<CheckPlan, CatalogError> {
        let plan = self.load(name)?.plan_check(settings, input).map_err(said)?;
        let rules = plan.rules.into_iter().map(|rule| Rule {
            id: rule.id,
            summary: rule.summary.to_string(),
            dimension: rule.dimension,
            granularity: match rule.granularity {
                engine::Granularity::Row => Granularity::Row,
                engine::Granularity::Dataset => Granularity::Dataset,
            },
        });
        Ok(CheckPlan { reads: plan.reads, rules: rules.collect(), ordering: plan.ordering })
    }
}
