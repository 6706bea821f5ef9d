//! Text, character by character.

use bailiwick_guest::{Array, Utf8Builder, Utf8Column};

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

pub(crate) fn mask(column: Utf8Column<'_>, shown: Shown) -> Array {
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
