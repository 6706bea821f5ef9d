//! A step that needs all rows in order, shared by the lanes.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Something that the lanes use in turns: batch 0 first, then batch 1, and so on,
/// whichever lane each is in. Every batch takes exactly one turn, or passes it.
///
/// No lane waits for ever: the batches below the one that waits are with other lanes,
/// each of which works on its lowest batch first, so that the lowest of all never
/// waits; and where a lane ends before its time it says so by [`Turns::stop`].
pub(crate) struct Turns<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    /// The batch whose turn it is.
    next: u64,
    /// No batch above this one gets a turn.
    stopped: Option<u64>,
    shared: T,
}

/// A batch before this one came to no good end, so that its turn never comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stopped;

impl<T> Turns<T> {
    pub(crate) fn new(shared: T) -> Self {
        let state = State { next: 0, stopped: None, shared };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits for the batch's turn, works, and hands on.
    pub(crate) fn take<R>(&self, batch: u64, work: impl FnOnce(&mut T) -> R) -> Result<R, Stopped> {
        let mut state = self.turn_of(batch)?;
        let result = work(&mut state.shared);
        state.next = batch + 1;
        self.changed.notify_all();
        Ok(result)
    }

    /// Passes the batch's turn, unless it was taken.
    pub(crate) fn pass(&self, batch: u64) -> Result<(), Stopped> {
        let mut state = self.turn_of(batch)?;
        if state.next == batch {
            state.next = batch + 1;
            self.changed.notify_all();
        }
        Ok(())
    }

    /// The batch came to no good end: none behind it gets a turn, those before do.
    pub(crate) fn stop(&self, batch: u64) {
        let mut state = self.lock();
        state.stopped = Some(state.stopped.map_or(batch, |before| before.min(batch)));
        self.changed.notify_all();
    }

    /// What was shared, once all lanes have ended.
    pub(crate) fn into_inner(self) -> T {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).shared
    }

    /// The state, once it is the batch's turn or that is over.
    fn turn_of(&self, batch: u64) -> Result<MutexGuard<'_, State<T>>, Stopped> {
        let mut state = self.lock();
        while state.next < batch {
            if state.stopped.is_some_and(|stopped| stopped < batch) {
                return Err(Stopped);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(state)
    }

    /// A lane that panicked at its turn stops all behind it: see `AtWork` in `lanes`.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn batches_take_their_turns_in_order_whichever_lane_comes_first() {
        let turns = Turns::new(Vec::new());
        thread::scope(|scope| {
            // The last lane begins first.
            for lane in (0..4).rev() {
                let turns = &turns;
                scope.spawn(move || {
                    for batch in (lane..40).step_by(4) {
                        if batch % 5 == 0 {
                            turns.pass(batch).unwrap();
                        } else {
                            turns.take(batch, |seen| seen.push(batch)).unwrap();
                        }
                    }
                });
            }
        });
        let expected: Vec<u64> = (0..40).filter(|batch| batch % 5 > 0).collect();
        assert_eq!(turns.into_inner(), expected);
    }

    #[test]
    fn a_turn_that_was_taken_can_be_passed() {
        let turns = Turns::new(0);
        turns.take(0, |count| *count += 1).unwrap();
        turns.pass(0).unwrap();
        turns.take(1, |count| *count += 1).unwrap();
        assert_eq!(turns.into_inner(), 2);
    }

    #[test]
    fn none_behind_a_batch_that_stopped_waits_and_those_before_it_go_on() {
        let turns = Turns::new(());
        thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.take(7, |()| ()));
            turns.stop(3);
            assert_eq!(waiting.join().unwrap(), Err(Stopped));
            for batch in 0..3 {
                assert_eq!(turns.take(batch, |()| ()), Ok(()));
            }
        });
        assert_eq!(turns.take(4, |()| ()), Err(Stopped));
    }
}
