//! An automaton of few states as one table: a look-up a byte.

use crate::nfa::Nfa;
use crate::subsets::{Subset, Subsets};

/// One more than the last state's number and than a byte's value: so no index made of
/// the two is past the table, and none is checked.
const STATES: usize = 256;

/// How many bytes are read between two looks at whether there is any hope left.
const STRIDE: usize = 8;

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
    /// The table for a pattern; none where it has too many states, or it takes too
    /// long to know.
    pub(crate) fn new(nfa: &Nfa) -> Option<Self> {
        let mut next: Box<[u8; STATES * STATES]> =
            vec![DEAD; STATES * STATES].into_boxed_slice().try_into().ok()?;
        let mut accepts = [0; STATES];
        let mut subsets = Subsets::new(nfa);
        // Numbered as they are found: `DEAD` is 0.
        let mut found = vec![subsets.dead(), subsets.start()];
        let rows = next.as_chunks_mut::<STATES>().0.iter_mut().zip(&mut accepts);
        for (at, (row, accept)) in rows.enumerate() {
            let Some(subset) = found.get(at) else { break };
            *accept = u8::from(subsets.accepts(subset)?);
            for (first, target) in subsets.next(subset)? {
                let number = number(target, &mut found)?;
                row.get_mut(usize::from(first)..)?.fill(number);
            }
        }
        Some(Self { next, start: DEAD + 1, accepts })
    }

    /// 1 where the whole text matches, else 0.
    #[inline]
    pub(crate) fn matches(&self, text: &[u8]) -> u8 {
        let step = |state: u8, byte: &u8| {
            let at = usize::from(state) * STATES + usize::from(*byte);
            self.next.get(at).copied().unwrap_or(DEAD)
        };
        let (strides, rest) = text.as_chunks::<STRIDE>();
        let mut state = self.start;
        for bytes in strides {
            state = bytes.iter().fold(state, step);
            if state == DEAD {
                return 0;
            }
        }
        state = rest.iter().fold(state, step);
        self.accepts.get(usize::from(state)).copied().unwrap_or(0)
    }
}

/// The number of a subset, found before or now; none past the last number.
fn number(subset: Subset, found: &mut Vec<Subset>) -> Option<u8> {
    let known = found.iter().position(|known| *known == subset);
    let number = u8::try_from(known.unwrap_or(found.len())).ok()?;
    if known.is_none() {
        found.push(subset);
    }
    Some(number)
}
