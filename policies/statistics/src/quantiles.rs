//! How often each value came, from which quantiles are read.
//!
//! Up to [`MAX_EXACT`] different values are told apart; with more, only buckets of them
//! are: the float's sign, exponent and first ten bits behind the point, so 1,024 to a
//! power of two. Counts of values or of buckets do not hang on the order of rows, and
//! whether there are too many values neither: no published sketch of quantiles that is
//! bounded by rank alone (t-digest, KLL) has that.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use bailiwick_guest::Result;
use bailiwick_guest::keys::KeyHasher;
use bailiwick_guest::lanes;
use bailiwick_guest::state::{Reader, Writer};

/// The most different values that are told apart.
const MAX_EXACT: usize = 1 << 16;

/// Bits of a float that values of one bucket differ in.
const BUCKET_BITS: u32 = 42;

type Counts = HashMap<u64, u64, BuildHasherDefault<KeyHasher>>;

/// How often each value came.
#[derive(Debug, Default)]
pub(crate) struct Quantiles {
    // By the value as a number that orders as it does; where `bucketed`, without the
    // lower bits.
    counts: Counts,
    bucketed: bool,
    // What is not in `counts` yet: in its slot, by its hash, a value and how often it came.
    recent: Vec<(u64, u64)>,
}

/// Values that come again and again are mostly found among so many recent ones, without
/// the look into a map.
const SLOTS: usize = 1_024;

/// The slot of a value.
#[inline]
fn slot(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOTS.trailing_zeros())) as usize
}

impl Quantiles {
    /// Counts finite values. [`settle`](Self::settle) is to follow.
    pub(crate) fn add(&mut self, values: &[f64]) {
        self.recent.resize(SLOTS, (0, 0));
        let mut at = 0;
        while at < values.len() {
            at = self.add_recent(at, values);
            let Some(value) = values.get(at) else { break };
            let key = ordered(*value);
            if let Some(recent) = self.recent.get_mut(slot(key)) {
                let (known, times) = std::mem::replace(recent, (key, 1));
                if times > 0 {
                    self.count(known, times);
                }
            }
            at += 1;
        }
    }

    /// Counts values that are recent, from a place on, until one is not; gives that place.
    // Nothing is called in this loop, which would cost it its registers.
    #[inline(never)]
    fn add_recent(&mut self, first: usize, values: &[f64]) -> usize {
        let recent = self.recent.as_mut_slice();
        lanes::while_some(first, values.len(), |at| {
            let key = ordered(*values.get(at)?);
            let (known, times) = recent.get_mut(slot(key))?;
            if *known != key {
                return None;
            }
            *times += 1;
            Some(())
        })
    }

    /// Puts all that was counted to where it can be asked for.
    pub(crate) fn settle(&mut self) {
        let mut recent = std::mem::take(&mut self.recent);
        for (value, times) in &mut recent {
            if *times > 0 {
                self.count(*value, std::mem::take(times));
            }
        }
        self.recent = recent;
    }

    #[inline]
    fn count(&mut self, value: u64, times: u64) {
        let key = if self.bucketed { value >> BUCKET_BITS << BUCKET_BITS } else { value };
        let count = self.counts.entry(key).or_default();
        *count = count.saturating_add(times);
        if self.counts.len() > MAX_EXACT && !self.bucketed {
            self.bucket();
        }
    }

    #[cold]
    fn bucket(&mut self) {
        self.bucketed = true;
        for (value, times) in std::mem::take(&mut self.counts) {
            self.count(value, times);
        }
    }

    /// The value at each of these quantiles; none where there are no values.
    pub(crate) fn of(&self, quantiles: &[f64]) -> Vec<Option<f64>> {
        let mut counts: Vec<(u64, u64)> = self.counts.iter().map(|(key, n)| (*key, *n)).collect();
        counts.sort_unstable();
        let mut before = 0_u64;
        // The number of values up to and with each.
        let ends: Vec<(u64, f64)> = counts
            .into_iter()
            .map(|(key, times)| {
                before = before.saturating_add(times);
                (before, self.value(key))
            })
            .collect();
        let at = |rank: u64| {
            let index = ends.partition_point(|(end, _)| *end <= rank);
            ends.get(index).map(|(_, value)| *value)
        };
        let last = before.saturating_sub(1);
        let of = |quantile: &f64| {
            let place = quantile * last as f64;
            let low = (place.floor() as u64).min(last);
            let (below, above) = (at(low)?, at(low.saturating_add(1).min(last))?);
            // In this form neither end is past float64, and both are met exactly.
            let share = place - low as f64;
            Some(if share <= 0.0 { below } else { below * (1.0 - share) + above * share })
        };
        quantiles.iter().map(of).collect()
    }

    fn value(&self, key: u64) -> f64 {
        let middle = if self.bucketed { 1 << (BUCKET_BITS - 1) } else { 0 };
        from_ordered(key | middle)
    }

    pub(crate) fn write(&self, state: &mut Writer) {
        state.u64(self.bucketed.into());
        let mut counts: Vec<_> = self.counts.iter().collect();
        counts.sort_unstable();
        state.u64(counts.len() as u64);
        for (value, times) in counts {
            state.u64(*value);
            state.u64(*times);
        }
    }

    pub(crate) fn merge(&mut self, state: &mut Reader<'_>) -> Result<()> {
        if state.u64()? != 0 && !self.bucketed {
            self.bucket();
        }
        for _ in 0..state.u64()? {
            let (value, times) = (state.u64()?, state.u64()?);
            self.count(value, times);
        }
        Ok(())
    }
}

const SIGN: u64 = 1 << 63;

/// A number that compares, unsigned, as the float does; both zeros are one.
fn ordered(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn from_ordered(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}
