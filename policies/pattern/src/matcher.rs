//! What decides whether a text matches, as fast as the pattern allows.

use bailiwick_guest::{Bitmap, Utf8Column};
use regex_automata::MatchKind;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_lite::Regex;
use regex_syntax::hir::{Hir, Look};

use crate::memory::Memory;
use crate::syntax;
use crate::table::{Table, accepts_at, start_of};

/// The most that an automaton may take, and each step of building it, in bytes: some
/// hundred states for each byte of pattern fit, and no more time is spent than a
/// batch takes.
const LARGEST: usize = 1 << 20;

/// Decides whether the whole of a text matches a pattern.
#[derive(Debug)]
pub(crate) enum Matcher {
    /// Up to 256 states.
    Table(Table),
    /// More states than that.
    Automaton {
        /// The automaton.
        dfa: dense::DFA<Vec<u32>>,
        /// Where it begins.
        start: StateID,
    },
    /// A pattern of too many states, or one that is not the same to `regex-automata`.
    Regex {
        /// The whole pattern.
        regex: Regex,
        /// Verdicts on the texts last seen.
        memory: Memory,
    },
}

impl Matcher {
    /// The matcher for a pattern; `regex` says the same of it.
    pub(crate) fn new(pattern: &str, regex: Regex) -> Self {
        let built = syntax::expression(pattern).and_then(automaton);
        let Some((dfa, start)) = built else {
            return Self::Regex { regex, memory: Memory::new() };
        };
        match Table::new(&dfa) {
            Some(table) => Self::Table(table),
            None => Self::Automaton { dfa, start },
        }
    }

    /// A set bit for each value that does not match, whatever lies at a null.
    pub(crate) fn failing(&mut self, column: Utf8Column<'_>) -> Bitmap {
        match self {
            Self::Table(table) => failing(column, |text| table.matches(text.as_bytes())),
            Self::Automaton { dfa, start } => failing(column, |text| {
                let step = |state, byte: &u8| dfa.next_state(state, *byte);
                u8::from(accepts_at(dfa, text.as_bytes().iter().fold(*start, step)))
            }),
            Self::Regex { regex, memory } => {
                failing(column, |text| u8::from(memory.recall(text, |text| regex.is_match(text))))
            }
        }
    }
}

/// The automaton for an expression and where it begins; none where it would be too
/// large.
fn automaton(expression: Hir) -> Option<(dense::DFA<Vec<u32>>, StateID)> {
    // Asked for as part of the expression, the end of the text leaves no state that
    // differs from another only in whether it could have been the end.
    let whole = Hir::concat(vec![expression, Hir::look(Look::End)]);
    let nfa = thompson::Compiler::new()
        .configure(
            thompson::Config::new()
                .which_captures(WhichCaptures::None)
                .nfa_size_limit(Some(LARGEST)),
        )
        .build_from_hir(&whole)
        .ok()?;
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .accelerate(false)
        .dfa_size_limit(Some(LARGEST))
        .determinize_size_limit(Some(LARGEST));
    let dfa = dense::Builder::new().configure(config).build_from_nfa(&nfa).ok()?;
    let start = start_of(&dfa)?;
    Some((dfa, start))
}

fn failing(column: Utf8Column<'_>, mut matches: impl FnMut(&str) -> u8) -> Bitmap {
    let (rows, mut values) = (column.len(), column.values());
    let words = (0..rows.div_ceil(64)).map(|_| {
        let bits = values.by_ref().take(64).zip(0..64);
        bits.fold(0, |word, (text, row)| word | u64::from(matches(text) ^ 1) << row)
    });
    Bitmap::from_words(rows, words)
}
