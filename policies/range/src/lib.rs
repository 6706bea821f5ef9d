//! The module `range`: which values lie outside a range.
//!
//! One rule, `in-range`. A null passes: `completeness` is what refuses it. A float
//! that is not a number lies in no range, so it fails. Settings:
//!
//! | member | default | means |
//! |---|---|---|
//! | `min` | | the least value that passes |
//! | `max` | | the greatest value that passes |
//! | `exclusive_min` | `false` | `min` itself fails |
//! | `exclusive_max` | `false` | `max` itself fails |
//!
//! At least one of `min` and `max` is given, in the column's terms:
//!
//! | column | bound |
//! |---|---|
//! | integer | a number; a fraction bounds the whole numbers within |
//! | float | a number; for float32 the nearest one of that type |
//! | decimal128 | a number or text, with no more digits behind the point than the column |
//! | date32, date64 | text such as `2013-12-31` |
//! | timestamp | text such as `2013-12-31T23:59:59Z`; a date alone is its midnight |
//! | time, duration | a whole number in the column's unit |

mod interval;

use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, DataType, Dimension, Field, Result, Rule,
    Scalar, Schema, Scope, Settings, about, with_native,
};
use serde::Deserialize;

use interval::{Interval, Ordered};

/// Which values pass.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// The least value that passes: a number, or a date or time as ISO 8601 text.
    pub min: Option<Scalar>,
    /// The greatest value that passes: a number, or a date or time as ISO 8601 text.
    pub max: Option<Scalar>,
    /// Whether `min` itself fails.
    pub exclusive_min: bool,
    /// Whether `max` itself fails.
    pub exclusive_max: bool,
}

/// The opened module.
#[derive(Debug)]
pub struct Range(Interval);

impl Check for Range {
    type Settings = Bounds;
    const ABOUT: About = about!("range", Scope::Column, "Finds values that lie outside a range.");

    fn plan(bounds: &Bounds, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        Interval::new(bounds, field)?;
        let rule = Rule::row("in-range", Dimension::Conformity, summary(bounds, field));
        Ok(CheckPlan::reading([&field.name]).judging([rule]).independent())
    }

    fn open(bounds: Bounds, reads: &Schema) -> Result<Self> {
        Interval::new(&bounds, reads.only()?).map(Self)
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let column = rows.only()?;
        let outside = self.outside(column)?;
        Ok(vec![match column.validity() {
            Some(validity) => outside.and(validity),
            None => outside,
        }])
    }
}

fn summary(bounds: &Bounds, field: &Field) -> String {
    let low = bounds.min.as_ref().map(|bound| {
        format!("{} {bound}", if bounds.exclusive_min { "above" } else { "at least" })
    });
    let high = bounds
        .max
        .as_ref()
        .map(|bound| format!("{} {bound}", if bounds.exclusive_max { "below" } else { "at most" }));
    let both: Vec<String> = low.into_iter().chain(high).collect();
    format!("column {:?} is {}", field.name, both.join(" and "))
}

impl Range {
    /// A bit for each value outside, whatever lies at a null.
    fn outside(&self, column: Column<'_>) -> Result<Bitmap> {
        if let DataType::Decimal128 { .. } = column.data_type() {
            let (low, high) = self.0.decimal();
            let values = column.as_fixed_binary()?.bytes().as_chunks::<16>().0;
            return Ok(Bitmap::of(values, |bytes| {
                let value = i128::from_le_bytes(bytes);
                (value < low) | (value > high)
            }));
        }
        with_native!(
            column.data_type(),
            T => {
                let values = column.as_primitive::<T>()?.values();
                let (low, high) = T::ends(&self.0);
                // Not the other way round: what is not a number is not within.
                Ok(Bitmap::of(values, |value| !((low <= value) & (value <= high))))
            },
            else Err(column.field().unexpected(interval::EXPECTED))
        )
    }
}

bailiwick_guest::export_check!(Range);
