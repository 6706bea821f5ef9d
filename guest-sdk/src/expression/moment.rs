//! Parts and beginnings of dates and timestamps.

use super::conversion::each_or_failing;
use super::op::Op;
use super::program::Step;
use super::register::{Register, Values};
use super::words::Words;
use crate::calendar::{date_of, days_of};

const SECONDS_PER_DAY: i64 = 86_400;

/// What is counted in `ticks`, of which a second has `per_second`, or 0 for days.
#[derive(Debug, Clone, Copy)]
struct Moment {
    days: i64,
    /// Seconds since midnight.
    clock: i64,
}

impl Moment {
    fn new(ticks: i64, per_second: i64) -> Self {
        if per_second == 0 {
            return Self { days: ticks, clock: 0 };
        }
        let seconds = ticks.div_euclid(per_second);
        let days = seconds.div_euclid(SECONDS_PER_DAY);
        Self { days, clock: seconds.rem_euclid(SECONDS_PER_DAY) }
    }

    /// Days since the Monday before, or that one.
    fn weekday(self) -> i64 {
        // 1970-01-01 was a Thursday.
        (self.days + 3).rem_euclid(7)
    }

    fn part(self, part: &str) -> Option<i64> {
        match part {
            "hour" => return Some(self.clock / 3_600),
            "minute" => return Some(self.clock / 60 % 60),
            "second" => return Some(self.clock % 60),
            "dow" => return Some((self.weekday() + 1) % 7),
            "isodow" => return Some(self.weekday() + 1),
            _ => {}
        }
        let days = i32::try_from(self.days).ok()?;
        let (year, month, day) = date_of(days);
        let day_of_year = |days: i32, year| i64::from(days) - i64::from(days_of((year, 1, 1))) + 1;
        Some(match part {
            "year" => year.into(),
            "quarter" => (i64::from(month) + 2) / 3,
            "month" => month.into(),
            "day" => day.into(),
            "doy" => day_of_year(days, year),
            // ISO 8601: a week is of the year that its Thursday is in.
            _ => {
                let thursday = i32::try_from(self.days - self.weekday() + 3).ok()?;
                let (year, ..) = date_of(thursday);
                (day_of_year(thursday, year) + 6) / 7
            }
        })
    }

    /// Where that part begins.
    fn beginning(self, part: &str) -> Option<Self> {
        let clock = match part {
            "hour" => self.clock - self.clock % 3_600,
            "minute" => self.clock - self.clock % 60,
            "second" => self.clock,
            _ => 0,
        };
        let days = match part {
            "year" | "quarter" | "month" => {
                let (year, month, _) = date_of(i32::try_from(self.days).ok()?);
                let month = match part {
                    "year" => 1,
                    "quarter" => (month - 1) / 3 * 3 + 1,
                    _ => month,
                };
                days_of((year, month, 1)).into()
            }
            "week" => self.days - self.weekday(),
            _ => self.days,
        };
        Some(Self { days, clock })
    }

    fn ticks(self, per_second: i64) -> Option<i64> {
        if per_second == 0 {
            return Some(self.days);
        }
        self.days.checked_mul(SECONDS_PER_DAY)?.checked_add(self.clock)?.checked_mul(per_second)
    }
}

pub(super) fn of(
    step: &Step,
    from: &Register<'_>,
    rows: usize,
    out: &mut Values<'_>,
) -> Option<Words> {
    let (per_second, part) = (step.number(), step.text());
    each_or_failing(rows, out.own_integers(), &mut |row| {
        let moment = Moment::new(from.integer(row), per_second);
        match step.op {
            Op::Part => moment.part(part),
            _ => moment.beginning(part)?.ticks(per_second),
        }
    })
}
