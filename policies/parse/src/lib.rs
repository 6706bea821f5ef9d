//! The module `parse`: reads a column of text as dates, timestamps, numbers or bools.
//!
//! ```json
//! {"to": "date", "formats": ["%d.%m.%Y", "%Y-%m-%d"], "otherwise": "null"}
//! {"to": "decimal", "precision": 12, "scale": 2, "decimal_mark": ",", "group_mark": "."}
//! {"to": "bool", "true": ["Y", "yes"], "false": ["N", "no"]}
//! ```
//!
//! The column is replaced by one of the new type: `date32`, `timestamp` in microseconds,
//! `int64`, `float64`, `decimal128` or `bool`. White space around a value does not count.
//! What is no such value is an error (`on_fault: quarantine` keeps its row back), or null
//! with `otherwise: null`. Null stays null.
//!
//! A format is text in which these stand for parts of a date (as in strptime); the first
//! format that fits counts:
//!
//! | | |
//! |---|---|
//! | `%Y` | the year, 4 digits |
//! | `%m`, `%d` | the month and the day, 1 or 2 digits |
//! | `%b` | the month, by the first three letters of its English name |
//! | `%H`, `%M`, `%S` | hours, minutes, seconds, 1 or 2 digits |
//! | `%f` | a fraction of a second, 1 to 6 digits |
//! | `%z` | `Z`, or an offset such as `+02:00` or `+0200`: the time is then UTC's |
//! | `%%` | `%` |
//!
//! Without `formats` a date is `%Y-%m-%d`, and a timestamp `%Y-%m-%dT%H:%M:%S` with a
//! space for the `T` or not, with a fraction or not and with an offset or not. `zone`
//! names the time zone that the timestamps are given: then values are UTC's, and so
//! formats without `%z` must hold times in UTC. What clocks of a zone showed is read without
//! `zone`, and made moments by `local-time`.
//!
//! Numbers have an optional sign, digits, and behind `decimal_mark` (`.`) more digits;
//! `group_mark` may stand between digits before it. A float may have an exponent. A
//! decimal with more digits behind its point than the scale is no such value, and is not
//! rounded.

mod moment;
mod number;

use bailiwick_guest::{
    About, Array, Batch, BoolBuilder, Column, DataType, DecimalBuilder, Error, Field, Map, Plan,
    PrimitiveBuilder, Result, Schema, Scope, Settings, TimeUnit, about,
};
use serde::Deserialize;

use moment::Format;
use number::Marks;

/// What text is read as.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Parse {
    /// The type.
    pub to: To,
    /// How dates and timestamps are written; none: as ISO 8601 has them.
    #[serde(default)]
    pub formats: Vec<String>,
    /// The time zone of timestamps.
    pub zone: Option<String>,
    /// The number of digits of a decimal.
    #[settings(minimum = 1, maximum = 38)]
    pub precision: Option<u8>,
    /// Digits behind the point of a decimal.
    #[settings(minimum = 0, maximum = 38)]
    pub scale: Option<i8>,
    /// What stands before the fraction.
    pub decimal_mark: Option<char>,
    /// What may stand between digits.
    pub group_mark: Option<char>,
    /// What is true.
    #[serde(default)]
    pub r#true: Vec<String>,
    /// What is false.
    #[serde(default)]
    pub r#false: Vec<String>,
    /// What becomes of other text.
    #[serde(default)]
    pub otherwise: Otherwise,
}

/// A type that text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum To {
    /// A day.
    Date,
    /// A day and a time.
    Timestamp,
    /// A whole number of 64 bits.
    Integer,
    /// A number of 64 bits.
    Float,
    /// A number of so many digits.
    Decimal,
    /// True or false.
    Bool,
}

/// What becomes of text that is no such value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// It is an error.
    #[default]
    Error,
    /// It becomes null.
    Null,
}

/// The opened module.
#[derive(Debug)]
pub struct Parsing {
    settings: Parse,
    formats: Vec<Format>,
    data_type: DataType,
}

