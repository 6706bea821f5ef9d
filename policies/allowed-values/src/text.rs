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
        let short = |eight, length| {
            if length > LONGEST {
                return None;
            }
            // What is behind the text, in the same 8 bytes, is cut off.
            let kept = (1_u64 << (length * 8)) - 1;
            self.numbers.has_at_first(eight & kept | (length as u64) << 56).map(|has| !has)
        };
        Bitmap::of_texts(column, short, |text| !self.numbers.has(self.number(text)))
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
