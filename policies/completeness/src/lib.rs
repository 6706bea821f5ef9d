//! The module `completeness`: which values are missing.
//!
//! One rule for each column that it is bound to: `<column>-complete`. A row fails the
//! rule where its value is null. Settings may be left out:
//!
//! | member | default | means |
//! |---|---|---|
//! | `empty_is_missing` | `false` | a text of no characters is missing too |
//! | `missing` | `[]` | texts that stand for nothing, such as `N/A`, are missing too |
//!
//! Any type of column will do; the settings say nothing about those that are not text. A float that is not a number is there: `range` is what refuses it.

use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Error, Field, Read, Result, Rule,
    Schema, Scope, Settings, about,
};
use serde::Deserialize;

/// What counts as missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Whether a text of no characters is missing too, as null is.
    pub empty_is_missing: bool,
    /// Texts that stand for nothing, such as `N/A`, and are missing too.
    pub missing: Vec<String>,
}

impl Options {
    /// Whether a column's texts are looked at, and not only which are there.
    fn reads_texts(&self, field: &Field) -> bool {
        (self.empty_is_missing || !self.missing.is_empty()) && field.data_type.is_text()
    }

    /// What a value is that passes, in words.
    fn words(&self, field: &Field) -> String {
        if !self.reads_texts(field) {
            return "never null".to_owned();
        }
        let empty = self.empty_is_missing.then_some("empty");
        let named = self.missing.iter().map(String::as_str);
        let words: Vec<&str> = ["null"].into_iter().chain(empty).chain(named).collect();
        format!("neither {}", words.join(" nor "))
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Completeness {
    /// Texts that are missing, in order.
    missing: Vec<Vec<u8>>,
}

impl Check for Completeness {
    type Settings = Options;
    const ABOUT: About = about!("completeness", Scope::Columns, "Finds values that are missing.");

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        if input.fields.is_empty() {
            return Err(Error::fields("no column is bound: name at least one in `columns`"));
        }
        let mut rules: Vec<Rule> = Vec::with_capacity(input.fields.len());
        for field in &input.fields {
            let summary = format!("column {:?} is {}", field.name, options.words(field));
            let id = free_id(&field.name, &rules);
            rules.push(Rule::row(id, Dimension::Completeness, summary));
        }
        let reads = input.fields.iter().map(|field| {
            if options.reads_texts(field) {
                Read::from(&field.name)
            } else {
                Read::presence(&field.name)
            }
        });
        Ok(CheckPlan::reading(reads).judging(rules).independent())
    }

    fn open(options: Options, _reads: &Schema) -> Result<Self> {
        let mut missing: Vec<Vec<u8>> =
            options.missing.into_iter().map(String::into_bytes).collect();
        missing.extend(options.empty_is_missing.then(Vec::new));
        missing.sort_unstable();
        Ok(Self { missing })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        rows.columns().map(|column| missing(column, &self.missing)).collect()
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
/// these, in order, are missing too.
fn missing(column: Column<'_>, texts: &[Vec<u8>]) -> Result<Bitmap> {
    if let Ok(present) = column.as_bool() {
        return Ok(Bitmap::from_words(column.len(), present.values().words().map(|word| !word)));
    }
    let values = column.as_binary()?;
    let empty: Bitmap = if let [text] = texts
        && text.is_empty()
    {
        let ends = values.offsets().iter().skip(1);
        values.offsets().iter().zip(ends).map(|(start, end)| start == end).collect()
    } else {
        let is_missing = |value: &[u8]| texts.binary_search_by(|text| (**text).cmp(value)).is_ok();
        values.values().map(is_missing).collect()
    };
    Ok(match column.validity() {
        Some(validity) => {
            let null = Bitmap::from_words(column.len(), validity.words().map(|word| !word));
            empty.or(null.bits())
        }
        None => empty,
    })
}

bailiwick_guest::export_check!(Completeness);
