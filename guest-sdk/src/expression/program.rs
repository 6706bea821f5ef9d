//! A program as the settings hold it, and what makes it one that can be run.

use serde::Deserialize;

use super::op::{Kind, Op};
use crate::{DataType, Error, Field, Part, Read, Result, Schema, TimeUnit};

/// Steps in order, the last of which is the result.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Program {
    pub(super) sql: String,
    pub(super) columns: Vec<Column>,
    pub(super) steps: Vec<Step>,
    pub(super) r#type: String,
}

/// A column that is read.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    part: ColumnPart,
    r#type: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ColumnPart {
    Values,
    Presence,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Step {
    pub(super) op: Op,
    #[serde(default)]
    pub(super) of: Vec<u32>,
    pub(super) integer: Option<i64>,
    pub(super) number: Option<f64>,
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) r#try: bool,
}

impl Step {
    pub(super) fn number(&self) -> i64 {
        self.integer.unwrap_or_default()
    }

    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }
}

impl Column {
    pub(super) fn is_presence(&self) -> bool {
        self.part == ColumnPart::Presence
    }
}

fn broken() -> Error {
    Error::settings("an expression is no program: it has to be written as SQL in a binding")
}

impl Program {
    pub(super) fn reads(&self) -> Vec<Read> {
        let read = |column: &Column| {
            let part = if column.is_presence() { Part::Presence } else { Part::Values };
            Read { column: column.name.clone(), part }
        };
        self.columns.iter().map(read).collect()
    }

    /// Checks the columns against the fields of the binding, and that each step is made of
    /// ones before it that have the kinds that it takes.
    pub(super) fn check(&self, input: &Schema) -> Result<()> {
        for column in &self.columns {
            self.check_column(column, input.field(&column.name)?)?;
        }
        self.kinds().map(drop)
    }

    fn check_column(&self, column: &Column, field: &Field) -> Result<()> {
        let Some(expected) = column.r#type.as_ref().filter(|_| !column.is_presence()) else {
            return Ok(());
        };
        let found = type_name(&field.data_type);
        if found.as_ref() == Some(expected) {
            return Ok(());
        }
        Err(field.unexpected(&format!("{expected}, which `{}` was made for", self.sql)))
    }

    /// The type of the result.
    pub(super) fn data_type(&self) -> Result<DataType> {
        named(&self.r#type).ok_or_else(broken)
    }

    /// The kind of each step's values.
    pub(super) fn kinds(&self) -> Result<Vec<Kind>> {
        let mut kinds: Vec<Kind> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let of = step.of.iter().map(|at| kinds.get(*at as usize).copied());
            let of = of.collect::<Option<Vec<Kind>>>().ok_or_else(broken)?;
            kinds.push(self.kind(step, &of).ok_or_else(broken)?);
        }
        let result = kinds.last().copied().ok_or_else(broken)?;
        let fits = kind_of(&self.data_type()?) == Some(result);
        if fits { Ok(kinds) } else { Err(broken()) }
    }

    fn kind(&self, step: &Step, of: &[Kind]) -> Option<Kind> {
        use Kind::{Bool, Decimal, Float, Integer, Text};
        let column = || self.columns.get(usize::try_from(step.integer?).ok()?);
        Some(match (step.op, of) {
            (Op::Column, []) => {
                let column = column().filter(|column| !column.is_presence())?;
                kind_of(&named(column.r#type.as_ref()?)?)?
            }
            (Op::Absent, []) => {
                column()?;
                Bool
            }
            (Op::Null, []) => Kind::named(step.text())?,
            (Op::Bool, []) => Bool,
            (Op::Integer, []) => Integer,
            (Op::Float, []) => Float,
            (Op::Decimal, []) => {
                step.text().parse::<i128>().ok()?;
                Decimal
            }
            (Op::Text, []) => Text,
            (Op::Same, [of]) => *of,
            (Op::Eq | Op::Lt, [a, b]) if a == b => Bool,
            (Op::In, [of, set @ ..]) if !set.is_empty() && set.iter().all(|kind| kind == of) => {
                Bool
            }
            (Op::And | Op::Or, [Bool, Bool]) | (Op::Not, [Bool]) | (Op::IsNull, [_]) => Bool,
            (Op::Add | Op::Sub | Op::Mul | Op::Rem, [a, b]) if a == b && is_number(*a) => *a,
            (Op::Neg | Op::Abs, [of]) if is_number(*of) => *of,
            (Op::Div, [Float, Float]) | (Op::Round | Op::Ceil | Op::Floor, [Float]) => Float,
            (Op::FloorDiv, [Integer, Integer]) => Integer,
            (Op::ToFloat, [Integer | Decimal]) | (Op::ParseFloat, [Text]) => Float,
            (Op::ToDecimal, [Integer | Float])
            | (Op::Rescale | Op::Fits, [Decimal])
            | (Op::ParseDecimal, [Text]) => Decimal,
            (Op::ToInteger, [Bool | Float | Decimal])
            | (Op::ParseInteger | Op::ParseDate | Op::ParseTime | Op::Length, [Text])
            | (Op::Part | Op::Beginning, [Integer]) => Integer,
            (Op::ToText, [Bool | Integer | Decimal])
            | (Op::DateToText | Op::TimeToText, [Integer])
            | (Op::Lower | Op::Upper | Op::Trim, [Text])
            | (Op::Substring, [Text, Integer] | [Text, Integer, Integer]) => Text,
            (Op::ParseBool | Op::Like, [Text]) => Bool,
            (Op::Concat, [first, rest @ ..])
                if *first == Text && rest.iter().all(|kind| *kind == Text) =>
            {
                Text
            }
            (Op::Coalesce, [first, rest @ ..]) if rest.iter().all(|kind| kind == first) => *first,
            (Op::Case, of) => {
                let (otherwise, arms) = of.split_last()?;
                let (arms, []) = arms.as_chunks::<2>() else { return None };
                let fit = arms.iter().all(|[when, then]| *when == Bool && then == otherwise);
                fit.then_some(*otherwise)?
            }
            _ => return None,
        })
    }
}

fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Integer | Kind::Float | Kind::Decimal)
}

