//! Dates and timestamps, cut to a part of theirs.

use bailiwick_guest::{Array, Column, DataType, Result, Settings, TimeUnit, calendar};
use serde::Deserialize;

/// What stays of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The year.
    Year,
    /// The year and the month.
    Month,
    /// The whole date, without the time of day.
    Day,
}

/// The first day of the part that a day is in.
fn first_day(days: i32, part: Part) -> i32 {
    let (year, month, _) = calendar::date_of(days);
    match part {
        Part::Year => calendar::days_of((year, 1, 1)),
        Part::Month => calendar::days_of((year, month, 1)),
        Part::Day => days,
    }
}

fn truncate_time(time: i64, unit: TimeUnit, part: Part) -> i64 {
    let a_day = 86_400 * unit.per_second();
    let days = time.div_euclid(a_day);
    // Only seconds and milliseconds reach days that 32 bits do not hold; calendars
    // do not reach them.
    let first = i32::try_from(days).map_or(days, |days| i64::from(first_day(days, part)));
    // Saturates where the part begins before the unit's first moment.
    first.saturating_mul(a_day)
}

pub(crate) fn truncate(column: Column<'_>, part: Part) -> Result<Array> {
    match column.data_type() {
        DataType::Date32 => {
            let days = column.as_primitive::<i32>()?;
            let mut last = (0, first_day(0, part));
            Ok(Array::map(days.values(), |days| {
                if days != last.0 {
                    last = (days, first_day(days, part));
                }
                last.1
            }))
        }
        data_type => {
            let unit = match data_type {
                DataType::Timestamp(unit, _) => *unit,
                _ => TimeUnit::Millisecond,
            };
            let times = column.as_primitive::<i64>()?;
            let a_day = 86_400 * unit.per_second();
            // Rows of one day often follow one another: what was found for it stays.
            let mut last = (0, 0, 0);
            Ok(Array::map(times.values(), |time| {
                let (from, to, first) = last;
                if (from <= time) & (time < to) {
                    return first;
                }
                let first = truncate_time(time, unit, part);
                let midnight = time.div_euclid(a_day).saturating_mul(a_day);
                last = (midnight, midnight.saturating_add(a_day), first);
                first
            }))
        }
    }
}
