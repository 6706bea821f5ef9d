//! All states that a pattern can be in at a time, as one.

use crate::look::Look;
use crate::nfa::{Id, Nfa, State};

/// The most steps: some milliseconds are lost to a pattern of too many states.
const MOST_STEPS: usize = 1 << 20;

/// Where a pattern is after some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Subset {
    // INVARIANT: in order, nothing twice.
    states: Vec<Id>,
    /// What stands for the last byte, as far as looks tell them apart; none before
    /// the first.
    before: Option<u8>,
}

/// What follows which.
#[derive(Debug)]
pub(crate) struct Subsets<'a> {
    nfa: &'a Nfa,
    has_looks: bool,
    steps: usize,
    /// For each state, in which closure it was reached last.
    reached: Vec<usize>,
    closures: usize,
}

impl<'a> Subsets<'a> {
    pub(crate) fn new(nfa: &'a Nfa) -> Self {
        let has_looks = nfa.states().iter().any(|state| matches!(state, State::Look { .. }));
        let reached = vec![0; nfa.states().len()];
        Self { nfa, has_looks, steps: 0, reached, closures: 0 }
    }

    /// Where a pattern is before the first byte.
    pub(crate) fn start(&self) -> Subset {
        Subset { states: vec![self.nfa.start()], before: None }
    }

    /// Where it is once nothing can match.
    pub(crate) fn dead(&self) -> Subset {
        Subset { states: Vec::new(), before: None }
    }

    /// Whether the text may end here; none past the most steps.
    pub(crate) fn accepts(&mut self, subset: &Subset) -> Option<bool> {
        let closure = self.closure(subset, None)?;
        Some(closure.iter().any(|id| self.state(*id) == Some(&State::Match)))
    }

    /// Where each byte leads, in order, as runs of bytes that lead to the same; none
    /// past the most steps.
    pub(crate) fn next(&mut self, subset: &Subset) -> Option<Vec<(u8, Subset)>> {
        let same = if self.has_looks { None } else { Some(self.closure(subset, None)?) };
        let mut runs = Vec::new();
        for first in self.firsts() {
            let closure = match &same {
                Some(closure) => closure,
                None => &self.closure(subset, Some(first))?,
            };
            let reads = |id: &Id| match self.state(*id)? {
                State::Bytes { first: from, last: to, next } => {
                    (*from..=*to).contains(&first).then_some(*next)
                }
                _ => None,
            };
            let mut states: Vec<Id> = closure.iter().filter_map(reads).collect();
            states.sort_unstable();
            states.dedup();
            self.spend(closure.len())?;
            let looked_at = self.has_looks && !states.is_empty();
            let before = looked_at.then(|| Look::representative(first));
            runs.push((first, Subset { states, before }));
        }
        Some(runs)
    }

    /// The first of each run of bytes that no state and no look tells apart.
    fn firsts(&self) -> impl Iterator<Item = u8> + use<> {
        let mut begins = [false; 256];
        let mut run = |first: u8, last: u8| {
            for at in [usize::from(first), usize::from(last) + 1] {
                if let Some(begins) = begins.get_mut(at) {
                    *begins = true;
                }
            }
        };
        run(0, u8::MAX);
        for state in self.nfa.states() {
            if let State::Bytes { first, last, .. } = state {
                run(*first, *last);
            }
        }
        if self.has_looks {
            (1..=u8::MAX)
                .filter(|byte| Look::representative(*byte) != Look::representative(byte - 1))
                .for_each(|byte| run(byte, u8::MAX));
        }
        (0..=u8::MAX).zip(begins).filter(|(_, begins)| *begins).map(|(byte, _)| byte)
    }

    /// All states that are reached without reading, `after` being the next byte.
    fn closure(&mut self, subset: &Subset, after: Option<u8>) -> Option<Vec<Id>> {
        self.closures += 1;
        let (mut closure, mut open) = (Vec::new(), subset.states.clone());
        while let Some(id) = open.pop() {
            let reached = self.reached.get_mut(usize::from(id))?;
            if std::mem::replace(reached, self.closures) == self.closures {
                continue;
            }
            self.spend(1)?;
            closure.push(id);
            match self.nfa.states().get(usize::from(id))? {
                State::Look { look, next } if look.holds(subset.before, after) => open.push(*next),
                State::Any(next) => open.extend(next),
                State::Look { .. } | State::Bytes { .. } | State::Match => {}
            }
        }
        Some(closure)
    }

    fn state(&self, id: Id) -> Option<&State> {
        self.nfa.states().get(usize::from(id))
    }

    fn spend(&mut self, steps: usize) -> Option<()> {
        self.steps += steps;
        (self.steps <= MOST_STEPS).then_some(())
    }
}
