//! One bit for each row of a block.

use crate::Bits;

/// Rows that are computed at once: few enough that what lies between two steps stays in
/// the nearest cache, enough that what a step costs beside its rows does not show. A
/// multiple of 64, as their bits are whole words.
pub(super) const BLOCK_ROWS: usize = 1_024;

/// Words of a block.
pub(super) const WORDS: usize = BLOCK_ROWS / 64;

/// One bit for each row of a block, 64 a word; those behind the last row are anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words(pub(super) [u64; WORDS]);

// Not inlined where a step calls them: a block's words are many instructions, and few calls.
impl Words {
    pub(super) const NONE: Self = Self([0; WORDS]);
    pub(super) const ALL: Self = Self([u64::MAX; WORDS]);

    pub(super) fn filled(value: bool) -> Self {
        if value { Self::ALL } else { Self::NONE }
    }

    /// The rows from `first` on, which is a multiple of the block's.
    #[inline(never)]
    pub(super) fn of(bits: Bits<'_>, first: usize) -> Self {
        let mut words = [0; WORDS];
        for (at, word) in words.iter_mut().enumerate() {
            *word = bits.word(first / 64 + at);
        }
        Self(words)
    }

    /// One bit for each of up to a block's rows, in their order.
    pub(super) fn from_fn(rows: usize, mut predicate: impl FnMut(usize) -> bool) -> Self {
        let mut words = [0; WORDS];
        for (at, word) in words.iter_mut().enumerate().take(rows.div_ceil(64)) {
            for bit in 0..(rows - at * 64).min(64) {
                *word |= u64::from(predicate(at * 64 + bit)) << bit;
            }
        }
        Self(words)
    }

    pub(super) fn get(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(super) fn set(&mut self, row: usize) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    pub(super) fn map(mut self, function: impl Fn(u64) -> u64) -> Self {
        self.0.iter_mut().for_each(|word| *word = function(*word));
        self
    }

    #[inline(never)]
    pub(super) fn not(self) -> Self {
        self.map(|word| !word)
    }

    pub(super) fn with(mut self, other: &Self, function: impl Fn(u64, u64) -> u64) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word = function(*word, *other));
        self
    }

    #[inline(never)]
    pub(super) fn and(self, other: &Self) -> Self {
        self.with(other, |a, b| a & b)
    }

    #[inline(never)]
    pub(super) fn or(self, other: &Self) -> Self {
        self.with(other, |a, b| a | b)
    }

    #[inline(never)]
    pub(super) fn without(self, other: &Self) -> Self {
        self.with(other, |a, b| a & !b)
    }

    /// Whether one of so many rows is set.
    #[inline(never)]
    pub(super) fn any(&self, rows: usize) -> bool {
        self.first_words(rows).any(|word| word != 0)
    }

    /// The words of so many rows, the bits behind the last of them 0.
    pub(super) fn first_words(&self, rows: usize) -> impl Iterator<Item = u64> + '_ {
        let words = self.0.iter().take(rows.div_ceil(64)).enumerate();
        words.map(move |(at, word)| match rows - at * 64 {
            left @ 0..64 => word & ((1 << left) - 1),
            _ => *word,
        })
    }
}

/// Rows in which both are set, where none stands for all.
#[inline(never)]
pub(super) fn both(a: Option<&Words>, b: Option<&Words>) -> Option<Words> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.and(b)),
        (one, other) => one.or(other).copied(),
    }
}

/// Rows in which either is set, where none stands for no row.
#[inline(never)]
pub(super) fn either(a: Option<&Words>, b: Option<&Words>) -> Option<Words> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.or(b)),
        (one, other) => one.or(other).copied(),
    }
}
