//! Dates and timestamps: sums, parts, beginnings.

use sqlparser::ast::{BinaryOperator, Expr};

use super::{Lowering, Node, Result, Value, here, unsupported};
use crate::error::Mistake;
use crate::program::Step;
use crate::types::{Type, per_second};

/// The parts that can be asked for.
const PARTS: [&str; 12] = [
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "dayofweek",
    "dow",
    "isodow",
    "doy",
    "hour",
    "minute",
    "second",
];

/// What a date or timestamp can be cut to.
const BEGINNINGS: [&str; 8] =
    ["year", "quarter", "month", "week", "day", "hour", "minute", "second"];

impl Lowering<'_> {
    /// A date and a number of days, or two dates; none where no date is among the two.
    pub(super) fn days(
        &mut self,
        left: &Value,
        op: &BinaryOperator,
        right: &Value,
        what: &str,
    ) -> Result<Option<Node>> {
        let date = Some(Type::Date);
        let (a, b) = (left.own_type(), right.own_type());
        let (name, of, right_type) = match op {
            BinaryOperator::Minus if a == date && b == date => ("sub", Type::Integer, Type::Date),
            BinaryOperator::Minus if a == date && b == Some(Type::Integer) => {
                ("sub", Type::Date, Type::Integer)
            }
            BinaryOperator::Plus if a == date && b == Some(Type::Integer) => {
                ("add", Type::Date, Type::Integer)
            }
            BinaryOperator::Plus if a == Some(Type::Integer) && b == date => {
                return self.days(right, op, left, what);
            }
            _ => return Ok(None),
        };
        let left = self.to(left, &Type::Date, what)?;
        let right = self.to(right, &right_type, what)?;
        Ok(Some(Node::Step(self.emit(Step::new(name, [left, right])), of)))
    }

    pub(super) fn extract(&mut self, part: &str, inner: &Expr) -> Result<Node> {
        let value = self.expression(inner)?;
        self.part(part, &value)
    }

    pub(super) fn part(&mut self, part: &str, value: &Value) -> Result<Node> {
        let part = part.to_lowercase();
        let part = if part == "dayofweek" { "dow" } else { part.as_str() };
        if !PARTS.contains(&part) {
            return Err(unsupported(
                format!("the part `{part}` of a date"),
                format!("take one of {}", PARTS.join(", ")),
            ));
        }
        let (at, per_second) = self.moment(value, "a part of a date")?;
        if per_second == 0 && matches!(part, "hour" | "minute" | "second") {
            return Err(value.error(Mistake::Type {
                what: format!("what `{part}` is taken of"),
                found: "a date".to_owned(),
                expected: "a timestamp".to_owned(),
                remedy: "a date has no time of day".to_owned(),
            }));
        }
        let step = Step::new("part", [at]).text(part).integer(per_second);
        Ok(Node::Step(self.emit(step), Type::Integer))
    }

    pub(super) fn beginning(&mut self, part: &Value, value: &Value) -> Result<Node> {
        let part = match part.literal() {
            Some(crate::literal::Literal::Text(text)) => text.to_lowercase(),
            _ => String::new(),
        };
        if !BEGINNINGS.contains(&part.as_str()) {
            return Err(here(Mistake::Literal {
                literal: part,
                of: "part that `date_trunc` cuts to".to_owned(),
                remedy: format!("write one of '{}'", BEGINNINGS.join("', '")),
            }));
        }
        let (at, per_second) = self.moment(value, "`date_trunc`")?;
        let of = value.own_type().unwrap_or(Type::Date);
        let step = Step::new("beginning", [at]).text(part).integer(per_second);
        Ok(Node::Step(self.emit(step), of))
    }

    /// The step of a date or timestamp, and what it counts: how many of them a second
    /// has, 0 for days.
    fn moment(&mut self, value: &Value, what: &str) -> Result<(u32, i64)> {
        match (&value.node, value.own_type()) {
            (Node::Step(at, _), Some(Type::Date)) => Ok((*at, 0)),
            (Node::Step(at, _), Some(Type::Timestamp { unit, .. })) => Ok((*at, per_second(unit))),
            _ => Err(value.error(Mistake::Type {
                what: format!("what {what} is taken of"),
                found: value.in_words(),
                expected: "a date or a timestamp".to_owned(),
                remedy: "`cast` it to one".to_owned(),
            })),
        }
    }
}
