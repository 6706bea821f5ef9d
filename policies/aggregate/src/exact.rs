//! Sums of floats without a rounding error until the last step.
//!
//! A sum is kept as floats that do not overlap, which together are exactly what was
//! added ("Adaptive Precision Floating-Point Arithmetic", J. R. Shewchuk, 1997). So
//! the order in which values come, and in which parts are merged, does not matter.

use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{Error, Result};

/// Sums below this have no step that passes the range of float64.
const LARGE: f64 = 1e300;

/// An exact sum: of the two floats, the parts and what is not finite.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ExactSum {
    // INVARIANT: both are below `LARGE`. The sum of most values, rounded, and that of
    // the errors of those roundings.
    high: f64,
    low: f64,
    // What neither could take without an error.
    // INVARIANT: finite, not zero, growing in magnitude, no two overlap.
    parts: Vec<f64>,
    // The sum of what was added that is not finite.
    beyond: Option<f64>,
}

impl ExactSum {
    /// Adds a value.
    #[inline]
    pub(crate) fn add(&mut self, value: f64) -> Result<()> {
        let (high, error) = two_sum(self.high, value);
        let (low, rest) = two_sum(self.low, error);
        // Not so where anything is NaN.
        if high.abs() < LARGE && low.abs() < LARGE && value.abs() < LARGE && rest == 0.0 {
            (self.high, self.low) = (high, low);
            return Ok(());
        }
        self.add_part(value)
    }

    fn add_part(&mut self, value: f64) -> Result<()> {
        if !value.is_finite() {
            self.beyond = Some(self.beyond.unwrap_or_default() + value);
            return Ok(());
        }
        let mut value = value;
        let mut kept = 0;
        for at in 0..self.parts.len() {
            let Some(part) = self.parts.get(at).copied() else { break };
            let (large, small) =
                if value.abs() < part.abs() { (part, value) } else { (value, part) };
            let sum = large + small;
            let error = small - (sum - large);
            if error != 0.0 {
                if let Some(slot) = self.parts.get_mut(kept) {
                    *slot = error;
                }
                kept += 1;
            }
            value = sum;
        }
        if !value.is_finite() {
            return Err(Error::data("a sum is beyond the range of float64"));
        }
        self.parts.truncate(kept);
        if value != 0.0 {
            self.parts.push(value);
        }
        Ok(())
    }

    /// The sum, rounded to the nearest float, ties to even.
    pub(crate) fn value(&self) -> Result<f64> {
        if let Some(beyond) = self.beyond {
            return Ok(beyond);
        }
        let mut whole = Self { parts: self.parts.clone(), ..Self::default() };
        whole.add_part(self.low)?;
        whole.add_part(self.high)?;
        Ok(rounded(&whole.parts))
    }

    pub(crate) fn write(&self, state: &mut Writer) {
        let floats = [self.low, self.high].into_iter().chain(self.beyond);
        state.u64((self.parts.len() + 2 + usize::from(self.beyond.is_some())) as u64);
        self.parts.iter().copied().chain(floats).for_each(|part| state.f64(part));
    }

    pub(crate) fn merge(&mut self, state: &mut Reader<'_>) -> Result<()> {
        for _ in 0..state.u64()? {
            self.add(state.f64()?)?;
        }
        Ok(())
    }
}

/// A sum and the error of its rounding: exact where no step passes the range of
/// float64 (D. E. Knuth, "The Art of Computer Programming", volume 2, 4.2.2).
#[inline]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// The sum of parts that grow and do not overlap, rounded once.
fn rounded(parts: &[f64]) -> f64 {
    let mut parts = parts.iter().rev().copied();
    let Some(mut sum) = parts.next() else { return 0.0 };
    let mut error = 0.0;
    for part in parts.by_ref() {
        let before = sum;
        sum = before + part;
        error = part - (sum - before);
        if error != 0.0 {
            break;
        }
    }
    // What is left can decide a tie: then the rounding above went the wrong way.
    if let Some(next) = parts.next()
        && ((error < 0.0 && next < 0.0) || (error > 0.0 && next > 0.0))
    {
        let doubled = error * 2.0;
        let moved = sum + doubled;
        if moved - sum == doubled {
            sum = moved;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::ExactSum;

    fn sum(values: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        values.iter().for_each(|value| sum.add(*value).unwrap());
        sum.value().unwrap()
    }

    #[test]
    fn nothing_is_lost_between_large_and_small() {
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[1e16, 1.0, 1e-16]), 10_000_000_000_000_002.0);
        assert_eq!(sum(&[]), 0.0);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    }

    #[test]
    fn the_order_does_not_matter() {
        let mut values: Vec<f64> =
            (1..200_i32).map(|n| f64::from(n).sin() * 10_f64.powi(n % 31 - 15)).collect();
        let forwards = sum(&values);
        values.reverse();
        assert_eq!(forwards.to_bits(), sum(&values).to_bits());
        values.sort_by(f64::total_cmp);
        assert_eq!(forwards.to_bits(), sum(&values).to_bits());
    }
}
