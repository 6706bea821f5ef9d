//! Texts as numbers, so that they are compared as fast.
//!
//! Codes are mostly short: a text of up to 7 bytes becomes a number of 8, its bytes
//! and its length. A longer one is looked up, and becomes one of two numbers.

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
        let ends = offsets.get(1..).unwrap_or_default();
        let words = offsets.chunks(64).zip(ends.chunks(64)).map(|(starts, ends)| {
            let mut numbers = [UNKNOWN; 64];
            match (starts.first_chunk::<64>(), ends.first_chunk::<64>()) {
                (Some(starts), Some(ends)) => self.set(&mut numbers, starts, ends, bytes),
                _ => self.set(&mut numbers, starts, ends, bytes),
            }
            self.numbers.lack(&numbers)
        });
        Bitmap::from_words(column.len(), words)
    }

    /// The numbers of the texts with these bounds.
    #[inline(always)]
    fn set(&self, numbers: &mut [u64; 64], starts: &[u32], ends: &[u32], bytes: &[u8]) {
        for ((number, start), end) in numbers.iter_mut().zip(starts).zip(ends) {
            let (start, end) = (*start as usize, *end as usize);
            let length = end - start;
            *number = match bytes.get(start..).and_then(|bytes| bytes.first_chunk::<8>()) {
                // What is behind the text, in the same 8 bytes, is cut off.
                Some(chunk) if length <= LONGEST => {
                    let kept = (1 << (length * 8)) - 1;
                    (u64::from_le_bytes(*chunk) & kept) | (length as u64) << 56
                }
                _ => self.number(bytes.get(start..end).unwrap_or_default()),
            };
        }
    }

    #[cold]
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
