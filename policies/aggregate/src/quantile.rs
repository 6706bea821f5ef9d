//! About which value so many others are below: a histogram whose buckets are as wide as
//! their values are great. Buckets add up in any order.

use std::collections::BTreeMap;

use bailiwick_guest::Result;
use bailiwick_guest::state::{Reader, Writer};

/// Bits of a float that its bucket leaves out: 7 of the 52 of its fraction are left, so a
/// bucket is 1/128 of its values wide, and integers of up to 8 bits have their own.
const LEFT_OUT: u32 = 52 - 7;

const SIGN: u64 = 1 << 63;

/// How many values each bucket has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quantiles {
    buckets: BTreeMap<u64, u64>,
    count: u64,
}

/// The bucket of a value: these are in the order of the values, NaN last.
fn bucket(value: f64) -> u64 {
    // One zero, and nothing between it and the least normal number.
    let value = if value.abs() < f64::MIN_POSITIVE { 0.0 } else { value };
    let bits = if value.is_nan() { f64::NAN.to_bits() & !SIGN } else { value.to_bits() };
    let magnitude = (bits & !SIGN) >> LEFT_OUT;
    let middle = SIGN >> LEFT_OUT;
    if bits & SIGN == 0 { middle + magnitude } else { middle - magnitude }
}

/// The value of a bucket that is nearest to 0.
fn nearest_to_zero(bucket: u64) -> f64 {
    let middle = SIGN >> LEFT_OUT;
    match bucket.checked_sub(middle) {
        Some(magnitude) => f64::from_bits(magnitude << LEFT_OUT),
        None => -f64::from_bits((middle - bucket) << LEFT_OUT),
    }
}

impl Quantiles {
    pub(crate) fn add(&mut self, value: f64) {
        *self.buckets.entry(bucket(value)).or_default() += 1;
        self.count += 1;
    }

    /// The value of rank ⌈q · n⌉ of n, at the end of its bucket that is nearest to 0; none
    /// of no values.
    pub(crate) fn at(&self, q: f64) -> Option<f64> {
        let rank = ((q * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
        let mut seen = 0;
        self.buckets.iter().find_map(|(bucket, count)| {
            seen += count;
            (seen >= rank).then(|| nearest_to_zero(*bucket))
        })
    }

    pub(crate) fn write(&self, state: &mut Writer) {
        state.u64(self.buckets.len() as u64);
        for (bucket, count) in &self.buckets {
            state.u64(*bucket);
            state.u64(*count);
        }
    }

    pub(crate) fn merge(&mut self, state: &mut Reader<'_>) -> Result<()> {
        for _ in 0..state.u64()? {
            let (bucket, count) = (state.u64()?, state.u64()?);
            let own = self.buckets.entry(bucket).or_default();
            *own = own.saturating_add(count);
            self.count = self.count.saturating_add(count);
        }
        Ok(())
    }
}
