//! From SQL's syntax tree to a program.

mod cast;
mod conversion;
mod function;
mod operator;
mod text;
mod time;

use arrow_schema::Field;
use sqlparser::ast::{Expr, Ident, Spanned, Value as SqlValue};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token};

use crate::error::{ExpressionError, Mistake, Position};
use crate::literal::Literal;
use crate::program::{Column, Part, Program, Step};
use crate::types::Type;
use crate::{MAX_DEPTH, MAX_TEXT_BYTES, Purpose};

/// How deep the parser may go into itself: more than [`MAX_DEPTH`] parentheses need not
/// be read, as chains of operators nest without.
const PARSER_DEPTH: usize = 100;

pub(crate) type Result<T> = std::result::Result<T, ExpressionError>;

pub(crate) fn compile(sql: &str, fields: &[Field], purpose: Purpose) -> Result<Program> {
    let nowhere = |mistake| ExpressionError { mistake, position: None };
    if sql.len() > MAX_TEXT_BYTES {
        return Err(nowhere(Mistake::TooLong { bytes: sql.len(), most: MAX_TEXT_BYTES }));
    }
    let parsing = Parser::new(&GenericDialect {}).with_recursion_limit(PARSER_DEPTH);
    let mut parser = parsing.try_with_sql(sql).map_err(syntax)?;
    let expression = parser.parse_expr().map_err(syntax)?;
    let behind = parser.peek_token();
    if behind.token != Token::EOF {
        let position = position(behind.span.start);
        return Err(ExpressionError {
            mistake: Mistake::Behind(behind.token.to_string()),
            position,
        });
    }
    let mut lowering = Lowering { fields, columns: Vec::new(), steps: Vec::new(), depth: 0 };
    let value = lowering.expression(&expression)?;
    let of = match (purpose, &value.node) {
        (Purpose::Predicate, _) => Type::Bool,
        (Purpose::Value, Node::Step(_, of)) => of.clone(),
        (Purpose::Value, Node::Literal(_)) => return Err(value.error(Mistake::NoColumn)),
    };
    let result = lowering.to(&value, &of, "the expression")?;
    if lowering.columns.is_empty() {
        return Err(value.error(Mistake::NoColumn));
    }
    // The result is the last step, though a step before it may have made the same.
    if result as usize + 1 != lowering.steps.len() {
        lowering.steps.push(Step::new("same", [result]));
    }
    Ok(Program {
        sql: sql.to_owned(),
        columns: lowering.columns,
        steps: lowering.steps,
        r#type: of.to_string(),
    })
}

fn syntax(error: ParserError) -> ExpressionError {
    let (text, position) = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => take_position(&text),
        ParserError::RecursionLimitExceeded => {
            return ExpressionError {
                mistake: Mistake::TooDeep { most: PARSER_DEPTH },
                position: None,
            };
        }
    };
    ExpressionError { mistake: Mistake::Syntax(text), position }
}

/// The parser's words without the place that it writes behind them, and that place.
fn take_position(text: &str) -> (String, Option<Position>) {
    let lower = |text: &str| {
        let mut characters = text.chars();
        let first = characters.next().map(|first| first.to_lowercase().to_string());
        first.unwrap_or_default() + characters.as_str()
    };
    let Some((words, place)) = text.split_once(" at Line: ") else { return (lower(text), None) };
    let Some((line, character)) = place.split_once(", Column: ") else {
        return (lower(text), None);
    };
    let position = line.parse().ok().zip(character.parse().ok());
    (lower(words), position.map(|(line, character)| Position { line, character }))
}

fn position(at: Location) -> Option<Position> {
    (at.line > 0).then_some(Position { line: at.line, character: at.column })
}

/// What an expression came to: a step of the program, or a literal.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Step(u32, Type),
    Literal(Literal),
}

/// A node, and where its text begins.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) node: Node,
    pub(crate) position: Option<Position>,
}

