//! An automaton of few states as one table: a look-up a byte.

use bailiwick_guest::{BinaryColumn, Bitmap};

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
    /// Whether a text that ends in the state matches.
    accepts: [bool; STATES],
}

impl Table {
    /// The table for a pattern; none where it has too many states, or it takes too
    /// long to know.
    pub(crate) fn new(nfa: &Nfa) -> Option<Self> {
        let mut next: Box<[u8; STATES * STATES]> =
            vec![DEAD; STATES * STATES].into_boxed_slice().try_into().ok()?;
        let mut accepts = [false; STATES];
        let mut subsets = Subsets::new(nfa);
        // Numbered as they are found: `DEAD` is 0.
        let mut found = vec![subsets.dead(), subsets.start()];
        let rows = next.as_chunks_mut::<STATES>().0.iter_mut().zip(&mut accepts);
        for (at, (row, accept)) in rows.enumerate() {
            let Some(subset) = found.get(at) else { break };
            *accept = subsets.accepts(subset)?;
            for (first, target) in subsets.next(subset)? {
                let number = number(target, &mut found)?;
                row.get_mut(usize::from(first)..)?.fill(number);
            }
        }
        Some(Self { next, start: DEAD + 1, accepts })
    }

    /// A set bit for each value that does not match, whatever lies at a null.
    pub(crate) fn failing(&self, column: BinaryColumn<'_>) -> Bitmap {
        let short = |eight: u64, length| {
            let mut state = self.start;
            // A step after the other, as a loop takes longer than its steps.
            for at in 0..STRIDE {
                if at == length {
                    break;
                }
                state = self.next(state, (eight >> (8 * at)) as u8);
            }
            Some(!self.accepts(state))
        };
        Bitmap::of_texts(column, short, |text| !self.matches(text))
    }

    /// Whether the whole text matches.
    #[inline]
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        let (strides, rest) = text.as_chunks::<STRIDE>();
        let mut state = self.start;
        for bytes in strides {
            state = bytes.iter().fold(state, |state, byte| self.next(state, *byte));
            if state == DEAD {
                return false;
            }
        }
        self.accepts(rest.iter().fold(state, |state, byte| self.next(state, *byte)))
    }

    #[inline(always)]
    fn next(&self, state: u8, byte: u8) -> u8 {
        let at = usize::from(state) * STATES + usize::from(byte);
        self.next.get(at).copied().unwrap_or(DEAD)
    }

    #[inline(always)]
    fn accepts(&self, state: u8) -> bool {
        self.accepts.get(usize::from(state)).copied().unwrap_or(false)
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
