//! The settings as they are read: one object with every member that some method has.
//!
//! Code to read the enum [`Method`] itself would be a fifth of the whole component.

use bailiwick_guest::Scalar;
use serde::Deserialize;

use crate::{Method, Part, star};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flat {
    method: Name,
    value: Option<Scalar>,
    with: Option<char>,
    n: Option<u32>,
    to: Option<Part>,
    key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Name {
    Null,
    Fixed,
    Redact,
    ShowFirstN,
    ShowLastN,
    Email,
    TruncateDate,
    KeyedHash,
}

impl TryFrom<Flat> for Method {
    type Error = &'static str;

    fn try_from(flat: Flat) -> Result<Self, &'static str> {
        let Flat { method, mut value, mut with, mut n, mut to, mut key } = flat;
        let (no_value, no_n) = ("`fixed` needs `value`", "the method needs `n`");
        let method = match method {
            Name::Null => Self::Null,
            Name::Fixed => Self::Fixed { value: value.take().ok_or(no_value)? },
            Name::Redact => Self::Redact { with: with.take().unwrap_or_else(star) },
            Name::ShowFirstN => Self::ShowFirstN {
                n: n.take().ok_or(no_n)?,
                with: with.take().unwrap_or_else(star),
            },
            Name::ShowLastN => {
                Self::ShowLastN { n: n.take().ok_or(no_n)?, with: with.take().unwrap_or_else(star) }
            }
            Name::Email => Self::Email { with: with.take().unwrap_or_else(star) },
            Name::TruncateDate => {
                Self::TruncateDate { to: to.take().ok_or("`truncate-date` needs `to`")? }
            }
            Name::KeyedHash => {
                Self::KeyedHash { key: key.take().ok_or("`keyed-hash` needs `key`")? }
            }
        };
        // What is left belongs to another method.
        if value.is_some() || with.is_some() || n.is_some() || to.is_some() || key.is_some() {
            return Err("the settings have a member that the method does not");
        }
        Ok(method)
    }
}
