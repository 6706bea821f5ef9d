//! From one kind to another.

use std::fmt::Write;

use super::arithmetic::{Made, made, own_floats, own_integers};
use super::op::Op;
use super::program::Step;
use super::register::{Numbers, Register, Source, Texts, Values, Words};
use crate::{calendar, lanes};

/// From here on, floats are no 64-bit integers: 2 to the power of 63.
const BEYOND_INTEGERS: f64 = 9_223_372_036_854_775_808.0;

/// 10 to that power, if a decimal can have so many digits.
fn power(digits: i64) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(digits).ok()?)
}

/// Half away from zero.
fn divided(value: i128, by: i128) -> i128 {
    let (quotient, rest) = (value / by, value % by);
    let up = rest.unsigned_abs() >= by.unsigned_abs().div_ceil(2);
    quotient + if up { value.signum() } else { 0 }
}

fn shifted(value: i128, digits: i64) -> Option<i128> {
    if digits >= 0 {
        value.checked_mul(power(digits)?)
    } else {
        // Of more digits than there are, nothing is left.
        Some(power(-digits).map_or(0, |by| divided(value, by)))
    }
}

pub(super) fn to_float<'a>(step: &Step, from: &Register<'a>, own: Values<'a>) -> Made<'a> {
    let made = match &from.values {
        Values::Decimals(values) => {
            let power = power(step.number()).unwrap_or(1) as f64;
            let mut out = own_floats(own, values.len());
            lanes::set(&mut out, values, |value| value as f64 / power);
            out
        }
        _ => {
            let values = from.integers();
            let mut out = own_floats(own, values.len());
            lanes::set(&mut out, values, |value| value as f64);
            out
        }
    };
    (Values::Floats(Numbers::Own(made)), None)
}

pub(super) fn to_decimal<'a>(step: &Step, from: &Register<'a>) -> Made<'a> {
    let digits = step.number();
    match (step.op, &from.values) {
        (Op::Fits, Values::Decimals(values)) => {
            let limit = power(digits).unwrap_or(i128::MAX);
            made(values.iter().map(|value| (value.abs() < limit).then_some(*value)))
        }
        (_, Values::Decimals(values)) => made(values.iter().map(|value| shifted(*value, digits))),
        (_, Values::Floats(values)) => {
            let power = power(digits).unwrap_or(1) as f64;
            made(values.slice().iter().map(|value| {
                let scaled = (value * power).round();
                // 10 to the power of 38: more digits than there are. Not a NaN either.
                (scaled.abs() < 1e38).then_some(scaled as i128)
            }))
        }
        (_, Values::Texts(texts)) => {
            let values: Vec<Option<i128>> =
                texts.iter().map(|text| decimal(text, digits)).collect();
            made(values.into_iter())
        }
        _ => made(from.integers().iter().map(|value| shifted(i128::from(*value), digits))),
    }
}

pub(super) fn to_integer<'a>(
    step: &Step,
    from: &Register<'a>,
    rows: usize,
    own: Values<'a>,
) -> Made<'a> {
    let mut out = own_integers(own, rows);
    let mut failing: Option<Words> = None;
    let mut each = |values: &mut dyn Iterator<Item = Option<i64>>| {
        for (row, (out, value)) in out.iter_mut().zip(values).enumerate() {
            *out = value.unwrap_or_else(|| {
                failing.get_or_insert(Words::NONE).set(row);
                0
            });
        }
    };
    match &from.values {
        Values::Bools(bools) => each(&mut (0..rows).map(|row| Some(i64::from(bools.get(row))))),
        Values::Floats(values) => each(&mut values.slice().iter().map(|value| {
            let whole = value.round_ties_even();
            (-BEYOND_INTEGERS..BEYOND_INTEGERS).contains(&whole).then_some(whole as i64)
        })),
        Values::Decimals(values) => each(&mut values.iter().map(|value| {
            shifted(*value, -step.number()).and_then(|whole| i64::try_from(whole).ok())
        })),
        Values::Texts(texts) => {
            let unit = unit(step.number());
            each(&mut texts.iter().map(|text| match step.op {
                Op::ParseDate => calendar::parse_date(text.trim()).map(i64::from),
                Op::ParseTime => calendar::parse_timestamp(text.trim(), unit),
                _ => text.trim().parse().ok(),
            }));
        }
        Values::Integers(_) => {}
    }
    (Values::Integers(Numbers::Own(out)), failing)
}

