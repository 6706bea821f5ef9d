//! Maps and sets by keys.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by keys, the same in every run.
pub type KeyMap<V> = HashMap<Box<[u8]>, V, BuildHasherDefault<KeyHasher>>;

/// A set of keys, the same in every run.
pub type KeySet = HashSet<Box<[u8]>, BuildHasherDefault<KeyHasher>>;

/// 2⁶⁴ divided by the golden ratio, made odd: Knuth's multiplicative hashing.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes keys: multiply and rotate, eight bytes at a time. Not for keys that
/// someone chose to collide; a module's own limits bound what that costs.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyHasher(u64);

impl KeyHasher {
    #[inline]
    fn add(&mut self, word: u64) {
        self.0 = added(self.0, word);
    }
}

/// A hash to which a word was added.
#[inline(always)]
pub(super) fn added(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR)
}

/// A hash to which all was added.
#[inline(always)]
pub(super) fn mixed(hash: u64) -> u64 {
    // A product's upper bits depend on all bits, its lower ones on few; and what
    // tells numbers apart is the end of a key, a word's upper bits.
    let mixed = (hash ^ hash >> 32).wrapping_mul(FACTOR);
    mixed ^ mixed >> 32
}

impl Hasher for KeyHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        // What is left over, at once: where there is a whole word, its last bytes
        // again do no harm.
        let last = match bytes.last_chunk::<8>() {
            Some(last) => u64::from_le_bytes(*last),
            None => rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        self.add(last ^ (bytes.len() as u64) << 56);
    }

    #[inline]
    fn finish(&self) -> u64 {
        mixed(self.0)
    }
}
