//! A table with open addressing, which says where keys that hash alike are stored.

/// Places in the first table; a power of two.
const FIRST_PLACES: usize = 1 << 10;

/// From here on a table doubles: 1 MiB.
const MANY_PLACES: usize = 1 << 17;

/// A table of positions by hash, that only grows. A key takes 10 to 22 bytes of it, or up
/// to 43 while it is small.
#[derive(Debug)]
pub(crate) struct Places {
    // INVARIANT: a power of two many, more of them unused than a quarter. A place is
    // 0 if unused, else the key's hash in the upper half, and its position plus 1 in the
    // lower.
    places: Vec<u64>,
    len: usize,
}

impl Places {
    /// No keys yet.
    pub(crate) fn new() -> Self {
        Self { places: vec![0; FIRST_PLACES], len: 0 }
    }

    /// Number of keys.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// What lies at the first place of a hash: to have it in the cache before it is sought,
    /// as those of several keys are waited for together.
    #[inline]
    pub(crate) fn first(&self, hash: u32) -> u64 {
        self.places.get(hash as usize & (self.places.len() - 1)).copied().unwrap_or_default()
    }

    /// Where a key is to be put; none where it is there, which the function says of a
    /// position.
    #[inline]
    pub(crate) fn free(&self, hash: u32, is_key: impl Fn(u32) -> bool) -> Option<usize> {
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        // Ends: there is always an unused place.
        while let Some(place) = self.places.get(at).filter(|place| **place != 0) {
            if (place >> 32) as u32 == hash && is_key((*place as u32).wrapping_sub(1)) {
                return None;
            }
            at = (at + 1) & mask;
        }
        Some(at)
    }

    /// Puts a key where [`free`](Self::free) said.
    #[inline]
    pub(crate) fn put(&mut self, at: usize, hash: u32, position: u32) {
        if let Some(place) = self.places.get_mut(at) {
            *place = (u64::from(hash) << 32) | (u64::from(position) + 1);
        }
        self.len += 1;
        if self.len > self.places.len() / 4 * 3 {
            self.grow();
        }
    }

    /// More places: four times as many while they are few, so that keys seldom move.
    fn grow(&mut self) {
        let factor = if self.places.len() < MANY_PLACES { 4 } else { 2 };
        let mask = self.places.len() * factor - 1;
        let mut places = vec![0; mask + 1];
        for some in self.places.chunks(64) {
            // The used ones are brought together first: whether a place is one of them
            // cannot be foreseen, and a wrong guess takes longer than a move.
            let (mut used, mut len) = ([0_u64; 64], 0);
            for place in some {
                used.get_mut(len).into_iter().for_each(|slot| *slot = *place);
                len += usize::from(*place != 0);
            }
            for place in used.iter().take(len) {
                let mut at = (place >> 32) as usize & mask;
                while places.get(at).is_some_and(|other| *other != 0) {
                    at = (at + 1) & mask;
                }
                if let Some(free) = places.get_mut(at) {
                    *free = *place;
                }
            }
        }
        self.places = places;
    }
}
