//! Dates and timestamps, cut to the year or the month; in UTC where there is a zone.

use bailiwick_guest::{Array, Column, DataType, Result, TimeUnit, calendar};

/// What stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Year,
    Month,
}

pub(crate) fn can(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..))
}

fn first_day(days: i32, part: Part) -> i32 {
    let (year, month, _) = calendar::date_of(days);
    calendar::days_of((year, if part == Part::Year { 1 } else { month }, 1))
}

pub(crate) fn to(column: Column<'_>, part: Part) -> Result<Array> {
    let unit = match column.data_type() {
        DataType::Date32 => {
            let days = column.as_primitive::<i32>()?.values();
            return Ok(Array::map(days, |days| first_day(days, part)));
        }
        DataType::Timestamp(unit, _) => *unit,
        _ => TimeUnit::Millisecond,
    };
    let a_day = 86_400 * unit.per_second();
    // Rows of one day often follow one another.
    let mut last = (0, first_day(0, part));
    let values = column.as_primitive::<i64>()?.values().iter().map(|time| {
        // Days that 32 bits do not hold are far from every calendar: they stay.
        let Ok(day) = i32::try_from(time.div_euclid(a_day)) else { return *time };
        if day != last.0 {
            last = (day, first_day(day, part));
        }
        // Saturates where the part begins before the unit's first moment.
        i64::from(last.1).saturating_mul(a_day)
    });
    Ok(Array::from_values(values))
}
