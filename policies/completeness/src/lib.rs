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
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Error, Field, Read, Result, Rule,
    Schema, Scope, Settings, about,
};
use serde::Deserialize;

/// What counts as missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Whether a text of no characters is missing too, as null is.
    pub empty_is_missing: bool,
}

impl Options {
    /// Whether a column's texts are looked at, and not only which are there.
    fn reads_lengths(self, field: &Field) -> bool {
        self.empty_is_missing && field.data_type.is_text()
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Completeness;

impl Check for Completeness {
    type Settings = Options;
    const ABOUT: About = about!("completeness", Scope::Columns, "Finds values that are missing.");

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        if input.fields.is_empty() {
            return Err(Error::fields("no column is bound: name at least one in `columns`"));
        }
        let mut rules: Vec<Rule> = Vec::with_capacity(input.fields.len());
        for field in &input.fields {
            let what =
                if options.reads_lengths(field) { "neither null nor empty" } else { "never null" };
            let summary = format!("column {:?} is {what}", field.name);
            let id = free_id(&field.name, &rules);
            rules.push(Rule::row(id, Dimension::Completeness, summary));
        }
        let reads = input.fields.iter().map(|field| {
            if options.reads_lengths(field) {
                Read::from(&field.name)
            } else {
                Read::presence(&field.name)
            }
        });
        Ok(CheckPlan::reading(reads).judging(rules).independent())
    }

    fn open(_options: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self)
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        rows.columns().map(missing).collect()
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

/// Which values of a column are missing: read as its presence, or as text of which
/// the empty ones are missing too.
fn missing(column: Column<'_>) -> Result<Bitmap> {
    if let Ok(present) = column.as_bool() {
        return Ok(Bitmap::from_words(column.len(), present.values().words().map(|word| !word)));
    }
    let offsets = column.as_binary()?.offsets();
    let ends = offsets.iter().skip(1);
    let empty: Bitmap = offsets.iter().zip(ends).map(|(start, end)| start == end).collect();
    Ok(match column.validity() {
        Some(validity) => {
            let null = Bitmap::from_words(column.len(), validity.words().map(|word| !word));
            empty.or(null.bits())
        }
        None => empty,
    })
}

bailiwick_guest::export_check!(Completeness);