/// The unit of which a second has so many.
fn unit(per_second: i64) -> crate::TimeUnit {
    match per_second {
        1 => crate::TimeUnit::Second,
        1_000 => crate::TimeUnit::Millisecond,
        1_000_000 => crate::TimeUnit::Microsecond,
        _ => crate::TimeUnit::Nanosecond,
    }
}

pub(super) fn parse_float<'a>(from: &Register<'a>, rows: usize, own: Values<'a>) -> Made<'a> {
    let mut out = own_floats(own, rows);
    let mut failing: Option<Words> = None;
    if let Values::Texts(texts) = &from.values {
        for (row, (out, text)) in out.iter_mut().zip(texts.iter()).enumerate() {
            *out = text.trim().parse().unwrap_or_else(|_| {
                failing.get_or_insert(Words::NONE).set(row);
                0.0
            });
        }
    }
    (Values::Floats(Numbers::Own(out)), failing)
}

pub(super) fn parse_bool<'a>(from: &Register<'a>, rows: usize) -> Made<'a> {
    let (mut values, mut failing) = (Words::NONE, None);
    if let Values::Texts(texts) = &from.values {
        for (row, text) in texts.iter().take(rows).enumerate() {
            let text = text.trim();
            if text.eq_ignore_ascii_case("true") {
                values.set(row);
            } else if !text.eq_ignore_ascii_case("false") {
                failing.get_or_insert(Words::NONE).set(row);
            }
        }
    }
    (Values::Bools(values), failing)
}

/// A decimal text times 10 to the power of the scale; digits behind that are rounded.
fn decimal(text: &str, scale: i64) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let scale = usize::try_from(scale).ok()?;
    let (kept, rest) = fraction.split_at_checked(scale).unwrap_or((fraction, ""));
    let zeros = std::iter::repeat_n(b'0', scale - kept.len());
    let mut value =
        whole.bytes().chain(kept.bytes()).chain(zeros).try_fold(0_i128, |value, byte| {
            value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))
        })?;
    if rest.as_bytes().first().is_some_and(|digit| *digit >= b'5') {
        value = value.checked_add(1)?;
    }
    Some(if negative { -value } else { value })
}

pub(super) fn to_text<'a>(step: &Step, from: &Register<'a>, rows: usize) -> Made<'a> {
    let (mut ranges, mut text) = Texts::empty();
    for row in 0..rows {
        let start = text.len();
        match (&from.values, step.op) {
            (Values::Bools(bools), _) => {
                text.push_str(if bools.get(row) { "true" } else { "false" });
            }
            (Values::Decimals(values), _) => {
                let value = values.get(row).copied().unwrap_or_default();
                write_decimal(value, step.number(), &mut text);
            }
            (_, op) => {
                let value = from.integers().get(row).copied().unwrap_or_default();
                match op {
                    Op::DateToText => text.push_str(&calendar::write_date(days(value))),
                    Op::TimeToText => write_time(value, step.number(), &mut text),
                    // Writing to a text does not fail.
                    _ => {
                        let _ = write!(text, "{value}");
                    }
                }
            }
        }
        Texts::end(&mut ranges, start, &text);
    }
    (Values::Texts(Texts { ranges, source: Source::Own(text) }), None)
}

fn days(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

fn write_decimal(value: i128, scale: i64, text: &mut String) {
    let power = power(scale).unwrap_or(1).unsigned_abs();
    let (whole, rest) = (value.unsigned_abs() / power, value.unsigned_abs() % power);
    if value < 0 {
        text.push('-');
    }
    let _ = write!(text, "{whole}");
    if scale > 0 {
        let width = usize::try_from(scale).unwrap_or_default();
        let _ = write!(text, ".{rest:0width$}");
    }
}

fn write_time(value: i64, per_second: i64, text: &mut String) {
    let per_second = per_second.max(1);
    let (seconds, mut ticks) = (value.div_euclid(per_second), value.rem_euclid(per_second));
    text.push_str(&calendar::write_date(days(seconds.div_euclid(86_400))));
    let clock = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (clock / 3_600, clock / 60 % 60, clock % 60);
    let _ = write!(text, " {hour:02}:{minute:02}:{second:02}");
    if ticks > 0 {
        text.push('.');
        let mut unit = per_second;
        while ticks > 0 {
            unit /= 10;
            let digit = ticks / unit.max(1) % 10;
            text.push(char::from(b'0' + digit as u8));
            ticks %= unit.max(1);
        }
    }
}
