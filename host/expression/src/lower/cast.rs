//! Types that are stated: by a `cast`, or before a literal.

use arrow_schema::TimeUnit;
use sqlparser::ast::{CastKind, DataType, ExactNumberInfo, Expr, TimezoneInfo};

use super::conversion::SECONDS_PER_DAY;
use super::{Lowering, Node, Result, Value, here, unsupported};
use crate::error::Mistake;
use crate::literal::Literal;
use crate::program::Step;
use crate::types::{MAX_PRECISION, Type, per_second};

impl Lowering<'_> {
    pub(super) fn typed_literal(&mut self, data_type: &DataType, text: &str) -> Result<Node> {
        let of = match data_type {
            DataType::Date => Type::Date,
            DataType::Timestamp(..) | DataType::Datetime(_) => {
                Type::Timestamp { unit: TimeUnit::Microsecond, zone: zone(data_type) }
            }
            other => {
                let what = format!("a literal of type {other}");
                return Err(unsupported(what, "write `cast(… as …)`"));
            }
        };
        let literal = Literal::Text(text.to_owned());
        let value = Value { node: Node::Literal(literal), position: None };
        let at = self.to(&value, &of, "a literal")?;
        Ok(Node::Step(at, of))
    }

    pub(super) fn cast(&mut self, kind: &CastKind, inner: &Expr, to: &DataType) -> Result<Node> {
        let tried = matches!(kind, CastKind::TryCast | CastKind::SafeCast);
        let value = self.expression(inner)?;
        let mut of = target(to)?;
        if let Type::Timestamp { unit, zone } = &mut of
            && let Some(Type::Timestamp { unit: own, zone: from }) = value.own_type()
        {
            *unit = own;
            if from.is_some() == zone.is_some() {
                *zone = from;
            }
        }
        // A literal that is one of that type needs no code to make it so.
        let as_it_is = match value.literal() {
            Some(Literal::Text(_)) => of == Type::Text || self.to(&value, &of, "`cast`").is_ok(),
            Some(Literal::Fraction(_)) => matches!(of, Type::Float | Type::Decimal { .. }),
            Some(_) => self.to(&value, &of, "`cast`").is_ok(),
            None => value.own_type().as_ref() == Some(&of),
        };
        if as_it_is {
            return Ok(Node::Step(self.to(&value, &of, "`cast`")?, of));
        }
        let own = value.own_type().unwrap_or(Type::Text);
        let at = self.to(&value, &own, "`cast`")?;
        let steps = self.conversion(at, &own, &of, tried)?;
        Ok(Node::Step(steps, of))
    }

    /// The steps of a `cast` between two types that differ.
    fn conversion(&mut self, at: u32, own: &Type, of: &Type, tried: bool) -> Result<u32> {
        let step = |op: &'static str| Step::new(op, [at]).tried(tried);
        let made = match (own, of) {
            (Type::Bool, Type::Integer) => step("to-integer"),
            (Type::Integer, Type::Bool) => {
                let zero = self.integer(0);
                let equal = self.emit(Step::new("eq", [at, zero]));
                Step::new("not", [equal])
            }
            (Type::Integer, Type::Float) => step("to-float").integer(0),
            (Type::Decimal { scale, .. }, Type::Float) => step("to-float").integer(*scale),
            (Type::Float, Type::Integer) => step("to-integer"),
            (Type::Decimal { scale, .. }, Type::Integer) => step("to-integer").integer(*scale),
            (Type::Integer, Type::Decimal { precision, scale }) => {
                let at = self.emit(step("to-decimal").integer(*scale));
                Step::new("fits", [at]).integer(*precision).tried(tried)
            }
            (Type::Float, Type::Decimal { precision, scale }) => {
                let at = self.emit(step("to-decimal").integer(*scale));
                Step::new("fits", [at]).integer(*precision).tried(tried)
            }
            (Type::Decimal { scale: own, .. }, Type::Decimal { precision, scale }) => {
                let shift = i64::from(*scale) - i64::from(*own);
                let at = if shift == 0 { at } else { self.emit(step("rescale").integer(shift)) };
                Step::new("fits", [at]).integer(*precision).tried(tried)
            }
            (Type::Bool | Type::Integer, Type::Text) => step("to-text"),
            (Type::Decimal { scale, .. }, Type::Text) => step("to-text").integer(*scale),
            (Type::Date, Type::Text) => step("date-to-text"),
            (Type::Timestamp { unit, .. }, Type::Text) => {
                step("time-to-text").integer(per_second(*unit))
            }
            (Type::Float, Type::Text) => {
                return Err(unsupported(
                    "a cast of a float to text",
                    "cast it to a decimal first, such as decimal(18,2), to say how many digits \
                     there are",
                ));
            }
            (Type::Text, Type::Bool) => step("parse-bool"),
            (Type::Text, Type::Integer) => step("parse-integer"),
            (Type::Text, Type::Float) => step("parse-float"),
            (Type::Text, Type::Decimal { precision, scale }) => {
                let at = self.emit(step("parse-decimal").integer(*scale));
                Step::new("fits", [at]).integer(*precision).tried(tried)
            }
            (Type::Text, Type::Date) => step("parse-date"),
            (Type::Text, Type::Timestamp { unit, .. }) => {
                step("parse-time").integer(per_second(*unit))
            }
            (Type::Date, Type::Timestamp { unit, zone: None }) => {
                let day = self.integer(SECONDS_PER_DAY * per_second(*unit));
                Step::new("mul", [at, day]).tried(tried)
            }
            (Type::Timestamp { unit, .. }, Type::Date) => {
                let day = self.integer(SECONDS_PER_DAY * per_second(*unit));
                Step::new("floor-div", [at, day])
            }
            (own, of) => {
                let instead = match (own, of) {
                    (Type::Timestamp { .. }, Type::Timestamp { .. }) => {
                        "bind a module that knows which time zone is meant"
                    }
                    _ => "compare it with something, or take a part of it",
                };
                let what = format!("a cast of {} to {}", own.in_words(), of.in_words());
                return Err(unsupported(what, instead));
            }
        };
        Ok(self.emit(made))
    }
}

