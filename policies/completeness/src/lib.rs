//! The module `completeness`: which values are missing.
//!
//! One rule for each column that it is bound to: `<column>-complete`. A row fails the
//! rule where its value is null. Settings may be left out:
//!
//! | member | default | means |
//! |---|---|---|
//! | `empty_is_missing` | `false` | a text of no characters is missing too |
//!
//! Any type of column will do; `empty_is_missing` says nothing about those that are
//! not text. A float that is not a number is there: `range` is what refuses it.

use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Error, Result, Rule, Schema, Scope,
    Settings, about,
};
use serde::Deserialize;

/// What counts as missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Whether a text of no characters is missing too, as null is.
    pub empty_is_missing: bool,
}

/// The opened module.
#[derive(Debug)]
pub struct Completeness(Options);

impl Check for Completeness {
    type Settings = Options;
    const ABOUT: About = about!("completeness", Scope::Columns, "Finds values that are missing.");

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        if input.fields.is_empty() {
            return Err(Error::fields("no column is bound: name at least one in `columns`"));
        }
        let mut rules: Vec<Rule> = Vec::with_capacity(input.fields.len());
        for field in &input.fields {
            let what = if options.empty_is_missing && field.data_type.is_text() {
                "neither null nor empty"
            } else {
                "never null"
            };
            let summary = format!("column {:?} is {what}", field.name);
            let id = free_id(&field.name, &rules);
            rules.push(Rule::row(id, Dimension::Completeness, summary));
        }
        Ok(CheckPlan::reading(input.names()).judging(rules))
    }

    fn open(options: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self(options))
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        rows.columns().map(|column| self.missing(column)).collect()
    }
}

/// The rule's id for a column. Names that are only told apart by characters that an
/// id cannot have, or behind where it is cut, get a number.
fn free_id(column: &str, taken: &[Rule]) -> String {
    let mut id = Rule::id_for(column, "complete");
    let mut number = 1;
    while taken.iter().any(|rule| rule.id == id) {
        number += 1;
        id = Rule::id_for(column, &format!("complete-{number}"));
    }
    id
}

impl Completeness {
    fn missing(&self, column: Column<'_>) -> Result<Bitmap> {
        let null = match column.validity() {
            Some(validity) => Bitmap::from_words(column.len(), validity.words().map(|word| !word)),
            None => Bitmap::filled(column.len(), false),
        };
        if !self.0.empty_is_missing || !column.data_type().is_text() {
            return Ok(null);
        }
        let offsets = column.as_binary()?.offsets();
        let ends = offsets.iter().skip(1);
        let empty: Bitmap = offsets.iter().zip(ends).map(|(start, end)| start == end).collect();
        Ok(null.or(empty.bits()))
    }
}

bailiwick_guest::export_check!(Completeness);
