//! Governance: contracts, bindings and the framework in, a plan out.
//!
//! A domain describes its product in an ODCS contract ([`Contract`]) and says in
//! `bindings.yaml` which modules run on which columns ([`Bindings`]). Central
//! governance says in `framework.yaml` which labels there are, which policies they
//! oblige to, what policies may not fall below, and through which ports data may leave ([`Framework`]). What modules
//! are approved, and what they read and write, the caller answers as a
//! [`ModuleCatalog`]. Out of these [`plan()`] derives a [`Plan`]: what a run does,
//! step by step, and which rule put each step, column and label there. Where rules
//! contradict there is no plan, but all [`Refusal`]s that were found, each with
//! where, what and what to do.
//!
//! Everything here is a pure function of its arguments: no file, no clock, no
//! module is touched. So a plan can be made on a laptop, in a review and in a run,
//! and is the same plan.
//!
//! What makes a plan trustworthy:
//! - Labels follow the data. A module has no other source of information than the
//!   columns it reads, so what it writes carries the labels of all it read, less
//!   those that its approval lets it remove. Which *rows* there are depends on what
//!   filters and quarantining checks read; the plan lists these as [`Influence`]s.
//!   The columns of reference tables that a module's plan looks up are among those it
//!   reads, with the labels that their contract gives them.
//! - Obligations follow the data in the same way, and are met only where the module
//!   asked for writes the column (a map, a reshape) or reads it (a filter, a check).
//! - Floors follow the data too: every policy on a column is held to those of all that
//!   the column was made of.
//! - A label that arrives at an output column must be declared there by the
//!   contract, so that the consumers of the product, and plans of theirs, see it.

mod bindings;
mod catalog;
mod contract;
mod document;
mod explain;
mod framework;
mod json_schema;
mod plan;
mod planner;
mod refusal;
mod settings;
mod signed_table;
mod threshold;

pub use bindings::{
    AS_OF, Bindings, DEFAULT_MAX_FAULT_ROWS, Dimension, Format, Input, MAX_TARGETS, OnFailure,
    OnFault, Output, Policy, RuleThreshold, Selection, Severity, Source,
};
pub use catalog::{
    CatalogError, CheckPlan, Granularity, Kind, ModuleCatalog, ModuleFacts, Rule, Scope, Shape,
    TableSchemas, TransformPlan,
};
pub use contract::{
    ColumnTypeError, Contract, Property, QualityRule, SchemaObject, named_type, same_type,
    type_name,
};
pub use document::{DocumentError, Problem, Problems};
pub use explain::{explanation, summary};
pub use framework::{
    Clearance, Condition, Floor, Framework, Obligation, Requirement, SettingFloor, StandardChecks,
};
pub use plan::{
    CarriedLabel, ColumnRead, ContractQuality, Dependence, FaultQuarantine, Influence,
    InfluenceKind, InputColumn, Judged, LabelReason, Lookup, OutputColumn, Plan, PlannedInput,
    PlannedOutput, PlannedReference, PlannedRule, PlannedSource, Reason, ReferenceColumn,
    RowFilter, Segment, Statement, Step, Withheld, Work, verdict_of,
};
pub use planner::{Documents, Upstream, plan};
pub use refusal::{PlanError, Refusal, RefusalRule};
pub use settings::{SettingsError, module_settings};
pub use signed_table::SignedTable;
pub use threshold::{Bound, FigureThreshold, Finding, Threshold, Unit, Verdict, verdict};
