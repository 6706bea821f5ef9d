//! Sums of floats without a rounding error until the last step: the same whatever the
//! order in which rows come, and whatever the parts that are merged.
//!
//! A sum is kept as floats that do not overlap, which together are exactly what was
//! added ("Adaptive Precision Floating-Point Arithmetic", J. R. Shewchuk, 1997).

mod plain;

pub use plain::{PLAIN_VALUES, are_plain, plain_products, plain_sum};

use crate::state::{Reader, Writer};
use crate::{Error, Result};

/// Sums below this have no step that passes the range of float64.
const LARGE: f64 = 1e300;

/// An exact sum: of the two floats, the parts and what is not finite.
///
/// ```
/// use bailiwick_guest::sum::ExactSum;
///
/// let mut sum = ExactSum::default();
/// for value in [1e100, 1.0, -1e100] {
///     sum.add(value)?;
/// }
/// assert_eq!(sum.value()?, 1.0);
/// # Ok::<(), bailiwick_guest::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExactSum {
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
    ///
    /// # Errors
    /// If the sum so far is past the range of float64.
    #[inline]
    pub fn add(&mut self, value: f64) -> Result<()> {
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

    /// Adds a product of two values, whose own rounding error is added too: exact
    /// unless the product is past the range of float64, or that error below it.
    ///
    /// # Errors
    /// As for [`add`](Self::add).
    #[inline]
    pub fn add_product(&mut self, a: f64, b: f64) -> Result<()> {
        let (product, error) = two_product(a, b);
        self.add(product)?;
        // Where the product is not finite, it alone says so.
        if error != 0.0 && error.is_finite() { self.add(error) } else { Ok(()) }
    }

    /// Adds the product of two sums, each as [`parts`](Self::parts).
    ///
    /// # Errors
    /// As for [`add`](Self::add).
    pub fn add_products(&mut self, a: &[f64], b: &[f64]) -> Result<()> {
        a.iter().try_for_each(|a| b.iter().try_for_each(|b| self.add_product(*a, *b)))
    }

    /// Floats which together are the sum, exactly. What is not finite, if anything that
    /// was added is.
    ///
    /// # Errors
    /// As for [`add`](Self::add).
    pub fn parts(&self) -> Result<Vec<f64>> {
        if let Some(beyond) = self.beyond {
            return Ok(vec![beyond]);
        }
        let mut whole = Self { parts: self.parts.clone(), ..Self::default() };
        whole.add_part(self.low)?;
        whole.add_part(self.high)?;
        Ok(whole.parts)
    }

    /// The sum, rounded to the nearest float, ties to even.
    ///
    /// # Errors
    /// As for [`add`](Self::add).
    pub fn value(&self) -> Result<f64> {
        if let Some(beyond) = self.beyond {
            return Ok(beyond);
        }
        Ok(rounded(&self.parts()?))
    }

    /// Writes the sum into a state.
    pub fn write(&self, state: &mut Writer) {
        let floats = [self.low, self.high].into_iter().chain(self.beyond);
        state.u64((self.parts.len() + 2 + usize::from(self.beyond.is_some())) as u64);
        self.parts.iter().copied().chain(floats).for_each(|part| state.f64(part));
    }

    /// Adds the sum that another one wrote.
    ///
    /// # Errors
    /// If the state is none of a sum; as for [`add`](Self::add).
    pub fn merge(&mut self, state: &mut Reader<'_>) -> Result<()> {
        for _ in 0..state.u64()? {
            self.add(state.f64()?)?;
        }
        Ok(())
    }
}

/// An exact sum that is past the range of float64 only at its end, never on the way, so
/// that no order of the values makes it fail: large ones are summed apart, as 2¹²⁸ths.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WideSum {
    small: ExactSum,
    large: ExactSum,
}

/// From here on a value is large: 2⁹⁶⁰. Of 2⁶⁴ smaller ones the sum is within range.
const APART: f64 = 9.745_314_011_4e288;

/// 2¹²⁸.
const UNIT: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;

impl WideSum {
    /// Adds a value.
    ///
    /// # Errors
    /// None with fewer than 2⁶⁴ values.
    #[inline]
    pub fn add(&mut self, value: f64) -> Result<()> {
        if value.abs() < APART { self.small.add(value) } else { self.large.add(value / UNIT) }
    }

