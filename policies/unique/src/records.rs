//! A set of records, each of the same number of words, that only grows.

use bailiwick_guest::keys::RECORDS;
use bailiwick_guest::{Error, Result};

use crate::places::Places;

/// Records of a block, which does not move when the set grows.
const BLOCK_RECORDS: usize = 1 << 13;

/// A set of records.
#[derive(Debug)]
pub(crate) struct Records {
    words: usize,
    places: Places,
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
    pub(crate) fn insert(
        &mut self,
        records: &[[u64; RECORDS]],
        hashes: &[u64; RECORDS],
        rows: u64,
    ) -> Result<u64> {
        // Asked for together, what lies in the table comes as quickly as one of them does.
        let mut touched = 0;
        for hash in hashes {
            touched ^= self.places.first(*hash as u32);
        }
        std::hint::black_box(touched);
        let (mut known, mut rest) = (0, rows);
        while rest != 0 {
            let row = rest.trailing_zeros() as usize;
            let hash = hashes.get(row).copied().unwrap_or_default() as u32;
            let word = |word: &[u64; RECORDS]| word.get(row).copied().unwrap_or_default();
            match self.places.free(hash, |at| self.get(at).eq(records.iter().map(word))) {
                Some(at) => {
                    let position = self.store(records.iter().map(word))?;
                    self.places.put(at, hash, position);
                }
                None => known |= 1 << row,
            }
            rest &= rest - 1;
        }
        Ok(known)
    }

    /// The words of a record.
    #[inline]
    fn get(&self, position: u32) -> impl Iterator<Item = u64> + '_ {
        let position = position as usize;
        let block = self.blocks.get(position / BLOCK_RECORDS);
        let first = position % BLOCK_RECORDS * self.words;
        let record = block.and_then(|block| block.get(first..first + self.words));
        record.unwrap_or_default().iter().copied()
    }

    /// Puts a record behind the others and gives its position.
    #[inline]
    fn store(&mut self, record: impl Iterator<Item = u64>) -> Result<u32> {
        let position = self.len();
        if position.is_multiple_of(BLOCK_RECORDS) {
            self.blocks.push(Vec::with_capacity(BLOCK_RECORDS * self.words));
        }
        if let Some(block) = self.blocks.last_mut() {
            block.extend(record);
        }
        u32::try_from(position)
            .map_err(|_| Error::data("there are more different rows than memory can hold"))
    }
}
