//! The module `filter`: keeps the rows whose value in one column fits a comparison.
//!
//! ```json
//! {"column": "dep_delay", "comparison": "le", "value": 60}
//! {"column": "origin", "comparison": "in", "values": ["EWR", "JFK"]}
//! {"column": "tailnum", "comparison": "is-not-null"}
//! ```
//!
//! `column` may be left out where the binding has one column. A row whose value is
//! null fits no comparison but `is-null`: it is dropped, by `ne` too. Numbers compare
//! by value, and NaN fits only `ne`; text compares by its characters' code points;
//! dates and timestamps are given as ISO 8601 text.

use bailiwick_guest::{
    About, Array, Batch, Bitmap, Column, DataType, Error, Exact, Field, Filter, Native, Plan, Read,
    Result, Scalar, Schema, Scope, Settings, about, with_native,
};
use serde::Deserialize;

/// Which rows stay.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The column; may be left out where the binding has only one.
    pub column: Option<String>,
    /// How to compare.
    pub comparison: Comparison,
    /// What to compare with: for all comparisons but `in`, `is-null`, `is-not-null`.
    pub value: Option<Scalar>,
    /// What to compare with: for `in`.
    pub values: Option<Vec<Scalar>>,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Equal to one of several.
    In,
    /// Null.
    IsNull,
    /// Not null.
    IsNotNull,
}

impl Condition {
    fn field<'a>(&self, input: &'a Schema) -> Result<&'a Field> {
        match &self.column {
            Some(name) => input.field(name),
            None => input.only(),
        }
    }

    /// What to compare with, as values of the column.
    fn operands(&self, field: &Field) -> Result<Vec<Exact>> {
        let given = match (self.comparison, &self.value, &self.values) {
            (Comparison::IsNull | Comparison::IsNotNull, None, None) => &[][..],
            (Comparison::In, None, Some(values)) => values,
            (Comparison::In, ..) => {
                return Err(Error::settings("`in` needs `values` and no `value`"));
            }
            (Comparison::IsNull | Comparison::IsNotNull, ..) => {
                return Err(Error::settings("`is-null` and `is-not-null` need no `value`"));
            }
            (_, Some(value), None) => std::slice::from_ref(value),
            _ => {
                return Err(Error::settings("a comparison needs `value` and no `values`"));
            }
        };
        let operands: Vec<Exact> =
            given.iter().map(|value| value.exact(field)).collect::<Result<_>>()?;
        for operand in &operands {
            // Refuses one that is out of the type's range.
            Array::filled(field, operand, 0)?;
        }
        Ok(operands)
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Comparing {
    comparison: Comparison,
    operands: Vec<Exact>,
}

impl Filter for Comparing {
    type Settings = Condition;
    const ABOUT: About = about!("filter", Scope::Columns, "Keeps the rows that fit a comparison.");

    fn plan(settings: &Condition, input: &Schema) -> Result<Plan> {
        let field = settings.field(input)?;
        settings.operands(field)?;
        let ordered = matches!(
            settings.comparison,
            Comparison::Lt | Comparison::Le | Comparison::Gt | Comparison::Ge
        );
        if ordered && field.data_type == DataType::Bool {
            return Err(field.unexpected("of a type that has an order"));
        }
        Ok(match settings.comparison {
            Comparison::IsNull | Comparison::IsNotNull => {
                Plan::reading([Read::presence(&field.name)])
            }
            _ => Plan::reading([&field.name]),
        })
    }

    fn open(settings: Condition, reads: &Schema) -> Result<Self> {
        let field = reads.only()?;
        Ok(Self { comparison: settings.comparison, operands: settings.operands(field)? })
    }

    fn push(&self, rows: &Batch) -> Result<Bitmap> {
        let column = rows.only()?;
        match self.comparison {
            Comparison::IsNull => Ok(column.as_bool()?.values().to_bitmap().not()),
            Comparison::IsNotNull => Ok(column.as_bool()?.values().to_bitmap()),
            _ => {
                let fits = self.fits(column)?;
                Ok(match column.validity() {
                    Some(valid) => fits.and(valid),
                    None => fits,
                })
            }
        }
    }
}

impl Comparing {
    fn fits(&self, column: Column<'_>) -> Result<Bitmap> {
        match column.data_type() {
            DataType::Bool => {
                let values = column.as_bool()?.values();
                let wants = |wanted: bool| self.operands.contains(&Exact::Bool(wanted));
                let (wants_true, wants_false) = match self.comparison {
                    Comparison::Ne => (!wants(true), !wants(false)),
                    _ => (wants(true), wants(false)),
                };
                Ok(Bitmap::from_fn(column.len(), |row| {
                    if values.get(row) { wants_true } else { wants_false }
                }))
            }
            DataType::Decimal128 { .. } => {
                let operands = self.operands_as(|exact| match exact {
                    Exact::Integer(value) => Some(*value),
                    _ => None,
                });
                let values: Vec<i128> =
                    column.as_decimal128()?.iter().map(Option::unwrap_or_default).collect();
                Ok(compare(self.comparison, &values, &operands))
            }
            data_type if data_type.is_text() => {
                let operands: Vec<&str> = self
                    .operands
                    .iter()
                    .filter_map(|exact| match exact {
                        Exact::Text(text) => Some(text.as_str()),
                        _ => None,
                    })
                    .collect();
                let values: Vec<&str> = column.as_utf8()?.values().collect();
                Ok(compare(self.comparison, &values, &operands))
            }
            data_type => with_native!(data_type, T => {
                let operands = self.operands_as(<T as Native>::of);
                Ok(compare(self.comparison, column.as_primitive::<T>()?.values(), &operands))
            }, else Err(column.field().unexpected("of a type that has literals"))),
        }
    }

    fn operands_as<T>(&self, of: impl Fn(&Exact) -> Option<T>) -> Vec<T> {
        self.operands.iter().filter_map(of).collect()
    }
}

/// Which values fit. Each comparison has a loop of its own, without branches.
fn compare<T: Copy + PartialOrd>(comparison: Comparison, values: &[T], operands: &[T]) -> Bitmap {
    let Some(operand) = operands.first().copied() else {
        // `in` of no values.
        return Bitmap::filled(values.len(), false);
    };
    match comparison {
        Comparison::Ne => Bitmap::of(values, |value| value != operand),
        Comparison::Lt => Bitmap::of(values, |value| value < operand),
        Comparison::Le => Bitmap::of(values, |value| value <= operand),
        Comparison::Gt => Bitmap::of(values, |value| value > operand),
        Comparison::Ge => Bitmap::of(values, |value| value >= operand),
        Comparison::In => Bitmap::of(values, |value| operands.contains(&value)),
        Comparison::Eq | Comparison::IsNull | Comparison::IsNotNull => {
            Bitmap::of(values, |value| value == operand)
        }
    }
}

bailiwick_guest::export_filter!(Comparing);
