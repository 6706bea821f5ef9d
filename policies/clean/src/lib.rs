//! The module `clean`: puts values into shape, operation by operation.
//!
//! ```json
//! {"operations": [
//!   {"op": "trim"},
//!   {"op": "null-tokens", "tokens": ["", "NA", "n/a"]},
//!   {"op": "regex-replace", "pattern": "\\s+", "with": " "},
//!   {"op": "case", "to": "upper"},
//!   {"op": "fill", "value": "UNKNOWN"}
//! ]}
//! ```
//!
//! Each operation takes what the one before it made. A null stays null until a
//! `fill`. `trim`, `null-tokens`, `regex-replace`, `regex-extract`, `nfc` and `case` are
//! for text, `clamp` is for numbers, dates and timestamps, `fill` for any type that has a
//! literal.
//!
//! A column becomes one of another type by `parse`, or by `derive` with `cast` or `try_cast`;
//! of several columns one by `merge`, and of one several by `split`.

mod ascii;
mod number;
mod text;

use bailiwick_guest::{
    About, Array, Batch, Bitmap, DataType, Error, Exact, Field, Map, Plan, Result, Scalar, Schema,
    Scope, Settings, about, with_native,
};
use regex_lite::Regex;
use serde::Deserialize;

/// What is done to a column's values, in this order.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Clean {
    /// The operations.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(tag = "op", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Operation {
    /// Takes white space off both ends.
    Trim,
    /// Writes letters the other way, as Unicode has it.
    Case {
        /// Which way.
        to: Case,
    },
    /// Texts that stand for nothing become null.
    NullTokens {
        /// Those texts, compared as they are.
        tokens: Vec<String>,
    },
    /// Values beyond a bound become that bound.
    Clamp {
        /// The least value.
        min: Option<Scalar>,
        /// The greatest value.
        max: Option<Scalar>,
    },
    /// Nulls become a value.
    Fill {
        /// That value.
        value: Scalar,
    },
    /// Every match of a regular expression is replaced.
    RegexReplace {
        /// The expression, in the syntax of the Rust crate `regex-lite`.
        pattern: String,
        /// What to put there; `$1` is what the first group matched, `$$` a dollar.
        with: String,
    },
    /// A value becomes what the first match of a regular expression has in it; null where
    /// nothing matches.
    RegexExtract {
        /// The expression, in the syntax of the Rust crate `regex-lite`.
        pattern: String,
        /// The number of the group whose part it is; 0, the whole match, if none is stated.
        #[serde(default)]
        group: u32,
    },
    /// Characters that can be written in several ways are written in one: the normal form
    /// C of Unicode.
    Nfc,
}

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// Small.
    Lower,
    /// Capital.
    Upper,
}

/// An operation that has been checked against the column.
#[derive(Debug)]
enum Step {
    Trim,
    Case(Case),
    NullTokens(Vec<String>),
    Clamp(Option<Exact>, Option<Exact>),
    Fill(Exact),
    Replace(Regex, String),
    Extract(Regex, usize),
    Nfc,
}

impl Step {
    fn new(operation: &Operation, field: &Field) -> Result<Self> {
        let text = field.data_type.is_text();
        let step = match operation {
            Operation::Trim if text => Self::Trim,
            Operation::Case { to } if text => Self::Case(*to),
            Operation::NullTokens { tokens } if text => Self::NullTokens(tokens.clone()),
            Operation::RegexReplace { pattern, with } if text => {
                Self::Replace(regex(pattern)?, with.clone())
            }
            Operation::RegexExtract { pattern, group } if text => {
                let (regex, group) = (regex(pattern)?, *group as usize);
                if group >= regex.captures_len() {
                    return Err(Error::settings(format!(
                        "pattern {pattern:?} has no group {group}: it has {}",
                        regex.captures_len() - 1
                    )));
                }
                Self::Extract(regex, group)
            }
            Operation::Nfc if text => Self::Nfc,
            Operation::Clamp { min, max } if number::can_clamp(&field.data_type) => {
                let bound = |bound: &Option<Scalar>| {
                    let exact = bound.as_ref().map(|bound| bound.exact(field)).transpose()?;
                    // Refuses one that is out of the type's range.
                    exact.as_ref().map(|exact| Array::filled(field, exact, 0)).transpose()?;
                    Ok::<_, Error>(exact)
                };
                Self::Clamp(bound(min)?, bound(max)?)
            }
            Operation::Fill { value } => {
                let value = value.exact(field)?;
                Array::filled(field, &value, 0)?;
                Self::Fill(value)
            }
            Operation::Clamp { .. } => {
                return Err(field.unexpected("a number, date or timestamp for `clamp`"));
            }
            _ => {
                return Err(field.unexpected(
                    "utf8 for `trim`, `case`, `null-tokens`, `regex-replace`, `regex-extract` and \
                     `nfc`",
                ));
            }
        };
        Ok(step)
    }

