//! Tuples as records of one layout: all that fit it.

use bailiwick_guest::keys::{KeyColumn, Layout, RECORDS};
use bailiwick_guest::{Field, Result};

use crate::read_count;
use crate::records::Records;

/// Tuples of one layout.
#[derive(Debug)]
pub(crate) struct Form {
    layout: Layout,
    records: Records,
    // Only their room is kept from rows to rows.
    rows: Vec<[u64; RECORDS]>,
}

impl Form {
    /// Those that tuples of these columns have, the narrowest first; none where they make no
    /// records.
    pub(crate) fn all(fields: &[Field]) -> Vec<Self> {
        let layouts = [Layout::narrow(fields), Layout::of(fields)];
        layouts.into_iter().flatten().map(Self::new).collect()
    }

    fn new(layout: Layout) -> Self {
        let words = layout.words();
        Self { layout, records: Records::new(words), rows: vec![[0; RECORDS]; words] }
    }

    /// Number of tuples.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Bytes of their records.
    pub(crate) fn bytes(&self) -> usize {
        self.records.bytes()
    }

    /// Adds those of up to 64 rows whose bit is set; a bit for each that was there before,
    /// and one for each that has not this form.
    pub(crate) fn insert(
        &mut self,
        columns: &[KeyColumn<'_>],
        first: usize,
        counted: u64,
    ) -> Result<(u64, u64)> {
        let without = self.layout.write(columns, first, counted, &mut self.rows);
        let fitting = counted & !without;
        let known = if fitting == 0 { 0 } else { self.records.insert(&self.rows, fitting)? };
        Ok((known, without))
    }

    /// Writes how many there are, and their records.
    pub(crate) fn write(&self, state: &mut Vec<u8>) {
        state.extend_from_slice(&(self.len() as u64).to_le_bytes());
        self.records.write(state);
    }

    /// The records that [`write`](Self::write) wrote, and what is behind them; none where
    /// they are not whole.
    pub(crate) fn read<'a>(&self, state: &'a [u8]) -> Option<(&'a [[u8; 8]], &'a [u8])> {
        let (count, rest) = read_count(state)?;
        let bytes = usize::try_from(count).ok()?.checked_mul(self.rows.len() * 8)?;
        let (records, rest) = rest.split_at_checked(bytes)?;
        Some((records.as_chunks().0, rest))
    }

    /// Adds records; how many of them were there before.
    pub(crate) fn merge(&mut self, records: &[[u8; 8]]) -> Result<u64> {
        let (words, mut known) = (self.rows.len().max(1), 0);
        for some in records.chunks(words * RECORDS) {
            for (row, record) in some.chunks(words).enumerate() {
                for (lane, word) in self.rows.iter_mut().zip(record) {
                    lane.get_mut(row).into_iter().for_each(|own| *own = u64::from_le_bytes(*word));
                }
            }
            let all = u64::MAX >> (RECORDS - some.len() / words);
            known += u64::from(self.records.insert(&self.rows, all)?.count_ones());
        }
        Ok(known)
    }
}
