//! One part of a name: what stands between two slashes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest part of a name, in bytes: a TUF target path joins several of them
/// and a file name ends at 255 bytes on common file systems.
pub const MAX_PART_BYTES: usize = 64;

/// A text that is not the name it was given as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {what}: expected {expected}")]
pub struct NameError {
    /// The text as given, cut at 200 characters.
    pub text: String,
    /// What it was meant to name.
    pub what: &'static str,
    /// The form that such a name has.
    pub expected: &'static str,
}

impl NameError {
    pub(crate) fn new(text: &str, what: &'static str, expected: &'static str) -> Self {
        Self { text: text.chars().take(200).collect(), what, expected }
    }
}

const PART: &str = "1 to 64 lower-case letters, digits, `-` or `_`, beginning with a letter";

fn is_part(text: &str) -> bool {
    text.len() <= MAX_PART_BYTES
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

macro_rules! part {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                if is_part(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NameError::new(text, $what, PART))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

part!(
    /// The name of a domain, such as `sales`.
    DomainName,
    "domain name"
);
part!(
    /// The name of a port of a data product, such as `bookings`.
    PortName,
    "port name"
);
part!(
    /// The name of a module or product within its domain, such as `mask`.
    PartName,
    "name"
);
