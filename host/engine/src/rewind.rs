//! What an opened check needs to get back to where it was before a batch it faulted on.
//!
//! A faulted instance is lost with all it held. Asking for its state before every batch
//! would cost as much as the state is large each time: of a check that keeps every value
//! it saw, the square of the rows. So the state is asked for now and then, and what was
//! pushed since is kept, to be pushed again after a fault. The next time is due when as
//! much was pushed as the last state was large: all states together then cost no more
//! than all rows, and what is kept no more than a state.

use bailiwick_columnar::Lowered;

/// Bytes pushed since the last state that are kept whatever its size: small enough to
/// hold for each check, large enough that a small state is asked for rarely.
const KEPT_BYTES: usize = 4 << 20;

/// What a check held at some point, and what was pushed into it since.
#[derive(Debug, Default)]
pub(crate) struct Rewind {
    /// None: it was just opened.
    state: Option<Vec<u8>>,
    since: Vec<Lowered>,
    since_bytes: usize,
    /// Whether it holds more than that: another's state was merged into it.
    is_behind: bool,
}

impl Rewind {
    /// Takes down what was pushed, and taken.
    pub(crate) fn took(&mut self, lowered: Lowered) {
        self.since_bytes += lowered.bytes();
        self.since.push(lowered);
    }

    /// Takes down that it holds what did not come by pushing.
    pub(crate) fn fall_behind(&mut self) {
        self.is_behind = true;
    }

    /// Whether the check has to be asked for its state before the next push.
    pub(crate) fn is_due(&self) -> bool {
        let last = self.state.as_ref().map_or(0, Vec::len);
        self.is_behind || self.since_bytes >= KEPT_BYTES.max(last)
    }

    /// Starts from a state of the check as it is.
    pub(crate) fn begin_at(&mut self, state: Vec<u8>) {
        *self = Self { state: Some(state), ..Self::default() };
    }

    /// The state to begin with.
    pub(crate) fn state(&self) -> Option<&[u8]> {
        self.state.as_deref()
    }

    /// What has to be pushed then, in order.
    pub(crate) fn since(&self) -> &[Lowered] {
        &self.since
    }
}

#[cfg(test)]
mod tests {
    use arrow_buffer::Buffer;

    use super::*;

    fn lowered(bytes: usize) -> Lowered {
        Lowered { rows: 1, nodes: Vec::new(), buffers: vec![Buffer::from_vec(vec![0_u8; bytes])] }
    }

    /// How much state is asked for, and the most that is kept, where a check keeps all
    /// that it is given.
    fn cost(batches: usize, batch_bytes: usize) -> (usize, usize) {
        let (mut rewind, mut held, mut asked, mut most) = (Rewind::default(), 0, 0, 0);
        for _ in 0..batches {
            if rewind.is_due() {
                asked += held;
                rewind.begin_at(vec![0; held]);
            }
            rewind.took(lowered(batch_bytes));
            held += batch_bytes;
            most = most.max(rewind.since_bytes);
        }
        (asked, most)
    }

    #[test]
    fn all_states_cost_no_more_than_all_rows() {
        for batches in [1, 64, 1_000] {
            let (asked, most) = cost(batches, 64 << 10);
            let pushed = batches * (64 << 10);
            assert!(asked <= pushed, "{asked} bytes of states for {pushed} of rows");
            assert!(most <= KEPT_BYTES.max(pushed / 2) + (64 << 10), "{most} bytes are kept");
        }
    }

    #[test]
    fn a_check_that_holds_little_is_asked_once_for_so_many_bytes() {
        let mut rewind = Rewind::default();
        rewind.took(lowered(KEPT_BYTES - 1));
        assert!(!rewind.is_due());
        rewind.took(lowered(1));
        assert!(rewind.is_due());
        rewind.begin_at(vec![0; 8]);
        assert!(!rewind.is_due() && rewind.since().is_empty());
        rewind.fall_behind();
        assert!(rewind.is_due());
    }
}
