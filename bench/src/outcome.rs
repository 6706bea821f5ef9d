//! What a contest came to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The least, the median and the 90th percentile over all rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The least.
    pub min: f64,
    /// The median; of an even number of rounds, the mean of the middle two.
    pub median: f64,
    /// The least value that is at least as great as nine of ten.
    pub p90: f64,
}

impl Spread {
    /// That of some numbers; zeros for none.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut numbers: Vec<f64> = numbers.into_iter().collect();
        numbers.sort_by(f64::total_cmp);
        let at = |index: usize| numbers.get(index).copied().unwrap_or_default();
        let count = numbers.len();
        let ninth = (count * 9).div_ceil(10).saturating_sub(1);
        let median = (at(count.saturating_sub(1) / 2) + at(count / 2)) / 2.0;
        Self { min: at(0), median, p90: at(ninth) }
    }

    /// Each number divided by another.
    fn by(self, divisor: usize) -> Self {
        let by = |number: f64| number / divisor.max(1) as f64;
        Self { min: by(self.min), median: by(self.median), p90: by(self.p90) }
    }
}

/// What one contestant took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// The contestant.
    pub name: String,
    /// Nanoseconds a row.
    pub ns_per_row: Spread,
    /// Nanoseconds a call.
    pub ns_per_call: Spread,
    /// For each contestant, how many times as long as that one it took: the median of
    /// the ratios within rounds.
    pub ratio_to: BTreeMap<String, f64>,
}

/// What a contest came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The contest.
    pub name: String,
    /// Rows that one run works on.
    pub rows: usize,
    /// Calls that one run consists of.
    pub calls: usize,
    /// Number of rounds.
    pub rounds: usize,
    /// The contestants, in the order in which they were added.
    pub contestants: Vec<Timing>,
}

impl Outcome {
    /// Of the nanoseconds that one run took in each round, contestant by contestant.
    /// Every contestant was in every round.
    pub fn of_times(
        name: &str,
        rows: usize,
        calls: usize,
        times: impl IntoIterator<Item = (String, Vec<f64>)>,
    ) -> Self {
        let times: Vec<_> = times.into_iter().collect();
        let timing = |(name, own): &(String, Vec<f64>)| {
            let ratio = |(other, others): &(String, Vec<f64>)| {
                let ratios = own.iter().zip(others).map(|(own, other)| own / other);
                (other.clone(), Spread::of(ratios).median)
            };
            let run = Spread::of(own.iter().copied());
            Timing {
                name: name.clone(),
                ns_per_row: run.by(rows),
                ns_per_call: run.by(calls),
                ratio_to: times.iter().map(ratio).collect(),
            }
        };
        Self {
            name: name.to_owned(),
            rows,
            calls,
            rounds: times.iter().map(|(_, times)| times.len()).min().unwrap_or_default(),
            contestants: times.iter().map(timing).collect(),
        }
    }

    /// The contestant of that name.
    pub fn contestant(&self, name: &str) -> Option<&Timing> {
        self.contestants.iter().find(|timing| timing.name == name)
    }

    /// How many times as long as the other the first took.
    pub fn ratio(&self, contestant: &str, other: &str) -> Option<f64> {
        self.contestant(contestant)?.ratio_to.get(other).copied()
    }
}