    fn all(settings: &Clean, field: &Field) -> Result<Vec<Self>> {
        let steps: Vec<Self> = settings
            .operations
            .iter()
            .map(|operation| Self::new(operation, field))
            .collect::<Result<_>>()?;
        for step in &steps {
            if let Self::Clamp(Some(min), Some(max)) = step
                && !number::in_order(min, max)
            {
                return Err(Error::settings(format!(
                    "`clamp` of column {:?}: the minimum is above the maximum",
                    field.name
                )));
            }
        }
        Ok(steps)
    }
}

fn regex(pattern: &str) -> Result<Regex> {
    Regex::new(pattern).map_err(|error| {
        Error::settings(format!("pattern {pattern:?} is no regular expression: {error}"))
    })
}

/// The opened module.
#[derive(Debug)]
pub struct Cleaner {
    steps: Vec<Step>,
    field: Field,
}

impl Map for Cleaner {
    type Settings = Clean;
    const ABOUT: About = about!("clean", Scope::Column, "Puts values into shape.");

    fn plan(settings: &Clean, input: &Schema) -> Result<Plan> {
        let field = input.only()?;
        let steps = Step::all(settings, field)?;
        let makes_nulls =
            steps.iter().any(|step| matches!(step, Step::NullTokens(_) | Step::Extract(..)));
        let mut written = field.clone();
        written.nullable |= makes_nulls;
        Ok(Plan::reading([&field.name]).writing([written]))
    }

    fn open(settings: Clean, reads: &Schema) -> Result<Self> {
        let field = reads.only()?.clone();
        Ok(Self { steps: Step::all(&settings, &field)?, field })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        let data_type = &self.field.data_type;
        let cleaned = match data_type {
            data_type if data_type.is_text() => {
                let texts = column.as_utf8()?;
                if texts.is_ascii() && ascii::can(&self.steps) {
                    ascii::clean(texts, &self.steps)?
                } else {
                    text::clean(texts, &self.steps)
                }
            }
            DataType::Bool => {
                let bools = column.as_bool()?;
                let mut values = bools.values().to_bitmap();
                let mut validity = column.validity().map(|bits| bits.to_bitmap());
                for step in &self.steps {
                    if let (Step::Fill(Exact::Bool(value)), Some(valid)) = (step, validity.take()) {
                        let filled =
                            if *value { valid.not() } else { Bitmap::filled(rows.rows(), false) };
                        values = values.and(valid.bits()).or(filled.bits());
                    }
                }
                Array::from_bools(values).with_validity(validity.as_ref().map(Bitmap::bits))
            }
            DataType::Decimal128 { precision, scale } => {
                let decimals = column.as_decimal128()?;
                let values = decimals.iter().map(Option::unwrap_or_default).collect();
                let integer = |exact: &Exact| match exact {
                    Exact::Integer(value) => Some(*value),
                    _ => None,
                };
                let (values, validity) = number::clean(values, column, &self.steps, integer);
                Array::from_decimals(values, *precision, *scale)
                    .with_validity(validity.as_ref().map(Bitmap::bits))
            }
            data_type => with_native!(data_type, T => {
                let given = column.as_primitive::<T>()?.values();
                let of = <T as bailiwick_guest::Native>::of;
                if let [Step::Clamp(min, max)] = self.steps.as_slice() {
                    let (min, max) = (min.as_ref().and_then(of), max.as_ref().and_then(of));
                    number::clamp(given, min, max).with_nulls_of(column)
                } else {
                    let given = given.to_vec();
                    let (values, validity) = number::clean(given, column, &self.steps, of);
                    Array::from_slice(&values).with_validity(validity.as_ref().map(Bitmap::bits))
                }
            }, else return Err(self.field.unexpected("of a type that has literals"))),
        };
        Ok(vec![cleaned.as_type(data_type)?])
    }
}

bailiwick_guest::export_map!(Cleaner);
