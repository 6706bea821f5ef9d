//! The module `length`: which values are too short or too long.
//!
//! One rule, `length`. A null passes: `completeness` is what refuses it. Settings:
//!
//! | member | default | means |
//! |---|---|---|
//! | `min` | | the least length that passes |
//! | `max` | | the greatest length that passes |
//! | `unit` | by the column's type | what is counted |
//!
//! At least one of `min` and `max` is given.
//!
//! | column | `unit` |
//! |---|---|
//! | text | `characters` (Unicode scalar values), or `bytes` of its UTF-8 |
//! | binary | `bytes` |
//! | list | `items` |
//!
//! For figures over all lengths, bind `statistics` with `of: length`.

use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, DataType, Dimension, Error, Field, Result,
    Rule, Schema, Scope, Settings, about,
};
use serde::Deserialize;

/// Which lengths pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// The least length that passes.
    pub min: Option<u32>,
    /// The greatest length that passes.
    pub max: Option<u32>,
    /// What is counted; left out, what is usual for the column's type.
    pub unit: Option<Unit>,
}

/// What is counted of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Unicode scalar values of a text.
    Characters,
    /// Bytes of a text or of a binary value.
    Bytes,
    /// Items of a list.
    Items,
}

/// The opened module.
#[derive(Debug)]
pub struct Length {
    min: u32,
    max: u32,
    unit: Unit,
}

impl Length {
    /// An error where the settings bound nothing, or the column has no such length.
    fn new(bounds: &Bounds, field: &Field) -> Result<Self> {
        use DataType as D;
        let usual = match &field.data_type {
            D::Utf8 | D::LargeUtf8 => Unit::Characters,
            D::Binary | D::LargeBinary => Unit::Bytes,
            D::List | D::LargeList => Unit::Items,
            _ => return Err(field.unexpected("text, binary or a list")),
        };
        let unit = bounds.unit.unwrap_or(usual);
        if unit != usual && (usual, unit) != (Unit::Characters, Unit::Bytes) {
            return Err(Error::settings(format!(
                "`unit` is not one of column {:?} of type {}: leave it out",
                field.name, field.data_type
            )));
        }
        match (bounds.min, bounds.max) {
            (None, None) => {
                Err(Error::settings("neither `min` nor `max` is given: give one or both"))
            }
            (Some(min), Some(max)) if min > max => Err(Error::settings(format!(
                "`min` is {min} and `max` is {max}: no length lies between"
            ))),
            (min, max) => Ok(Self { min: min.unwrap_or(0), max: max.unwrap_or(u32::MAX), unit }),
        }
    }

    /// A set bit for each value that is too short or too long, whatever lies at a null.
    fn outside(&self, column: Column<'_>) -> Result<Bitmap> {
        let (min, max) = (self.min, self.max);
        let outside = |length: u32| (length < min) | (length > max);
        let between = |offsets: &[u32]| {
            let ends = offsets.get(1..).unwrap_or_default();
            Bitmap::of_both(ends, offsets, |end, start| outside(end.wrapping_sub(start)))
        };
        Ok(match self.unit {
            Unit::Items => between(column.as_list()?.offsets()),
            Unit::Bytes => between(column.as_binary()?.offsets()),
            Unit::Characters => {
                let text = column.as_utf8()?;
                if text.is_ascii() {
                    between(text.offsets())
                } else {
                    text.values().map(|value| outside(value.chars().count() as u32)).collect()
                }
            }
        })
    }
}

impl Check for Length {
    type Settings = Bounds;
    const ABOUT: About = about!("length", Scope::Column, "Finds values too short or too long.");

    fn plan(bounds: &Bounds, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        let unit = match Self::new(bounds, field)?.unit {
            Unit::Characters => "characters",
            Unit::Bytes => "bytes",
            Unit::Items => "items",
        };
        let low = bounds.min.map(|min| format!("at least {min}"));
        let high = bounds.max.map(|max| format!("at most {max}"));
        let both: Vec<String> = low.into_iter().chain(high).collect();
        let summary = format!("column {:?} has {} {unit}", field.name, both.join(" and "));
        let rule = Rule::row("length", Dimension::Conformity, summary);
        Ok(CheckPlan::reading([&field.name]).judging([rule]).independent())
    }

    fn open(bounds: Bounds, reads: &Schema) -> Result<Self> {
        Self::new(&bounds, reads.only()?)
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

bailiwick_guest::export_check!(Length);
