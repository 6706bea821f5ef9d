//! Bits of rows: seen ([`Bits`]), owned ([`Bitmap`]), built ([`BitmapBuilder`]).
//!
//! All three hold one bit a row, least significant bit first. Work on words of 64
//! rows where it matters: [`Bits::words`], [`Bitmap::of`], [`Bitmap::from_words`].

use crate::{BinaryColumn, lanes};

/// A view of one bit a row.
#[derive(Debug, Clone, Copy)]
pub struct Bits<'a> {
    // INVARIANT: at least `len.div_ceil(8)` bytes; bits past `len` may be anything.
    bytes: &'a [u8],
    len: usize,
}

impl<'a> Bits<'a> {
    /// The first `len` bits of `bytes`; none where there are not so many.
    pub fn new(bytes: &'a [u8], len: usize) -> Option<Self> {
        bytes.get(..len.div_ceil(8)).map(|bytes| Self { bytes, len })
    }

    /// Number of bits.
    pub fn len(self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The bit at `index`; false behind the last.
    #[inline]
    pub fn get(self, index: usize) -> bool {
        index < self.len
            && self.bytes.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    }

    /// The bits, 64 rows a word, least significant bit first; bits behind the last
    /// row are 0.
    pub fn words(self) -> impl ExactSizeIterator<Item = u64> + 'a {
        (0..self.len.div_ceil(64)).map(move |at| self.word(at))
    }

    /// The bits of rows `64 * at` to `64 * at + 63`; those behind the last row are 0.
    #[inline]
    pub fn word(self, at: usize) -> u64 {
        let (whole, rest) = self.bytes.as_chunks::<8>();
        let word = match whole.get(at) {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None if at == whole.len() => {
                rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
            }
            None => 0,
        };
        word & mask(self.len.saturating_sub(at * 64))
    }

    /// Number of set bits.
    pub fn count_ones(self) -> usize {
        self.words().map(|word| word.count_ones() as usize).sum()
    }

    /// The bits one by one.
    pub fn iter(self) -> impl ExactSizeIterator<Item = bool> + 'a {
        (0..self.len).map(move |index| self.get(index))
    }

    /// A copy.
    pub fn to_bitmap(self) -> Bitmap {
        Bitmap::from_words(self.len, self.words())
    }
}

/// The low `bits` bits set; all of them from 64 on.
fn mask(bits: usize) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

/// One bit a row, owned: which rows stay, which rows fail, which values are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    // INVARIANT: exactly `len.div_ceil(8)` bytes, the bits past `len` are 0.
    bytes: Vec<u8>,
    len: usize,
}

impl Bitmap {
    /// `len` bits, all of them `value`.
    pub fn filled(len: usize, value: bool) -> Self {
        let word = if value { u64::MAX } else { 0 };
        Self::from_words(len, std::iter::repeat(word))
    }

    /// `len` bits from words of 64; missing words are 0, surplus bits are dropped.
    pub fn from_words(len: usize, words: impl IntoIterator<Item = u64>) -> Self {
        let mut bytes = vec![0; len.div_ceil(64) * 8];
        for ((at, chunk), word) in bytes.as_chunks_mut::<8>().0.iter_mut().enumerate().zip(words) {
            *chunk = (word & mask(len - at * 64)).to_le_bytes();
        }
        bytes.truncate(len.div_ceil(8));
        Self { bytes, len }
    }

