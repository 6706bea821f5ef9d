//! A set of records, each of the same number of words, that only grows.

use bailiwick_guest::keys::{RECORDS, hash, hashes};
use bailiwick_guest::{Error, Result};

use crate::places::Places;

/// Records of a block, which does not move when the set grows.
const BLOCK_RECORDS: usize = 1 << 13;

/// A set of records.
#[derive(Debug)]
pub(crate) struct Records {
    words: usize,
    places: Places,
    // All but the last have as many records as a block can.
    blocks: Vec<Vec<u64>>,
}

impl Records {
    /// None yet; of so many words.
    pub(crate) fn new(words: usize) -> Self {
        Self { words, places: Places::new(), blocks: Vec::new() }
    }

    /// Number of records.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Bytes of all records.
    pub(crate) fn bytes(&self) -> usize {
        self.len() * self.words * 8
    }

    /// Writes all of them, in the order in which they came.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for word in self.blocks.iter().flatten() {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }

    /// Adds those of up to 64 rows whose bit is set, in their order, which lie word by word;
    /// a bit for each that was there before.
    pub(crate) fn insert(&mut self, rows: &[[u64; RECORDS]], counted: u64) -> Result<u64> {
        if !self.places.has_room(RECORDS) {
            let records = self.blocks.iter().flat_map(|block| block.chunks_exact(self.words));
            self.places.grow(records.map(hash).zip(0..));
        }
        let stored = self.len();
        if u32::try_from(stored + RECORDS).is_err() {
            return Err(Error::data("there are more different rows than memory can hold"));
        }
        let hashes = hashes(rows);
        self.places.touch(hashes);
        let (mut known, mut left) = (0, counted);
        // Those that are new, and so follow what is stored, are not stored themselves before
        // the last was sought: that is one loop without calls.
        let (mut new, mut count) = ([0_u8; RECORDS], 0);
        while left != 0 {
            let row = left.trailing_zeros() as usize;
            left &= left - 1;
            let hash = hashes.get(row).copied().unwrap_or_default();
            let is_row = |position: u32| match (position as usize).checked_sub(stored) {
                None => self.is(position as usize, rows, row),
                Some(at) => are_alike(rows, new.get(at).copied().unwrap_or_default().into(), row),
            };
            match self.places.free(hash, is_row) {
                None => known |= 1 << row,
                Some(at) => {
                    self.places.put(at, hash, (stored + count) as u32);
                    new.get_mut(count).into_iter().for_each(|new| *new = row as u8);
                    count += 1;
                }
            }
        }
        self.store(rows, new.get(..count).unwrap_or_default());
        Ok(known)
    }

    /// Whether the record at a position is that of a row.
    #[inline(never)]
    fn is(&self, position: usize, rows: &[[u64; RECORDS]], row: usize) -> bool {
        let block = self.blocks.get(position / BLOCK_RECORDS);
        let first = position % BLOCK_RECORDS * self.words;
        let record = block.and_then(|block| block.get(first..first + self.words));
        record.is_some_and(|record| record.iter().eq(rows.iter().filter_map(|word| word.get(row))))
    }

    /// Puts the records of these rows behind the others.
    fn store(&mut self, rows: &[[u64; RECORDS]], new: &[u8]) {
        let mut new = new;
        while !new.is_empty() {
            let full = BLOCK_RECORDS * self.words;
            if self.blocks.last().is_none_or(|block| block.len() == full) {
                self.blocks.push(Vec::with_capacity(full));
            }
            let Some(block) = self.blocks.last_mut() else { return };
            let room = (full - block.len()) / self.words.max(1);
            let (some, rest) = new.split_at_checked(room).unwrap_or((new, &[]));
            new = rest;
            match rows.len() {
                1 => append::<1>(rows, some, block),
                2 => append::<2>(rows, some, block),
                3 => append::<3>(rows, some, block),
                4 => append::<4>(rows, some, block),
                5 => append::<5>(rows, some, block),
                6 => append::<6>(rows, some, block),
                7 => append::<7>(rows, some, block),
                _ => append::<8>(rows, some, block),
            }
        }
    }
}

/// Whether two rows have the same record.
#[inline(never)]
fn are_alike(rows: &[[u64; RECORDS]], one: usize, other: usize) -> bool {
    rows.iter().all(|word| word.get(one) == word.get(other))
}

/// Records that lie word by word to such that lie row by row. No record has more words than
/// eight.
fn append<const WORDS: usize>(rows: &[[u64; RECORDS]], new: &[u8], out: &mut Vec<u64>) {
    let Some(rows) = rows.as_array::<WORDS>() else { return };
    let mut records = [[0; WORDS]; RECORDS];
    for (record, row) in records.iter_mut().zip(new) {
        for (own, word) in record.iter_mut().zip(rows) {
            *own = word.get(usize::from(*row)).copied().unwrap_or_default();
        }
    }
    out.extend_from_slice(records.as_flattened().get(..new.len() * WORDS).unwrap_or_default());
}
