//! What all governance documents share: YAML text in, a located error out.

mod expansion;

use std::fmt;

use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The version of Bailiwick's own documents, as they state it in `apiVersion`.
pub(crate) const API_VERSION: &str = "bailiwick/v1";

/// The most problems of one document that an error lists.
const LISTED_PROBLEMS: usize = 5;

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The text is not YAML, or not of the document's form.
    #[error("{file}: {found}")]
    Malformed {
        /// The file, as the caller named it.
        file: String,
        /// What was found, with its line where that is known.
        found: String,
    },
    /// The document is of its form, yet says what it may not.
    #[error("{file}: {problems}")]
    Invalid {
        /// The file, as the caller named it.
        file: String,
        /// What is wrong, and where.
        problems: Problems,
    },
}

impl DocumentError {
    pub(crate) fn malformed(file: &str, found: impl fmt::Display) -> Self {
        Self::Malformed { file: file.to_owned(), found: printable(&found.to_string()) }
    }
}

/// One thing wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, as a JSON Pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// What was expected and what was found.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "at {}: ", printable(&self.pointer))?;
        }
        f.write_str(&printable(&self.message))
    }
}

/// All things wrong with a document; its text lists the first few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { pointer: pointer.into(), message: message.into() });
    }

    pub(crate) fn from_found(found: Vec<Problem>) -> Self {
        Self(found)
    }

    /// The problems, in the order in which they were found.
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }

    /// The value, unless something is wrong with the document.
    pub(crate) fn or<T>(self, file: &str, value: T) -> Result<T, DocumentError> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(DocumentError::Invalid { file: file.to_owned(), problems: self })
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().take(LISTED_PROBLEMS).enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        match self.0.len().saturating_sub(LISTED_PROBLEMS) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// Reads YAML as any value. Goes through YAML's own value first: that refuses a
/// mapping with the same key twice, which JSON's would take silently.
pub(crate) fn yaml_value(file: &str, text: &str) -> Result<Value, DocumentError> {
    expansion::check(text).map_err(|e| DocumentError::malformed(file, e))?;
    let yaml: serde_norway::Value =
        serde_norway::from_str(text).map_err(|e| DocumentError::malformed(file, e))?;
    serde_json::to_value(yaml).map_err(|e| DocumentError::malformed(file, e))
}

/// Reads YAML as one of Bailiwick's own documents.
pub(crate) fn yaml_document<T: DeserializeOwned>(
    file: &str,
    text: &str,
) -> Result<T, DocumentError> {
    yaml_value(file, text)?;
    serde_norway::from_str(text).map_err(|e| DocumentError::malformed(file, e))
}

/// The same value with the keys of every object in order, so that it is written
/// in one way whoever wrote it.
pub(crate) fn canonical(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> =
                members.into_iter().map(|(key, value)| (key, canonical(value))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(canonical).collect()),
        other => other,
    }
}

/// Text with words of a document in it, for an error: documents are a domain's, and
/// whoever reads the error is not. Bounded, and with every control character but the
/// end of a line escaped, so that it cannot steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    const MOST_BYTES: usize = 2_000;
    let mut kept = String::new();
    for c in text.chars() {
        if kept.len() >= MOST_BYTES {
            kept.push('…');
            break;
        }
        if c.is_control() && c != '\n' {
            kept.extend(c.escape_default());
        } else {
            kept.push(c);
        }
    }
    kept
}

/// Text from elsewhere, cut to what an error can hold.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// A whole number of a document: serde's own would call it by a Rust type in errors.
#[derive(Clone, Copy)]
pub(crate) struct Whole(pub(crate) u64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, 0 or more")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
                Ok(Whole(number))
            }
        }
        deserializer.deserialize_u64(Reader)
    }
}

/// A number of a document.
#[derive(Clone, Copy)]
pub(crate) struct Number(pub(crate) f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
                Ok(Number(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }
        }
        deserializer.deserialize_f64(Reader)
    }
}