/// How values of a column are held here; none for one that is not computed with.
pub(super) fn kind_of(data_type: &DataType) -> Option<Kind> {
    Some(match data_type {
        DataType::Bool => Kind::Bool,
        DataType::UInt64 | DataType::Decimal128 { .. } => Kind::Decimal,
        DataType::Float32 | DataType::Float64 => Kind::Float,
        DataType::Utf8 | DataType::LargeUtf8 => Kind::Text,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Kind::Integer,
        integer if integer.is_integer() => Kind::Integer,
        _ => return None,
    })
}

/// The name that a program has for a column's type.
fn type_name(data_type: &DataType) -> Option<String> {
    let name = match data_type {
        DataType::Bool => "bool",
        DataType::UInt64 => "decimal(20,0)",
        DataType::Decimal128 { precision, scale } => {
            return Some(format!("decimal({precision},{scale})"));
        }
        DataType::Float32 | DataType::Float64 => "float",
        DataType::Utf8 | DataType::LargeUtf8 => "text",
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Timestamp(unit, zone) => {
            let unit = unit.letter();
            return Some(format!("timestamp({unit},{})", zone.as_deref().unwrap_or_default()));
        }
        integer if integer.is_integer() => "integer",
        _ => return None,
    };
    Some(name.to_owned())
}

/// The type of that name, as which a result is given back.
fn named(name: &str) -> Option<DataType> {
    let (name, inside) = match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
        Some((name, inside)) => (name, inside.split_once(',')?),
        None => (name, ("", "")),
    };
    Some(match name {
        "bool" => DataType::Bool,
        "integer" => DataType::Int64,
        "float" => DataType::Float64,
        "decimal" => DataType::Decimal128 {
            precision: inside.0.parse().ok()?,
            scale: inside.1.parse().ok()?,
        },
        "text" => DataType::Utf8,
        "date" => DataType::Date32,
        "timestamp" => {
            let unit = TimeUnit::of(*inside.0.as_bytes().first()?)?;
            let zone = Some(inside.1).filter(|zone| !zone.is_empty());
            DataType::Timestamp(unit, zone.map(str::to_owned))
        }
        _ => return None,
    })
}
