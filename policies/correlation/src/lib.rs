//! The module `correlation`: how closely two columns of numbers go together.
//!
//! One rule of all rows, `correlation`: Pearson's coefficient, from -1 to 1, of the rows
//! in which both columns have a finite number. A threshold says what it must be:
//!
//! ```yaml
//! - id: far-flights-take-long
//!   module: governance/correlation@0.1.0
//!   columns: [distance, air_time]
//!   threshold: {mustBeGreaterThan: 0.9}
//! ```
//!
//! It has no settings. Where a column has the same value in all of these rows, or the
//! squares of its values are past the range of float64, the coefficient has no value, and
//! so meets no threshold. Further measures: `rows`, those that were measured.
//!
//! All sums are exact, so the coefficient is the same to the last bit however the rows
//! were shared out. Integers past 2⁵³ and decimals are first rounded to float64.

use bailiwick_guest::numbers::{NUMBERS, floats, is_number};
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::sum::{ExactSum, PLAIN_VALUES, WideSum, are_plain, plain_products, plain_sum};
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Error, Measure, Result, Rule,
    Schema, Scope, Settings, about,
};
use serde::Deserialize;

/// The one rule.
const RULE: &str = "correlation";

/// Nothing can be set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {}

/// The opened module.
#[derive(Debug, Default)]
pub struct Correlation {
    rows: u64,
    /// Of x, y, x², y² and xy.
    sums: [WideSum; 5],
}

fn held(input: &Schema) -> Result<()> {
    if input.fields.len() != 2 {
        return Err(Error::fields(format!(
            "{} columns are bound, expected two: name them in `columns`",
            input.fields.len()
        )));
    }
    match input.fields.iter().find(|field| !is_number(&field.data_type)) {
        Some(field) => Err(field.unexpected(NUMBERS)),
        None => Ok(()),
    }
}

impl Check for Correlation {
    type Settings = Options;
    const ABOUT: About =
        about!("correlation", Scope::Columns, "Finds how closely two columns go together.");

    fn plan(_options: &Options, input: &Schema) -> Result<CheckPlan> {
        held(input)?;
        let names: Vec<String> = input.names().iter().map(|name| format!("{name:?}")).collect();
        let summary = format!("columns {} go together as they must", names.join(" and "));
        let rule = Rule::dataset(RULE, Dimension::Consistency, summary);
        Ok(CheckPlan::reading(input.names()).judging([rule]).independent())
    }

    fn open(_options: Options, reads: &Schema) -> Result<Self> {
        held(reads)?;
        Ok(Self::default())
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let (left, right) = (rows.column_at(0)?, rows.column_at(1)?);
        let (xs, ys) = (floats(left)?, floats(right)?);
        let mut counted =
            Bitmap::of(&xs, f64::is_finite).and(Bitmap::of(&ys, f64::is_finite).bits());
        for validity in [left, right].into_iter().filter_map(Column::validity) {
            counted = counted.and(validity);
        }
        self.rows += counted.count_ones() as u64;
        let blocks = xs.chunks(PLAIN_VALUES).zip(ys.chunks(PLAIN_VALUES));
        for ((xs, ys), counted) in blocks.zip(counted.bits().words()) {
            self.add(&kept(xs, counted), &kept(ys, counted))?;
        }
        Ok(Vec::new())
    }

    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        state.u64(self.rows);
        self.sums.iter().for_each(|sum| sum.write(&mut state));
        Ok(state.finish())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let mut state = Reader::new(state);
        self.rows = self.rows.saturating_add(state.u64()?);
        self.sums.iter_mut().try_for_each(|sum| sum.merge(&mut state))
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let value = self.coefficient()?.filter(|value| value.is_finite());
        let mut measures: Vec<Measure> =
            value.map(|value| Measure::new(RULE, "value", value)).into_iter().collect();
        measures.push(Measure::new(RULE, "rows", self.rows as f64));
        Ok(measures)
    }
}

/// The values of the rows that count, zero for others: in sums and products it is nothing.
#[inline]
fn kept(values: &[f64], counted: u64) -> [f64; PLAIN_VALUES] {
    let mut kept = [0.0; PLAIN_VALUES];
    if let (Some(values), u64::MAX) = (values.first_chunk::<PLAIN_VALUES>(), counted) {
        return *values;
    }
    for (row, (kept, value)) in kept.iter_mut().zip(values).enumerate() {
        *kept = if counted >> row & 1 == 1 { *value } else { 0.0 };
    }
    kept
}

impl Correlation {
    fn add(&mut self, xs: &[f64; PLAIN_VALUES], ys: &[f64; PLAIN_VALUES]) -> Result<()> {
        let [x_sum, y_sum, xx_sum, yy_sum, xy_sum] = &mut self.sums;
        if are_plain(xs, 2) && are_plain(ys, 2) {
            x_sum.add(plain_sum(xs))?;
            y_sum.add(plain_sum(ys))?;
            xx_sum.add(plain_products(xs, xs))?;
            yy_sum.add(plain_products(ys, ys))?;
            return xy_sum.add(plain_products(xs, ys));
        }
        for (x, y) in xs.iter().zip(ys) {
            x_sum.add(*x)?;
            y_sum.add(*y)?;
            xx_sum.add_product(*x, *x)?;
            yy_sum.add_product(*y, *y)?;
            xy_sum.add_product(*x, *y)?;
        }
        Ok(())
    }

    /// (n·Σxy − Σx·Σy) / √((n·Σx² − (Σx)²)·(n·Σy² − (Σy)²)), each difference exact and
    /// rounded once.
    fn coefficient(&self) -> Result<Option<f64>> {
        let parts: Vec<Option<Vec<f64>>> =
            self.sums.iter().map(WideSum::parts).collect::<Result<_>>()?;
        let [Some(x), Some(y), Some(xx), Some(yy), Some(xy)] = parts.as_slice() else {
            return Ok(None);
        };
        let rows = self.rows as f64;
        let difference = |products: &[f64], a: &[f64], b: &[f64]| {
            let mut sum = ExactSum::default();
            sum.add_products(products, &[rows])?;
            let negative: Vec<f64> = b.iter().map(|part| -part).collect();
            sum.add_products(a, &negative)?;
            sum.value()
        };
        let (x_spread, y_spread) = (difference(xx, x, x)?, difference(yy, y, y)?);
        if !(x_spread > 0.0 && y_spread > 0.0) {
            return Ok(None);
        }
        let value = difference(xy, x, y)? / x_spread.sqrt() / y_spread.sqrt();
        Ok(Some(value.clamp(-1.0, 1.0)))
    }
}

bailiwick_guest::export_check!(Correlation);
