//! The module `sequence`: which rows come out of order, or after a gap.
//!
//! Each value is compared with the one before it that is not null; a null passes, and is
//! passed over. Up to two rules: `in-order` where `order` is set, and `no-gap` where
//! `max_step` is. Settings:
//!
//! | member | default | means |
//! |---|---|---|
//! | `order` | | `increasing` or `decreasing`: how values come |
//! | `strict` | `false` | whether a value that is equal to the one before it fails |
//! | `max_step` | | how far a value may lie from the one before it, either way |
//!
//! A step is measured in the column's own numbers; for a date, a time, a timestamp or a
//! duration in seconds. Texts have an order, byte by byte, and no steps. What is not a
//! number fails `in-order`, and is passed over by the values behind it.
//!
//! Each rule has the measure `failures`, the rows that fail it, which is the same however
//! the rows were shared out; `no-gap` has `max-step`, the longest step, as well.
//!
//! The rows' own order is that of the input. So one opened check sees all of them.

mod point;

use std::cmp::Ordering;

use bailiwick_guest::numbers::is_number;
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{
    About, Batch, Bitmap, BitmapBuilder, Check, CheckPlan, Column, DataType, Dimension, Error,
    Field, Measure, Native, Result, Rule, Schema, Scope, Settings, about, lanes, with_native,
};
use serde::Deserialize;

use point::{Point, Points};

const IN_ORDER: &str = "in-order";
const NO_GAP: &str = "no-gap";

/// How values come.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// How values come.
    pub order: Option<Order>,
    /// Whether a value that is equal to the one before it fails.
    pub strict: bool,
    /// How far a value may lie from the one before it: in the column's own numbers, or in
    /// seconds.
    #[settings(minimum = 0)]
    pub max_step: Option<f64>,
}

/// Which way values go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// None is less than the one before it.
    Increasing,
    /// None is greater than the one before it.
    Decreasing,
}

/// The opened module.
#[derive(Debug)]
pub struct Sequence {
    options: Options,
    /// What one of the column's units is of a step's: a numerator and a denominator.
    unit: (f64, f64),
    first: Option<Point>,
    last: Option<Point>,
    disorders: u64,
    gaps: u64,
    longest: Option<f64>,
}

/// What one of the column's units is of a step's, a second for a time, as a numerator
/// and a denominator: a division by 10⁹ is exact where a product with 10⁻⁹ is not.
fn unit_of(field: &Field) -> Option<(f64, f64)> {
    use DataType as D;
    Some(match &field.data_type {
        D::Date32 => (86_400.0, 1.0),
        D::Date64 => (1.0, 1e3),
        D::Time32(unit) | D::Time64(unit) | D::Timestamp(unit, _) | D::Duration(unit) => {
            (1.0, unit.per_second() as f64)
        }
        D::Decimal128 { scale, .. } => (1.0, 10_f64.powi((*scale).into())),
        number if is_number(number) => (1.0, 1.0),
        _ => return None,
    })
}

/// The unit of steps; an error where the settings ask for nothing, or for what the column
/// does not have.
fn held(options: &Options, field: &Field) -> Result<(f64, f64)> {
    let unit = unit_of(field);
    if unit.is_none() && !field.data_type.is_text() {
        return Err(field.unexpected("a number, a date, a time or text"));
    }
    match options {
        Options { order: None, max_step: None, .. } => {
            Err(Error::settings("neither `order` nor `max_step` is given: give one or both"))
        }
        Options { order: None, strict: true, .. } => {
            Err(Error::settings("`strict` is set without `order`: give both or neither"))
        }
        Options { max_step: Some(_), .. } if unit.is_none() => {
            Err(Error::settings("`max_step` is for numbers and times, and the column is text"))
        }
        Options { max_step: Some(step), .. } if step.is_nan() || *step < 0.0 => {
            Err(Error::settings("`max_step` is not a number of 0 or more"))
        }
        _ => Ok(unit.unwrap_or((1.0, 1.0))),
    }
}

