//! From one kind to another.

use std::fmt::Write;

use super::arithmetic::decimals;
use super::numbers::{Integers, LANES, Turns, each, set};
use super::op::Op;
use super::program::Step;
use super::register::{Register, Values};
use super::words::Words;
use crate::calendar;

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

pub(super) fn to_float(step: &Step, from: &Register<'_>, rows: usize, out: &mut Values<'_>) {
    let out = out.own_floats();
    match &from.values {
        Values::Integers(integers) => match integers.narrow() {
            Some(narrow) => set(out, rows, &narrow, f64::from),
            None => wide_to_float(integers, rows, out),
        },
        _ => {
            let power = power(step.number()).unwrap_or(1) as f64;
            set(out, rows, &from.decimals(), |value| value as f64 / power);
        }
    }
}

/// A float of that size counts ones: the bits of an integer added to its bits are added to
/// its value, as long as it is of up to 51 bits. There is no instruction that converts more
/// than one integer of 64 bits at a time.
const COUNTS_ONES: f64 = 6_755_399_441_055_744.0;

#[inline(never)]
fn wide_to_float(integers: &Integers<'_>, rows: usize, out: &mut [[f64; LANES]]) {
    let mut room = [0; LANES];
    for (at, out) in out.iter_mut().enumerate().take(rows.div_ceil(LANES)) {
        let Some(turn) = integers.turn(at, &mut room) else { return };
        let mut beyond = 0;
        each(out, turn, |value| {
            beyond |= value.wrapping_add(1 << 51) as u64 >> 52;
            f64::from_bits(COUNTS_ONES.to_bits().wrapping_add(value as u64)) - COUNTS_ONES
        });
        if beyond != 0 {
            out.iter_mut().zip(turn).for_each(|(out, value)| *out = *value as f64);
        }
    }
}

pub(super) fn to_decimal(
    step: &Step,
    from: &Register<'_>,
    rows: usize,
    out: &mut Values<'_>,
) -> Option<Words> {
    let digits = step.number();
    match (step.op, &from.values) {
        (Op::Fits, Values::Decimals(values)) => {
            let (values, limit) = (values.lanes(), power(digits).unwrap_or(i128::MAX));
            decimals(rows, out, |row| Some(values.get(row)).filter(|value| value.abs() < limit))
        }
        (_, Values::Decimals(values)) => {
            let values = values.lanes();
            decimals(rows, out, |row| shifted(values.get(row), digits))
        }
        (_, Values::Floats(values)) => {
            let (values, power) = (values.lanes(), power(digits).unwrap_or(1) as f64);
            decimals(rows, out, |row| {
                let scaled = (values.get(row) * power).round();
                // 10 to the power of 38: more digits than there are. Not a NaN either.
                (scaled.abs() < 1e38).then_some(scaled as i128)
            })
        }
        (_, Values::Texts(texts)) => decimals(rows, out, |row| decimal(texts.get(row), digits)),
        _ => decimals(rows, out, |row| shifted(from.integer(row).into(), digits)),
    }
}

/// Values one by one, those that are none failing.
pub(super) fn each_or_failing<T: Default>(
    rows: usize,
    out: &mut [[T; LANES]],
    value: &mut dyn FnMut(usize) -> Option<T>,
) -> Option<Words> {
    let mut failing: Option<Words> = None;
    for (row, out) in out.as_flattened_mut().iter_mut().enumerate().take(rows) {
        *out = value(row).unwrap_or_else(|| {
            failing.get_or_insert(Words::NONE).set(row);
            T::default()
        });
    }
    failing
}

pub(super) fn to_integer(
    step: &Step,
    from: &Register<'_>,
    rows: usize,
    out: &mut Values<'_>,
) -> Option<Words> {
    let out = out.own_integers();
    match &from.values {
        Values::Bools(bools) => {
            each_or_failing(rows, out, &mut |row| Some(i64::from(bools.get(row))))
        }
        Values::Floats(values) => {
            let values = values.lanes();
            each_or_failing(rows, out, &mut |row| {
                let whole = values.get(row).round_ties_even();
                (-BEYOND_INTEGERS..BEYOND_INTEGERS).contains(&whole).then_some(whole as i64)
            })
        }
        Values::Decimals(values) => {
            let values = values.lanes();
            each_or_failing(rows, out, &mut |row| {
                i64::try_from(shifted(values.get(row), -step.number())?).ok()
            })
        }
        Values::Texts(texts) => {
            let unit = unit(step.number());
            each_or_failing(rows, out, &mut |row| {
                let text = texts.get(row).trim();
                match step.op {
                    Op::ParseDate => calendar::parse_date(text).map(i64::from),
                    Op::ParseTime => calendar::parse_timestamp(text, unit),
                    _ => text.parse().ok(),
                }
            })
        }
        Values::Integers(_) => None,
    }
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

pub(super) fn parse_float(from: &Register<'_>, rows: usize, out: &mut Values<'_>) -> Option<Words> {
    each_or_failing(rows, out.own_floats(), &mut |row| from.text(row).trim().parse().ok())
}

pub(super) fn parse_bool(from: &Register<'_>, rows: usize, out: &mut Values<'_>) -> Option<Words> {
    let (mut values, mut failing) = (Words::NONE, None);
    for row in 0..rows {
        let text = from.text(row).trim();
        if text.eq_ignore_ascii_case("true") {
            values.set(row);
        } else if !text.eq_ignore_ascii_case("false") {
            failing.get_or_insert(Words::NONE).set(row);
        }
    }
    *out = Values::Bools(values);
    failing
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

pub(super) fn to_text(step: &Step, from: &Register<'_>, rows: usize, out: &mut Values<'_>) {
    out.write_texts(rows, |row, text| match (&from.values, step.op) {
        (Values::Bools(bools), _) => text.push_str(if bools.get(row) { "true" } else { "false" }),
        (Values::Decimals(values), _) => {
            write_decimal(values.lanes().get(row), step.number(), text);
        }
        (_, Op::DateToText) => text.push_str(&calendar::write_date(days(from.integer(row)))),
        (_, Op::TimeToText) => write_time(from.integer(row), step.number(), text),
        // Writing to a text does not fail.
        _ => {
            let _ = write!(text, "{}", from.integer(row));
        }
    });
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
