//! A table with open addressing, which says where keys that hash alike are stored.

use bailiwick_guest::lanes::equal_among;

/// Places that are looked at together.
const GROUP: usize = 16;

/// Groups of the first table; a power of two.
const FIRST_GROUPS: usize = 1 << 6;

/// From here on a table doubles: 131,072 places.
const MANY_GROUPS: usize = 1 << 13;

/// A table of positions by hash, that only grows. A key takes 6 to 12 bytes of it, or up to
/// 46 while it is small.
#[derive(Debug)]
pub(crate) struct Places {
    // INVARIANT: a power of two many; more places are unused than one in eight. A tag is 0
    // where a place is unused, else that of its key's hash.
    tags: Vec<[u8; GROUP]>,
    // Those of the places, group by group.
    positions: Vec<u32>,
    len: usize,
}

/// What tells most keys of a group from each other.
#[inline(always)]
fn tag(hash: u64) -> u8 {
    // The group is of the hash's lower bits.
    ((hash >> 56) as u8).max(1)
}

impl Places {
    /// No keys yet.
    pub(crate) fn new() -> Self {
        Self::of(FIRST_GROUPS)
    }

    fn of(groups: usize) -> Self {
        Self { tags: vec![[0; GROUP]; groups], positions: vec![0; groups * GROUP], len: 0 }
    }

    /// Number of keys.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether there is room for so many more keys.
    #[inline]
    pub(crate) fn has_room(&self, more: usize) -> bool {
        self.len + more < self.positions.len() / 8 * 7
    }

    /// What lies where a hash is sought first: to have it in the cache before it is, as
    /// those of several keys are waited for together.
    #[inline(always)]
    pub(crate) fn first(&self, hash: u64) -> u8 {
        let group = self.tags.get(hash as usize & (self.tags.len() - 1));
        group.and_then(|tags| tags.first()).copied().unwrap_or_default()
    }

    /// Where a key is to be put; none where it is there, which the function says of a
    /// position.
    #[inline(always)]
    pub(crate) fn free(&self, hash: u64, mut is_key: impl FnMut(u32) -> bool) -> Option<usize> {
        let (tag, mask) = (tag(hash), self.tags.len() - 1);
        let mut group = hash as usize & mask;
        // Ends, as there is always an unused place.
        while let Some(tags) = self.tags.get(group) {
            let mut alike = equal_among(tags, tag);
            while alike != 0 {
                let at = group * GROUP + alike.trailing_zeros() as usize;
                if self.positions.get(at).is_some_and(|position| is_key(*position)) {
                    return None;
                }
                alike &= alike - 1;
            }
            let unused = equal_among(tags, 0);
            if unused != 0 {
                return Some(group * GROUP + unused.trailing_zeros() as usize);
            }
            group = (group + 1) & mask;
        }
        None
    }

    /// Puts a key where [`free`](Self::free) said. [Room](Self::has_room) must be there.
    #[inline(always)]
    pub(crate) fn put(&mut self, at: usize, hash: u64, position: u32) {
        if let Some(own) = self.tags.get_mut(at / GROUP).and_then(|tags| tags.get_mut(at % GROUP)) {
            *own = tag(hash);
        }
        if let Some(own) = self.positions.get_mut(at) {
            *own = position;
        }
        self.len += 1;
    }

    /// Another table for the same keys, given again, with their hashes and positions: eight
    /// times as large while it is small, so that keys seldom move.
    #[cold]
    pub(crate) fn grow(&mut self, keys: impl Iterator<Item = (u64, u32)>) {
        let factor = if self.tags.len() < MANY_GROUPS { 8 } else { 2 };
        let mut grown = Self::of(self.tags.len() * factor);
        for (hash, position) in keys {
            // All are different.
            if let Some(at) = grown.free(hash, |_| false) {
                grown.put(at, hash, position);
            }
        }
        *self = grown;
    }
}
