//! Which rows of a batch a module faults on.

use bailiwick_engine::{Call, EngineError, Fault, LimitKind};

/// Pushes again that a run allows a step for each row that may be quarantined: twice
/// as many as it takes to find one row of the largest batch there can be.
const RETRIES_PER_ROW: u64 = 128;

/// How a module faulted on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// It gave up, in its own words.
    Rejected,
    /// It crashed.
    Trapped,
    /// It went past a limit.
    Limit,
    /// Its answer broke the contract.
    Contract,
}

impl FaultKind {
    /// The kind of an error that a pushed row can be the cause of; none for errors that
    /// are the host's, or of another call.
    pub(crate) fn of(error: &EngineError) -> Option<Self> {
        let EngineError::Fault { call: Call::Push, fault, .. } = error else { return None };
        match fault {
            Fault::Rejected { .. } => Some(Self::Rejected),
            Fault::Trapped { .. } => Some(Self::Trapped),
            // That of the run is no row's fault.
            Fault::LimitExceeded { limit: LimitKind::RunMemory, .. } => None,
            Fault::LimitExceeded { .. } => Some(Self::Limit),
            Fault::Malformed(_) | Fault::Contract(_) => Some(Self::Contract),
            Fault::Discarded | Fault::Host(_) => None,
        }
    }

    /// The reason that a quarantined row gets, within its step. A module that reads
    /// labelled columns could spell them out by the kinds of its faults: there, all are one.
    pub(crate) fn reason(self, withhold: bool) -> &'static str {
        match self {
            _ if withhold => "fault",
            Self::Rejected => "fault:rejected",
            Self::Trapped => "fault:trapped",
            Self::Limit => "fault:limit",
            Self::Contract => "fault:contract",
        }
    }
}

/// How many faults there may be, or have been.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FaultCount {
    /// Rows that were found and quarantined.
    pub(crate) rows: u64,
    /// Pushes again to find them.
    pub(crate) retries: u64,
}

impl FaultCount {
    /// The most that a run allows a step that may quarantine so many rows.
    pub(crate) fn most(max_rows: u32) -> Self {
        let rows = u64::from(max_rows);
        Self { rows, retries: (rows + 1) * RETRIES_PER_ROW }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.retries += other.retries;
    }

    pub(crate) fn is_within(self, most: Self) -> bool {
        self.rows <= most.rows && self.retries <= most.retries
    }

    /// What is left of `self` after `used`.
    pub(crate) fn less(self, used: Self) -> Self {
        Self {
            rows: self.rows.saturating_sub(used.rows),
            retries: self.retries.saturating_sub(used.retries),
        }
    }
}

/// A batch of which a module took all rows but some.
pub(crate) struct Isolated<T> {
    /// What it answered to the rows between, in order.
    pub(crate) answers: Vec<T>,
    /// The rows that it faults on, each alone, in order.
    pub(crate) faults: Vec<(usize, FaultKind)>,
    /// Pushes that this took.
    pub(crate) retries: u64,
}

/// Halves a batch of so many rows, on which a module faulted, until each part is taken
/// or is a single row: one such row of n costs 2 log₂ n pushes. `push` is given the
/// first row and the number of rows of each part, in the order of the rows. Gives none
/// where that takes more than is `allowed`.
pub(crate) fn isolate<T, E>(
    rows: usize,
    fault: FaultKind,
    allowed: FaultCount,
    mut push: impl FnMut(usize, usize) -> Result<Result<T, FaultKind>, E>,
) -> Result<Option<Isolated<T>>, E> {
    let mut isolated = Isolated { answers: Vec::new(), faults: Vec::new(), retries: 0 };
    let mut waiting = vec![(0, rows)];
    // The whole was pushed before.
    let mut known = Some(fault);
    while let Some((first, count)) = waiting.pop() {
        let fault = match known.take() {
            Some(fault) => fault,
            None if isolated.retries == allowed.retries => return Ok(None),
            None => {
                isolated.retries += 1;
                match push(first, count)? {
                    Ok(answer) => {
                        isolated.answers.push(answer);
                        continue;
                    }
                    Err(fault) => fault,
                }
            }
        };
        if count > 1 {
            let half = count / 2;
            waiting.push((first + half, count - half));
            waiting.push((first, half));
        } else if isolated.faults.len() as u64 == allowed.rows {
            return Ok(None);
        } else {
            isolated.faults.push((first, fault));
        }
    }
    Ok(Some(isolated))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// The rows found and the pushes again, where a module faults on these rows.
    fn found(rows: usize, bad: &[usize], allowed: FaultCount) -> Option<(Vec<usize>, u64)> {
        let mut taken = Vec::new();
        let isolated = isolate(rows, FaultKind::Trapped, allowed, |first, count| {
            let part = first..first + count;
            Ok::<_, Infallible>(if bad.iter().any(|row| part.contains(row)) {
                Err(FaultKind::Trapped)
            } else {
                taken.extend(part);
                Ok(())
            })
        });
        let isolated = isolated.unwrap()?;
        let faults: Vec<usize> = isolated.faults.iter().map(|(row, _)| *row).collect();
        let good: Vec<usize> = (0..rows).filter(|row| !bad.contains(row)).collect();
        assert_eq!(taken, good, "every other row once, in order");
        Some((faults, isolated.retries))
    }

    #[test]
    fn one_row_costs_twice_the_logarithm() {
        let most = FaultCount::most(1);
        for bad in [0, 1, 4_095, 8_191] {
            assert_eq!(found(8_192, &[bad], most), Some((vec![bad], 2 * 13)));
        }
        assert_eq!(found(1, &[0], most), Some((vec![0], 0)));
        assert_eq!(found(2, &[1], most), Some((vec![1], 2)));
        assert_eq!(found(3, &[2], most), Some((vec![2], 4)));
    }

    #[test]
    fn several_rows_are_found_next_to_each_other_too() {
        let most = FaultCount::most(5);
        assert_eq!(found(1_000, &[499, 500, 501], most).unwrap().0, [499, 500, 501]);
        assert_eq!(found(5, &[0, 1, 2, 3, 4], most).unwrap().0, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn no_more_rows_than_allowed() {
        let bad: Vec<usize> = (0..10).map(|i| i * 100).collect();
        assert!(found(1_000, &bad, FaultCount::most(10)).is_some());
        assert!(found(1_000, &bad, FaultCount::most(9)).is_none());
    }

    #[test]
    fn no_more_pushes_than_allowed() {
        let allowed = |retries| FaultCount { rows: 1, retries };
        assert!(found(8_192, &[77], allowed(26)).is_some());
        assert!(found(8_192, &[77], allowed(25)).is_none());
    }
}