    /// One bit for each value: whether it fits the predicate. Becomes vector code
    /// where the predicate has no branches: combine comparisons by `&` and `|`.
    pub fn of<T: Copy + 'static>(values: &[T], mut predicate: impl FnMut(T) -> bool) -> Self {
        let (chunks, rest) = values.as_chunks::<64>();
        let words = chunks.iter().map(|chunk| lanes::word(chunk, &mut predicate));
        // Collected because the closure has to be free again for what is left over.
        let mut words: Vec<u64> = words.collect();
        let last =
            rest.iter().rev().fold(0, |word, value| word << 1 | u64::from(predicate(*value)));
        words.push(last);
        Self::from_words(values.len(), words)
    }

    /// As [`of`](Self::of), of two values each, as far as both reach.
    pub fn of_both<T: Copy + 'static>(
        left: &[T],
        right: &[T],
        mut predicate: impl FnMut(T, T) -> bool,
    ) -> Self {
        let len = left.len().min(right.len());
        let mut words = Vec::with_capacity(len.div_ceil(64));
        for (left, right) in left.chunks(64).zip(right.chunks(64)) {
            // Of constant length, the loop becomes vector code.
            words.push(match (left.first_chunk::<64>(), right.first_chunk::<64>()) {
                (Some(left), Some(right)) => lanes::word_of_both(left, right, &mut predicate),
                _ => {
                    left.iter().zip(right).rev().fold(0, |word, (left, right)| {
                        word << 1 | u64::from(predicate(*left, *right))
                    })
                }
            });
        }
        Self::from_words(len, words)
    }

    /// One bit for each text, or value of bytes, whatever lies at a null. `short` is asked
    /// with the eight bytes from where a value of up to eight begins, the first one lowest,
    /// and how many are the value's: most texts are so short, and are judged in a loop
    /// without calls. `any` is asked with the value where that gives none, where a value is
    /// longer, and where fewer than eight bytes are left.
    #[inline]
    pub fn of_texts(
        column: BinaryColumn<'_>,
        short: impl Fn(u64, usize) -> Option<bool>,
        mut any: impl FnMut(&[u8]) -> bool,
    ) -> Self {
        let (bytes, rows) = (column.bytes(), column.len());
        let words = (0..rows.div_ceil(64)).map(|at| {
            let offsets = column.offsets().get(at * 64..).unwrap_or_default();
            let bounds = |row| Some((*offsets.get(row)? as usize, *offsets.get(row + 1)? as usize));
            let (mut word, mut row, rows) = (0, 0, (rows - at * 64).min(64));
            while row < rows {
                row = lanes::while_some(row, rows, |row| {
                    let (start, end) = bounds(row)?;
                    let length = end.checked_sub(start).filter(|length| *length <= 8)?;
                    let eight = bytes.get(start..)?.first_chunk::<8>()?;
                    word |= u64::from(short(u64::from_le_bytes(*eight), length)?) << row;
                    Some(())
                });
                let Some((start, end)) = bounds(row).filter(|_| row < rows) else { break };
                word |= u64::from(any(bytes.get(start..end).unwrap_or_default())) << row;
                row += 1;
            }
            word
        });
        Self::from_words(rows, words)
    }

    /// One bit for each index below `len`.
    pub fn from_fn(len: usize, mut predicate: impl FnMut(usize) -> bool) -> Self {
        let words = (0..len.div_ceil(64)).map(|at| {
            let rows = at * 64..len.min(at * 64 + 64);
            rows.rev().fold(0, |word, row| word << 1 | u64::from(predicate(row)))
        });
        Self::from_words(len, words)
    }

    /// Number of bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A view of the bits.
    pub fn bits(&self) -> Bits<'_> {
        Bits { bytes: &self.bytes, len: self.len }
    }

    /// Number of set bits.
    pub fn count_ones(&self) -> usize {
        self.bits().count_ones()
    }

    /// The bits that are set in both; what one lacks in length counts as 0.
    pub fn and(&self, other: Bits<'_>) -> Self {
        Self::from_words(self.len, self.bits().words().zip(other.words()).map(|(a, b)| a & b))
    }

    /// The bits that are set in either.
    pub fn or(&self, other: Bits<'_>) -> Self {
        let others = other.words().chain(std::iter::repeat(0));
        Self::from_words(self.len, self.bits().words().zip(others).map(|(a, b)| a | b))
    }

    /// The bits that are not set.
    pub fn not(&self) -> Self {
        Self::from_words(self.len, self.bits().words().map(|word| !word))
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl FromIterator<bool> for Bitmap {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Self {
        let mut builder = BitmapBuilder::new();
        bits.into_iter().for_each(|bit| builder.push(bit));
        builder.finish()
    }
}

/// Builds a [`Bitmap`] row by row, storing 64 rows at a time.
#[derive(Debug, Clone, Default)]
pub struct BitmapBuilder {
    words: Vec<u64>,
    word: u64,
    len: usize,
}

impl BitmapBuilder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty one with room for so many rows.
    pub fn with_capacity(rows: usize) -> Self {
        Self { words: Vec::with_capacity(rows.div_ceil(64)), word: 0, len: 0 }
    }

    /// Adds one bit.
    #[inline]
    pub fn push(&mut self, bit: bool) {
        self.word |= u64::from(bit) << (self.len % 64);
        self.len += 1;
        if self.len.is_multiple_of(64) {
            self.words.push(std::mem::take(&mut self.word));
        }
    }

    /// Adds the low `count` bits of a word; at most 64.
    pub fn push_word(&mut self, word: u64, count: usize) {
        let count = count.min(64);
        let (word, used) = (word & mask(count), self.len % 64);
        self.word |= word << used;
        self.len += count;
        if used + count >= 64 {
            self.words.push(self.word);
            self.word = if used == 0 { 0 } else { word >> (64 - used) };
        }
    }

    /// Adds so many equal bits.
    pub fn push_run(&mut self, bit: bool, mut count: usize) {
        let word = if bit { u64::MAX } else { 0 };
        while count > 0 {
            self.push_word(word, count.min(64));
            count -= count.min(64);
        }
    }

    /// Number of bits so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none so far.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bitmap.
    pub fn finish(self) -> Bitmap {
        Bitmap::from_words(self.len, self.words.into_iter().chain([self.word]))
    }
}
