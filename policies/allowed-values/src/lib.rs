//! The module `allowed-values`: which values are none of those known, or are one.
//!
//! One rule, `allowed`, or `forbidden` where the values are. A null passes:
//! `completeness` is what refuses it. Settings:
//!
//! | member | default | means |
//! |---|---|---|
//! | `values` | | the values: at least one |
//! | `mode` | `allow` | only the values pass; `forbid`: all others do |
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
mod numbers;
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
    /// The values, of the column's type; dates and times as ISO 8601 text.
    pub values: Vec<Scalar>,
    /// What the values are.
    #[serde(default)]
    pub mode: Mode,
}

/// What the values are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The ones that pass.
    #[default]
    Allow,
    /// The ones that fail.
    Forbid,
}

/// The opened module.
#[derive(Debug)]
pub struct AllowedValues(Known, Mode);

impl Check for AllowedValues {
    type Settings = Allowed;
    const ABOUT: About = about!(
        "allowed-values",
        Scope::Column,
        "Finds values that are none of those known, or are one."
    );

    fn plan(allowed: &Allowed, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        Known::new(&allowed.values, field)?;
        let values: Vec<String> = allowed.values.iter().map(Scalar::to_string).collect();
        let (id, is) = match allowed.mode {
            Mode::Allow => ("allowed", "one"),
            Mode::Forbid => ("forbidden", "none"),
        };
        let summary = format!("column {:?} is {is} of {}", field.name, values.join(", "));
        let rule = Rule::row(id, Dimension::Conformity, summary);
        Ok(CheckPlan::reading([&field.name]).judging([rule]).independent())
    }

    fn open(allowed: Allowed, reads: &Schema) -> Result<Self> {
        let known = Known::new(&allowed.values, reads.only()?)?;
        Ok(Self(known, allowed.mode))
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let column = rows.only()?;
        let unknown = self.0.lacks(column)?;
        let failing = match self.1 {
            Mode::Allow => unknown,
            Mode::Forbid => unknown.not(),
        };
        Ok(vec![match column.validity() {
            Some(validity) => failing.and(validity),
            None => failing,
        }])
    }
}

bailiwick_guest::export_check!(AllowedValues);
