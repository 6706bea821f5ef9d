//! The module `unique`: which rows say again what an earlier one said.
//!
//! One rule, `unique`, over all columns that it is bound to together. Of rows with the
//! same values the first passes and the later ones fail. Settings may be left out:
//!
//! | member | default | means |
//! |---|---|---|
//! | `nulls_equal` | `false` | a null is a value like any other, equal to itself |
//!
//! By default a row with a null in one of the columns repeats nothing and is ignored.
//! Text is compared byte by byte, zero is equal to minus zero, and what is not a
//! number to itself.
//!
//! Measures of the rule, which are the same however the rows are shared out:
//!
//! | measure | counts |
//! |---|---|
//! | `distinct` | different tuples of values |
//! | `duplicates` | rows that repeat one of them |
//! | `ignored` | rows with a null, where nulls are not equal |
//!
//! A bit of a row speaks only of the rows that the same opened check saw. So where
//! rows are kept back by it, one check has to see them all, in order.
//!
//! Every tuple is kept, so memory grows with their number: the bytes of its values, four
//! for a text of up to three and for an integer that has no more than 32 bits, eight for one
//! of up to seven, together some words of eight bytes, and some 9 for each tuple; of a tuple
//! with a text of more than seven bytes, or more than eight words, the bytes of its values,
//! one to three more for each, and some 9. The answer is exact, never one of hashes alone.

mod form;
mod places;
mod records;
mod seen;
mod tuples;

use bailiwick_guest::keys::{KeyColumn, has_key, key_columns};
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Error, Measure, Result, Rule,
    Schema, Scope, Settings, about,
};
use serde::Deserialize;

use form::Form;
use seen::Seen;
use tuples::Tuples;

/// The one rule.
const RULE: &str = "unique";

/// The types whose values can be told apart, in words.
const EXPECTED: &str = "bool, a number, a date, a time, text or bytes";

/// What nulls are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Whether a null is a value like any other, equal to itself; else rows with one
    /// are ignored.
    pub nulls_equal: bool,
}

/// The opened module.
#[derive(Debug)]
pub struct Unique {
    options: Options,
    // A tuple has the first form that fits it.
    forms: Vec<Form>,
    // Tuples that have none.
    seen: Seen,
    duplicates: u64,
    ignored: u64,
    // Only its room is kept from rows to rows.
    tuples: Tuples,
}

impl Unique {
    /// The rows that may repeat others.
    fn counted(&self, rows: &Batch) -> Bitmap {
        let mut counted = Bitmap::filled(rows.rows(), true);
        if !self.options.nulls_equal {
            for valid in rows.columns().filter_map(Column::validity) {
                counted = counted.and(valid);
            }
        }
        counted
    }

