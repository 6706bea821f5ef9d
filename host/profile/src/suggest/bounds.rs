//! Bounds with a margin.

use arrow_schema::{DataType, TimeUnit};
use serde_json::{Number, Value, json};

use crate::profile::Column;

/// Numbers up to here are exact as float64, and so are steps between them.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The share of their span by which bounds lie outside the values.
const MARGIN: f64 = 0.1;

/// The settings of `range` for a column, and what they were made of; none where its values
/// allow no guess.
pub(super) fn range(column: &Column, data_type: &DataType) -> Option<(Value, String)> {
    let (min, max) = (column.min.as_ref()?, column.max.as_ref()?);
    match data_type {
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            let year = first_of_year(min, data_type)?;
            let why = format!("values begin at {}; time goes on, so there is no end", words(min));
            Some((json!({"min": year}), why))
        }
        _ if data_type.is_numeric() => {
            let (low, high) = (number(min)?, number(max)?);
            let span = high - low;
            let bounds = outside(low, high).map(|bound| written(bound, data_type));
            let mut settings = serde_json::Map::new();
            for (name, bound) in ["min", "max"].into_iter().zip(bounds) {
                settings.extend(bound.map(|bound| (name.to_owned(), bound)));
            }
            let why = format!("values lie from {} to {}", words(min), words(max));
            (span.is_finite() && !settings.is_empty()).then_some((Value::Object(settings), why))
        }
        _ => None,
    }
}

fn words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|value| value.is_finite())
}

/// A tenth of the span outside both ends, rounded outwards to two digits of it. Where no
/// value is below zero, no bound is, nor above.
fn outside(low: f64, high: f64) -> [f64; 2] {
    let span = if high > low { high - low } else { high.abs().max(1.0) };
    let step = 10_f64.powf((span.log10()).floor() - 1.0);
    let min = ((low - MARGIN * span) / step).floor() * step;
    let max = ((high + MARGIN * span) / step).ceil() * step;
    [if low >= 0.0 { min.max(0.0) } else { min }, if high <= 0.0 { max.min(0.0) } else { max }]
}

/// A bound as the module `range` reads it for a type; none past what is exact, or what the
/// type can hold.
fn written(bound: f64, data_type: &DataType) -> Option<Value> {
    if !bound.is_finite() {
        return None;
    }
    match data_type {
        DataType::Decimal128(precision, scale) => {
            let places = usize::try_from(*scale).ok()?;
            let text = format!("{bound:.places$}");
            let digits = text.chars().filter(char::is_ascii_digit).count();
            (digits <= usize::from(*precision) && bound.abs() < EXACT)
                .then_some(Value::String(text))
        }
        whole if whole.is_integer() => {
            if bound.abs() >= EXACT || (whole.is_unsigned_integer() && bound < 0.0) {
                return None;
            }
            Some(Value::Number(Number::from(bound as i64)))
        }
        // `0.30000000000000004` is not what anybody would have written.
        _ => format!("{bound:.12e}").parse().ok().and_then(Number::from_f64).map(Value::Number),
    }
}

/// The first of January of a value's year.
fn first_of_year(value: &Value, data_type: &DataType) -> Option<String> {
    // Nanoseconds in 64 bits begin in 1677.
    const FIRST_OF_NANOSECONDS: u32 = 1_678;
    let text = value.as_str()?;
    let (year, rest) = text.split_at_checked(4)?;
    let year: u32 = year.parse().ok().filter(|_| rest.starts_with('-'))?;
    let is_nano = matches!(data_type, DataType::Timestamp(TimeUnit::Nanosecond, _));
    let first = if is_nano { FIRST_OF_NANOSECONDS } else { 1 };
    (year >= first).then(|| format!("{year:04}-01-01"))
}

/// A share in percent that another file may have, where this one has that: half as much
/// again, and a bit.
pub(super) fn percent(part: u64, rows: u64) -> f64 {
    let share = 100.0 * part as f64 / rows.max(1) as f64;
    ((share * 1.5 + 0.1) * 100.0).ceil() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_lie_outside_and_are_round() {
        assert_eq!(outside(3.0, 97.0), [0.0, 107.0]);
        assert_eq!(outside(-3.0, 97.0), [-20.0, 110.0]);
        assert_eq!(outside(-50.0, -10.0), [-54.0, -6.0]);
        assert_eq!(outside(80.0, 80.0), [72.0, 88.0]);
        let [low, high] = outside(f64::MIN, f64::MAX);
        assert!(!low.is_finite() || !high.is_finite());
    }

    #[test]
    fn bounds_are_written_in_the_columns_terms() {
        assert_eq!(written(107.0, &DataType::Int16), Some(json!(107)));
        assert_eq!(written(1e18, &DataType::Int64), None);
        assert_eq!(written(0.1 + 0.2, &DataType::Float64), Some(json!(0.3)));
        assert_eq!(written(12.5, &DataType::Decimal128(5, 2)), Some(json!("12.50")));
        assert_eq!(written(1e9, &DataType::Decimal128(5, 2)), None);
        let nanos = DataType::Timestamp(TimeUnit::Nanosecond, None);
        assert_eq!(first_of_year(&json!("1677-09-21T00:12:43"), &nanos), None);
        assert_eq!(first_of_year(&json!("-290308-12-21"), &DataType::Date32), None);
        assert_eq!(
            first_of_year(&json!("2013-05-07"), &DataType::Date32),
            Some("2013-01-01".into())
        );
    }
}
