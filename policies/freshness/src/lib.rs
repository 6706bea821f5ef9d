//! The module `freshness`: how old the latest row is.
//!
//! One rule of all rows, `age`: the seconds from the latest value of a column of dates or
//! timestamps to the time that it is held to. A threshold says what it must be:
//!
//! ```yaml
//! - id: a-day-old-at-most
//!   module: governance/freshness@0.1.0
//!   columns: [ordered_at, loaded_at]
//!   threshold: {mustBeBetween: [-1, 86400]}
//! ```
//!
//! A module has no clock, so that a run can be repeated and gives the same answer. The
//! time is the latest value of a second column that it is bound to, such as the time at
//! which rows were loaded; or, with one column alone, a setting:
//!
//! | member | means |
//! |---|---|
//! | `reference` | the time, such as `2013-12-31T23:59:59Z`; a date alone is its midnight |
//! | `of` | whose age it is: that of the `latest` row, which is the default, or of the `earliest`, for data that may be kept only so long |
//!
//! The setting `reference: "{as-of}"` is the time that whoever plans the run states, by
//! `bailiwick run --as-of 2026-01-31T06:00:00Z`. It becomes part of the plan, so that the
//! run can be repeated as of that time.
//!
//! The age is below 0 where the column is ahead of that time. Nulls are left out. Of no
//! values it has no value, and so meets no threshold. Further measures: `span`, the
//! seconds from the earliest value to the latest, and `values`, how many there are.

use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, DataType, Dimension, Error, Field, Measure,
    Result, Rule, Schema, Scope, Settings, TimeUnit, about, calendar,
};
use serde::Deserialize;

/// The one rule.
const RULE: &str = "age";

/// Nanoseconds of a second.
const SECOND: i128 = 1_000_000_000;

/// What rows are held to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The time that the latest row is held to, as ISO 8601 text: for one column alone.
    pub reference: Option<String>,
    /// Whose age it is.
    pub of: Of,
}

/// Whose age it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// The latest row's: how fresh the data is.
    #[default]
    Latest,
    /// The earliest row's: how long it has been kept.
    Earliest,
}

/// The opened module.
#[derive(Debug)]
pub struct Freshness {
    of: Of,
    reference: Option<i128>,
    values: u64,
    earliest: Option<i128>,
    latest: Option<i128>,
    latest_reference: Option<i128>,
}

/// Nanoseconds of one of the column's units.
fn unit_of(field: &Field) -> Result<i128> {
    use DataType as D;
    Ok(match &field.data_type {
        D::Date32 => 86_400 * SECOND,
        D::Date64 => SECOND / 1_000,
        D::Timestamp(unit, _) => SECOND / i128::from(unit.per_second()),
        _ => return Err(field.unexpected("a date or a timestamp")),
    })
}

/// The time that is set, in nanoseconds; an error where there is not exactly one.
fn reference(options: &Options, input: &Schema) -> Result<Option<i128>> {
    input.fields.iter().try_for_each(|field| unit_of(field).map(|_| ()))?;
    match (input.fields.len(), &options.reference) {
        (1, Some(text)) => {
            let time = calendar::parse_timestamp(text, TimeUnit::Microsecond);
            let time = time.ok_or_else(|| {
                Error::settings(format!(
                    "`reference` {text:?} is no time: give one as \"2013-12-31T23:59:59Z\""
                ))
            })?;
            Ok(Some(i128::from(time) * 1_000))
        }
        (1, None) => Err(Error::settings(
            "there is nothing to hold the column to: set `reference`, or bind a second column",
        )),
        (2, None) => Ok(None),
        (2, Some(_)) => Err(Error::settings(
            "`reference` is set and a second column is bound: leave out one of them",
        )),
        (count, _) => Err(Error::fields(format!("{count} columns are bound, expected one or two"))),
    }
}

/// The least and the greatest value that is not null, in nanoseconds, and how many
/// there are.
fn ends(column: Column<'_>) -> Result<Option<(i128, i128, u64)>> {
    let unit = unit_of(column.field())?;
    let of = |least: i64, greatest: i64, count: u64| {
        Some((i128::from(least) * unit, i128::from(greatest) * unit, count))
    };
    let ends = match column.data_type() {
        DataType::Date32 => of_values(column, column.as_primitive::<i32>()?.values()),
        _ => of_values(column, column.as_primitive::<i64>()?.values()),
    };
    Ok(ends.and_then(|(least, greatest, count)| of(least, greatest, count)))
}

/// How many values are looked at together.
const TOGETHER: usize = 64;