impl Value {
    pub(crate) fn error(&self, mistake: Mistake) -> ExpressionError {
        ExpressionError { mistake, position: self.position }
    }

    /// Its type; none for null.
    pub(crate) fn own_type(&self) -> Option<Type> {
        match &self.node {
            Node::Step(_, of) => Some(of.clone()),
            Node::Literal(literal) => literal.own_type(),
        }
    }

    pub(crate) fn in_words(&self) -> String {
        self.own_type().map_or_else(|| "null".into(), |of| of.in_words())
    }

    pub(crate) fn literal(&self) -> Option<&Literal> {
        match &self.node {
            Node::Literal(literal) => Some(literal),
            Node::Step(..) => None,
        }
    }
}

/// A program that is being made.
pub(crate) struct Lowering<'a> {
    fields: &'a [Field],
    columns: Vec<Column>,
    steps: Vec<Step>,
    depth: usize,
}

impl Lowering<'_> {
    /// The index of such a step: of one before that is the same, or of a new one.
    pub(crate) fn emit(&mut self, step: Step) -> u32 {
        let at = self.steps.iter().position(|known| *known == step).unwrap_or_else(|| {
            self.steps.push(step);
            self.steps.len() - 1
        });
        // INVARIANT: a text of `MAX_TEXT_BYTES` has no more steps than 32 bits count.
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    pub(crate) fn expression(&mut self, expression: &Expr) -> Result<Value> {
        let position = position(expression.span().start);
        if self.depth == MAX_DEPTH {
            return Err(ExpressionError {
                mistake: Mistake::TooDeep { most: MAX_DEPTH },
                position,
            });
        }
        self.depth += 1;
        let node = self
            .node(expression)
            .map_err(|error| ExpressionError { position: error.position.or(position), ..error });
        self.depth -= 1;
        Ok(Value { node: node?, position })
    }

    fn node(&mut self, expression: &Expr) -> Result<Node> {
        match expression {
            Expr::Nested(inner) => Ok(self.expression(inner)?.node),
            Expr::Identifier(name) => self.column(name),
            Expr::Value(value) => literal(&value.value).map(Node::Literal),
            Expr::TypedString(typed) => {
                let text = typed.value.value.clone().into_string().unwrap_or_default();
                self.typed_literal(&typed.data_type, &text)
            }
            Expr::IsNull(inner) => self.is_null(inner),
            Expr::IsNotNull(inner) => {
                let node = self.is_null(inner)?;
                self.negated(node)
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref())
            }
            Expr::Cast { kind, expr, data_type, array: false, format: None } => {
                self.cast(kind, expr, data_type)
            }
            Expr::Function(function) => self.function(function),
            Expr::Extract { field, expr, .. } => self.extract(&field.to_string(), expr),
            Expr::Ceil { expr, field } => self.whole("ceil", expr, field),
            Expr::Floor { expr, field } => self.whole("floor", expr, field),
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                self.substring(expr, substring_from.as_deref(), substring_for.as_deref())
            }
            Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
                self.trim(*trim_where, trim_what.is_some() || trim_characters.is_some(), expr)
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                let escape = escape_char.as_ref().map(|value| &value.value);
                self.like(expr, pattern, escape, *negated, false)
            }
            Expr::ILike { negated, any: false, expr, pattern, escape_char } => {
                let escape = escape_char.as_ref().map(|value| &value.value);
                self.like(expr, pattern, escape, *negated, true)
            }
            other => self.operator(other),
        }
    }

    fn column(&mut self, name: &Ident) -> Result<Node> {
        if let Some(function) = function::of_no_arguments(&name.value)
            && name.quote_style.is_none()
            && !self.fields.iter().any(|field| *field.name() == name.value)
        {
            return Err(at(name, function::no_clock(function)));
        }
        let field = self.field(name)?;
        let of = Type::of(field.data_type()).ok_or_else(|| {
            let found = field.data_type().to_string();
            at(name, Mistake::ColumnType { name: name.value.clone(), found })
        })?;
        let index = self.column_index(&name.value, Some(of.to_string()));
        Ok(Node::Step(self.emit(Step::new("column", []).integer(index)), of))
    }

    fn field(&self, name: &Ident) -> Result<&Field> {
        self.fields.iter().find(|field| *field.name() == name.value).ok_or_else(|| {
            let known: Vec<&str> = self.fields.iter().map(|field| field.name().as_str()).collect();
            let known = known.join(", ");
            at(name, Mistake::UnknownColumn { name: name.value.clone(), known })
        })
    }

    /// The column's place among those read: by its values if a type is given.
    fn column_index(&mut self, name: &str, values: Option<String>) -> u32 {
        let known = self.columns.iter().position(|column| column.name == name);
        let index = known.unwrap_or_else(|| {
            let column = Column { name: name.to_owned(), part: Part::Presence, r#type: None };
            self.columns.push(column);
            self.columns.len() - 1
        });
        if let (Some(column), Some(of)) = (self.columns.get_mut(index), values) {
            (column.part, column.r#type) = (Part::Values, Some(of));
        }
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    fn is_null(&mut self, inner: &Expr) -> Result<Node> {
        let mut bare = inner;
        while let Expr::Nested(inner) = bare {
            bare = inner;
        }
        // Of a column, whatever its type, only that is read which rows have a value.
        if let Expr::Identifier(name) = bare {
            self.field(name)?;
            let index = self.column_index(&name.value, None);
            return Ok(Node::Step(self.emit(Step::new("absent", []).integer(index)), Type::Bool));
        }
        let value = self.expression(inner)?;
        let of = value.own_type().unwrap_or(Type::Bool);
        let at = self.to(&value, &of, "`is null`")?;
        Ok(Node::Step(self.emit(Step::new("is-null", [at])), Type::Bool))
    }

    /// The opposite of a bool.
    pub(crate) fn negated(&mut self, node: Node) -> Result<Node> {
        let value = Value { node, position: None };
        let at = self.to(&value, &Type::Bool, "`not`")?;
        Ok(Node::Step(self.emit(Step::new("not", [at])), Type::Bool))
    }
}

/// The error at a name.
fn at(name: &Ident, mistake: Mistake) -> ExpressionError {
    ExpressionError { mistake, position: position(name.span.start) }
}

/// An error whose place is that of the expression around it.
pub(crate) fn here(mistake: Mistake) -> ExpressionError {
    ExpressionError { mistake, position: None }
}

pub(crate) fn unsupported(what: impl Into<String>, instead: impl Into<String>) -> ExpressionError {
    here(Mistake::Unsupported { what: what.into(), instead: instead.into() })
}

fn literal(value: &SqlValue) -> Result<Literal> {
    Ok(match value {
        SqlValue::Null => Literal::Null,
        SqlValue::Boolean(value) => Literal::Bool(*value),
        SqlValue::SingleQuotedString(text) => Literal::Text(text.clone()),
        SqlValue::Number(text, _) if text.contains(['.', 'e', 'E']) => {
            let finite = text.parse::<f64>().is_ok_and(f64::is_finite);
            if !finite {
                let remedy = "write a smaller one".to_owned();
                let of = "number that a float holds".to_owned();
                return Err(here(Mistake::Literal { literal: text.clone(), of, remedy }));
            }
            Literal::Fraction(text.clone())
        }
        SqlValue::Number(text, _) => Literal::Integer(text.parse().map_err(|_| {
            let of = "integer of 64 bits".to_owned();
            let remedy = "write it with a point to compute with floats".to_owned();
            here(Mistake::Literal { literal: text.clone(), of, remedy })
        })?),
        SqlValue::DoubleQuotedString(text) => {
            return Err(unsupported(
                format!("text in double quotes, as in \"{text}\","),
                "write text in single quotes",
            ));
        }
        other => {
            return Err(unsupported(
                format!("the literal {other}"),
                "write text in single quotes, numbers in decimal digits",
            ));
        }
    })
}