    /// Adds a product and the error of its rounding: see [`ExactSum::add_product`].
    ///
    /// # Errors
    /// None with fewer than 2⁶⁴ values.
    #[inline]
    pub fn add_product(&mut self, a: f64, b: f64) -> Result<()> {
        if (a * b).abs() < APART {
            self.small.add_product(a, b)
        } else {
            self.large.add_product(a / UNIT, b)
        }
    }

    /// Parts that together are the sum; none where it is past the range of float64, or
    /// something that was added is not finite.
    ///
    /// # Errors
    /// None with fewer than 2⁶⁴ values.
    pub fn parts(&self) -> Result<Option<Vec<f64>>> {
        let small = self.small.parts()?;
        if self.large.value()? == 0.0 {
            return Ok(Some(small));
        }
        let mut all = self.large.clone();
        small.iter().try_for_each(|part| all.add(part / UNIT))?;
        let parts: Vec<f64> = all.parts()?.into_iter().map(|part| part * UNIT).collect();
        Ok(Some(parts).filter(|parts| parts.iter().all(|part| part.is_finite())))
    }

    /// The sum, rounded once; none where there are no [`parts`](Self::parts).
    ///
    /// # Errors
    /// None with fewer than 2⁶⁴ values.
    pub fn value(&self) -> Result<Option<f64>> {
        let Some(parts) = self.parts()? else { return Ok(None) };
        let mut sum = ExactSum::default();
        parts.iter().try_for_each(|part| sum.add(*part))?;
        Ok(Some(sum.value()?).filter(|sum| sum.is_finite()))
    }

    /// Writes the sum into a state.
    pub fn write(&self, state: &mut Writer) {
        self.small.write(state);
        self.large.write(state);
    }

    /// Adds the sum that another one wrote.
    ///
    /// # Errors
    /// If the state is none of a sum.
    pub fn merge(&mut self, state: &mut Reader<'_>) -> Result<()> {
        self.small.merge(state)?;
        self.large.merge(state)
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

/// A product and the error of its rounding, by halves of 26 bits (T. J. Dekker, "A
/// floating-point technique for extending the available precision", 1971): a module
/// has no instruction that multiplies and adds in one rounding.
#[inline]
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let ((a1, a0), (b1, b0)) = (halves(a), halves(b));
    (product, a0 * b0 - (((product - a1 * b1) - a0 * b1) - a1 * b0))
}

#[inline]
fn halves(value: f64) -> (f64, f64) {
    // 2²⁷ + 1
    let spread = 134_217_729.0 * value;
    let upper = spread - (spread - value);
    (upper, value - upper)
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
    use super::{ExactSum, WideSum};

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
    fn products_are_exact() {
        let mut sum = ExactSum::default();
        let value = 1.0 + f64::EPSILON;
        sum.add_product(value, value).unwrap();
        sum.add(-1.0 - 2.0 * f64::EPSILON).unwrap();
        assert_eq!(sum.value().unwrap(), f64::EPSILON * f64::EPSILON);
        let mut square = ExactSum::default();
        square.add_products(&[1e-20, 1.0], &[1e-20, 1.0]).unwrap();
        square.add(-1.0).unwrap();
        square.add_product(-2.0, 1e-20).unwrap();
        assert_eq!(square.value().unwrap(), 1e-40);
        let mut past = ExactSum::default();
        past.add_product(1e200, 1e200).unwrap();
        assert_eq!(past.value().unwrap(), f64::INFINITY);
    }

    #[test]
    fn a_wide_sum_is_within_range_again_at_its_end() {
        let mut sum = WideSum::default();
        for value in [1e308, 1e308, 1.0, -1e308] {
            sum.add(value).unwrap();
        }
        assert_eq!(sum.value().unwrap(), Some(1e308));
        sum.add_product(-1e200, 1e108).unwrap();
        sum.add(1e308 - 1e308 * 1.0).unwrap();
        let left = sum.value().unwrap().unwrap();
        assert!(left.abs() < 1e293, "{left}");
        sum.add(f64::MAX).unwrap();
        sum.add(f64::MAX).unwrap();
        assert_eq!(sum.value().unwrap(), None);
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