    /// Adds those of 64 rows that count; a bit for each that was there before.
    fn insert(&mut self, columns: &[KeyColumn<'_>], first: usize, counted: u64) -> Result<u64> {
        let (mut known, mut left) = (0, counted);
        for form in &mut self.forms {
            if left == 0 {
                return Ok(known);
            }
            let (found, without) = form.insert(columns, first, left)?;
            known |= found;
            left = without;
        }
        Ok(known | self.insert_tuples(columns, first, left)?)
    }

    /// As [`insert`](Self::insert), of rows that have no form.
    fn insert_tuples(
        &mut self,
        columns: &[KeyColumn<'_>],
        first: usize,
        counted: u64,
    ) -> Result<u64> {
        // All tuples are written before the first is sought: words that are read of
        // pieces just written would have to wait for them.
        self.tuples.clear();
        let mut rest = counted;
        while rest != 0 {
            let row = first + rest.trailing_zeros() as usize;
            self.tuples.push(|tuple| columns.iter().for_each(|column| column.write(row, tuple)));
            rest &= rest - 1;
        }
        let (mut failing, mut rest) = (0, counted);
        for tuple in self.tuples.iter() {
            let is_new = self.seen.insert(tuple)?;
            failing |= u64::from(!is_new) << rest.trailing_zeros();
            rest &= rest - 1;
        }
        Ok(failing)
    }
}

impl Check for Unique {
    type Settings = Options;
    const ABOUT: About =
        about!("unique", Scope::Columns, "Finds rows that say again what an earlier one said.");

    fn plan(_options: &Options, input: &Schema) -> Result<CheckPlan> {
        if input.fields.is_empty() {
            return Err(Error::fields("no column is bound: name at least one in `columns`"));
        }
        if let Some(field) = input.fields.iter().find(|field| !has_key(&field.data_type)) {
            return Err(field.unexpected(EXPECTED));
        }
        let names: Vec<String> = input.names().iter().map(|name| format!("{name:?}")).collect();
        let summary = match names.as_slice() {
            [name] => format!("no two rows have the same value of column {name}"),
            names => format!("no two rows have the same values of columns {}", names.join(", ")),
        };
        let rule = Rule::row(RULE, Dimension::Uniqueness, summary);
        Ok(CheckPlan::reading(input.names()).judging([rule]))
    }

    fn open(options: Options, reads: &Schema) -> Result<Self> {
        Ok(Self {
            options,
            forms: Form::all(&reads.fields),
            seen: Seen::new(),
            duplicates: 0,
            ignored: 0,
            tuples: Tuples::default(),
        })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let columns = key_columns(rows)?;
        let counted = self.counted(rows);
        let mut failing = Vec::with_capacity(rows.rows().div_ceil(64));
        for (at, counted) in counted.bits().words().enumerate() {
            failing.push(self.insert(&columns, at * 64, counted)?);
        }
        let failing = Bitmap::from_words(rows.rows(), failing);
        self.duplicates += failing.count_ones() as u64;
        self.ignored += (rows.rows() - counted.count_ones()) as u64;
        Ok(vec![failing])
    }

    /// Counts of 8 bytes, of duplicates and ignored rows; of each form how many tuples have
    /// it, as such a count, and their records; then every other tuple.
    fn state(&self) -> Result<Vec<u8>> {
        let forms: usize = self.forms.iter().map(|form| 8 + form.bytes()).sum();
        let mut state = Vec::with_capacity(16 + forms + self.seen.bytes());
        state.extend_from_slice(&self.duplicates.to_le_bytes());
        state.extend_from_slice(&self.ignored.to_le_bytes());
        self.forms.iter().for_each(|form| form.write(&mut state));
        self.seen.write(&mut state);
        Ok(state)
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let malformed = || Error::data("the state to merge is not one of this check");
        let (duplicates, rest) = read_count(state).ok_or_else(malformed)?;
        let (ignored, mut rest) = read_count(rest).ok_or_else(malformed)?;
        // What is the first of its kind there, but not here, is a duplicate.
        let mut known = 0;
        for form in &mut self.forms {
            let (records, behind) = form.read(rest).ok_or_else(malformed)?;
            known += form.merge(records)?;
            rest = behind;
        }
        while !rest.is_empty() {
            let (key, behind) = seen::read(rest).ok_or_else(malformed)?;
            known += u64::from(!self.seen.insert(key)?);
            rest = behind;
        }
        self.duplicates = self.duplicates.saturating_add(duplicates).saturating_add(known);
        self.ignored = self.ignored.saturating_add(ignored);
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let records: usize = self.forms.iter().map(Form::len).sum();
        let counts = [
            ("distinct", (records + self.seen.len()) as f64),
            ("duplicates", self.duplicates as f64),
            ("ignored", self.ignored as f64),
        ];
        Ok(counts.map(|(name, value)| Measure::new(RULE, name, value)).into())
    }
}

/// A count at the beginning of a state, and what is behind it.
fn read_count(state: &[u8]) -> Option<(u64, &[u8])> {
    let (count, rest) = state.split_first_chunk()?;
    Some((u64::from_le_bytes(*count), rest))
}

bailiwick_guest::export_check!(Unique);
