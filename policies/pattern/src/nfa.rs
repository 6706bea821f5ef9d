//! A pattern as states that read bytes, any number of them at a time.

use regex_syntax::hir::ClassUnicode;
use regex_syntax::utf8::Utf8Sequences;

use crate::look::Look;
use crate::syntax::Node;

/// The most states; patterns with more have no small table either.
const MOST: usize = 1 << 13;

/// A state, by its place among all.
pub(crate) type Id = u16;

/// What a state does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Reads a byte from the first to the last, and goes on.
    Bytes { first: u8, last: u8, next: Id },
    /// Goes on where the look holds.
    Look { look: Look, next: Id },
    /// Goes on at any of these.
    Any(Vec<Id>),
    /// Is where a match ends.
    Match,
}

/// All states of a pattern.
#[derive(Debug)]
pub(crate) struct Nfa {
    states: Vec<State>,
    start: Id,
}

impl Nfa {
    /// The states for a pattern; none where there are too many.
    pub(crate) fn new(node: &Node) -> Option<Self> {
        let mut this = Self { states: Vec::new(), start: 0 };
        let end = this.add(State::Match)?;
        this.start = this.compile(node, end)?;
        Some(this)
    }

    /// Where a match begins.
    pub(crate) fn start(&self) -> Id {
        self.start
    }

    /// All of them.
    pub(crate) fn states(&self) -> &[State] {
        &self.states
    }

    /// Where to begin a match of the node that goes on at `next`.
    fn compile(&mut self, node: &Node, next: Id) -> Option<Id> {
        match node {
            Node::Empty => Some(next),
            Node::Class(class) => self.class(class, next),
            Node::Look(look) => self.add(State::Look { look: *look, next }),
            Node::Repetition { node, min, max } => self.repetition(node, *min, *max, next),
            Node::Alternation(nodes) => {
                let starts: Option<_> = nodes.iter().map(|node| self.compile(node, next)).collect();
                self.add(State::Any(starts?))
            }
            Node::Concat(nodes) => {
                nodes.iter().rev().try_fold(next, |next, node| self.compile(node, next))
            }
        }
    }

    fn repetition(&mut self, node: &Node, min: u32, max: Option<u32>, next: Id) -> Option<Id> {
        let mut start = next;
        if max.is_none() {
            start = self.add(State::Any(Vec::new()))?;
            let again = self.compile(node, start)?;
            *self.states.get_mut(usize::from(start))? = State::Any(vec![again, next]);
        }
        for _ in min..max.unwrap_or(min) {
            let once = self.compile(node, start)?;
            if once == start {
                break;
            }
            start = self.add(State::Any(vec![once, next]))?;
        }
        for _ in 0..min {
            let once = self.compile(node, start)?;
            // Nothing, however often, is nothing.
            if once == start {
                break;
            }
            start = once;
        }
        Some(start)
    }

    fn class(&mut self, class: &ClassUnicode, next: Id) -> Option<Id> {
        let (own, mut starts) = (self.states.len(), Vec::new());
        for range in class.iter() {
            for sequence in Utf8Sequences::new(range.start(), range.end()) {
                let start = sequence.as_slice().iter().rev().try_fold(next, |next, bytes| {
                    let state = State::Bytes { first: bytes.start, last: bytes.end, next };
                    // Characters mostly differ in their first bytes only.
                    let known = self.states.get(own..)?.iter().position(|known| *known == state);
                    known.map_or_else(|| self.add(state), |at| Id::try_from(own + at).ok())
                })?;
                starts.push(start);
            }
        }
        if let [start] = starts.as_slice() { Some(*start) } else { self.add(State::Any(starts)) }
    }

    fn add(&mut self, state: State) -> Option<Id> {
        let id = Id::try_from(self.states.len()).ok()?;
        self.states.push(state);
        (self.states.len() <= MOST).then_some(id)
    }
}