impl Check for Sequence {
    type Settings = Options;
    const ABOUT: About =
        about!("sequence", Scope::Column, "Finds rows that come out of order, or after a gap.");

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        held(options, field)?;
        let order = options.order.map(|order| {
            let way = match (order, options.strict) {
                (Order::Increasing, false) => "never falls",
                (Order::Increasing, true) => "always grows",
                (Order::Decreasing, false) => "never grows",
                (Order::Decreasing, true) => "always falls",
            };
            let summary = format!("column {:?} {way} from row to row", field.name);
            Rule::row(IN_ORDER, Dimension::Consistency, summary)
        });
        let gap = options.max_step.map(|step| {
            let summary = format!("column {:?} has no step of more than {step}", field.name);
            Rule::row(NO_GAP, Dimension::Coverage, summary)
        });
        Ok(CheckPlan::reading([&field.name]).judging(order.into_iter().chain(gap)))
    }

    fn open(options: Options, reads: &Schema) -> Result<Self> {
        let unit = held(&options, reads.only()?)?;
        let (first, last) = (None, None);
        Ok(Self { options, unit, first, last, disorders: 0, gaps: 0, longest: None })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let column = rows.only()?;
        if let (Some(order), None, 0) =
            (self.options.order, self.options.max_step, column.null_count())
            && let Some(disorder) = self.follow_all(column, order)?
        {
            return Ok(vec![disorder]);
        }
        let points = Points::new(column)?;
        let mut disorder = BitmapBuilder::with_capacity(rows.rows());
        let mut gap = BitmapBuilder::with_capacity(rows.rows());
        for row in 0..rows.rows() {
            let (disordered, gapped) = match points.at(row) {
                None => (false, false),
                // Nothing can be said of what stands behind it.
                Some(Point::Float(value)) if value.is_nan() => (true, false),
                Some(point) => self.follow(point),
            };
            let disordered = disordered && self.options.order.is_some();
            self.disorders += u64::from(disordered);
            self.gaps += u64::from(gapped);
            disorder.push(disordered);
            gap.push(gapped);
        }
        let order = self.options.order.map(|_| disorder.finish());
        let gap = self.options.max_step.map(|_| gap.finish());
        Ok(order.into_iter().chain(gap).collect())
    }

    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        state.u64(self.disorders);
        state.u64(self.gaps);
        state.f64(self.longest.unwrap_or(-1.0));
        Point::write(self.first.as_ref(), &mut state);
        Point::write(self.last.as_ref(), &mut state);
        Ok(state.finish())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let mut state = Reader::new(state);
        self.disorders = self.disorders.saturating_add(state.u64()?);
        self.gaps = self.gaps.saturating_add(state.u64()?);
        let longest = Some(state.f64()?).filter(|longest| *longest >= 0.0);
        self.longest = longer(self.longest, longest);
        let (first, last) = (Point::read(&mut state)?, Point::read(&mut state)?);
        // The first of the later rows has one before it now.
        if let Some(first) = first {
            let (disordered, gapped) = self.follow(first);
            self.disorders += u64::from(disordered && self.options.order.is_some());
            self.gaps += u64::from(gapped);
        }
        if last.is_some() {
            self.last = last;
        }
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let mut measures = Vec::new();
        if self.options.order.is_some() {
            measures.push(Measure::new(IN_ORDER, "failures", self.disorders as f64));
        }
        if self.options.max_step.is_some() {
            measures.push(Measure::new(NO_GAP, "failures", self.gaps as f64));
            let longest = self.longest.filter(|longest| longest.is_finite());
            measures.extend(longest.map(|longest| Measure::new(NO_GAP, "max-step", longest)));
        }
        Ok(measures)
    }
}

impl Sequence {
    /// Takes all values of a column without nulls whose values are stored as integers, and
    /// says which come out of order; nothing of other columns.
    fn follow_all(&mut self, column: Column<'_>, order: Order) -> Result<Option<Bitmap>> {
        let (first, last, behind) = with_native!(
            column.data_type(),
            T => {
                if !T::DATA_TYPE.is_integer() {
                    return Ok(None);
                }
                let values = column.as_primitive::<T>()?.values();
                let ends = (values.first().copied(), values.last().copied());
                let (Some(first), Some(last)) = ends else { return Ok(None) };
                let behind = values.get(1..).unwrap_or_default();
                let disordered = match (order, self.options.strict) {
                    (Order::Increasing, false) => among(values, behind, |a, b| b < a),
                    (Order::Increasing, true) => among(values, behind, |a, b| b <= a),
                    (Order::Decreasing, false) => among(values, behind, |a, b| b > a),
                    (Order::Decreasing, true) => among(values, behind, |a, b| b >= a),
                };
                (first as i128, last as i128, disordered)
            },
            else return Ok(None)
        );
        let (disordered, _) = self.follow(Point::Whole(first));
        let mut all = BitmapBuilder::with_capacity(column.len());
        all.push(disordered);
        for (at, word) in behind.bits().words().enumerate() {
            all.push_word(word, behind.len() - at * 64);
        }
        let all = all.finish();
        self.last = Some(Point::Whole(last));
        self.disorders += all.count_ones() as u64;
        Ok(Some(all))
    }

    /// Takes the next value: whether it comes out of order, and after a gap.
    fn follow(&mut self, point: Point) -> (bool, bool) {
        let Some(last) = &self.last else {
            self.first.get_or_insert_with(|| point.clone());
            self.last = Some(point);
            return (false, false);
        };
        let ahead = match self.options.order {
            Some(Order::Decreasing) => last.partial_cmp(&point),
            _ => point.partial_cmp(last),
        };
        let disordered = match ahead {
            Some(Ordering::Greater) => false,
            Some(Ordering::Equal) => self.options.strict,
            Some(Ordering::Less) | None => true,
        };
        let mut gapped = false;
        if let Some(most) = self.options.max_step {
            let step = last.distance(&point).map(|step| step * self.unit.0 / self.unit.1);
            gapped = step.is_some_and(|step| step > most);
            self.longest = longer(self.longest, step);
        }
        self.last = Some(point);
        (disordered, gapped)
    }
}

/// A bit for each pair of which that holds.
fn among<T: Copy>(left: &[T], right: &[T], holds: impl Fn(T, T) -> bool) -> Bitmap {
    let mut flags = vec![false; right.len()];
    lanes::set_both(&mut flags, left, right, holds);
    Bitmap::of(&flags, |flag| flag)
}

fn longer(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

bailiwick_guest::export_check!(Sequence);
