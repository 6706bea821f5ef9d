//! What types values are brought to.

use arrow_schema::TimeUnit;
use sqlparser::ast::{CastKind, DataType, ExactNumberInfo, Expr, TimezoneInfo};

use super::{Lowering, Node, Result, Value, here, unsupported};
use crate::error::Mistake;
use crate::literal::{Literal, days, ticks};
use crate::program::Step;
use crate::types::{MAX_PRECISION, Type, per_second};

const SECONDS_PER_DAY: i64 = 86_400;

/// The digits of a 64-bit integer.
const INTEGER_DIGITS: u8 = 19;

impl Lowering<'_> {
    /// The step that is the value as one of that type, if it can be without a `cast`.
    pub(crate) fn to(&mut self, value: &Value, of: &Type, what: &str) -> Result<u32> {
        let (at, own) = match &value.node {
            Node::Literal(literal) => return self.literal(value, literal, of, what),
            Node::Step(at, own) => (*at, own),
        };
        let mismatch = || {
            let remedy = match of {
                Type::Bool => "compare it with something".to_owned(),
                of => format!("write `cast(… as {})`", sql_name(of)),
            };
            value.error(Mistake::Type {
                what: what.to_owned(),
                found: own.in_words(),
                expected: of.in_words(),
                remedy,
            })
        };
        let step = match (own, of) {
            (own, of) if own == of => return Ok(at),
            (Type::Integer, Type::Float) => Step::new("to-float", [at]).integer(0),
            (Type::Decimal { scale, .. }, Type::Float) => {
                Step::new("to-float", [at]).integer(*scale)
            }
            (Type::Integer, Type::Decimal { scale, .. }) => {
                Step::new("to-decimal", [at]).integer(*scale)
            }
            (Type::Decimal { scale: own, .. }, Type::Decimal { scale, .. }) if own <= scale => {
                if own == scale {
                    return Ok(at);
                }
                Step::new("rescale", [at]).integer(scale - own)
            }
            (Type::Date, Type::Timestamp { unit, .. }) => {
                let day = self.integer(SECONDS_PER_DAY * per_second(*unit));
                Step::new("mul", [at, day])
            }
            (Type::Timestamp { unit: own, zone: from }, Type::Timestamp { unit, zone })
                if own <= unit && from.is_some() == zone.is_some() =>
            {
                if own == unit {
                    return Ok(at);
                }
                let factor = self.integer(per_second(*unit) / per_second(*own));
                Step::new("mul", [at, factor])
            }
            _ => return Err(mismatch()),
        };
        Ok(self.emit(step))
    }

    fn literal(&mut self, value: &Value, literal: &Literal, of: &Type, what: &str) -> Result<u32> {
        let wrong = |remedy: &str| {
            value.error(Mistake::Literal {
                literal: literal.to_string(),
                of: noun(of),
                remedy: remedy.to_owned(),
            })
        };
        let step = match (literal, of) {
            (Literal::Null, of) => Step::new("null", []).text(of.kind()),
            (Literal::Bool(bool), Type::Bool) => Step::new("bool", []).integer(*bool),
            (Literal::Integer(integer), Type::Integer) => {
                Step::new("integer", []).integer(*integer)
            }
            (Literal::Integer(integer), Type::Float) => {
                Step::new("float", []).number(*integer as f64)
            }
            (Literal::Fraction(text), Type::Float) => {
                let number = text.parse().map_err(|_| wrong("write it in decimal digits"))?;
                Step::new("float", []).number(number)
            }
            (Literal::Integer(_) | Literal::Fraction(_), Type::Decimal { scale, .. }) => {
                let decimal = literal.decimal(*scale);
                let decimal = decimal.ok_or_else(|| wrong("write fewer digits"))?;
                Step::new("decimal", []).text(decimal.to_string())
            }
            (Literal::Text(text), Type::Text) => Step::new("text", []).text(text),
            (Literal::Text(text), Type::Date) => {
                let days = days(text).ok_or_else(|| wrong("write one as '2013-12-31'"))?;
                Step::new("integer", []).integer(days)
            }
            (Literal::Text(text), Type::Timestamp { unit, .. }) => {
                let ticks = ticks(text, *unit);
                let ticks = ticks.ok_or_else(|| wrong("write one as '2013-12-31 23:59:59'"))?;
                Step::new("integer", []).integer(ticks)
            }
            _ => {
                let remedy = match (literal, of) {
                    (Literal::Text(_), of) if of.is_number() => "write numbers without quotes",
                    (_, Type::Text) => "write text in single quotes",
                    (_, Type::Bool) => "compare it with something",
                    _ => "write a literal of that type",
                };
                return Err(value.error(Mistake::Type {
                    what: format!("{literal} as {what}"),
                    found: value.in_words(),
                    expected: of.in_words(),
                    remedy: remedy.to_owned(),
                }));
            }
        };
        Ok(self.emit(step))
    }

    pub(crate) fn integer(&mut self, integer: i64) -> u32 {
        self.emit(Step::new("integer", []).integer(integer))
    }

    /// The type that all the values can be of; none where all are null.
    pub(crate) fn unified(&self, values: &[&Value], what: &str) -> Result<Option<Type>> {
        let mut all: Option<Type> = None;
        // Literals last: they become what stands beside them.
        let steps = values.iter().filter(|value| value.literal().is_none());
        let literals = values.iter().filter(|value| value.literal().is_some());
        for value in steps.chain(literals) {
            let Some(own) = value.own_type() else { continue };
            let Some(before) = all.take() else {
                all = Some(own);
                continue;
            };
            let joined = match value.literal() {
                Some(literal) => with_literal(&before, literal, &own),
                None => with(&before, &own),
            };
            all = Some(joined.ok_or_else(|| {
                let remedy = match (&before, &own) {
                    (Type::Text, other) | (other, Type::Text) if other.is_number() => {
                        "write numbers without quotes and texts in single quotes, or `cast` one"
                    }
                    (Type::Timestamp { .. }, Type::Timestamp { .. }) => {
                        "without a time zone it is not known which instant one means"
                    }
                    _ => "`cast` one of them to the other's type",
                };
                value.error(Mistake::Mixed {
                    what: what.to_owned(),
                    left: before.in_words(),
                    right: own.in_words(),
                    remedy: remedy.to_owned(),
                })
            })?);
        }
        Ok(all)
    }

    /// The values as ones of the type that all of them can be of.
    pub(crate) fn alike(&mut self, values: &[&Value], what: &str) -> Result<(Vec<u32>, Type)> {
        let of = self.unified(values, what)?.ok_or_else(|| {
            unsupported(format!("{what} of nothing but null"), "leave it out, or `cast` one null")
        })?;
        let steps = values.iter().map(|value| self.to(value, &of, what)).collect::<Result<_>>()?;
        Ok((steps, of))
    }

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

