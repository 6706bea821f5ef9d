//! Comparisons, logic, arithmetic.

use sqlparser::ast::{BinaryOperator, CaseWhen, Expr, UnaryOperator};

use super::{Lowering, Node, Result, Value, unsupported};
use crate::error::Mistake;
use crate::literal::Literal;
use crate::program::Step;
use crate::types::{MAX_PRECISION, Type};

impl Lowering<'_> {
    pub(super) fn operator(&mut self, expression: &Expr) -> Result<Node> {
        match expression {
            Expr::BinaryOp { left, op, right } => {
                let left = self.expression(left)?;
                let right = self.expression(right)?;
                self.binary(&left, op, &right)
            }
            Expr::UnaryOp { op, expr } => {
                let value = self.expression(expr)?;
                self.unary(*op, value)
            }
            Expr::Between { expr, negated, low, high } => {
                let value = self.expression(expr)?;
                let (low, high) = (self.expression(low)?, self.expression(high)?);
                let (steps, _) = self.alike(&[&value, &low, &high], "`between`")?;
                let [value, low, high] = steps.as_slice() else {
                    return Err(unsupported("this `between`", "write two comparisons"));
                };
                let below = self.emit(Step::new("lt", [*value, *low]));
                let above = self.emit(Step::new("lt", [*high, *value]));
                let outside = Node::Step(self.emit(Step::new("or", [below, above])), Type::Bool);
                if *negated { Ok(outside) } else { self.negated(outside) }
            }
            Expr::InList { expr, list, negated } => {
                let node = self.in_list(expr, list)?;
                if *negated { self.negated(node) } else { Ok(node) }
            }
            Expr::IsTrue(inner) => self.is(inner, true, false),
            Expr::IsNotTrue(inner) => self.is(inner, true, true),
            Expr::IsFalse(inner) => self.is(inner, false, false),
            Expr::IsNotFalse(inner) => self.is(inner, false, true),
            Expr::IsUnknown(inner) | Expr::IsNotUnknown(inner) => {
                let value = self.expression(inner)?;
                let at = self.to(&value, &Type::Bool, "`is unknown`")?;
                let node = Node::Step(self.emit(Step::new("is-null", [at])), Type::Bool);
                match expression {
                    Expr::IsNotUnknown(_) => self.negated(node),
                    _ => Ok(node),
                }
            }
            Expr::IsDistinctFrom(left, right) => self.distinct(left, right),
            Expr::IsNotDistinctFrom(left, right) => {
                let node = self.distinct(left, right)?;
                self.negated(node)
            }
            Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. } => Err(unsupported(
                format!("a name with a point, as in `{expression}`,"),
                "write a column's name in double quotes if it has a point in it; flatten a struct \
                 before its fields are used",
            )),
            Expr::Interval(_) => {
                Err(unsupported("an interval", "add a number of days to a date, or compare parts"))
            }
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => Err(unsupported(
                "a subquery",
                "an expression sees one row; join or aggregate in a step before",
            )),
            other => {
                let text: String = other.to_string().chars().take(40).collect();
                let instead = "use comparisons, arithmetic, `and`, `or`, `not`, `in`, `between`, \
                               `like`, `is null`, `case`, `cast` and functions";
                Err(unsupported(format!("`{text}`"), instead))
            }
        }
    }

    fn binary(&mut self, left: &Value, op: &BinaryOperator, right: &Value) -> Result<Node> {
        let what = format!("`{}`", op.to_string().to_lowercase());
        let bool = |at| Ok(Node::Step(at, Type::Bool));
        match op {
            BinaryOperator::And | BinaryOperator::Or => {
                let name = if *op == BinaryOperator::And { "and" } else { "or" };
                let left = self.to(left, &Type::Bool, &what)?;
                let right = self.to(right, &Type::Bool, &what)?;
                bool(self.emit(Step::new(name, [left, right])))
            }
            BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq => {
                let (steps, _) = self.alike(&[left, right], &what)?;
                let [left, right] = steps.as_slice() else {
                    return Err(unsupported(what, "compare two values"));
                };
                // Two comparisons are enough; the others are their opposites.
                let (name, of) = match op {
                    BinaryOperator::Eq | BinaryOperator::NotEq => ("eq", [*left, *right]),
                    BinaryOperator::Lt | BinaryOperator::GtEq => ("lt", [*left, *right]),
                    _ => ("lt", [*right, *left]),
                };
                let node = Node::Step(self.emit(Step::new(name, of)), Type::Bool);
                match op {
                    BinaryOperator::NotEq | BinaryOperator::GtEq | BinaryOperator::LtEq => {
                        self.negated(node)
                    }
                    _ => Ok(node),
                }
            }
            BinaryOperator::StringConcat => {
                let left = self.to(left, &Type::Text, &what)?;
                let right = self.to(right, &Type::Text, &what)?;
                Ok(Node::Step(self.emit(Step::new("concat", [left, right])), Type::Text))
            }
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo => self.arithmetic(left, op, right, &what),
            _ => Err(unsupported(
                format!("the operator {what}"),
                "use =, <>, <, <=, >, >=, +, -, *, /, %, ||, and, or",
            )),
        }
    }

    pub(super) fn arithmetic(
        &mut self,
        left: &Value,
        op: &BinaryOperator,
        right: &Value,
        what: &str,
    ) -> Result<Node> {
        if let Some(node) = self.days(left, op, right, what)? {
            return Ok(node);
        }
        let all = self.unified(&[left, right], what)?;
        let of = all.filter(Type::is_number).ok_or_else(|| {
            let not_a_number = |value: &&Value| !value.own_type().is_some_and(|of| of.is_number());
            let value = [left, right].into_iter().find(not_a_number).unwrap_or(left);
            value.error(Mistake::Type {
                what: format!("an operand of {what}"),
                found: value.in_words(),
                expected: "a number".to_owned(),
                remedy: "`cast` it to bigint, double or a decimal".to_owned(),
            })
        })?;
        let name = match op {
            BinaryOperator::Plus => "add",
            BinaryOperator::Minus => "sub",
            BinaryOperator::Multiply => "mul",
            BinaryOperator::Divide => "div",
            _ => "rem",
        };
        if *op == BinaryOperator::Divide {
            let left = self.to(left, &Type::Float, what)?;
            let right = self.to(right, &Type::Float, what)?;
            return Ok(Node::Step(self.emit(Step::new(name, [left, right])), Type::Float));
        }
        let Type::Decimal { scale, .. } = of else {
            let (left, right) = (self.to(left, &of, what)?, self.to(right, &of, what)?);
            return Ok(Node::Step(self.emit(Step::new(name, [left, right])), of));
        };
        if *op != BinaryOperator::Multiply {
            let (left, right) = (self.to(left, &of, what)?, self.to(right, &of, what)?);
            let of = Type::Decimal { precision: MAX_PRECISION, scale };
            return Ok(Node::Step(self.emit(Step::new(name, [left, right])), of));
        }
        // Each of its own scale: the product's is the sum of both.
        let (left, own) = self.as_decimal(left, what)?;
        let (right, other) = self.as_decimal(right, what)?;
        let scale = own.saturating_add(other);
        if scale > MAX_PRECISION {
            return Err(unsupported(
                format!("a product of decimals with {scale} digits behind the point"),
                "cast one of them to a smaller scale",
            ));
        }
        let of = Type::Decimal { precision: MAX_PRECISION, scale };
        Ok(Node::Step(self.emit(Step::new(name, [left, right])), of))
    }

    /// The value as a decimal of the scale that it has.
    fn as_decimal(&mut self, value: &Value, what: &str) -> Result<(u32, u8)> {
        let scale = match (value.own_type(), value.literal()) {
            (Some(Type::Decimal { scale, .. }), _) => scale,
            (_, Some(literal)) => literal.scale().unwrap_or_default(),
            _ => 0,
        };
        let of = Type::Decimal { precision: MAX_PRECISION, scale };
        Ok((self.to(value, &of, what)?, scale))
    }

    fn unary(&mut self, op: UnaryOperator, value: Value) -> Result<Node> {
        match (op, &value.node) {
            (UnaryOperator::Not, node) => {
                self.to(&value, &Type::Bool, "`not`")?;
                self.negated(node.clone())
            }
            (UnaryOperator::Plus, node) => Ok(node.clone()),
            (UnaryOperator::Minus, Node::Literal(literal)) => {
                let negated = literal.negated().map(Node::Literal);
                negated.ok_or_else(|| {
                    unsupported(format!("`-` before {literal}"), "put it before numbers")
                })
            }
            (UnaryOperator::Minus, Node::Step(at, of)) if of.is_number() => {
                Ok(Node::Step(self.emit(Step::new("neg", [*at])), of.clone()))
            }
            (UnaryOperator::Minus, Node::Step(_, of)) => Err(value.error(Mistake::Type {
                what: "the operand of `-`".to_owned(),
                found: of.in_words(),
                expected: "a number".to_owned(),
                remedy: "`cast` it to one".to_owned(),
            })),
            _ => Err(unsupported(format!("the operator `{op}`"), "use `-` and `not`")),
        }
    }

    fn in_list(&mut self, expression: &Expr, list: &[Expr]) -> Result<Node> {
        let value = self.expression(expression)?;
        let items = list.iter().map(|item| self.expression(item)).collect::<Result<Vec<_>>>()?;
        let all: Vec<&Value> = std::iter::once(&value).chain(&items).collect();
        let (steps, _) = self.alike(&all, "`in`")?;
        let Some((value, items_at)) = steps.split_first() else {
            return Err(unsupported("this `in`", "list its alternatives"));
        };
        // Literals are looked up at once; what is computed is compared one by one.
        let mut set = vec![*value];
        let mut either: Vec<u32> = Vec::new();
        for (item, at) in items.iter().zip(items_at) {
            match item.literal() {
                Some(Literal::Null) => either.push(self.emit(Step::new("null", []).text("bool"))),
                Some(_) => set.push(*at),
                None => either.push(self.emit(Step::new("eq", [*value, *at]))),
            }
        }
        if set.len() > 1 {
            either.insert(0, self.emit(Step::new("in", set)));
        }
        let mut either = either.into_iter();
        let first = either.next().ok_or_else(|| unsupported("an empty `in`", "list values"))?;
        let joined = either.fold(first, |all, next| self.emit(Step::new("or", [all, next])));
        Ok(Node::Step(joined, Type::Bool))
    }

    /// `is [not] true`, `is [not] false`: never unknown.
    fn is(&mut self, inner: &Expr, wanted: bool, negated: bool) -> Result<Node> {
        let value = self.expression(inner)?;
        let mut at = self.to(&value, &Type::Bool, "`is true`")?;
        if !wanted {
            at = self.emit(Step::new("not", [at]));
        }
        let no = self.emit(Step::new("bool", []).integer(false));
        let node = Node::Step(self.emit(Step::new("coalesce", [at, no])), Type::Bool);
        if negated { self.negated(node) } else { Ok(node) }
    }

    fn distinct(&mut self, left: &Expr, right: &Expr) -> Result<Node> {
        let (left, right) = (self.expression(left)?, self.expression(right)?);
        let (steps, _) = self.alike(&[&left, &right], "`is distinct from`")?;
        let [left, right] = steps.as_slice() else {
            return Err(unsupported("this `is distinct from`", "compare two values"));
        };
        let equal = self.emit(Step::new("eq", [*left, *right]));
        let no = self.emit(Step::new("bool", []).integer(false));
        let equal = self.emit(Step::new("coalesce", [equal, no]));
        let (a, b) =
            (self.emit(Step::new("is-null", [*left])), self.emit(Step::new("is-null", [*right])));
        let both = self.emit(Step::new("and", [a, b]));
        let same = self.emit(Step::new("or", [equal, both]));
        self.negated(Node::Step(same, Type::Bool))
    }

    pub(super) fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
    ) -> Result<Node> {
        let operand = operand.map(|operand| self.expression(operand)).transpose()?;
        let mut when = Vec::new();
        let mut then = Vec::new();
        for arm in conditions {
            let condition = self.expression(&arm.condition)?;
            when.push(match &operand {
                Some(operand) => {
                    let (steps, _) = self.alike(&[operand, &condition], "`case`")?;
                    self.emit(Step::new("eq", steps))
                }
                None => self.to(&condition, &Type::Bool, "`when`")?,
            });
            then.push(self.expression(&arm.result)?);
        }
        then.push(match otherwise {
            Some(otherwise) => self.expression(otherwise)?,
            None => Value { node: Node::Literal(Literal::Null), position: None },
        });
        let results: Vec<&Value> = then.iter().collect();
        let (results, of) = self.alike(&results, "`case`")?;
        let mut steps = Vec::new();
        for (when, then) in when.iter().zip(&results) {
            steps.extend([*when, *then]);
        }
        steps.extend(results.last());
        Ok(Node::Step(self.emit(Step::new("case", steps)), of))
    }
}
