//! The module `filter`: keeps the rows for which a predicate is true.
//!
//! ```json
//! {"where": "dep_delay <= 60 and origin in ('EWR', 'JFK')"}
//! {"where": "tailnum is not null"}
//! ```
//!
//! `where` is an SQL expression of type bool over the binding's columns; the language is
//! described in `docs/expressions.md`. A row for which it is false or unknown is dropped:
//! a null fits no comparison. Of a column that is only asked whether it is null, that
//! much is read and no value.

use bailiwick_guest::expression::Evaluator;
use bailiwick_guest::{
    About, Batch, Bitmap, Filter, Plan, Predicate, Result, Schema, Scope, Settings, about,
};
use serde::Deserialize;

/// Which rows stay.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What is true of them, in SQL: `dep_delay <= 60 and origin in ('EWR', 'JFK')`.
    pub r#where: Predicate,
}

/// The opened module.
#[derive(Debug)]
pub struct Filtering(Evaluator);

impl Filter for Filtering {
    type Settings = Condition;
    const ABOUT: About =
        about!("filter", Scope::Columns, "Keeps the rows for which a predicate is true.");

    fn plan(settings: &Condition, input: &Schema) -> Result<Plan> {
        settings.r#where.check(input)?;
        Ok(Plan::reading(settings.r#where.reads()))
    }

    fn open(settings: Condition, reads: &Schema) -> Result<Self> {
        settings.r#where.open(reads).map(Self)
    }

    fn push(&self, rows: &Batch) -> Result<Bitmap> {
        self.0.holds(rows)
    }
}

bailiwick_guest::export_filter!(Filtering);
