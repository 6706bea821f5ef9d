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
//! Every tuple is kept, so memory grows with their number: the bytes of its values, eight
//! for a short text, together some words of eight bytes, and some 15 for each tuple; of a
//! tuple with a text of more than seven bytes, or more than eight words, the bytes of its
//! values, one to three more for each, and some 15. The answer is exact, never one of hashes
//! alone.

mod places;
mod records;
mod seen;
mod tuples;

use bailiwick_guest::keys::{KeyColumn, Layout, RECORDS, has_key, hashes, key_columns};
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Error, Measure, Result, Rule,
    Schema, Scope, Settings, about,
};
use serde::Deserialize;

use records::Records;
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
    // None where columns make no records.
    layout: Option<Layout>,
    records: Records,
    // Tuples that make none.
    seen: Seen,
    duplicates: u64,
    ignored: u64,
    // Only their room is kept from rows to rows.
    rows: Vec<[u64; RECORDS]>,
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
        let Some(layout) = &self.layout else {
            return self.insert_tuples(columns, first, counted);
        };
        let without = layout.write(columns, first, &mut self.rows);
        let hashes = hashes(&self.rows);
        let known = self.records.insert(&self.rows, &hashes, counted & !without)?;
        match counted & without {
            0 => Ok(known),
            rest => Ok(known | self.insert_tuples(columns, first, rest)?),
        }
    }

    /// As [`insert`](Self::insert), of rows that make no records.
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
        let layout = Layout::of(&reads.fields);
        let words = layout.as_ref().map_or(0, Layout::words);
        Ok(Self {
            options,
            layout,
            records: Records::new(words),
            rows: vec![[0; RECORDS]; words],
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

    /// Three counts of 8 bytes, of duplicates, ignored rows and records; then every record,
    /// and every other tuple.
    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Vec::with_capacity(24 + self.records.bytes() + self.seen.bytes());
        state.extend_from_slice(&self.duplicates.to_le_bytes());
        state.extend_from_slice(&self.ignored.to_le_bytes());
        state.extend_from_slice(&(self.records.len() as u64).to_le_bytes());
        self.records.write(&mut state);
        self.seen.write(&mut state);
        Ok(state)
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let malformed = || Error::data("the state to merge is not one of this check");
        let mut rest = state;
        let mut count = || {
            let (bytes, behind) = rest.split_first_chunk().ok_or_else(malformed)?;
            rest = behind;
            Ok(u64::from_le_bytes(*bytes))
        };
        let (mut duplicates, ignored, records) = (count()?, count()?, count()?);
        let words = self.rows.len();
        let records = usize::try_from(records).ok().filter(|count| words > 0 || *count == 0);
        let bytes = records.and_then(|count| count.checked_mul(words * 8));
        let (records, mut rest) =
            bytes.and_then(|bytes| rest.split_at_checked(bytes)).ok_or_else(malformed)?;
        // What is the first of its kind there, but not here, is a duplicate.
        for some in records.as_chunks::<8>().0.chunks((words * RECORDS).max(1)) {
            let mut count = 0;
            for (row, record) in some.chunks(words.max(1)).enumerate() {
                for (lane, word) in self.rows.iter_mut().zip(record) {
                    if let Some(own) = lane.get_mut(row) {
                        *own = u64::from_le_bytes(*word);
                    }
                }
                count += 1;
            }
            let all = u64::MAX >> (RECORDS - count);
            let known = self.records.insert(&self.rows, &hashes(&self.rows), all)?;
            duplicates += u64::from(known.count_ones());
        }
        while !rest.is_empty() {
            let (key, behind) = seen::read(rest).ok_or_else(malformed)?;
            duplicates += u64::from(!self.seen.insert(key)?);
            rest = behind;
        }
        self.duplicates = self.duplicates.saturating_add(duplicates);
        self.ignored = self.ignored.saturating_add(ignored);
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let counts = [
            ("distinct", (self.records.len() + self.seen.len()) as f64),
            ("duplicates", self.duplicates as f64),
            ("ignored", self.ignored as f64),
        ];
        Ok(counts.map(|(name, value)| Measure::new(RULE, name, value)).into())
    }
}

bailiwick_guest::export_check!(Unique);
