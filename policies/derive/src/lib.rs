//! The module `derive`: adds a column that is computed of others.
//!
//! ```json
//! {"into": "speed", "expression": "distance / (air_time / 60)"}
//! {"into": "season", "expression": "case when month in (12, 1, 2) then 'winter' else 'other' end"}
//! ```
//!
//! `expression` is an SQL expression over the binding's columns; the language is
//! described in `docs/expressions.md`. The column is of the expression's type: bool,
//! int64, float64, decimal128, utf8, date32 or a timestamp. It is null where the
//! expression is. A result that does not fit its type is an error, where a row depends
//! on it: no row gets a wrong number.

use bailiwick_guest::expression::Evaluator;
use bailiwick_guest::{
    About, Array, Batch, Expression, Map, Plan, Result, Schema, Scope, Settings, about,
};
use serde::Deserialize;

/// What is computed, and where to.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Derive {
    /// The name of the column to write; one of that name is replaced.
    pub into: String,
    /// What it is, in SQL: `distance / (air_time / 60)`.
    pub expression: Expression,
}

/// The opened module.
#[derive(Debug)]
pub struct Deriving(Evaluator);

impl Map for Deriving {
    type Settings = Derive;
    const ABOUT: About =
        about!("derive", Scope::Columns, "Adds a column that is computed of others.");

    fn plan(settings: &Derive, input: &Schema) -> Result<Plan> {
        let Derive { into, expression } = settings;
        expression.check(input)?;
        Ok(Plan::reading(expression.reads()).writing([expression.field(into)?]))
    }

    fn open(settings: Derive, reads: &Schema) -> Result<Self> {
        settings.expression.open(reads).map(Self)
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        Ok(vec![self.0.values(rows)?])
    }
}

bailiwick_guest::export_map!(Deriving);