/// The least and the greatest of a column's values, and how many there are; none without any.
fn of_values<T: Copy>(column: Column<'_>, values: &[T]) -> Option<(i64, i64, u64)>
where
    i64: From<T>,
{
    let mut ends = (i64::MAX, i64::MIN);
    let mut count = 0;
    for (at, values) in values.chunks(TOGETHER).enumerate() {
        let valid = column.validity_word(at);
        match values.first_chunk::<TOGETHER>() {
            Some(values) if valid == u64::MAX => {
                let mut lanes = [ends; 8];
                for eight in values.as_chunks::<8>().0 {
                    for (ends, value) in lanes.iter_mut().zip(eight) {
                        *ends = widened(*ends, i64::from(*value));
                    }
                }
                ends = lanes
                    .into_iter()
                    .fold(ends, |ends, (least, greatest)| widened(widened(ends, least), greatest));
                count += TOGETHER as u64;
            }
            _ => {
                let there = values.iter().enumerate().filter(|(row, _)| valid >> row & 1 == 1);
                for value in there.map(|(_, value)| i64::from(*value)) {
                    ends = widened(ends, value);
                    count += 1;
                }
            }
        }
    }
    (count > 0).then_some((ends.0, ends.1, count))
}

#[inline]
fn widened((least, greatest): (i64, i64), value: i64) -> (i64, i64) {
    (least.min(value), greatest.max(value))
}

impl Check for Freshness {
    type Settings = Options;
    const ABOUT: About = about!("freshness", Scope::Columns, "Finds how old the latest row is.");

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        reference(options, input)?;
        let names: Vec<String> = input.names().iter().map(|name| format!("{name:?}")).collect();
        let to = match (names.as_slice(), &options.reference) {
            ([_, second], _) => format!("the latest of column {second}"),
            (_, Some(time)) => time.clone(),
            _ => String::new(),
        };
        let column = names.first().map(String::as_str).unwrap_or_default();
        let whose = match options.of {
            Of::Latest => "latest",
            Of::Earliest => "earliest",
        };
        let summary = format!("the {whose} of column {column} is as old at {to} as it may be");
        let rule = Rule::dataset(RULE, Dimension::Timeliness, summary);
        Ok(CheckPlan::reading(input.names()).judging([rule]).independent())
    }

    fn open(options: Options, reads: &Schema) -> Result<Self> {
        let reference = reference(&options, reads)?;
        let (earliest, latest, latest_reference) = (None, None, None);
        Ok(Self { of: options.of, reference, values: 0, earliest, latest, latest_reference })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        if let Some((least, greatest, count)) = ends(rows.column_at(0)?)? {
            self.values += count;
            self.earliest = Some(self.earliest.map_or(least, |earliest| earliest.min(least)));
            self.latest = self.latest.max(Some(greatest));
        }
        if self.reference.is_none() {
            let greatest = ends(rows.column_at(1)?)?.map(|(_, greatest, _)| greatest);
            self.latest_reference = self.latest_reference.max(greatest);
        }
        Ok(Vec::new())
    }

    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        state.u64(self.values);
        // No time of 64 bits is at an end of 128.
        state.i128(self.earliest.unwrap_or(i128::MAX));
        state.i128(self.latest.unwrap_or(i128::MIN));
        state.i128(self.latest_reference.unwrap_or(i128::MIN));
        Ok(state.finish())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let mut state = Reader::new(state);
        self.values = self.values.saturating_add(state.u64()?);
        let earliest = Some(state.i128()?).filter(|time| *time != i128::MAX);
        let mut time = || state.i128().map(|time| Some(time).filter(|time| *time != i128::MIN));
        let (latest, latest_reference) = (time()?, time()?);
        self.earliest = match (self.earliest, earliest) {
            (Some(own), Some(other)) => Some(own.min(other)),
            (own, other) => own.or(other),
        };
        self.latest = self.latest.max(latest);
        self.latest_reference = self.latest_reference.max(latest_reference);
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let seconds = |from: i128, to: i128| to.saturating_sub(from) as f64 / SECOND as f64;
        let reference = self.reference.or(self.latest_reference);
        let row = match self.of {
            Of::Latest => self.latest,
            Of::Earliest => self.earliest,
        };
        let age = row.zip(reference).map(|(row, reference)| seconds(row, reference));
        let span = self.earliest.zip(self.latest).map(|(from, to)| seconds(from, to));
        let mut measures = Vec::new();
        measures.extend(age.map(|age| Measure::new(RULE, "value", age)));
        measures.extend(span.map(|span| Measure::new(RULE, "span", span)));
        measures.push(Measure::new(RULE, "values", self.values as f64));
        Ok(measures)
    }
}

bailiwick_guest::export_check!(Freshness);
