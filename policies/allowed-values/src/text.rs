//! Texts as numbers, so that they are compared as fast.
//!
//! Codes are mostly short: a text of up to 7 bytes becomes a number of 8, its bytes
//! and its length. A longer one is looked up, and becomes one of two numbers.

use bailiwick_guest::BinaryColumn;

/// The longest text that a number holds.
const LONGEST: usize = 7;

/// What stands for a longer text that is known: no text has that many bytes.
const KNOWN: u64 = 0xfe << 56;

/// What stands for a longer text that is not.
const UNKNOWN: u64 = 0xff << 56;

/// The texts that pass.
#[derive(Debug)]
pub(crate) struct Texts {
    // INVARIANT: both in order, nothing twice.
    codes: Vec<u64>,
    long: Vec<Vec<u8>>,
}

impl Texts {
    pub(crate) fn new(texts: Vec<String>) -> Self {
        let (long, short): (Vec<_>, Vec<_>) =
            texts.into_iter().map(String::into_bytes).partition(|text| text.len() > LONGEST);
        let mut this = Self { codes: Vec::new(), long };
        this.long.sort_unstable();
        this.long.dedup();
        this.codes = short.iter().map(|text| code(text)).collect();
        if !this.long.is_empty() {
            this.codes.push(KNOWN);
        }
        this.codes.sort_unstable();
        this.codes.dedup();
        this
    }

    /// The numbers of the texts that pass, in order.
    pub(crate) fn codes(&self) -> &[u64] {
        &self.codes
    }

    /// The number of each value.
    pub(crate) fn codes_of(&self, column: BinaryColumn<'_>) -> Vec<u64> {
        let (offsets, bytes) = (column.offsets(), column.bytes());
        let ends = offsets.iter().skip(1);
        let range = |(start, end): (&u32, &u32)| (*start as usize, *end as usize);
        let codes = offsets.iter().zip(ends).map(range).map(|(start, end)| {
            let length = end - start;
            match bytes.get(start..).and_then(|bytes| bytes.first_chunk::<8>()) {
                // What is behind the text, in the same 8 bytes, is cut off.
                Some(chunk) if length <= LONGEST => {
                    let kept = (1 << (length * 8)) - 1;
                    (u64::from_le_bytes(*chunk) & kept) | (length as u64) << 56
                }
                _ => self.code(bytes.get(start..end).unwrap_or_default()),
            }
        });
        codes.collect()
    }

    fn code(&self, text: &[u8]) -> u64 {
        if text.len() <= LONGEST {
            code(text)
        } else if self.long.binary_search_by(|known| known.as_slice().cmp(text)).is_ok() {
            KNOWN
        } else {
            UNKNOWN
        }
    }
}

/// The number of a text of up to [`LONGEST`] bytes.
fn code(text: &[u8]) -> u64 {
    let length = (text.len() as u64) << 56;
    text.iter().rev().fold(0, |code, byte| code << 8 | u64::from(*byte)) | length
}
