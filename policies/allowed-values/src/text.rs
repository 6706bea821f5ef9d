//! Texts as numbers, so that they are compared as fast.
//!
//! Codes are mostly short: a text of up to 7 bytes becomes a number of 8, its bytes
//! and its length. A longer one is looked up, and becomes one of two numbers.

use bailiwick_guest::lanes::while_some;
use bailiwick_guest::{BinaryColumn, Bitmap};

use crate::numbers::Numbers;

/// The longest text that a number holds.
const LONGEST: usize = 7;

/// What stands for a longer text that is known: no text has that many bytes.
const KNOWN: u64 = 0xfd << 56;

/// What stands for a longer text that is not.
const UNKNOWN: u64 = 0xfe << 56;

/// The texts that pass.
#[derive(Debug)]
pub(crate) struct Texts {
    numbers: Numbers,
    // INVARIANT: in order.
    long: Vec<Vec<u8>>,
}

impl Texts {
    pub(crate) fn new(texts: Vec<String>) -> Self {
        let (mut long, short): (Vec<_>, Vec<_>) =
            texts.into_iter().map(String::into_bytes).partition(|text| text.len() > LONGEST);
        long.sort_unstable();
        let numbers = short.iter().map(|text| number(text));
        Self { numbers: Numbers::new(numbers.chain((!long.is_empty()).then_some(KNOWN))), long }
    }

    /// A set bit for each value that is not among them, whatever lies at a null.
    pub(crate) fn lacks(&self, column: BinaryColumn<'_>) -> Bitmap {
        let (offsets, bytes) = (column.offsets(), column.bytes());
        let rows = column.len();
        let words = (0..rows.div_ceil(64)).map(|word| {
            let first = word * 64;
            self.lacks_of(offsets.get(first..).unwrap_or_default(), bytes, rows - first)
        });
        Bitmap::from_words(rows, words)
    }

    /// Of up to 64 values.
    #[inline]
    fn lacks_of(&self, offsets: &[u32], bytes: &[u8], rows: usize) -> u64 {
        let (mut lacking, mut row, rows) = (0, 0, rows.min(64));
        let bounds = |row| Some((*offsets.get(row)? as usize, *offsets.get(row + 1)? as usize));
        while row < rows {
            // What is usual: a short text that is not the last, and is where it is sought
            // first if it is known.
            row = while_some(row, rows, |row| {
                let (start, end) = bounds(row)?;
                let length = end - start;
                let chunk = bytes.get(start..)?.first_chunk::<8>().filter(|_| length <= LONGEST)?;
                // What is behind the text, in the same 8 bytes, is cut off.
                let kept = (1 << (length * 8)) - 1;
                let number = u64::from_le_bytes(*chunk) & kept | (length as u64) << 56;
                lacking |= u64::from(!self.numbers.has_at_first(number)?) << row;
                Some(())
            });
            if let Some((start, end)) = bounds(row).filter(|_| row < rows) {
                let number = self.number(bytes.get(start..end).unwrap_or_default());
                lacking |= u64::from(!self.numbers.has(number)) << row;
                row += 1;
            }
        }
        lacking
    }

    fn number(&self, text: &[u8]) -> u64 {
        if text.len() <= LONGEST {
            number(text)
        } else if self.long.binary_search_by(|known| known.as_slice().cmp(text)).is_ok() {
            KNOWN
        } else {
            UNKNOWN
        }
    }
}

/// The number of a text of up to [`LONGEST`] bytes.
fn number(text: &[u8]) -> u64 {
    let length = (text.len() as u64) << 56;
    text.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)) | length
}
