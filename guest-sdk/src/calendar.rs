//! Days, dates and timestamps as text (ISO 8601, proleptic Gregorian calendar).

use crate::TimeUnit;

/// A year, a month (1 to 12) and a day (1 to 31).
pub type Date = (i32, u32, u32);

const SECONDS_PER_DAY: i64 = 86_400;

/// The date so many days after 1970-01-01.
///
/// ```
/// use bailiwick_guest::calendar;
/// assert_eq!(calendar::date_of(15_706), (2013, 1, 1));
/// ```
#[inline]
pub fn date_of(days: i32) -> Date {
    // Counted in eras of 400 years from 0000-03-01, so that the leap day is last.
    let shifted = i64::from(days) + 719_468;
    let era = shifted.div_euclid(146_097);
    // From here on in 32 bits: of 64 a module has no multiplication that gives the upper half,
    // which divisions by constants are made of.
    let day_of_era = (shifted - era * 146_097) as u32;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = i64::from(year_of_era) + era * 400 + i64::from(month <= 2);
    (year as i32, month, day)
}

/// Days from 1970-01-01 to a date; a day past the month's end counts on.
#[inline]
pub fn days_of((year, month, day): Date) -> i32 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    // From here on in 32 bits: of 64 a module has no multiplication that gives the upper half,
    // which divisions by constants are made of.
    let year_of_era = (year - era * 400) as u32;
    let shifted_month = (month + 9) % 12;
    let month_in_year = (153 * shifted_month + 2) / 5;
    let month_in_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + month_in_year;
    (era * 146_097 + i64::from(month_in_era) + i64::from(day) - 719_469) as i32
}

/// Reads `YYYY-MM-DD` as days since 1970-01-01.
pub fn parse_date(text: &str) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes().first_chunk()? else {
        return None;
    };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2].map(|byte| u32::from(byte.wrapping_sub(b'0')));
    if text.len() != 10 || digits.iter().any(|digit| *digit > 9) {
        return None;
    }
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits;
    let (year, month) = (y1 * 1_000 + y2 * 100 + y3 * 10 + y4, m1 * 10 + m2);
    let day = d1 * 10 + d2;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day).then(|| days_of((year as i32, month, day)))
}

/// Reads `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM:SS` with fraction and with `Z` or an
/// offset such as `+02:00`, as time since 1970-01-01T00:00:00. The offset is taken
/// off; without one, the text is taken to be in the column's own terms. None for
/// what is no such text, is finer than the unit, or is out of its range.
pub fn parse_timestamp(text: &str, unit: TimeUnit) -> Option<i64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut seconds = i64::from(parse_date(date)?) * SECONDS_PER_DAY;
    let mut fraction = 0;
    if let Some(time) = time {
        let (time, offset) = split_offset(time)?;
        let (clock, digits) = time.split_once('.').unwrap_or((time, ""));
        seconds += parse_clock(clock)? - offset;
        if time.contains('.') {
            fraction = parse_fraction(digits, unit)?;
        }
    }
    seconds.checked_mul(unit.per_second())?.checked_add(fraction)
}

/// Writes days since 1970-01-01 as `YYYY-MM-DD`.
pub fn write_date(days: i32) -> String {
    let (year, month, day) = date_of(days);
    format!("{year:04}-{month:02}-{day:02}")
}

fn number(text: &str, digits: usize) -> Option<u32> {
    let fits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// Seconds of `HH:MM` or `HH:MM:SS`.
fn parse_clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':').map(|part| number(part, 2));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let inside = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    inside.then(|| i64::from(hour * 3_600 + minute * 60 + second))
}

/// The time without its offset, and the offset in seconds.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (time, offset) = time.split_at_checked(at)?;
    let seconds = parse_clock(offset.get(1..)?)?;
    Some((time, if offset.starts_with('-') { -seconds } else { seconds }))
}

fn parse_fraction(digits: &str, unit: TimeUnit) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (mut value, mut scale) = (0, unit.per_second());
    for digit in digits.bytes().map(|byte| i64::from(byte - b'0')) {
        scale /= 10;
        if scale == 0 && digit != 0 {
            return None;
        }
        value += digit * scale;
    }
    Some(value)
}
