//! A filter and a map that do nothing but evaluate.

use bailiwick_guest::expression::Evaluator;
use bailiwick_guest::testing::{Rows, filter, map};
use bailiwick_guest::{
    About, Array, Batch, Bitmap, Expression, Filter, Map, Plan, Predicate, Result, Schema, Scope,
    Settings, about,
};
use serde::Deserialize;

#[derive(Deserialize, Settings)]
pub(crate) struct Value {
    value: Expression,
}

pub(crate) struct Evaluating(Evaluator);

impl Map for Evaluating {
    type Settings = Value;
    const ABOUT: About = about!("value", Scope::Columns, "Evaluates.");

    fn plan(settings: &Value, input: &Schema) -> Result<Plan> {
        settings.value.check(input)?;
        Ok(Plan::reading(settings.value.reads()).writing([settings.value.field("result")?]))
    }

    fn open(settings: Value, reads: &Schema) -> Result<Self> {
        settings.value.open(reads).map(Self)
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        Ok(vec![self.0.values(rows)?])
    }
}

#[derive(Deserialize, Settings)]
pub(crate) struct Where {
    r#where: Predicate,
}

pub(crate) struct Holding(Evaluator);

impl Filter for Holding {
    type Settings = Where;
    const ABOUT: About = about!("where", Scope::Columns, "Evaluates.");

    fn plan(settings: &Where, input: &Schema) -> Result<Plan> {
        settings.r#where.check(input)?;
        Ok(Plan::reading(settings.r#where.reads()))
    }

    fn open(settings: Where, reads: &Schema) -> Result<Self> {
        settings.r#where.open(reads).map(Self)
    }

    fn push(&self, rows: &Batch) -> Result<Bitmap> {
        self.0.holds(rows)
    }
}

/// The column `result` of an expression's values.
pub(crate) fn values(sql: &str, rows: &Rows) -> Result<Rows> {
    map::<Evaluating>(&serde_json::json!({ "value": sql }).to_string(), rows)
}

/// For each row, whether a predicate is true.
pub(crate) fn holds(sql: &str, rows: &Rows) -> Result<Vec<bool>> {
    filter::<Holding>(&serde_json::json!({ "where": sql }).to_string(), rows)
}
