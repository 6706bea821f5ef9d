//! What a step makes of some rows.

use crate::Bits;

/// Rows that are computed at once; a multiple of 64, as their bits are whole words.
pub(super) const CHUNK_ROWS: usize = 1_024;

const WORDS: usize = CHUNK_ROWS / 64;

/// One bit for each row of a chunk, 64 a word; those behind the last row are anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words(pub(super) [u64; WORDS]);

impl Words {
    pub(super) const NONE: Self = Self([0; WORDS]);
    pub(super) const ALL: Self = Self([u64::MAX; WORDS]);

    pub(super) fn filled(value: bool) -> Self {
        if value { Self::ALL } else { Self::NONE }
    }

    /// The rows from `first` on, which is a multiple of the chunk's.
    pub(super) fn of(bits: Bits<'_>, first: usize) -> Self {
        let mut words = [0; WORDS];
        for (at, word) in words.iter_mut().enumerate() {
            *word = bits.word(first / 64 + at);
        }
        Self(words)
    }

    /// One bit for each of up to a chunk's rows.
    pub(super) fn from_fn(rows: usize, mut predicate: impl FnMut(usize) -> bool) -> Self {
        let mut words = [0; WORDS];
        for (at, word) in words.iter_mut().enumerate() {
            for row in (at * 64..rows.min(at * 64 + 64)).rev() {
                *word = *word << 1 | u64::from(predicate(row));
            }
        }
        Self(words)
    }

    /// One bit for each of up to a chunk's rows, asked for in their order.
    pub(super) fn from_fn_in_order(rows: usize, mut next: impl FnMut() -> bool) -> Self {
        let mut words = [0; WORDS];
        for (at, word) in words.iter_mut().enumerate().take(rows.div_ceil(64)) {
            for bit in 0..(rows - at * 64).min(64) {
                *word |= u64::from(next()) << bit;
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

    pub(super) fn with(mut self, other: &Self, function: impl Fn(u64, u64) -> u64) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word = function(*word, *other));
        self
    }

    pub(super) fn and(self, other: &Self) -> Self {
        self.with(other, |a, b| a & b)
    }

    pub(super) fn or(self, other: &Self) -> Self {
        self.with(other, |a, b| a | b)
    }

    pub(super) fn without(self, other: &Self) -> Self {
        self.with(other, |a, b| a & !b)
    }

    /// Whether one of so many rows is set.
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
pub(super) fn both(a: Option<&Words>, b: Option<&Words>) -> Option<Words> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.and(b)),
        (one, other) => one.or(other).copied(),
    }
}

/// Rows in which either is set, where none stands for no row.
pub(super) fn either(a: Option<&Words>, b: Option<&Words>) -> Option<Words> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.or(b)),
        (one, other) => one.or(other).copied(),
    }
}

/// Numbers, a column's own or computed.
#[derive(Debug)]
pub(super) enum Numbers<'a, T> {
    Column(&'a [T]),
    Own(Vec<T>),
}

impl<T: Copy + Default> Numbers<'_, T> {
    pub(super) fn slice(&self) -> &[T] {
        match self {
            Self::Column(values) => values,
            Self::Own(values) => values,
        }
    }
}

/// Texts: ranges of one that holds all of them.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    pub(super) ranges: Vec<(u32, u32)>,
    pub(super) source: Source<'a>,
}

/// What texts are ranges of.
#[derive(Debug, Clone)]
pub(super) enum Source<'a> {
    /// A column's text, or a literal.
    Given(&'a str),
    Own(String),
}

impl Texts<'_> {
    pub(super) fn text(&self) -> &str {
        match &self.source {
            Source::Given(text) => text,
            Source::Own(text) => text,
        }
    }

    pub(super) fn get(&self, row: usize) -> &str {
        let (start, end) = self.ranges.get(row).copied().unwrap_or_default();
        self.text().get(start as usize..end as usize).unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let text = self.text();
        let get = |&(start, end): &(u32, u32)| text.get(start as usize..end as usize);
        self.ranges.iter().map(move |range| get(range).unwrap_or_default())
    }

    /// An own text, to which values are written one after the other.
    pub(super) fn empty() -> (Vec<(u32, u32)>, String) {
        (Vec::with_capacity(CHUNK_ROWS), String::new())
    }

    /// Ends a value that began at `start` of the text.
    pub(super) fn end(ranges: &mut Vec<(u32, u32)>, start: usize, text: &str) {
        // A module's memory has 32-bit addresses.
        ranges.push((start as u32, text.len() as u32));
    }
}

/// Values of one kind.
#[derive(Debug)]
pub(super) enum Values<'a> {
    Bools(Words),
    Integers(Numbers<'a, i64>),
    Floats(Numbers<'a, f64>),
    Decimals(Vec<i128>),
    Texts(Texts<'a>),
}

/// What a step made of a chunk.
#[derive(Debug)]
pub(super) struct Register<'a> {
    pub(super) values: Values<'a>,
    /// Which rows have a value; none: all.
    pub(super) valid: Option<Words>,
    /// In which rows computing it failed; none: in none. INVARIANT: these are valid, so
    /// that a null beside them, which makes null of anything, makes null of them too.
    pub(super) wrong: Option<Words>,
}

impl<'a> Register<'a> {
    pub(super) fn new(values: Values<'a>) -> Self {
        Self { values, valid: None, wrong: None }
    }

    pub(super) fn bools(&self) -> Words {
        match &self.values {
            Values::Bools(words) => *words,
            _ => Words::NONE,
        }
    }

    pub(super) fn integers(&self) -> &[i64] {
        match &self.values {
            Values::Integers(numbers) => numbers.slice(),
            _ => &[],
        }
    }

    pub(super) fn floats(&self) -> &[f64] {
        match &self.values {
            Values::Floats(numbers) => numbers.slice(),
            _ => &[],
        }
    }

    pub(super) fn decimals(&self) -> &[i128] {
        match &self.values {
            Values::Decimals(values) => values,
            _ => &[],
        }
    }

    pub(super) fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid.get(row))
    }
}