fn zone(data_type: &DataType) -> Option<String> {
    let with =
        matches!(data_type, DataType::Timestamp(_, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz));
    with.then(|| "UTC".to_owned())
}

/// The type that a `cast` names.
fn target(to: &DataType) -> Result<Type> {
    Ok(match to {
        DataType::Bool | DataType::Boolean => Type::Bool,
        DataType::BigInt(None) | DataType::Int8(None) | DataType::Int64 => Type::Integer,
        DataType::Double(ExactNumberInfo::None)
        | DataType::DoublePrecision
        | DataType::Float8
        | DataType::Float64 => Type::Float,
        DataType::Text | DataType::String(None) | DataType::Varchar(None) => Type::Text,
        DataType::Date => Type::Date,
        DataType::Timestamp(None, _) | DataType::Datetime(None) => {
            Type::Timestamp { unit: TimeUnit::Microsecond, zone: zone(to) }
        }
        DataType::Decimal(info) | DataType::Numeric(info) | DataType::Dec(info) => {
            let (precision, scale) = match info {
                ExactNumberInfo::PrecisionAndScale(precision, scale) => (*precision, *scale),
                ExactNumberInfo::Precision(precision) => (*precision, 0),
                ExactNumberInfo::None => (0, 0),
            };
            match (u8::try_from(precision), u8::try_from(scale)) {
                (Ok(precision @ 1..=MAX_PRECISION), Ok(scale)) if scale <= precision => {
                    Type::Decimal { precision, scale }
                }
                _ => {
                    return Err(here(Mistake::Literal {
                        literal: to.to_string().to_lowercase(),
                        of: "type of decimals".to_owned(),
                        remedy: "write one such as decimal(18,2), of at most 38 digits".to_owned(),
                    }));
                }
            }
        }
        other => {
            return Err(unsupported(
                format!("a cast to {}", other.to_string().to_lowercase()),
                "cast to boolean, bigint, double, decimal(…,…), text, date or timestamp",
            ));
        }
    })
}
