//! The standard checks by name, run natively over the path that a host takes, for tests
//! that hold all of them to the same: to figures computed without them
//! (`expected/`, which `compute_expected.py` makes), and to give the same whatever the
//! parts that rows come in.

mod rows;

use bailiwick_guest::testing::{Rows, Verdict, check_in_parts, plan_check};
use bailiwick_guest::{About, Check, CheckPlan, Result, Schema, schema_of};

pub use rows::{Columns, Values, rows};

/// The standard checks.
pub const MODULES: [&str; 16] = [
    "allowed-values",
    "comparison",
    "completeness",
    "correlation",
    "distinct",
    "drift",
    "format",
    "freshness",
    "length",
    "pattern",
    "personal-data",
    "range",
    "row-count",
    "sequence",
    "statistics",
    "unique",
];

/// Those that look rows up in reference tables: what they find is held to what SQL finds, by
/// the components and the host's own index (`host/engine/tests/differential/references.rs`).
pub const LOOKING_UP: [&str; 2] = ["foreign-key", "reconcile"];

macro_rules! by_name {
    ($name:expr, $module:ident => $body:expr) => {
        match $name {
            "allowed-values" => by_name!(@ $module, bailiwick_policy_allowed_values::AllowedValues, $body),
            "comparison" => by_name!(@ $module, bailiwick_policy_comparison::Comparison, $body),
            "completeness" => by_name!(@ $module, bailiwick_policy_completeness::Completeness, $body),
            "correlation" => by_name!(@ $module, bailiwick_policy_correlation::Correlation, $body),
            "distinct" => by_name!(@ $module, bailiwick_policy_distinct::Distinct, $body),
            "drift" => by_name!(@ $module, bailiwick_policy_drift::Drift, $body),
            "foreign-key" => by_name!(@ $module, bailiwick_policy_foreign_key::ForeignKey, $body),
            "format" => by_name!(@ $module, bailiwick_policy_format::WellFormed, $body),
            "freshness" => by_name!(@ $module, bailiwick_policy_freshness::Freshness, $body),
            "length" => by_name!(@ $module, bailiwick_policy_length::Length, $body),
            "pattern" => by_name!(@ $module, bailiwick_policy_pattern::Pattern, $body),
            "personal-data" => by_name!(@ $module, bailiwick_policy_personal_data::PersonalData, $body),
            "range" => by_name!(@ $module, bailiwick_policy_range::Range, $body),
            "reconcile" => by_name!(@ $module, bailiwick_policy_reconcile::Reconcile, $body),
            "row-count" => by_name!(@ $module, bailiwick_policy_row_count::RowCount, $body),
            "sequence" => by_name!(@ $module, bailiwick_policy_sequence::Sequence, $body),
            "statistics" => by_name!(@ $module, bailiwick_policy_statistics::Statistics, $body),
            "unique" => by_name!(@ $module, bailiwick_policy_unique::Unique, $body),
            other => Err(bailiwick_guest::Error::data(format!("there is no check {other:?}"))),
        }
    };
    (@ $module:ident, $type:ty, $body:expr) => {{
        type $module = $type;
        $body
    }};
}

/// What a check of that name says of itself, and the JSON Schema of its settings.
///
/// # Errors
/// If there is no such check.
pub fn described(module: &str) -> Result<(About, String)> {
    by_name!(module, M => Ok((M::ABOUT, schema_of::<<M as Check>::Settings>())))
}

/// What a check of that name plans.
///
/// # Errors
/// What the module refuses.
pub fn plan(module: &str, settings: &str, input: &Schema) -> Result<CheckPlan> {
    by_name!(module, M => plan_check::<M>(settings, input))
}

/// What a check of that name finds, opened once for each part; the first takes in the
/// states of the others, in order.
///
/// # Errors
/// What the module refuses.
pub fn verdict(module: &str, settings: &str, parts: &[&[Rows]]) -> Result<Verdict> {
    by_name!(module, M => check_in_parts::<M>(settings, parts))
}
