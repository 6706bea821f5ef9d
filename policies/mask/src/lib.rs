//! The module `mask`: hides what a column says.
//!
//! A null stays null under every method. Settings are an object whose `method` says
//! how; the other members depend on it:
//!
//! | method | members | makes | of |
//! |---|---|---|---|
//! | `null` | | null | any type |
//! | `fixed` | `value` | that value | bool, numbers, decimal128, dates, timestamps, text |
//! | `redact` | `with` | `Jane-7` into `****-*` | text |
//! | `show-first-n` | `n`, `with` | `4111 1234` into `41** ****` | text |
//! | `show-last-n` | `n`, `with` | `4111 1234` into `**** **34` | text |
//! | `email` | `with` | `jane@example.com` into `j***@example.com` | text |
//! | `truncate-date` | `to` | `2013-07-19` into `2013-07-01` | date32, date64, timestamp |
//! | `keyed-hash` | `key` | a keyed hash, as 64 hexadecimal digits | text |
//!
//! The type of the column stays what it is. `keyed-hash` needs an approval that
//! grants the service `pseudonym` with the key of that name. Behind the name can stand
//! how far hashes are to join: `customer@domain`, `customer@product`, `customer@run`;
//! without it, as with `@global`, they join with all that were made under the key.
//!
//! Not here: Iceberg's actions by their names and with their meaning (`restrict`), fewer
//! values in the place of many (`generalise`), dates moved by a number of days of each
//! entity's own (`shift-dates`), what too few rows have in common (`k-anonymity`), encryption
//! that keeps a value's form (`encrypt`).

mod date;
mod email;
mod flat;
mod hash;
mod text;

use bailiwick_guest::{
    About, Array, Batch, DataType, Field, Map, Plan, Result, Scalar, Schema, Scope, Settings, about,
};
use serde::Deserialize;

use flat::Flat;

pub use date::Part;

/// How the column is hidden.
#[derive(Debug, Clone, PartialEq, Deserialize, Settings)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields, try_from = "Flat")]
#[settings(as = "Self")]
pub enum Method {
    /// Every value becomes null.
    Null,
    /// Every value becomes the one given.
    Fixed {
        /// The value: of the column's type; dates and timestamps as ISO 8601 text.
        value: Scalar,
    },
    /// Every letter and digit, and every character outside ASCII, becomes another
    /// character; length and punctuation stay.
    Redact {
        /// The character to put instead.
        #[serde(default = "star")]
        with: char,
    },
    /// As `redact`, but the first characters stay. A value of no more than so many
    /// characters is redacted whole.
    ShowFirstN {
        /// How many characters stay.
        n: u32,
        /// The character to put instead.
        #[serde(default = "star")]
        with: char,
    },
    /// As `redact`, but the last characters stay. A value of no more than so many
    /// characters is redacted whole.
    ShowLastN {
        /// How many characters stay.
        n: u32,
        /// The character to put instead.
        #[serde(default = "star")]
        with: char,
    },
    /// The first character and the domain stay, three characters stand between
    /// them, whatever the length. What is no address becomes three characters.
    Email {
        /// The character to put instead.
        #[serde(default = "star")]
        with: char,
    },
    /// The first day of the year or month, or midnight of the day; in UTC where the
    /// column has a time zone.
    TruncateDate {
        /// What stays.
        to: Part,
    },
    /// HMAC-SHA-256 under a key that this module does not see: equal values stay
    /// equal, and nothing else can be told.
    KeyedHash {
        /// The key's name.
        key: String,
    },
}

fn star() -> char {
    '*'
}

/// The opened module.
#[derive(Debug)]
pub struct Mask {
    method: Method,
    field: Field,
}

impl Map for Mask {
    type Settings = Method;
    const ABOUT: About = about!("mask", Scope::Column, "Hides what a column says.");

    fn plan(method: &Method, input: &Schema) -> Result<Plan> {
        let field = input.only()?;
        let data_type = &field.data_type;
        match method {
            Method::Null => {
                return Ok(Plan::reading([&field.name]).writing([field.clone().optional()]));
            }
            Method::Fixed { value } => {
                Array::filled(field, &value.exact(field)?, 0)?;
            }
            Method::TruncateDate { .. } => {
                let dated = matches!(
                    data_type,
                    DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)
                );
                if !dated {
                    return Err(field.unexpected("date32, date64 or timestamp"));
                }
            }
            _ if !data_type.is_text() => return Err(field.unexpected("utf8")),
            _ => {}
        }
        Ok(Plan::in_place(input))
    }

    fn open(method: Method, reads: &Schema) -> Result<Self> {
        Ok(Self { method, field: reads.only()?.clone() })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        let masked = match &self.method {
            Method::Null => return Ok(vec![Array::nulls(&self.field, rows.rows())]),
            Method::Fixed { value } => {
                Array::filled(&self.field, &value.exact(&self.field)?, rows.rows())?
            }
            Method::Redact { with } => text::redact(column.as_utf8()?, *with, text::Shown::None)?,
            Method::ShowFirstN { n, with } => {
                text::redact(column.as_utf8()?, *with, text::Shown::First(*n as usize))?
            }
            Method::ShowLastN { n, with } => {
                text::redact(column.as_utf8()?, *with, text::Shown::Last(*n as usize))?
            }
            Method::Email { with } => email::mask(column.as_utf8()?, *with)?,
            Method::TruncateDate { to } => date::truncate(column, *to)?,
            Method::KeyedHash { key } => hash::keyed_hash(column.as_utf8()?, key)?,
        };
        Ok(vec![masked.as_type(&self.field.data_type)?.with_nulls_of(column)])
    }
}

bailiwick_guest::export_map!(Mask);
