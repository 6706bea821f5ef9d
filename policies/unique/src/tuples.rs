//! The keys of a few rows, written but not yet sought.

use crate::seen;

/// Keys, one behind the other, with their hashes.
#[derive(Debug, Default)]
pub(crate) struct Tuples {
    bytes: Vec<u8>,
    // Where each ends, and its hash.
    ends: Vec<(usize, u32)>,
}

impl Tuples {
    /// Forgets all of them, but not their room.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Adds a key: what the function writes behind the bytes that it is given.
    #[inline]
    pub(crate) fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        let hash = seen::hash(self.bytes.get(start..).unwrap_or_default());
        self.ends.push((self.bytes.len(), hash));
    }

    /// The keys and their hashes, as they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], u32)> {
        let mut start = 0;
        self.ends.iter().map(move |(end, hash)| {
            let key = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            (key, *hash)
        })
    }
}
