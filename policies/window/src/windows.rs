//! Windows of one width, in seconds since 1970-01-01T00:00:00Z.

use bailiwick_guest::{DataType, Error, Field, Result, TimeUnit, calendar};
use bailiwick_guest_zones::{Local, Zone};

use crate::{DAY, Unit, Window};

/// 2000-01-03T00:00:00, a Monday.
const MONDAY: i64 = 10_959 * DAY;
/// 2000-01-01T00:00:00.
const JANUARY: i64 = 10_957 * DAY;

/// How windows are measured.
#[derive(Debug, Clone, Copy)]
enum Width {
    /// In seconds that pass.
    Passing(i64),
    /// In seconds that clocks show: whole days.
    Shown(i64),
    /// In months of the calendar.
    Months(i64),
}

/// All windows.
#[derive(Debug)]
pub(crate) struct Windows {
    width: Width,
    /// What clocks show when one begins; of seconds that pass, when that is.
    origin: i64,
    zone: Option<Zone>,
}

impl Windows {
    pub(crate) fn new(settings: &Window, field: &Field) -> Result<Self> {
        let count = i64::from(settings.width);
        if count == 0 {
            return Err(Error::settings("`width` must be at least 1"));
        }
        let mut width = match settings.unit {
            Unit::Second => Width::Passing(count),
            Unit::Minute => Width::Passing(count * 60),
            Unit::Hour => Width::Passing(count * 3_600),
            Unit::Day => Width::Shown(count * DAY),
            Unit::Week => Width::Shown(count * 7 * DAY),
            Unit::Month => Width::Months(count),
            Unit::Quarter => Width::Months(count * 3),
            Unit::Year => Width::Months(count * 12),
        };
        let is_months = matches!(width, Width::Months(_));
        let mut origin = match &settings.origin {
            None if is_months => JANUARY,
            None => MONDAY,
            Some(text) => calendar::parse_timestamp(text, TimeUnit::Second).ok_or_else(|| {
                Error::settings(format!(
                    "`origin` {text:?} is no time: give it as \"2013-12-31\" or \
                     \"2013-12-31T23:59:59\""
                ))
            })?,
        };
        let of_months = origin.rem_euclid(DAY) == 0
            && i32::try_from(origin.div_euclid(DAY))
                .is_ok_and(|days| calendar::date_of(days).2 == 1);
        if is_months && !of_months {
            return Err(Error::settings(
                "`origin` of windows of months must be midnight of a first of a month",
            ));
        }
        let zone = match &field.data_type {
            // Clocks of UTC show what passes: as if there were no zone.
            DataType::Timestamp(_, Some(zone)) if matches!(zone.as_str(), "UTC" | "Z") => None,
            DataType::Timestamp(_, zone) => zone.as_deref().map(Zone::named).transpose()?,
            DataType::Date32 => {
                if matches!(width, Width::Passing(_)) || origin.rem_euclid(DAY) != 0 {
                    return Err(Error::settings(
                        "of dates, windows are of days and more, from midnight",
                    ));
                }
                None
            }
            _ => return Err(field.unexpected("a timestamp or date32")),
        };
        match (&zone, width) {
            (Some(zone), Width::Passing(_)) => origin = first(zone, origin)?,
            // Without a zone, as much passes as clocks show.
            (None, Width::Shown(seconds)) => width = Width::Passing(seconds),
            _ => {}
        }
        Ok(Self { width, origin, zone })
    }

    /// How many seconds each window is wide, where all are of one width.
    pub(crate) fn passing(&self) -> Option<i64> {
        match self.width {
            Width::Passing(seconds) => Some(seconds),
            Width::Shown(_) | Width::Months(_) => None,
        }
    }

    /// When the window of a moment begins; none where 64 bits do not hold that.
    pub(crate) fn begin(&self, moment: i64) -> Result<Option<i64>> {
        let local = || {
            let offset = self.zone.as_ref().map_or(Ok(0), |zone| zone.offset_at(moment))?;
            Ok::<_, Error>(moment.saturating_add(offset))
        };
        let begin = match self.width {
            Width::Passing(seconds) => return Ok(self.cut(moment, seconds)),
            Width::Shown(seconds) => self.cut(local()?, seconds),
            Width::Months(months) => {
                let days = i32::try_from(local()?.div_euclid(DAY)).ok();
                days.and_then(|days| self.first_of_month(days, months))
            }
        };
        match (begin, &self.zone) {
            (Some(begin), Some(zone)) => first(zone, begin).map(Some),
            (begin, _) => Ok(begin),
        }
    }

    fn cut(&self, at: i64, seconds: i64) -> Option<i64> {
        at.checked_sub(at.checked_sub(self.origin)?.rem_euclid(seconds))
    }

    fn first_of_month(&self, days: i32, months: i64) -> Option<i64> {
        let number = |days: i32| {
            let (year, month, _) = calendar::date_of(days);
            i64::from(year) * 12 + i64::from(month) - 1
        };
        let origin = number(i32::try_from(self.origin.div_euclid(DAY)).ok()?);
        let month = number(days);
        let first = month - (month - origin).rem_euclid(months);
        let year = i32::try_from(first.div_euclid(12)).ok()?;
        let days = calendar::days_of((year, first.rem_euclid(12) as u32 + 1, 1));
        // The year of days that 32 bits just hold may begin before those.
        (i64::from(year).abs() < 5_000_000).then_some(i64::from(days) * DAY)
    }
}

/// The first moment at which clocks show this or what is behind it.
fn first(zone: &Zone, local: i64) -> Result<i64> {
    Ok(match zone.utc_of(local)? {
        Local::Once(moment) | Local::Twice { earlier: moment, .. } => moment,
        Local::Skipped { at, .. } => at,
    })
}
