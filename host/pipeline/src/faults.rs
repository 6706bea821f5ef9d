//! What a step counts of the rows that its module faults on.

use std::collections::BTreeMap;
use std::sync::Arc;

use bailiwick_governance::Step;

use crate::fault::{FaultCount, FaultKind};
use crate::report::FaultReport;

/// The faults of one step, so far.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) count: FaultCount,
    kinds: BTreeMap<&'static str, u64>,
}

impl Faults {
    /// Counts the rows of a batch that the module faults on, and gives each with the
    /// reason that it is quarantined for: `step/fault`, with the kind where the step
    /// reads no label.
    pub(crate) fn reasons(
        &mut self,
        step: &Step,
        faults: &[(usize, FaultKind)],
    ) -> Vec<(usize, Arc<str>)> {
        let withhold = !step.reads_labels.is_empty();
        let mut reason = |(row, kind): &(usize, FaultKind)| {
            let reason = kind.reason(withhold);
            *self.kinds.entry(reason).or_default() += 1;
            (*row, Arc::from(format!("{}/{reason}", step.id)))
        };
        faults.iter().map(&mut reason).collect()
    }

    /// Takes in the faults of the same step of another lane.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.count.add(other.count);
        for (kind, rows) in &other.kinds {
            *self.kinds.entry(*kind).or_default() += *rows;
        }
    }

    /// What the report says of them; none where there were none.
    pub(crate) fn report(self) -> Option<FaultReport> {
        let FaultCount { rows, retries } = self.count;
        let kinds = self.kinds.into_iter().map(|(kind, rows)| (kind.to_owned(), rows));
        (retries > 0 || rows > 0).then(|| FaultReport { rows, retries, kinds: kinds.collect() })
    }
}
