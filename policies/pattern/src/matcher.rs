//! What decides whether a text matches, as fast as the pattern allows.

use bailiwick_guest::{Bitmap, Column, Result, Utf8Column};
use regex_lite::Regex;

use crate::memory::Memory;
use crate::nfa::Nfa;
use crate::syntax;
use crate::table::Table;

/// Bytes of texts, at most and on the average, that are judged as short ones.
const SHORT: usize = 8;

/// Decides whether the whole of a text matches a pattern.
#[derive(Debug)]
pub(crate) enum Matcher {
    /// A look-up a byte.
    Table(Table),
    /// For a pattern of too many states, or one that may be read in two ways.
    Regex {
        /// The whole pattern.
        regex: Regex,
        /// Verdicts on the texts last seen.
        memory: Memory,
    },
}

impl Matcher {
    /// The matcher for a pattern, of which `regex` is the whole one.
    pub(crate) fn new(pattern: &str, regex: Regex) -> Self {
        let nfa = syntax::parse(pattern).and_then(|node| Nfa::new(&node));
        match nfa.and_then(|nfa| Table::new(&nfa)) {
            Some(table) => Self::Table(table),
            None => Self::Regex { regex, memory: Memory::new() },
        }
    }

    /// A set bit for each value that does not match, whatever lies at a null.
    pub(crate) fn failing(&mut self, column: Column<'_>) -> Result<Bitmap> {
        let text = column.as_utf8()?;
        match self {
            Self::Table(table) if text.text().len() <= text.len() * SHORT => {
                Ok(table.failing(column.as_binary()?))
            }
            Self::Table(table) => Ok(failing(text, |text| table.matches(text.as_bytes()))),
            Self::Regex { regex, memory } => {
                Ok(failing(text, |text| memory.recall(text, |text| regex.is_match(text))))
            }
        }
    }
}

fn failing(column: Utf8Column<'_>, mut matches: impl FnMut(&str) -> bool) -> Bitmap {
    let (rows, mut values) = (column.len(), column.values());
    let words = (0..rows.div_ceil(64)).map(|_| {
        let bits = values.by_ref().take(64).zip(0..64);
        bits.fold(0, |word, (text, row)| word | u64::from(!matches(text)) << row)
    });
    Bitmap::from_words(rows, words)
}
