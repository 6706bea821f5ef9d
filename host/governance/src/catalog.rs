//! What the planner asks of modules.

use std::collections::BTreeMap;

use arrow_schema::{Field, Schema, SchemaRef};
use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName, Ordering, PartName, Read};
use serde::{Deserialize, Serialize};

use crate::plan::Lookup;

/// The reference tables that a policy gives to its module, by name.
pub type TableSchemas = BTreeMap<PartName, SchemaRef>;

/// Answers for approved modules. Whoever calls the planner implements it, out of
/// verified approvals and of what the modules themselves say: so governance needs
/// to know neither how an approval is verified nor how a module runs.
pub trait ModuleCatalog {
    /// What is known of an approved module.
    ///
    /// # Errors
    /// If there is no such module, or no approval for it that holds now.
    fn module(&self, name: &ModuleName) -> Result<ModuleFacts, CatalogError>;

    /// What a transform will do, given its settings as JSON text, the fields of the
    /// binding's columns and its reference tables.
    ///
    /// # Errors
    /// If the module cannot work with these settings or fields.
    fn plan_transform(
        &self,
        name: &ModuleName,
        settings: &str,
        input: &Schema,
        tables: &TableSchemas,
    ) -> Result<TransformPlan, CatalogError>;

    /// What a check will judge, given its settings as JSON text, the fields of the
    /// binding's columns and its reference tables.
    ///
    /// # Errors
    /// If the module cannot work with these settings or fields.
    fn plan_check(
        &self,
        name: &ModuleName,
        settings: &str,
        input: &Schema,
        tables: &TableSchemas,
    ) -> Result<CheckPlan, CatalogError>;
}

/// Why a catalog has no answer, in words for whoever wrote the binding: lowercase,
/// no full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CatalogError {
    message: String,
}

impl CatalogError {
    /// An error with its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// What is known of an approved module.
#[derive(Debug, Clone, PartialEq)]
pub struct ModuleFacts {
    /// The digest that is approved.
    pub digest: ModuleDigest,
    /// What the module exports.
    pub kind: Kind,
    /// How many columns one opened stage or check works on.
    pub scope: Scope,
    /// One sentence: what it does.
    pub summary: String,
    /// JSON Schema (draft 2020-12) of its settings, as text.
    pub settings_schema: String,
    /// What its approval lets it have.
    pub grants: Grants,
    /// What its approval lets it use, before the framework's caps.
    pub limits: Limits,
}

/// What a module exports besides its description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Gives new rows or new values.
    Transform,
    /// Judges rows and changes none.
    Quality,
}

/// How many columns one opened stage or check works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One: a binding to several columns becomes one step for each of them.
    Column,
    /// All the columns of the binding together.
    Columns,
}

/// What a transform does to the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Same rows, new values for the columns it writes.
    Map,
    /// Fewer rows, no new values.
    Filter,
    /// A wholly new batch.
    Reshape,
}

/// What a transform will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransformPlan {
    /// The columns it reads, out of the fields it was given.
    pub reads: Vec<Read>,
    /// The fields it writes: none for a filter, the whole new schema for a reshape.
    pub writes: Vec<Field>,
    /// What it does to the rows.
    pub shape: Shape,
    /// What its answer to a batch may depend on.
    pub ordering: Ordering,
    /// What it looks up in reference tables.
    pub lookups: Vec<Lookup>,
}

/// What a check will judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckPlan {
    /// The columns it reads, out of the fields it was given.
    pub reads: Vec<Read>,
    /// Its rules, in the order in which it gives their bitmaps.
    pub rules: Vec<Rule>,
    /// What its judgement of a batch may depend on.
    pub ordering: Ordering,
    /// What it looks up in reference tables.
    pub lookups: Vec<Lookup>,
}

/// One rule of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Unique within the check.
    pub id: String,
    /// One sentence: what must hold.
    pub summary: String,
    /// The data quality dimension, as ODCS names them.
    pub dimension: String,
    /// What the rule speaks of.
    pub granularity: Granularity,
}

/// What a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Granularity {
    /// Single rows.
    Row,
    /// All rows together.
    Dataset,
}
