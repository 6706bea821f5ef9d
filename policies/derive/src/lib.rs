//! The module `derive`: adds a column that is computed of others.
//!
//! ```json
//! {"into": "speed", "expression":
//!   {"op": "div",
//!    "left": {"op": "mul", "left": {"column": "distance"}, "right": {"literal": 60}},
//!    "right": {"column": "air_time"}}}
//! ```
//!
//! Columns are integers and floats. The result is `int64` where all columns are
//! integers, all literals whole and nothing is divided; else `float64`. It is null
//! where any column is null and where a divisor is 0. An integer result that does
//! not fit 64 bits, on the way too, is an error: no row gets a wrong number.
//! Float results follow IEEE 754, so they may be infinite.

mod arithmetic;
mod evaluate;
mod operand;

use bailiwick_guest::{
    About, Array, Batch, Bitmap, Column, DataType, Error, Field, Map, Plan, Result, Schema, Scope,
    Settings, about,
};
use serde::Deserialize;

use arithmetic::{Float, Integer};
use evaluate::evaluate;

/// How deep expressions may nest: far deeper than any that a person writes, and far
/// from the end of a module's stack.
pub const MAX_DEPTH: usize = 64;

/// What is computed, and where to.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Derive {
    /// The name of the column to write; one of that name is replaced.
    pub into: String,
    /// What it is.
    pub expression: Expression,
}

/// What is computed.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(untagged, deny_unknown_fields)]
pub enum Expression {
    /// The value of a column.
    Column {
        /// Its name.
        column: String,
    },
    /// A number.
    Literal {
        /// That number.
        literal: f64,
    },
    /// Two expressions, combined.
    Operation {
        /// How.
        op: Operator,
        /// The first.
        left: Box<Expression>,
        /// The second.
        right: Box<Expression>,
    },
}

/// How two numbers are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// Left plus right.
    Add,
    /// Left minus right.
    Sub,
    /// Left times right.
    Mul,
    /// Left by right.
    Div,
}

impl Expression {
    /// Names of the columns, each once, in the order in which they are met.
    fn columns<'a>(&'a self, names: &mut Vec<&'a str>, depth: usize) -> Result<()> {
        match self {
            _ if depth > MAX_DEPTH => {
                return Err(Error::settings(format!("expressions nest deeper than {MAX_DEPTH}")));
            }
            Self::Column { column } => {
                if !names.contains(&column.as_str()) {
                    names.push(column);
                }
            }
            Self::Literal { .. } => {}
            Self::Operation { left, right, .. } => {
                left.columns(names, depth + 1)?;
                right.columns(names, depth + 1)?;
            }
        }
        Ok(())
    }

    fn is_whole(&self, input: &Schema) -> Result<bool> {
        Ok(match self {
            Self::Column { column } => input.field(column)?.data_type.is_integer(),
            Self::Literal { literal } => arithmetic::whole(*literal).is_some(),
            Self::Operation { op: Operator::Div, .. } => false,
            Self::Operation { left, right, .. } => {
                left.is_whole(input)? && right.is_whole(input)?
            }
        })
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Deriving {
    expression: Expression,
    is_whole: bool,
}

impl Map for Deriving {
    type Settings = Derive;
    const ABOUT: About =
        about!("derive", Scope::Columns, "Adds a column that is computed of others.");

    fn plan(settings: &Derive, input: &Schema) -> Result<Plan> {
        let mut names = Vec::new();
        settings.expression.columns(&mut names, 0)?;
        if names.is_empty() {
            return Err(Error::settings("the expression names no column"));
        }
        for name in &names {
            let field = input.field(name)?;
            if !field.data_type.is_integer() && !field.data_type.is_float() {
                return Err(field.unexpected("an integer or a float"));
            }
        }
        let is_whole = settings.expression.is_whole(input)?;
        let data_type = if is_whole { DataType::Int64 } else { DataType::Float64 };
        Ok(Plan::reading(names).writing([Field::new(&settings.into, data_type)]))
    }

    fn open(settings: Derive, reads: &Schema) -> Result<Self> {
        let is_whole = settings.expression.is_whole(reads)?;
        Ok(Self { expression: settings.expression, is_whole })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let mut valid: Option<Bitmap> = None;
        for bits in rows.columns().filter_map(Column::validity) {
            valid = Some(valid.map_or_else(|| bits.to_bitmap(), |valid| valid.and(bits)));
        }
        let (computed, wrong) = if self.is_whole {
            evaluate::<Integer>(&self.expression, rows)?
        } else {
            evaluate::<Float>(&self.expression, rows)?
        };
        if let Some(wrong) = wrong {
            let right = wrong.not();
            let both =
                valid.as_ref().map_or_else(|| right.clone(), |valid| valid.and(right.bits()));
            let is_lost =
                valid.as_ref().map_or(rows.rows(), Bitmap::count_ones) > both.count_ones();
            if self.is_whole && is_lost {
                return Err(Error::data(
                    "a result does not fit 64 bits: write a literal as a fraction, such as 1.5, \
                     or divide, to compute with floats",
                ));
            }
            valid = Some(both);
        }
        Ok(vec![computed.with_validity(valid.as_ref().map(Bitmap::bits))])
    }
}

bailiwick_guest::export_map!(Deriving);
