//! The module `restrict`: the column actions of Apache Iceberg's read restrictions (REST
//! catalog), by their names and with their meaning, so that what is published reads like
//! what a catalog would have shown.
//!
//! A null stays null under every action, and the column's type stays what it is.
//!
//! | action | makes | of |
//! |---|---|---|
//! | `replace-with-null` | null | any type |
//! | `mask-to-default`, `mask-to-fixed-value` | a value that is the same for all: `XXXXXXXX`, 999999999, 0.0, false, 9999-12-31, no bytes (see [`fixed`]) | any type but lists and structs |
//! | `mask-alphanum` | digits into `n`, all else but `( ) , . - @` into `x` | text |
//! | `show-first-4` | as `mask-alphanum`, but the first 4 characters stay | text |
//! | `show-last-4` | as `mask-alphanum`, but the last 4 characters stay | text |
//! | `truncate-to-year`, `truncate-to-month` | the first moment of it | dates, timestamps |
//! | `sha-256-global` | SHA-256: of text as 64 hexadecimal digits, of an integer its first bytes as one, of bytes its 32 bytes | text, int32, int64, binary |
//! | `sha-256-query-local` | the same of a keyed hash, whose key is another in every run | as before |
//!
//! What to know before it is bound:
//!
//! - `show-first-4` and `show-last-4` show a text of up to 4 characters *whole*: that is
//!   the actions' meaning. The module `mask` hides such a text.
//! - `sha-256-global` hides nothing that can be guessed: whoever hashes all phone numbers
//!   can look them up. It is for joining with what others have hashed in the same way.
//! - `sha-256-query-local` has HMAC-SHA-256 under a key of the run where Iceberg hashes a
//!   random salt before the value: no salt is random in a run that can be repeated. It
//!   needs `key`, and an approval that grants the service `pseudonym` with it.
//! - `apply-expression` is what the module `derive` does.
//! - A number of 8 or 16 bits, one without a sign, a time, a decimal of 256 bits or one of
//!   fixed width has no hash; the actions' own types have no such.

pub mod fixed;
mod hash;
mod text;
mod truncate;

use bailiwick_guest::{
    About, Array, Batch, DataType, Error, Field, Map, Plan, Result, Schema, Scope, Settings, about,
};
use serde::Deserialize;

/// What is done to the column.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// The action.
    pub action: Action,
    /// The name of the key of `sha-256-query-local`.
    pub key: Option<String>,
}

/// The actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Null.
    ReplaceWithNull,
    /// A value that is the same for all.
    MaskToDefault,
    /// The same, by the name that it had first.
    MaskToFixedValue,
    /// Digits become `n`, letters `x`.
    MaskAlphanum,
    /// The first 4 characters stay.
    #[serde(rename = "show-first-4")]
    ShowFirst4,
    /// The last 4 characters stay.
    #[serde(rename = "show-last-4")]
    ShowLast4,
    /// The first moment of the year.
    TruncateToYear,
    /// The first moment of the month.
    TruncateToMonth,
    /// SHA-256.
    #[serde(rename = "sha-256-global")]
    Sha256Global,
    /// A keyed hash, whose key is another in every run.
    #[serde(rename = "sha-256-query-local")]
    Sha256QueryLocal,
}

/// The opened module.
#[derive(Debug)]
pub struct Restricting {
    restriction: Restriction,
    field: Field,
}

impl Map for Restricting {
    type Settings = Restriction;
    const ABOUT: About =
        about!("restrict", Scope::Column, "Applies an Iceberg read restriction to a column.");

    fn plan(settings: &Restriction, input: &Schema) -> Result<Plan> {
        let field = input.only()?;
        let of = &field.data_type;
        if settings.key.is_some() != (settings.action == Action::Sha256QueryLocal) {
            return Err(Error::settings("`key` is for `sha-256-query-local`, which needs it"));
        }
        match settings.action {
            Action::ReplaceWithNull => {
                return Ok(Plan::reading([&field.name]).writing([field.clone().optional()]));
            }
            Action::MaskToDefault | Action::MaskToFixedValue => {
                fixed::column(field, 0)?;
            }
            Action::MaskAlphanum | Action::ShowFirst4 | Action::ShowLast4 if !of.is_text() => {
                return Err(field.unexpected("utf8"));
            }
            Action::TruncateToYear | Action::TruncateToMonth if !truncate::can(of) => {
                return Err(field.unexpected("date32, date64 or timestamp"));
            }
            Action::Sha256Global | Action::Sha256QueryLocal if !hash::can(of) => {
                return Err(field.unexpected("utf8, int32, int64 or binary"));
            }
            _ => {}
        }
        Ok(Plan::in_place(input))
    }

    fn open(restriction: Restriction, reads: &Schema) -> Result<Self> {
        Ok(Self { restriction, field: reads.only()?.clone() })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        let made = match self.restriction.action {
            Action::ReplaceWithNull => return Ok(vec![Array::nulls(&self.field, rows.rows())]),
            Action::MaskToDefault | Action::MaskToFixedValue => {
                fixed::column(&self.field, rows.rows())?
            }
            Action::MaskAlphanum => text::mask(column.as_utf8()?, text::Shown::None)?,
            Action::ShowFirst4 => text::mask(column.as_utf8()?, text::Shown::First)?,
            Action::ShowLast4 => text::mask(column.as_utf8()?, text::Shown::Last)?,
            Action::TruncateToYear => truncate::to(column, truncate::Part::Year)?,
            Action::TruncateToMonth => truncate::to(column, truncate::Part::Month)?,
            Action::Sha256Global => hash::column(column, None)?,
            Action::Sha256QueryLocal => hash::column(column, self.restriction.key.as_deref())?,
        };
        Ok(vec![
            match self.field.data_type {
                DataType::Binary | DataType::LargeBinary => made,
                ref data_type => made.as_type(data_type)?,
            }
            .with_nulls_of(column),
        ])
    }
}

bailiwick_guest::export_map!(Restricting);