/// The type of two values, neither of them a literal.
fn with(a: &Type, b: &Type) -> Option<Type> {
    Some(match (a, b) {
        (a, b) if a == b => a.clone(),
        (Type::Float, b) if b.is_number() => Type::Float,
        (a, Type::Float) if a.is_number() => Type::Float,
        (Type::Integer, Type::Decimal { precision, scale })
        | (Type::Decimal { precision, scale }, Type::Integer) => {
            let digits = INTEGER_DIGITS.max(precision.saturating_sub(*scale));
            decimal(digits, *scale)
        }
        (Type::Decimal { precision: p, scale: s }, Type::Decimal { precision: q, scale: t }) => {
            decimal(p.saturating_sub(*s).max(q.saturating_sub(*t)), *s.max(t))
        }
        (Type::Date, Type::Timestamp { unit, zone: None })
        | (Type::Timestamp { unit, zone: None }, Type::Date) => {
            Type::Timestamp { unit: *unit, zone: None }
        }
        (Type::Timestamp { unit: u, zone: z }, Type::Timestamp { unit: v, zone: y })
            if z.is_some() == y.is_some() =>
        {
            Type::Timestamp { unit: *u.max(v), zone: z.clone() }
        }
        _ => return None,
    })
}

/// The type of a value and a literal beside it.
fn with_literal(of: &Type, literal: &Literal, own: &Type) -> Option<Type> {
    match (of, literal) {
        (Type::Date, Literal::Text(text)) if days(text).is_none() && text.len() > 10 => {
            // A time of day beside a date: both are timestamps.
            Some(Type::Timestamp { unit: TimeUnit::Microsecond, zone: None })
        }
        (Type::Date | Type::Timestamp { .. }, Literal::Text(_)) => Some(of.clone()),
        (Type::Decimal { precision, scale }, Literal::Fraction(_) | Literal::Integer(_)) => {
            match literal.scale() {
                Some(own) => Some(decimal(precision.saturating_sub(*scale), *scale.max(&own))),
                None => Some(Type::Float),
            }
        }
        _ => with(of, own),
    }
}

/// A decimal of so many digits before and behind the point, as far as there is room.
fn decimal(before: u8, scale: u8) -> Type {
    Type::Decimal { precision: before.saturating_add(scale).clamp(1, MAX_PRECISION), scale }
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

fn sql_name(of: &Type) -> String {
    match of {
        Type::Bool => "boolean".into(),
        Type::Integer => "bigint".into(),
        Type::Float => "double".into(),
        Type::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
        Type::Text => "text".into(),
        Type::Date => "date".into(),
        Type::Timestamp { .. } => "timestamp".into(),
    }
}

/// The type in words, behind "is no".
fn noun(of: &Type) -> String {
    let words = of.in_words();
    let noun = words.strip_prefix("a ").or_else(|| words.strip_prefix("an "));
    noun.unwrap_or(&words).to_owned()
}
