//! Literals, whose type is open until what stands beside them is known.

use std::fmt;

use arrow_schema::TimeUnit;

use crate::types::{MAX_PRECISION, Type, per_second};

/// A literal as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number with a point or an exponent, as it is written.
    Fraction(String),
    Text(String),
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Fraction(text) => f.write_str(text),
            Self::Text(text) => write!(f, "'{text}'"),
        }
    }
}

impl Literal {
    /// Its type where nothing stands beside it; none for null.
    pub(crate) fn own_type(&self) -> Option<Type> {
        match self {
            Self::Null => None,
            Self::Bool(_) => Some(Type::Bool),
            Self::Integer(_) => Some(Type::Integer),
            Self::Fraction(_) => Some(Type::Float),
            Self::Text(_) => Some(Type::Text),
        }
    }

    /// The number with the other sign.
    pub(crate) fn negated(&self) -> Option<Self> {
        match self {
            Self::Integer(value) => value.checked_neg().map(Self::Integer),
            Self::Fraction(text) => Some(Self::Fraction(match text.strip_prefix('-') {
                Some(text) => text.to_owned(),
                None => format!("-{text}"),
            })),
            _ => None,
        }
    }

    /// Digits behind the point, of a number without an exponent.
    pub(crate) fn scale(&self) -> Option<u8> {
        match self {
            Self::Integer(_) => Some(0),
            Self::Fraction(text) if !text.contains(['e', 'E']) => {
                let digits = text.split_once('.').map_or(0, |(_, digits)| digits.len());
                u8::try_from(digits).ok().filter(|scale| *scale <= MAX_PRECISION)
            }
            _ => None,
        }
    }

    /// The number times 10 to the power of the scale, if that is whole and fits.
    pub(crate) fn decimal(&self, scale: u8) -> Option<i128> {
        let text = match self {
            Self::Integer(value) => value.to_string(),
            Self::Fraction(text) => text.clone(),
            _ => return None,
        };
        let own = self.scale()?;
        let digits: i128 = text.replace('.', "").parse().ok()?;
        let power = 10_i128.checked_pow(u32::from(scale.checked_sub(own)?))?;
        digits.checked_mul(power)
    }
}

/// Days from 1970-01-01 to a date written as `2013-07-04`.
pub(crate) fn days(text: &str) -> Option<i64> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > length {
        return None;
    }
    // Days of the years before, counted from a first of March so that leap days are last.
    let (shifted_year, shifted_month) =
        if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = 365 * shifted_year + shifted_year.div_euclid(4) - shifted_year.div_euclid(100)
        + shifted_year.div_euclid(400);
    Some(before + (153 * shifted_month + 2) / 5 + day - 1 - 719_468)
}

/// Time since 1970-01-01T00:00:00, written as `2013-07-04`, `2013-07-04 12:30:00.25`,
/// with `T` in place of the space, and `Z` or an offset such as `+02:00` behind it. None
/// for what is finer than the unit too.
pub(crate) fn ticks(text: &str, unit: TimeUnit) -> Option<i64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, time),
        None => (text, "00:00"),
    };
    let (time, offset) = match time.rfind(['Z', '+', '-']).map(|at| time.split_at(at)) {
        None => (time, 0),
        Some((time, "Z")) => (time, 0),
        Some((time, offset)) => {
            let seconds = clock(offset.get(1..)?)?;
            (time, if offset.starts_with('-') { -seconds } else { seconds })
        }
    };
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    let seconds = days(date)?.checked_mul(86_400)?.checked_add(clock(whole)? - offset)?;
    let mut scale = per_second(unit);
    let mut ticks = seconds.checked_mul(scale)?;
    for digit in fraction.chars() {
        let digit = i64::from(digit.to_digit(10)?);
        scale /= 10;
        if scale == 0 && digit != 0 {
            return None;
        }
        ticks = ticks.checked_add(digit * scale)?;
    }
    Some(ticks)
}

/// Seconds of `12:30` or `12:30:59`.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':').map(|part| number(part, 2));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let inside = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    inside.then_some(hour * 3_600 + minute * 60 + second)
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let fits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}
