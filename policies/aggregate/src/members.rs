//! Values of a batch, each added to its row's group.

use std::ops::Range;

use bailiwick_guest::Bits;

/// The groups of the rows of a batch.
#[derive(Debug)]
pub(crate) struct Members {
    rows: usize,
    // None where all rows are of the first group.
    groups: Option<Vec<u32>>,
}

impl Members {
    /// So many rows of the first group.
    pub(crate) fn of_one(rows: usize) -> Self {
        Self { rows, groups: None }
    }

    /// Each row's group.
    pub(crate) fn of_each(groups: Vec<u32>) -> Self {
        Self { rows: groups.len(), groups: Some(groups) }
    }

    /// Adds every valid value to the state of its row's group.
    #[inline]
    pub(crate) fn each<S, V: Copy>(
        &self,
        states: &mut [S],
        valid: Option<Bits<'_>>,
        values: &[V],
        mut add: impl FnMut(&mut S, V),
    ) {
        match &self.groups {
            None => {
                let Some(state) = states.first_mut() else { return };
                valid_runs(self.rows, valid, |run| {
                    let values = values.get(run).unwrap_or_default();
                    values.iter().for_each(|value| add(state, *value));
                });
            }
            Some(groups) => valid_runs(self.rows, valid, |run| {
                let groups = groups.get(run.clone()).unwrap_or_default();
                for (group, value) in groups.iter().zip(values.get(run).unwrap_or_default()) {
                    if let Some(state) = states.get_mut(*group as usize) {
                        add(state, *value);
                    }
                }
            }),
        }
    }

    /// Counts every valid row in its group.
    pub(crate) fn count(&self, counts: &mut [u64], valid: Option<Bits<'_>>) {
        match &self.groups {
            None => {
                let rows = valid.map_or(self.rows, Bits::count_ones);
                counts.iter_mut().take(1).for_each(|count| *count += rows as u64);
            }
            Some(groups) => valid_runs(self.rows, valid, |run| {
                for group in groups.get(run).unwrap_or_default() {
                    if let Some(count) = counts.get_mut(*group as usize) {
                        *count += 1;
                    }
                }
            }),
        }
    }

    /// Calls a function with every valid row and its group.
    pub(crate) fn each_row(&self, valid: Option<Bits<'_>>, mut each: impl FnMut(usize, usize)) {
        let groups = self.groups.as_deref();
        valid_runs(self.rows, valid, |run| {
            for row in run {
                let group = groups.and_then(|groups| groups.get(row).copied());
                each(row, group.unwrap_or_default() as usize);
            }
        });
    }
}

/// Calls a function with every run of set bits, none longer than 64; with all rows at
/// once where there are no bits.
pub(crate) fn valid_runs(rows: usize, valid: Option<Bits<'_>>, mut each: impl FnMut(Range<usize>)) {
    let Some(valid) = valid else { return each(0..rows) };
    for (at, mut word) in valid.words().enumerate() {
        let mut row = at * 64;
        while word != 0 {
            let unset = word.trailing_zeros();
            word >>= unset;
            let set = word.trailing_ones();
            // In two steps, as a shift by 64 is none.
            word = word >> (set - 1) >> 1;
            row += unset as usize;
            each(row..row + set as usize);
            row += set as usize;
        }
    }
}
