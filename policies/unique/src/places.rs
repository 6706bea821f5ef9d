//! A table with open addressing, which says where keys that hash alike are stored.

use bailiwick_guest::lanes::equal_among;

/// Places of a group.
const PLACES: usize = 12;

/// Groups of the first table; a power of two.
const FIRST_GROUPS: usize = 1 << 7;

/// From here on a table doubles: 2 MiB.
const MANY_GROUPS: usize = 1 << 15;

/// Keys that are moved together.
const TOGETHER: usize = 64;

/// Places that are looked at together: they lie in one line of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Group {
    // 0 where a place is unused, else that of its key's hash. The last four are of no place.
    tags: [u8; 16],
    positions: [u32; PLACES],
}

impl Group {
    const UNUSED: Self = Self { tags: [0; 16], positions: [0; PLACES] };

    /// A bit for each place with this tag.
    #[inline(always)]
    fn with(&self, tag: u8) -> u32 {
        equal_among(&self.tags, tag) & ((1 << PLACES) - 1)
    }
}

/// What tells most keys of a group from each other.
#[inline(always)]
fn tag(hash: u64) -> u8 {
    // The group is of the hash's lower bits.
    ((hash >> 56) as u8).max(1)
}

/// A place in a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    group: usize,
    at: usize,
}

/// A table of positions by hash, that only grows. A key takes 6 to 13 bytes of it, or up to
/// 25 while it is small.
#[derive(Debug)]
pub(crate) struct Places {
    // INVARIANT: a power of two many; more places are unused than one in eight.
    groups: Vec<Group>,
    len: usize,
}

impl Places {
    /// No keys yet.
    pub(crate) fn new() -> Self {
        Self::of(FIRST_GROUPS)
    }

    fn of(groups: usize) -> Self {
        Self { groups: vec![Group::UNUSED; groups], len: 0 }
    }

    /// Number of keys.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether there is room for so many more keys.
    #[inline]
    pub(crate) fn has_room(&self, more: usize) -> bool {
        self.len + more < self.groups.len() * PLACES / 8 * 7
    }

    /// Has what lies where these hashes are sought first in the cache before they are, as
    /// those of several keys are waited for together.
    #[inline(always)]
    pub(crate) fn touch(&self, hashes: impl IntoIterator<Item = u64>) {
        let mask = self.groups.len() - 1;
        let touched = hashes.into_iter().fold(0, |touched, hash| {
            let group = self.groups.get(hash as usize & mask);
            touched ^ group.and_then(|group| group.tags.first()).copied().unwrap_or_default()
        });
        std::hint::black_box(touched);
    }

    /// Where a key is to be put; none where it is there, which the function says of a
    /// position.
    #[inline(always)]
    pub(crate) fn free(&self, hash: u64, mut is_key: impl FnMut(u32) -> bool) -> Option<Place> {
        let (tag, mask) = (tag(hash), self.groups.len() - 1);
        let mut at = hash as usize & mask;
        // Ends, as there is always an unused place.
        while let Some(group) = self.groups.get(at) {
            let mut alike = group.with(tag);
            while alike != 0 {
                let position = group.positions.get(alike.trailing_zeros() as usize);
                if position.is_some_and(|position| is_key(*position)) {
                    return None;
                }
                alike &= alike - 1;
            }
            let unused = group.with(0);
            if unused != 0 {
                return Some(Place { group: at, at: unused.trailing_zeros() as usize });
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// Puts a key where [`free`](Self::free) said. [Room](Self::has_room) must be there.
    #[inline(always)]
    pub(crate) fn put(&mut self, place: Place, hash: u64, position: u32) {
        if let Some(group) = self.groups.get_mut(place.group)
            && let (Some(own_tag), Some(own)) =
                (group.tags.get_mut(place.at), group.positions.get_mut(place.at))
        {
            (*own_tag, *own) = (tag(hash), position);
        }
        self.len += 1;
    }

    /// Another table for the same keys, given again, with their hashes and positions: four
    /// times as large while it is small, so that keys seldom move.
    #[cold]
    pub(crate) fn grow(&mut self, mut keys: impl Iterator<Item = (u64, u32)>) {
        let factor = if self.groups.len() < MANY_GROUPS { 4 } else { 2 };
        let mut grown = Self::of(self.groups.len() * factor);
        let mut some = Vec::with_capacity(TOGETHER);
        loop {
            some.clear();
            some.extend(keys.by_ref().take(TOGETHER));
            if some.is_empty() {
                *self = grown;
                return;
            }
            grown.touch(some.iter().map(|(hash, _)| *hash));
            for (hash, position) in &some {
                // All are different.
                if let Some(place) = grown.free(*hash, |_| false) {
                    grown.put(place, *hash, *position);
                }
            }
        }
    }
}
