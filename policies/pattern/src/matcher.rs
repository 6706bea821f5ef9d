//! What decides whether a text matches, as fast as the pattern allows.

use bailiwick_guest::{Bitmap, Column, Result};
use regex_lite::Regex;

use crate::memory::Memory;
use crate::nfa::Nfa;
use crate::syntax;
use crate::table::Table;

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
            Self::Table(table) => Ok(table.failing(column.as_binary()?)),
            Self::Regex { regex, memory } => {
                let mut matches = |text| memory.recall(text, |text| regex.is_match(text));
                Ok(Bitmap::from_fn(text.len(), |row| !text.get(row).is_some_and(&mut matches)))
            }
        }
    }
}
