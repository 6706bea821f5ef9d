//! What types values are brought to where nothing states one.

use arrow_schema::TimeUnit;

use super::{Lowering, Node, Result, Value, unsupported};
use crate::error::Mistake;
use crate::literal::{Literal, days, ticks};
use crate::program::Step;
use crate::types::{MAX_PRECISION, Type, per_second};

pub(super) const SECONDS_PER_DAY: i64 = 86_400;

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
