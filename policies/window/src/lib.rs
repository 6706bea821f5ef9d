//! The module `window`: says in which window of time a moment lies.
//!
//! ```json
//! {"column": "at", "width": 15, "unit": "minute", "into": "quarter_hour"}
//! {"column": "at", "width": 1, "unit": "day", "origin": "2000-01-03T06:00:00", "into": "shift"}
//! ```
//!
//! Windows follow each other without a gap; `into` becomes the moment at which the row's
//! window begins, of the column's type, for `aggregate` to group by. One of them begins at
//! `origin`: midnight of Monday, 2000-01-03, where none is stated, and 2000-01-01 where
//! windows are of months, quarters or years; such an origin is a first of a month.
//!
//! A timestamp with a time zone has its windows there: days, weeks and months begin when
//! clocks show so, and have 23 or 25 hours where these are put forward or back. A window
//! that would begin at a time that clocks never show begins when they are put forward, at
//! one that they show twice at the former. Seconds, minutes and hours are time that passes,
//! counted from the origin.
//!
//! Of timestamps, and of dates with windows of days and more. A null is in no window.

mod windows;

use bailiwick_guest::{
    About, Array, Batch, Column, DataType, Error, Field, Map, Native, Plan, Result, Schema, Scope,
    Settings, about, lanes,
};
use serde::Deserialize;

use windows::Windows;

const DAY: i64 = 86_400;

/// Of which column, and how wide windows are.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The column of moments.
    pub column: String,
    /// How many units a window is wide.
    #[settings(minimum = 1, maximum = 1_000_000)]
    pub width: u32,
    /// The unit.
    pub unit: Unit,
    /// When one of the windows begins, as clocks of the column's zone show it.
    pub origin: Option<String>,
    /// The name of the column to write; one of that name is replaced.
    pub into: String,
}

/// What windows are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Seconds.
    Second,
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// Days of the calendar.
    Day,
    /// 7 days.
    Week,
    /// Months of the calendar.
    Month,
    /// 3 months.
    Quarter,
    /// 12 months.
    Year,
}

/// The opened module.
#[derive(Debug)]
pub struct Windowing {
    windows: Windows,
    field: Field,
}

impl Map for Windowing {
    type Settings = Window;
    const ABOUT: About =
        about!("window", Scope::Columns, "Says in which window of time a moment lies.");

    fn plan(settings: &Window, input: &Schema) -> Result<Plan> {
        let field = input.field(&settings.column)?;
        Windows::new(settings, field)?;
        let written = field.clone().renamed(&settings.into);
        Ok(Plan::reading([&field.name]).writing([written]))
    }

    fn open(settings: Window, reads: &Schema) -> Result<Self> {
        let field = reads.field(&settings.column)?.clone();
        Ok(Self { windows: Windows::new(&settings, &field)?, field })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        let beyond = || {
            Error::data(format!(
                "a window of column \"{}\" would begin outside the range of its type",
                self.field.name
            ))
        };
        if let DataType::Timestamp(unit, _) = &self.field.data_type {
            let per_second = unit.per_second();
            let begin = |moment: i64| {
                let begin = self.windows.begin(moment.div_euclid(per_second))?;
                begin.and_then(|begin| begin.checked_mul(per_second)).ok_or_else(beyond)
            };
            let width = self.windows.passing().and_then(|width| width.checked_mul(per_second));
            let last_of = |begin: i64| begin.checked_add(width? - 1);
            return self.begins(column, column.as_primitive::<i64>()?.values(), last_of, begin);
        }
        let begin = |day: i32| {
            let begin = self.windows.begin(i64::from(day) * DAY)?;
            begin.and_then(|begin| i32::try_from(begin / DAY).ok()).ok_or_else(beyond)
        };
        let width = self.windows.passing().and_then(|width| i32::try_from(width / DAY).ok());
        let last_of = |begin: i32| begin.checked_add(width? - 1);
        self.begins(column, column.as_primitive::<i32>()?.values(), last_of, begin)
    }
}

/// What was found out of a window: values from one to another, both included, lie in it.
#[derive(Clone, Copy)]
struct Known<T> {
    from: T,
    until: T,
    begin: T,
}

impl Windowing {
    /// Where the window of each value begins; zeros at a null. `last_of` says what
    /// the last value of a window is that begins there, where all are of one width.
    fn begins<T: Native + Default>(
        &self,
        column: Column<'_>,
        values: &[T],
        last_of: impl Fn(T) -> Option<T>,
        begin: impl Fn(T) -> Result<T>,
    ) -> Result<Vec<Array>> {
        let mut out = vec![T::default(); values.len()];
        let validity = column.validity();
        // Values of one window often follow one another.
        let mut last: Option<Known<T>> = None;
        let mut row = 0;
        while row < values.len() {
            row = lanes::while_some(row, values.len(), |row| {
                if validity.is_some_and(|bits| !bits.get(row)) {
                    return Some(());
                }
                let (value, last) = (*values.get(row)?, last?);
                if (value < last.from) | (value > last.until) {
                    return None;
                }
                *out.get_mut(row)? = last.begin;
                Some(())
            });
            if let (Some(value), Some(out)) = (values.get(row), out.get_mut(row)) {
                let begin = begin(*value)?;
                *out = begin;
                last = Some(match last_of(begin) {
                    Some(until) => Known { from: begin, until, begin },
                    None => Known { from: *value, until: *value, begin },
                });
            }
            row += 1;
        }
        let array = Array::from_slice(&out).as_type(&self.field.data_type)?;
        Ok(vec![array.with_nulls_of(column)])
    }
}

bailiwick_guest::export_map!(Windowing);
