//! Exact sums of powers, and what follows from them.

use bailiwick_guest::Result;
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::sum::{ExactSum, PLAIN_VALUES, WideSum, are_plain};

/// The sums of the values, of their squares and of their cubes, as far as asked for.
#[derive(Debug)]
pub(crate) struct Moments {
    sums: Vec<WideSum>,
}

impl Moments {
    /// Sums of powers up to that one; 0: of none.
    pub(crate) fn up_to(power: usize) -> Self {
        Self { sums: (0..power).map(|_| WideSum::default()).collect() }
    }

    pub(crate) fn add_all(&mut self, values: &[f64]) -> Result<()> {
        if self.sums.is_empty() {
            return Ok(());
        }
        for some in values.chunks(PLAIN_VALUES) {
            if !are_plain(some, self.sums.len()) {
                some.iter().try_for_each(|value| self.add(*value))?;
                continue;
            }
            let sums = powers(some);
            self.sums.iter_mut().zip(sums).try_for_each(|(sum, plain)| sum.add(plain))?;
        }
        Ok(())
    }

    #[inline]
    fn add(&mut self, value: f64) -> Result<()> {
        let mut sums = self.sums.iter_mut();
        if let Some(first) = sums.next() {
            first.add(value)?;
        }
        let Some(second) = sums.next() else { return Ok(()) };
        let (square, error) = square(value);
        second.add(square)?;
        second.add(error)?;
        let Some(third) = sums.next() else { return Ok(()) };
        third.add_product(square, value)?;
        third.add_product(error, value)
    }

    pub(crate) fn sum(&self) -> Result<Option<f64>> {
        self.sums.first().map_or(Ok(None), WideSum::value)
    }

    /// The variance divided by the number of values less `less`.
    pub(crate) fn variance(&self, count: u64, less: u64) -> Result<Option<f64>> {
        let Some(parts) = count.checked_sub(less).filter(|parts| *parts > 0) else {
            return Ok(None);
        };
        let spread = self.spread(count)?;
        Ok(spread.map(|spread| spread / count as f64 / parts as f64))
    }

    pub(crate) fn skewness(&self, count: u64) -> Result<Option<f64>> {
        let [Some(first), Some(second), Some(third)] = self.parts()? else { return Ok(None) };
        let n = count as f64;
        let Some(spread) = self.spread(count)?.filter(|spread| count > 2 && *spread > 0.0) else {
            return Ok(None);
        };
        // n³ times the third central moment: n²·Σx³ − 3n·Σx·Σx² + 2(Σx)³, each exact.
        let products = |a: &[f64], b: &[f64]| {
            let mut product = ExactSum::default();
            product.add_products(a, b)?;
            product.parts()
        };
        let squared = products(&[n], &[n])?;
        let mut cubes = ExactSum::default();
        cubes.add_products(&squared, &third)?;
        cubes.add_products(&products(&first, &second)?, &[-3.0 * n])?;
        let square = products(&first, &first)?;
        cubes.add_products(&square, &first)?;
        cubes.add_products(&square, &first)?;
        let population = cubes.value()? / spread.powf(1.5);
        Ok(Some(population * (n * (n - 1.0)).sqrt() / (n - 2.0)))
    }

    /// n² times the population's variance: n·Σx² − (Σx)², exact and rounded once.
    fn spread(&self, count: u64) -> Result<Option<f64>> {
        let [Some(first), Some(second), _] = self.parts()? else { return Ok(None) };
        let mut spread = ExactSum::default();
        spread.add_products(&second, &[count as f64])?;
        let negative: Vec<f64> = first.iter().map(|part| -part).collect();
        spread.add_products(&first, &negative)?;
        // The errors of squares near the least float are gone, so it may miss zero.
        Ok(Some(spread.value()?.max(0.0)).filter(|spread| spread.is_finite()))
    }

    /// The three sums as exact parts, where they are known and within float64.
    fn parts(&self) -> Result<[Option<Vec<f64>>; 3]> {
        let mut parts = self.sums.iter().map(WideSum::parts);
        let mut next = || parts.next().unwrap_or(Ok(None));
        Ok([next()?, next()?, next()?])
    }

    pub(crate) fn write(&self, state: &mut Writer) {
        self.sums.iter().for_each(|sum| sum.write(state));
    }

    pub(crate) fn merge(&mut self, state: &mut Reader<'_>) -> Result<()> {
        self.sums.iter_mut().try_for_each(|sum| sum.merge(state))
    }
}

/// So many sums are made beside each other: where they are exact, their order is free.
const LANES: usize = 4;

/// The sums of values, of their squares and of their cubes.
#[inline]
fn powers(values: &[f64]) -> [f64; 3] {
    let mut sums = [[0.0; LANES]; 3];
    let [first, second, third] = &mut sums;
    let mut add = |values: &[f64]| {
        let sums = first.iter_mut().zip(second.iter_mut()).zip(third.iter_mut());
        for (((first, second), third), value) in sums.zip(values) {
            let square = value * value;
            (*first, *second, *third) = (*first + value, *second + square, *third + square * value);
        }
    };
    let (chunks, rest) = values.as_chunks::<LANES>();
    chunks.iter().for_each(|chunk| add(chunk));
    add(rest);
    sums.map(|lanes| lanes.iter().sum())
}

/// A square and the error of its rounding; no error where the square is not finite.
#[inline]
fn square(value: f64) -> (f64, f64) {
    let square = value * value;
    let spread = 134_217_729.0 * value;
    let upper = spread - (spread - value);
    let lower = value - upper;
    let error = lower * lower - ((square - upper * upper) - 2.0 * (upper * lower));
    (square, if error.is_finite() { error } else { 0.0 })
}
