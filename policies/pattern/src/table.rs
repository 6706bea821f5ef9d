//! An automaton of few states as one table: a look-up a byte.

use regex_automata::Anchored;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;

/// One more than the last state's number and than a byte's value: so no index made of
/// the two is past the table, and none is checked.
const STATES: usize = 256;

/// How many bytes are read between two looks at whether there is any hope left.
const STRIDE: usize = 16;

/// The state that no text leads out of.
const DEAD: u8 = 0;

/// Which state follows which, for every byte.
#[derive(Debug)]
pub(crate) struct Table {
    next: Box<[u8; STATES * STATES]>,
    start: u8,
    /// 1 where a text that ends in the state matches.
    accepts: [u8; STATES],
}

impl Table {
    /// The table of an automaton; none where it has too many states.
    pub(crate) fn new(dfa: &dense::DFA<Vec<u32>>) -> Option<Self> {
        let first = start_of(dfa)?;
        let mut next: Box<[u8; STATES * STATES]> =
            vec![DEAD; STATES * STATES].into_boxed_slice().try_into().ok()?;
        let mut accepts = [0; STATES];
        // Numbers are given in the order in which states are found, dead first.
        let mut found = vec![StateID::ZERO];
        let mut numbers = vec![(StateID::ZERO, DEAD)];
        let mut number_of = |id: StateID, found: &mut Vec<StateID>| match numbers
            .binary_search_by_key(&id, |(id, _)| *id)
        {
            Ok(at) => numbers.get(at).map(|(_, number)| *number),
            Err(at) => {
                let number = u8::try_from(found.len()).ok()?;
                numbers.insert(at, (id, number));
                found.push(id);
                Some(number)
            }
        };
        let start = number_of(first, &mut found)?;
        let mut rows = next.as_chunks_mut::<STATES>().0.iter_mut().zip(&mut accepts);
        let mut at = 0;
        while let Some(id) = found.get(at).copied() {
            let (row, accept) = rows.next()?;
            *accept = u8::from(accepts_at(dfa, id));
            let mut last = (StateID::ZERO, DEAD);
            for (byte, target) in (0..=u8::MAX).zip(row) {
                let to = dfa.next_state(id, byte);
                // Neighbouring bytes mostly lead to the same state.
                if to != last.0 {
                    last = (to, number_of(to, &mut found)?);
                }
                *target = last.1;
            }
            at += 1;
        }
        Some(Self { next, start, accepts })
    }

    /// 1 where the whole text matches, else 0.
    #[inline]
    pub(crate) fn matches(&self, text: &[u8]) -> u8 {
        let step = |state: u8, byte: &u8| {
            let at = usize::from(state) * STATES + usize::from(*byte);
            self.next.get(at).copied().unwrap_or(DEAD)
        };
        let mut state = self.start;
        for bytes in text.chunks(STRIDE) {
            state = bytes.iter().fold(state, step);
            if state == DEAD {
                return 0;
            }
        }
        self.accepts.get(usize::from(state)).copied().unwrap_or(0)
    }
}

/// Where an automaton begins at the beginning of a text.
pub(crate) fn start_of(dfa: &dense::DFA<Vec<u32>>) -> Option<StateID> {
    dfa.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()
}

/// Whether a text that ends in the state matches.
pub(crate) fn accepts_at(dfa: &dense::DFA<Vec<u32>>, state: StateID) -> bool {
    dfa.is_match_state(dfa.next_eoi_state(state))
}
