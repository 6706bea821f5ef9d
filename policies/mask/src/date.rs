//! Dates and timestamps, cut to a part of theirs.

use bailiwick_guest::{
    Array, Column, DataType, PrimitiveBuilder, Result, Settings, TimeUnit, calendar,
};
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
#[inline(never)]
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

/// How many moments are looked at together.
const TOGETHER: usize = 16;

/// What was found out of a day.
struct Known {
    midnight: i64,
    /// Of the day's last unit of time, behind its midnight.
    last: i64,
    /// What every moment of the day becomes.
    first: i64,
}

impl Known {
    #[inline(never)]
    fn of(time: i64, unit: TimeUnit, part: Part) -> Self {
        let a_day = 86_400 * unit.per_second();
        let midnight = time.div_euclid(a_day).checked_mul(a_day);
        let whole = midnight.filter(|midnight| midnight.checked_add(a_day).is_some());
        // Days that 64 bits cut off are nobody's.
        let (midnight, last) = whole.map_or((0, -1), |midnight| (midnight, a_day - 1));
        Self { midnight, last, first: truncate_time(time, unit, part) }
    }

    /// Whether all of these are of that day.
    #[inline]
    fn holds<const N: usize>(&self, times: &[i64; N]) -> bool {
        // Either difference is negative, wrapped or not, where a time is not between.
        let outside = times.iter().fold(0, |all, time| {
            let since = time.wrapping_sub(self.midnight);
            all | since | self.last.wrapping_sub(since)
        });
        outside >= 0
    }

    /// What a moment becomes; its day is the known one from then on.
    #[inline]
    fn first_of(&mut self, time: i64, unit: TimeUnit, part: Part) -> i64 {
        if !self.holds(&[time]) {
            *self = Self::of(time, unit, part);
        }
        self.first
    }
}

pub(crate) fn truncate(column: Column<'_>, part: Part) -> Result<Array> {
    match column.data_type() {
        DataType::Date32 => {
            let days = column.as_primitive::<i32>()?;
            let mut last = (0, first_day(0, part));
            Ok(Array::from_values(days.values().iter().map(|days| {
                if *days != last.0 {
                    last = (*days, first_day(*days, part));
                }
                last.1
            })))
        }
        data_type => {
            let unit = match data_type {
                DataType::Timestamp(unit, _) => *unit,
                _ => TimeUnit::Millisecond,
            };
            let times = column.as_primitive::<i64>()?;
            let mut known = Known::of(0, unit, part);
            let mut out = PrimitiveBuilder::with_capacity(times.len());
            // Rows of one day often follow one another: these are looked at together.
            let (chunks, rest) = times.values().as_chunks::<TOGETHER>();
            for times in chunks {
                if known.holds(times) {
                    out.extend_from_slice(&[known.first; TOGETHER]);
                } else {
                    times.iter().for_each(|time| out.push(known.first_of(*time, unit, part)));
                }
            }
            rest.iter().for_each(|time| out.push(known.first_of(*time, unit, part)));
            Ok(out.finish())
        }
    }
}
