//! Numbers, dates and times, written as text.

use crate::{TimeUnit, calendar};

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// Digits, with or without a sign before them.
pub fn is_integer(text: &str) -> bool {
    digits(unsigned(text))
}

/// A decimal number, with or without sign, fraction and exponent: `-1`, `.5`, `2.`,
/// `6e-7`. Neither `NaN` nor infinity.
pub fn is_number(text: &str) -> bool {
    let text = unsigned(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let fits = match number.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(number),
    };
    fits && exponent.is_none_or(is_integer)
}

fn is_within(text: &str, most: f64) -> bool {
    is_number(text) && text.parse().is_ok_and(|number: f64| number.abs() <= most)
}

/// A number from -90 to 90.
pub fn is_latitude(text: &str) -> bool {
    is_within(text, 90.0)
}

/// A number from -180 to 180.
pub fn is_longitude(text: &str) -> bool {
    is_within(text, 180.0)
}

/// `true` or `false`, in either case.
pub fn is_boolean(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// A date of the calendar as `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    calendar::parse_date(text).is_some()
}

/// A time of day as `HH:MM`, `HH:MM:SS` or that with a fraction.
pub fn is_time(text: &str) -> bool {
    // A day that is there whatever the time.
    !text.contains(['+', '-', 'Z']) && is_timestamp(&["1970-01-01T", text].concat())
}

/// A date and a time of day (ISO 8601 and RFC 3339): `T` or a space between them, and
/// behind them nothing, `Z` or an offset such as `+02:00`.
pub fn is_timestamp(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', ' ']) else { return false };
    // A fraction is of any length, and no unit holds all of them.
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, offset) = time.split_at_checked(end).unwrap_or_default();
    let (clock, fits) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, digits(fraction) && clock.len() == 8),
        None => (clock, true),
    };
    let whole = [date, "T", clock, offset].concat();
    fits && calendar::parse_timestamp(&whole, TimeUnit::Second).is_some()
}

/// An international telephone number (ITU-T E.164): `+`, then 8 to 15 digits of which
/// the first is not 0, alone or with single spaces, `-` or `.` between them.
pub fn is_phone(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('+') else { return false };
    let separator = |byte: u8| matches!(byte, b' ' | b'-' | b'.');
    let count = rest.bytes().filter(u8::is_ascii_digit).count();
    (8..=15).contains(&count)
        && !rest.starts_with('0')
        && rest.bytes().all(|byte| byte.is_ascii_digit() || separator(byte))
        && !rest.as_bytes().windows(2).any(|pair| pair.iter().all(|byte| separator(*byte)))
        && rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.ends_with(|c: char| c.is_ascii_digit())
}
