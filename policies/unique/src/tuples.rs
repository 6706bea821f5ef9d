//! The keys of a few rows, written but not yet sought.

/// Keys, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Tuples {
    bytes: Vec<u8>,
    // Where each ends.
    ends: Vec<usize>,
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
        write(&mut self.bytes);
        self.ends.push(self.bytes.len());
    }

    /// The keys, as they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let key = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            key
        })
    }
}
