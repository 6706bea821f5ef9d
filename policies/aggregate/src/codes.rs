//! Numbers of groups by short values: what is asked once a row.

/// Places in the first table; a power of two.
const FIRST_PLACES: usize = 64;

/// A map of codes to the numbers of groups, with open addressing.
#[derive(Debug)]
pub(crate) struct Codes {
    // INVARIANT: a power of two many, more of them unused than a quarter. A place is a
    // code and its group's number plus 1; unused where that is 0.
    places: Vec<(u64, u32)>,
    len: usize,
}

impl Codes {
    /// No codes yet.
    pub(crate) fn new() -> Self {
        Self { places: vec![(0, 0); FIRST_PLACES], len: 0 }
    }

    /// The group of a code.
    #[inline]
    pub(crate) fn get(&self, code: u64) -> Option<u32> {
        let mask = self.places.len() - 1;
        let mut at = spread(code) & mask;
        // Ends: there is always an unused place.
        loop {
            let (other, group) = self.places.get(at)?;
            if *group == 0 {
                return None;
            }
            if *other == code {
                return Some(*group - 1);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a code that is not there.
    pub(crate) fn insert(&mut self, code: u64, group: u32) {
        if (self.len + 1) * 4 > self.places.len() * 3 {
            let larger = vec![(0, 0); self.places.len() * 2];
            let places = std::mem::replace(&mut self.places, larger);
            places.into_iter().filter(|(_, group)| *group != 0).for_each(|place| self.put(place));
        }
        self.put((code, group.saturating_add(1)));
        self.len += 1;
    }

    fn put(&mut self, place: (u64, u32)) {
        let mask = self.places.len() - 1;
        let mut at = spread(place.0) & mask;
        while self.places.get(at).is_some_and(|(_, group)| *group != 0) {
            at = (at + 1) & mask;
        }
        if let Some(free) = self.places.get_mut(at) {
            *free = place;
        }
    }
}

/// Spreads codes over places: Knuth's multiplicative hashing, whose upper bits are
/// the good ones.
#[inline]
fn spread(code: u64) -> usize {
    (code.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize
}

/// The code of up to 7 bytes from `start` up to `end`; none where there are more.
#[inline]
pub(crate) fn of_bytes(bytes: &[u8], start: u32, end: u32) -> Option<u64> {
    let (start, len) = (start as usize, end.wrapping_sub(start));
    if len > 7 {
        return None;
    }
    let word = match bytes.get(start..).and_then(<[u8]>::first_chunk::<8>) {
        Some(chunk) => u64::from_le_bytes(*chunk) & ((1 << (len * 8)) - 1),
        // So near the end that a whole word would pass it.
        None => {
            let value = bytes.get(start..end as usize)?;
            value.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
        }
    };
    Some(word | u64::from(len) << 56)
}
