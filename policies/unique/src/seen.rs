//! A set of keys, each some bytes, that only grows.
//!
//! All keys lie one behind the other in a few large blocks, with the length before
//! each. Blocks do not move when the set grows, so that it never needs twice its memory.

use std::hash::Hasher;

use bailiwick_guest::keys::KeyHasher;
use bailiwick_guest::{Error, Result};

use crate::places::Places;

/// Bytes of a block. A key that is longer has one of its own.
const BLOCK_BYTES: usize = 1 << 18;

/// Blocks that positions of 32 bits can name: 4 GiB, more than a module can address.
const MAX_BLOCKS: usize = 1 << 14;

/// A set of keys.
#[derive(Debug)]
pub(crate) struct Seen {
    blocks: Vec<Vec<u8>>,
    // By the positions of the lengths before them.
    places: Places,
}

impl Seen {
    /// No keys yet.
    pub(crate) fn new() -> Self {
        Self { blocks: Vec::new(), places: Places::new() }
    }

    /// Number of keys.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
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
        if !self.places.has_room(1) {
            self.places.grow(keys(&self.blocks).map(|(position, key)| (hash(key), position)));
        }
        let hash = hash(key);
        let Some(at) = self.places.free(hash, |position| self.key(position) == Some(key)) else {
            return Ok(false);
        };
        let position = self.store(key)?;
        self.places.put(at, hash, position);
        Ok(true)
    }

    /// The key at a position.
    #[inline]
    fn key(&self, position: u32) -> Option<&[u8]> {
        let position = position as usize;
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
}

/// All keys and their positions, in the order in which they came.
fn keys(blocks: &[Vec<u8>]) -> impl Iterator<Item = (u32, &[u8])> {
    blocks.iter().enumerate().flat_map(|(number, block)| {
        let mut rest = block.as_slice();
        std::iter::from_fn(move || {
            let position = number * BLOCK_BYTES + block.len() - rest.len();
            let (key, behind) = read(rest)?;
            rest = behind;
            // Every position was one of 32 bits when the key was stored.
            Some((position as u32, key))
        })
    })
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
fn hash(key: &[u8]) -> u64 {
    let mut hasher = KeyHasher::default();
    hasher.write(key);
    hasher.finish()
}
