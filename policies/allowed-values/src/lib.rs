//! The module `allowed-values`: which values are none of those known.
//!
//! One rule, `allowed`. A null passes: `completeness` is what refuses it. Settings:
//!
//! | member | means |
//! |---|---|
//! | `values` | the values that pass: at least one |
//!
//! | column | a value is |
//! |---|---|
//! | text | text, compared byte by byte: `a` is not `A` |
//! | bool | `true` or `false` |
//! | integer | a whole number |
//! | decimal128 | a number or text |
//! | date32, date64 | text such as `2013-12-31` |
//! | timestamp | text such as `2013-12-31T23:59:59Z` |
//! | time, duration | a whole number in the column's unit |
//!
//! Floats are refused: which of them are equal hangs on how they came about, and
//! `range` says what is meant.

mod known;
mod text;

use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Dimension, Result, Rule, Scalar, Schema, Scope,
    Settings, about,
};
use serde::Deserialize;

use known::Known;

/// Which values pass.
#[derive(Debug, Clone, PartialEq, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// The values that pass, of the column's type; dates and times as ISO 8601 text.
    pub values: Vec<Scalar>,
}

/// The opened module.
#[derive(Debug)]
pub struct AllowedValues(Known);

impl Check for AllowedValues {
    type Settings = Allowed;
    const ABOUT: About =
        about!("allowed-values", Scope::Column, "Finds values that are none of those known.");

    fn plan(allowed: &Allowed, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        Known::new(&allowed.values, field)?;
        let values: Vec<String> = allowed.values.iter().map(Scalar::to_string).collect();
        let summary = format!("column {:?} is one of {}", field.name, values.join(", "));
        let rule = Rule::row("allowed", Dimension::Conformity, summary);
        Ok(CheckPlan::reading([&field.name]).judging([rule]).independent())
    }

    fn open(allowed: Allowed, reads: &Schema) -> Result<Self> {
        Known::new(&allowed.values, reads.only()?).map(Self)
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let column = rows.only()?;
        let unknown = self.0.lacks(column)?;
        Ok(vec![match column.validity() {
            Some(validity) => unknown.and(validity),
            None => unknown,
        }])
    }
}

bailiwick_guest::export_check!(AllowedValues);
