//! Functions, by name.

use sqlparser::ast::{
    BinaryOperator, CeilFloorKind, DateTimeField, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArguments, ObjectNamePart,
};

use super::{Lowering, Node, Result, Value, here, unsupported};
use crate::error::Mistake;
use crate::literal::Literal;
use crate::program::Step;
use crate::types::{MAX_PRECISION, Type};

/// Those that there are, as a message lists them.
const FUNCTIONS: &str = "abs, ceil, coalesce, concat, contains, date_part, date_trunc, ends_with, \
                         extract, floor, length, lower, ltrim, mod, nullif, round, rtrim, \
                         starts_with, substring, trim, upper, year, quarter, month, week, day, \
                         hour, minute and second";

/// What asks for the time of day, the user or chance; they need no parentheses.
pub(super) fn of_no_arguments(name: &str) -> Option<&str> {
    let known = [
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "localtime",
        "localtimestamp",
        "session_user",
        "user",
    ];
    known.contains(&name.to_lowercase().as_str()).then_some(name)
}

pub(super) fn no_clock(name: &str) -> Mistake {
    Mistake::Unsupported {
        what: format!("`{}`", name.to_lowercase()),
        instead: "a run must give the same whenever it is repeated, so write the value out".into(),
    }
}

impl Lowering<'_> {
    pub(super) fn function(&mut self, function: &Function) -> Result<Node> {
        // Some words need no parentheses, and may be columns all the same.
        if let ([ObjectNamePart::Identifier(name)], FunctionArguments::None) =
            (function.name.0.as_slice(), &function.args)
            && self.field(name).is_ok()
        {
            return self.column(name);
        }
        let name = match function.name.0.as_slice() {
            [ObjectNamePart::Identifier(name)] => name.value.to_lowercase(),
            _ => function.name.to_string().to_lowercase(),
        };
        let plain = function.over.is_none()
            && function.filter.is_none()
            && function.within_group.is_empty()
            && function.null_treatment.is_none()
            && function.parameters == FunctionArguments::None;
        let arguments = match &function.args {
            FunctionArguments::List(list)
                if plain && list.duplicate_treatment.is_none() && list.clauses.is_empty() =>
            {
                let plain = |argument: &FunctionArg| match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(inner)) => Some(inner.clone()),
                    _ => None,
                };
                list.args.iter().map(plain).collect::<Option<Vec<Expr>>>()
            }
            FunctionArguments::None if plain => Some(Vec::new()),
            _ => None,
        };
        let clock = ["now", "today", "random", "rand", "uuid", "gen_random_uuid", "getdate"];
        if clock.contains(&name.as_str()) || of_no_arguments(&name).is_some() {
            return Err(here(no_clock(&name)));
        }
        let aggregates = ["count", "sum", "avg", "min", "max", "median", "stddev", "row_number"];
        if aggregates.contains(&name.as_str()) || function.over.is_some() {
            let instead = "an expression sees one row; bind the module `aggregate`";
            return Err(unsupported(format!("`{name}`"), instead));
        }
        let Some(arguments) = arguments else {
            let what = format!("this way to call `{name}`");
            return Err(unsupported(what, "give it values between parentheses"));
        };
        let values = arguments.iter().map(|inner| self.expression(inner));
        let values = values.collect::<Result<Vec<Value>>>()?;
        self.called(&name, &arguments, &values)
    }

    fn called(&mut self, name: &str, arguments: &[Expr], values: &[Value]) -> Result<Node> {
        let wrong = |expected| {
            let name = name.to_owned();
            Err(here(Mistake::Arguments { name, expected, found: values.len() }))
        };
        let what = format!("`{name}`");
        match (name, values) {
            ("abs", [value]) => {
                let (at, of) = self.number(value, &what)?;
                Ok(Node::Step(self.emit(Step::new("abs", [at])), of))
            }
            ("round", [value]) => self.round(value, 0),
            ("round", [value, digits]) => match digits.literal() {
                Some(Literal::Integer(digits @ -30..=30)) => self.round(value, *digits),
                _ => Err(unsupported(
                    "`round` to a number of digits that is not written out",
                    "write a whole number between -30 and 30",
                )),
            },
            ("mod", [left, right]) => self.arithmetic(left, &BinaryOperator::Modulo, right, &what),
            ("lower" | "upper", [value]) => {
                let at = self.to(value, &Type::Text, &what)?;
                let op = if name == "lower" { "lower" } else { "upper" };
                Ok(Node::Step(self.emit(Step::new(op, [at])), Type::Text))
            }
            ("length" | "char_length" | "character_length", [value]) => {
                let at = self.to(value, &Type::Text, &what)?;
                Ok(Node::Step(self.emit(Step::new("length", [at])), Type::Integer))
            }
            ("substr" | "substring", [_, _] | [_, _, _]) => {
                let [text, rest @ ..] = arguments else { return wrong("2 or 3 values") };
                self.substring(text, rest.first(), rest.get(1))
            }
            ("ltrim" | "rtrim", [value]) => {
                let at = self.to(value, &Type::Text, &what)?;
                let ends = if name == "ltrim" { "leading" } else { "trailing" };
                Ok(Node::Step(self.emit(Step::new("trim", [at]).text(ends)), Type::Text))
            }
            ("concat", [_, ..]) => self.concat(values),
            ("coalesce" | "ifnull", [_, ..]) => {
                let values: Vec<&Value> = values.iter().collect();
                let (steps, of) = self.alike(&values, &what)?;
                Ok(Node::Step(self.emit(Step::new("coalesce", steps)), of))
            }
            ("nullif", [left, right]) => {
                let (steps, _) = self.alike(&[left, right], &what)?;
                let equal = self.emit(Step::new("eq", steps));
                let of = left.own_type().unwrap_or(Type::Bool);
                let value = self.to(left, &of, &what)?;
                let null = self.emit(Step::new("null", []).text(of.kind()));
                Ok(Node::Step(self.emit(Step::new("case", [equal, null, value])), of))
            }
            (
                "year" | "quarter" | "month" | "week" | "day" | "hour" | "minute" | "second",
                [value],
            ) => self.part(name, value),
            ("date_part", [part, value]) => match part.literal() {
                Some(Literal::Text(part)) => {
                    let part = part.clone();
                    self.part(&part, value)
                }
                _ => Err(unsupported("a part that is not a text in quotes", "write it out")),
            },
            ("date_trunc", [part, value]) => self.beginning(part, value),
            ("starts_with" | "ends_with" | "contains", [value, part]) => {
                let at = self.to(value, &Type::Text, &what)?;
                let Some(Literal::Text(text)) = part.literal() else {
                    return Err(unsupported(
                        format!("{what} of what is not a text in quotes"),
                        "write the text out",
                    ));
                };
                let (before, behind) = match name {
                    "starts_with" => ("", "%"),
                    "ends_with" => ("%", ""),
                    _ => ("%", "%"),
                };
                let text = text.clone();
                Ok(self.has(at, before, &text, behind))
            }
            (
                "abs" | "lower" | "upper" | "length" | "char_length" | "character_length" | "ltrim"
                | "rtrim" | "year" | "quarter" | "month" | "week" | "day" | "hour" | "minute"
                | "second",
                _,
            ) => wrong("one value"),
            ("round", _) => wrong("a number and how many digits stay behind its point"),
            (
                "mod" | "nullif" | "date_part" | "date_trunc" | "starts_with" | "ends_with"
                | "contains",
                _,
            ) => wrong("2 values"),
            ("substr" | "substring", _) => wrong("2 or 3 values"),
            ("concat" | "coalesce" | "ifnull", _) => wrong("at least one value"),
            _ => Err(unsupported(format!("the function {what}"), format!("there are {FUNCTIONS}"))),
        }
    }

    /// A number, and its type.
    fn number(&mut self, value: &Value, what: &str) -> Result<(u32, Type)> {
        let of = value.own_type().filter(Type::is_number).ok_or_else(|| {
            value.error(Mistake::Type {
                what: format!("the value of {what}"),
                found: value.in_words(),
                expected: "a number".to_owned(),
                remedy: "`cast` it to one".to_owned(),
            })
        })?;
        Ok((self.to(value, &of, what)?, of))
    }

    fn round(&mut self, value: &Value, digits: i64) -> Result<Node> {
        let (at, of) = self.number(value, "`round`")?;
        match of {
            Type::Float => {
                Ok(Node::Step(self.emit(Step::new("round", [at]).integer(digits)), Type::Float))
            }
            of if digits < 0 => Err(unsupported(
                format!("`round` of {} to {digits} digits", of.in_words()),
                "cast it to double first",
            )),
            Type::Decimal { scale, .. } if digits < i64::from(scale) => {
                let at = self.emit(Step::new("rescale", [at]).integer(digits - i64::from(scale)));
                let scale = u8::try_from(digits).unwrap_or_default();
                Ok(Node::Step(at, Type::Decimal { precision: MAX_PRECISION, scale }))
            }
            of => Ok(Node::Step(at, of)),
        }
    }

    pub(super) fn whole(
        &mut self,
        op: &'static str,
        inner: &Expr,
        field: &CeilFloorKind,
    ) -> Result<Node> {
        let what = format!("`{op}`");
        if *field != CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) {
            return Err(unsupported(
                format!("{what} to something else than whole numbers"),
                "use `round`",
            ));
        }
        let value = self.expression(inner)?;
        let (at, of) = self.number(&value, &what)?;
        match of {
            Type::Float => Ok(Node::Step(self.emit(Step::new(op, [at])), Type::Float)),
            Type::Integer => Ok(Node::Step(at, Type::Integer)),
            of => Err(unsupported(
                format!("{what} of {}", of.in_words()),
                "use `round`, or cast it to double first",
            )),
        }
    }

    /// `concat` takes a null for no text; `||` does not.
    fn concat(&mut self, values: &[Value]) -> Result<Node> {
        let empty = self.emit(Step::new("text", []).text(""));
        let mut of = Vec::with_capacity(values.len());
        for value in values {
            let at = self.to(value, &Type::Text, "`concat`")?;
            of.push(match value.literal() {
                Some(_) => at,
                None => self.emit(Step::new("coalesce", [at, empty])),
            });
        }
        Ok(Node::Step(self.emit(Step::new("concat", of)), Type::Text))
    }
}