impl Parse {
    fn data_type(&self) -> Result<DataType> {
        let stated = [
            (
                &[To::Decimal][..],
                self.precision.is_some() || self.scale.is_some(),
                "`precision` and `scale` are for decimals",
            ),
            (
                &[To::Date, To::Timestamp],
                !self.formats.is_empty(),
                "`formats` are for dates and timestamps",
            ),
            (&[To::Timestamp], self.zone.is_some(), "`zone` is for timestamps"),
            (
                &[To::Float, To::Decimal],
                self.decimal_mark.is_some(),
                "`decimal_mark` is for floats and decimals",
            ),
            (
                &[To::Integer, To::Float, To::Decimal],
                self.group_mark.is_some(),
                "`group_mark` is for numbers",
            ),
            (
                &[To::Bool],
                !(self.r#true.is_empty() && self.r#false.is_empty()),
                "`true` and `false` are for bools",
            ),
        ];
        if let Some((.., said)) =
            stated.iter().find(|(of, stated, _)| *stated && !of.contains(&self.to))
        {
            return Err(Error::settings(*said));
        }
        Ok(match self.to {
            To::Date => DataType::Date32,
            To::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, self.zone.clone()),
            To::Integer => DataType::Int64,
            To::Float => DataType::Float64,
            To::Bool if self.r#true.is_empty() || self.r#false.is_empty() => {
                return Err(Error::settings(
                    "`bool` needs texts that are `true` and ones that are `false`",
                ));
            }
            To::Bool => DataType::Bool,
            To::Decimal => match (self.precision, self.scale) {
                (Some(precision @ 1..=38), Some(scale))
                    if (0..=precision as i8).contains(&scale) =>
                {
                    DataType::Decimal128 { precision, scale }
                }
                _ => {
                    return Err(Error::settings(
                        "`decimal` needs `precision`, up to 38, and `scale`, up to that",
                    ));
                }
            },
        })
    }
}

impl Map for Parsing {
    type Settings = Parse;
    const ABOUT: About =
        about!("parse", Scope::Column, "Reads text as dates, times, numbers and bools.");

    fn plan(settings: &Parse, input: &Schema) -> Result<Plan> {
        let field = input.only()?;
        if !field.data_type.is_text() {
            return Err(field.unexpected("utf8"));
        }
        moment::formats(settings)?;
        let mut written = Field::new(&field.name, settings.data_type()?);
        written.nullable = field.nullable || settings.otherwise == Otherwise::Null;
        Ok(Plan::reading([&field.name]).writing([written]))
    }

    fn open(settings: Parse, _reads: &Schema) -> Result<Self> {
        let (formats, data_type) = (moment::formats(&settings)?, settings.data_type()?);
        Ok(Self { settings, formats, data_type })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        let marks = Marks::of(&self.settings);
        let (mut failed, count) = (0_usize, rows.rows());
        let array = match &self.data_type {
            DataType::Date32 => {
                let mut out = PrimitiveBuilder::<i32>::with_capacity(count);
                let day = |text: &str| moment::day(&self.formats, text);
                each(column, &mut failed, day, |value| out.push_option(value))?;
                out.finish_as(&self.data_type)?
            }
            DataType::Timestamp(..) => {
                let mut out = PrimitiveBuilder::<i64>::with_capacity(count);
                let moment = |text: &str| moment::microseconds(&self.formats, text);
                each(column, &mut failed, moment, |value| out.push_option(value))?;
                out.finish_as(&self.data_type)?
            }
            DataType::Int64 => {
                let mut out = PrimitiveBuilder::<i64>::with_capacity(count);
                each(
                    column,
                    &mut failed,
                    |text| marks.integer(text),
                    |value| out.push_option(value),
                )?;
                out.finish()
            }
            DataType::Float64 => {
                let mut out = PrimitiveBuilder::<f64>::with_capacity(count);
                each(
                    column,
                    &mut failed,
                    |text| marks.float(text),
                    |value| out.push_option(value),
                )?;
                out.finish()
            }
            DataType::Decimal128 { precision, scale } => {
                let mut out = DecimalBuilder::with_capacity(count, *precision, *scale);
                let decimal = |text: &str| marks.decimal(text, *precision, *scale);
                each(column, &mut failed, decimal, |value| out.push_option(value))?;
                out.finish()
            }
            _ => {
                let mut out = BoolBuilder::with_capacity(count);
                let bool = |text: &str| {
                    let among = |words: &[String]| words.iter().any(|word| word == text);
                    among(&self.settings.r#true)
                        .then_some(true)
                        .or_else(|| among(&self.settings.r#false).then_some(false))
                };
                each(column, &mut failed, bool, |value| out.push_option(value))?;
                out.finish()
            }
        };
        if failed > 0 && self.settings.otherwise == Otherwise::Error {
            return Err(Error::data(format!(
                "column \"{}\": {failed} of {count} texts are no such value: state `otherwise: \
                 null` to make them null, or `on_fault: quarantine` to keep their rows back",
                column.name()
            )));
        }
        Ok(vec![array])
    }
}

/// Reads each value, and counts those that cannot be.
fn each<T>(
    column: Column<'_>,
    failed: &mut usize,
    read: impl Fn(&str) -> Option<T>,
    mut push: impl FnMut(Option<T>),
) -> Result<()> {
    for value in column.as_utf8()?.iter() {
        let made = value.and_then(|text| read(trimmed(text)));
        *failed += usize::from(value.is_some() && made.is_none());
        push(made);
    }
    Ok(())
}

/// The text without blanks around it: mostly there are none.
#[inline]
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

bailiwick_guest::export_map!(Parsing);
