//! Text, character by character.

use bailiwick_guest::{Array, Result, Utf8Builder, Utf8Column, lanes};

/// Which characters stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    None,
    /// The first four.
    First,
    /// The last four.
    Last,
}

/// How many characters are shown.
const SHOWN: usize = 4;

/// What stands for a character.
fn masked(character: char) -> char {
    match character {
        '0'..='9' => 'n',
        '(' | ')' | ',' | '.' | '-' | '@' => character,
        _ => 'x',
    }
}

pub(crate) fn mask(column: Utf8Column<'_>, shown: Shown) -> Result<Array> {
    if column.is_ascii() { mask_ascii(column, shown) } else { Ok(mask_any(column, shown)) }
}

/// One byte a character: the column's whole text is masked at once, and what is shown is
/// then put back value by value.
fn mask_ascii(column: Utf8Column<'_>, shown: Shown) -> Result<Array> {
    let given = column.text().as_bytes();
    let mut hidden = Vec::new();
    lanes::map(given, &mut hidden, |byte| {
        let stays =
            (byte == b'(') | (byte == b')') | (byte.wrapping_sub(b',') < 3) | (byte == b'@');
        let masked = if byte.is_ascii_digit() { b'n' } else { b'x' };
        if stays { byte } else { masked }
    });
    if shown != Shown::None {
        lanes::for_each_range(column.offsets(), |start, end| {
            // Of no more characters than are shown, all are.
            let count = (end - start).min(SHOWN);
            let first = if shown == Shown::First { start } else { end - count };
            lanes::restore(&mut hidden, given, first..first + count);
        });
    }
    Array::from_ascii(column.offsets(), hidden)
}

fn mask_any(column: Utf8Column<'_>, shown: Shown) -> Array {
    let mut out = Utf8Builder::with_capacity(column.len(), column.text().len());
    for value in column.values() {
        let count = if shown == Shown::None { usize::MAX } else { value.chars().count() };
        let shows = |at: usize| match shown {
            Shown::None => false,
            // Of no more characters than are shown, all are.
            _ if count <= SHOWN => true,
            Shown::First => at < SHOWN,
            Shown::Last => at >= count - SHOWN,
        };
        out.write(|out| {
            for (at, character) in value.chars().enumerate() {
                out.push(if shows(at) { character } else { masked(character) });
            }
        });
    }
    out.finish()
}
