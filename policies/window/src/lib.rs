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
    About, Array, Batch, DataType, Error, Field, Map, Plan, PrimitiveBuilder, Result, Schema,
    Scope, Settings, about,
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
            let mut out = PrimitiveBuilder::<i64>::with_capacity(rows.rows());
            for moment in column.as_primitive::<i64>()?.iter() {
                let begin = moment.map(|moment| self.windows.begin(moment.div_euclid(per_second)));
                let begin = begin.transpose()?.map(|begin| begin?.checked_mul(per_second));
                out.push_option(begin.map(|begin| begin.ok_or_else(beyond)).transpose()?);
            }
            return Ok(vec![out.finish_as(&self.field.data_type)?]);
        }
        let mut out = PrimitiveBuilder::<i32>::with_capacity(rows.rows());
        for day in column.as_primitive::<i32>()?.iter() {
            let begin = day.map(|day| self.windows.begin(i64::from(day) * DAY)).transpose()?;
            let begin = begin.map(|begin| i32::try_from(begin? / DAY).ok());
            out.push_option(begin.map(|begin| begin.ok_or_else(beyond)).transpose()?);
        }
        Ok(vec![out.finish_as(&self.field.data_type)?])
    }
}

bailiwick_guest::export_map!(Windowing);
