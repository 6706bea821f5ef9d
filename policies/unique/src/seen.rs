//! A set of keys, each some bytes, that only grows.
//!
//! All keys lie one behind the other in a few large blocks, with the length before
//! each; a table with open addressing says where. A key so costs its bytes, one more,
//! and 10 to 22 in the table, or up to 43 while that is small. Blocks do not move when
//! the set grows, so that it never needs twice its memory.

use std::hash::Hasher;

use bailiwick_guest::keys::KeyHasher;
use bailiwick_guest::{Error, Result};

/// Bytes of a block. A key that is longer has one of its own.
const BLOCK_BYTES: usize = 1 << 18;

/// Blocks that positions of 32 bits can name: 4 GiB, more than a module can address.
const MAX_BLOCKS: usize = 1 << 14;

/// Places in the first table; a power of two.
const FIRST_PLACES: usize = 1 << 10;

/// From here on a table doubles: 1 MiB.
const MANY_PLACES: usize = 1 << 17;

/// A set of keys.
#[derive(Debug)]
pub(crate) struct Seen {
    blocks: Vec<Vec<u8>>,
    // INVARIANT: a power of two many, more of them unused than a quarter. A place is
    // 0 if unused, else the key's hash in the upper half, and the position of its
    // length plus 1 in the lower.
    places: Vec<u64>,
    len: usize,
}

impl Seen {
    /// No keys yet.
    pub(crate) fn new() -> Self {
        Self { blocks: Vec::new(), places: vec![0; FIRST_PLACES], len: 0 }
    }

    /// Number of keys.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Bytes of all keys and their lengths.
    pub(crate) fn bytes(&self) -> usize {
        self.blocks.iter().map(Vec::len).sum()
    }

    /// Writes every key with its length, in the order in which they came: what
    /// [`read`] reads.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        self.blocks.iter().for_each(|block| out.extend_from_slice(block));
    }

    /// Adds a key; false where it was there before.
    pub(crate) fn insert(&mut self, key: &[u8]) -> Result<bool> {
        let hash = hash(key);
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        // Ends: there is always an unused place.
        while let Some(place) = self.places.get(at).filter(|place| **place != 0) {
            if (place >> 32) as u32 == hash && self.key(*place) == Some(key) {
                return Ok(false);
            }
            at = (at + 1) & mask;
        }
        let position = self.store(key)?;
        if let Some(place) = self.places.get_mut(at) {
            *place = (u64::from(hash) << 32) | (u64::from(position) + 1);
        }
        self.len += 1;
        if self.len > self.places.len() / 4 * 3 {
            self.grow();
        }
        Ok(true)
    }

    /// The key that a used place speaks of.
    #[inline]
    fn key(&self, place: u64) -> Option<&[u8]> {
        let position = (place as u32).wrapping_sub(1) as usize;
        let block = self.blocks.get(position / BLOCK_BYTES)?;
        read(block.get(position % BLOCK_BYTES..)?).map(|(key, _)| key)
    }

    /// Puts a key behind the others and gives its position.
    fn store(&mut self, key: &[u8]) -> Result<u32> {
        // Ten bytes hold any length.
        let needed = key.len() + 10;
        let fits = |block: &&mut Vec<u8>| block.len() + needed <= BLOCK_BYTES;
        if self.blocks.last_mut().filter(fits).is_none() {
            if self.blocks.len() == MAX_BLOCKS {
                return Err(Error::data("there are more different rows than memory can hold"));
            }
            self.blocks.push(Vec::with_capacity(needed.max(BLOCK_BYTES)));
        }
        let number = self.blocks.len() - 1;
        let block = self.blocks.last_mut().ok_or_else(|| Error::data("no block was added"))?;
        let position = number * BLOCK_BYTES + block.len();
        write_length(key.len(), block);
        block.extend_from_slice(key);
        u32::try_from(position).map_err(|_| Error::data("a key lies past the last block"))
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

/// Adds a length: 7 bits a byte, the lowest first, the top bit set in all but the last.
#[inline]
pub(crate) fn write_length(mut length: usize, out: &mut Vec<u8>) {
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
}

/// The first key with its length before it, and what is behind; none where the bytes
/// are not so.
#[inline]
pub(crate) fn read(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some((length, rest)) = bytes.split_first().filter(|(length, _)| **length < 0x80) {
        return rest.split_at_checked(usize::from(*length));
    }
    let (mut length, mut shift, mut rest) = (0, 0, bytes);
    loop {
        let (byte, behind) = rest.split_first()?;
        rest = behind;
        let bits = usize::from(byte & 0x7f);
        length |= bits.checked_shl(shift).filter(|shifted| shifted >> shift == bits)?;
        if byte & 0x80 == 0 {
            return rest.split_at_checked(length);
        }
        shift += 7;
    }
}

/// Spreads keys over places. A module has no randomness to hash with, so whoever
/// chooses the rows can make it slow, which the limit on a call's time ends; never
/// wrong, as keys are compared whole.
#[inline]
fn hash(key: &[u8]) -> u32 {
    let mut hasher = KeyHasher::default();
    hasher.write(key);
    hasher.finish() as u32
}
