//! One value in the settings, for columns of several types.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};

use crate::settings::Definitions;
use crate::{DataType, Error, Field, Result, Settings, calendar};

/// One value in the settings: a bool, a number or a text. What it means depends on
/// the column that it is for: see [`Scalar::exact`].
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction or an exponent.
    Number(f64),
    /// A text.
    Text(String),
}

/// A [`Scalar`] as a value of one column's type.
#[derive(Debug, Clone, PartialEq)]
pub enum Exact {
    /// Of a bool column.
    Bool(bool),
    /// Of an integer, date, time, timestamp or duration column, as it is stored; of
    /// a decimal128 column, times 10 to the power of the scale.
    Integer(i128),
    /// Of a float column.
    Float(f64),
    /// Of a text column.
    Text(String),
}

impl Scalar {
    /// The value in terms of the column's type. Dates and timestamps are given as
    /// ISO 8601 text, decimals as numbers or as text. An error where it is no value
    /// of that type.
    pub fn exact(&self, field: &Field) -> Result<Exact> {
        use DataType as D;
        let exact = match (self, &field.data_type) {
            (Self::Bool(value), D::Bool) => Some(Exact::Bool(*value)),
            (Self::Text(text), D::Utf8 | D::LargeUtf8) => Some(Exact::Text(text.clone())),
            (Self::Text(text), D::Date32) => {
                calendar::parse_date(text).map(|days| Exact::Integer(days.into()))
            }
            (Self::Text(text), D::Date64) => {
                calendar::parse_date(text).map(|days| Exact::Integer(i128::from(days) * 86_400_000))
            }
            (Self::Text(text), D::Timestamp(unit, _)) => {
                calendar::parse_timestamp(text, *unit).map(|time| Exact::Integer(time.into()))
            }
            (Self::Integer(value), D::Float32 | D::Float64) => Some(Exact::Float(*value as f64)),
            (Self::Number(value), D::Float32 | D::Float64) => Some(Exact::Float(*value)),
            (Self::Integer(value), D::Time32(_) | D::Time64(_) | D::Duration(_)) => {
                Some(Exact::Integer(*value))
            }
            (Self::Integer(value), integer) if integer.is_integer() => Some(Exact::Integer(*value)),
            (Self::Integer(value), D::Decimal128 { scale, .. }) => {
                decimal(&value.to_string(), *scale).map(Exact::Integer)
            }
            (Self::Text(text), D::Decimal128 { scale, .. }) => {
                decimal(text, *scale).map(Exact::Integer)
            }
            (Self::Number(value), D::Decimal128 { scale, .. }) => {
                decimal_of_float(*value, *scale).map(Exact::Integer)
            }
            _ => None,
        };
        exact.ok_or_else(|| {
            let hint = match field.data_type {
                D::Date32 | D::Date64 => " (give a date as \"2013-12-31\")",
                D::Timestamp(..) => " (give a time as \"2013-12-31T23:59:59\")",
                _ => "",
            };
            Error::settings(format!(
                "{} is no value of column \"{}\" of type {}{hint}",
                self.kind(),
                field.name,
                field.data_type
            ))
        })
    }
}

/// The decimal that reads as this float, times 10 to the power of the scale.
fn decimal_of_float(value: f64, scale: i8) -> Option<i128> {
    // Up to here, all integers are floats.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    let power = 10_f64.powi(scale.into());
    let scaled = (value * power).round();
    (scaled.abs() <= LIMIT && scaled / power == value).then_some(scaled as i128)
}

/// A decimal text times 10 to the power of the scale, if that is whole.
fn decimal(text: &str, scale: i8) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = whole.bytes().chain(fraction.bytes());
    if whole.is_empty() || !all.clone().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut value = all
        .map(|byte| i128::from(byte - b'0'))
        .try_fold(0_i128, |value, digit| value.checked_mul(10)?.checked_add(digit))?;
    let shift = i32::from(scale) - i32::try_from(fraction.len()).ok()?;
    for _ in 0..shift {
        value = value.checked_mul(10)?;
    }
    for _ in shift..0 {
        if value % 10 != 0 {
            return None;
        }
        value /= 10;
    }
    Some(if negative { -value } else { value })
}

impl Scalar {
    /// What it is, in words; a number's own digits would cost each component the code
    /// that writes floats.
    fn kind(&self) -> &str {
        match self {
            Self::Bool(_) => "a bool",
            Self::Integer(_) => "a whole number",
            Self::Number(_) => "a number with a fraction",
            Self::Text(text) => text,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Settings for Scalar {
    fn schema(_: &mut Definitions) -> String {
        String::from(r#"{"type":["boolean","number","string"]}"#)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bool, a number or a text")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Scalar, E> {
        if value.is_finite() {
            Ok(Scalar::Number(value))
        } else {
            Err(E::custom("the number is out of range"))
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }
}
