//! The profile itself: what is written, and read again.

use std::collections::BTreeMap;

use bailiwick_pipeline::InputRead;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ProfileError;

/// The version of the form; it changes when a reader of the old form could misread the
/// new one.
pub const PROFILE_VERSION: &str = "1";

/// What a file holds. It holds no time and nothing of the machine: the same file and
/// options give the same profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The version of this form.
    pub profile_version: String,
    /// The version of bailiwick that made it.
    pub bailiwick: String,
    /// The file.
    pub input: InputRead,
    /// How many rows it has.
    pub rows: u64,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The keys of two columns; none where no two columns could be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Keys>,
}

/// The pairs of columns that tell every row from every other, though neither column does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The names of each pair, the one of the fewest possible pairs of values first.
    pub found: Vec<Vec<String>>,
    /// Pairs of which it is not known, for there were too many, or they took too much memory.
    pub left_out: u64,
}

/// What one column holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type in the file, in the words of contracts; of CSV always `string`.
    #[serde(rename = "type")]
    pub data_type: String,
    /// For texts that all read as another type: that type. Ends, mean and quantiles are
    /// then of the values read so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<String>,
    /// Rows without a value.
    pub nulls: u64,
    /// Texts of no characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<u64>,
    /// Floats that are not finite, where there are some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_finite: Option<NotFinite>,
    /// How many different values there are; none for nested types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<Distinct>,
    /// The least value; of floats, the least finite one. A number, or a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Value>,
    /// The greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Value>,
    /// Of finite numbers: `mean`, `standard-deviation`, `skewness`, as the module
    /// `statistics` has them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, f64>,
    /// Quantiles of numbers, dates and times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantiles: Vec<Quantile>,
    /// How long texts are, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lengths: Option<Lengths>,
    /// Common values, the commonest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Common<Counted>>,
    /// Common forms of texts, the commonest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forms: Option<Common<Form>>,
    /// The well-known formats that most of the texts have, the most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<FormatFound>,
    /// Why the column is suspected to hold personal data, the gravest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal_data: Vec<Suspicion>,
    /// Whether its values, and figures that speak of single ones, are left out, because
    /// personal data is suspected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

/// Floats that are not finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotFinite {
    /// How many are not a number.
    pub nan: u64,
    /// How many are infinite, of either sign.
    pub infinite: u64,
}

/// How many different values there are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distinct {
    /// Different values, nulls left out; where estimated, the nearest whole number.
    pub count: u64,
    /// Where it is estimated: the standard error, as a share of the count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Values that come exactly once; not known where the count is estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<u64>,
}

/// A quantile of the values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantile {
    /// Which: 0.5 is the median.
    pub share: f64,
    /// Its value: a number, or a text.
    pub value: Value,
}

/// How long texts are, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lengths {
    /// The shortest.
    pub min: u64,
    /// The longest.
    pub max: u64,
    /// The mean.
    pub mean: f64,
}

/// What comes often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Common<T> {
    /// Whether these are all that there are.
    pub complete: bool,
    /// By how much each number of rows may be too high; 0: they are exact.
    pub error: u64,
    /// The commonest first.
    pub common: Vec<T>,
}

/// A value, and how often it comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The value: a number, a truth value, or a text.
    pub value: Value,
    /// Rows that have it.
    pub rows: u64,
}

/// A form of texts, and how often it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// `A` for a capital, `a` for another letter, `9` for a digit, `?` for what is neither
    /// and not of ASCII; other characters are themselves. With `+` behind a class, one or
    /// more of it.
    pub form: String,
    /// Rows that have it.
    pub rows: u64,
}

/// A well-known format of texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatFound {
    /// Its name, as the module `format` has it.
    pub format: String,
    /// Rows whose text has it.
    pub rows: u64,
}

/// Why a column is suspected to hold personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspicion {
    /// What it would be: a kind of the module `personal-data`, or one that only a column's
    /// name tells, such as `name` or `date-of-birth`.
    pub kind: String,
    /// `high`, `medium` or `low`.
    pub confidence: Confidence,
    /// What the suspicion comes from.
    pub because: String,
}

/// How sure a suspicion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Other things look the same.
    Low,
    /// Other things seldom look the same.
    Medium,
    /// Hardly anything else looks the same.
    High,
}

impl Profile {
    /// The profile as JSON text.
    ///
    /// # Errors
    /// None for a profile that was made here: its numbers are finite.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads what [`Profile::to_json`] wrote.
    ///
    /// # Errors
    /// [`ProfileError::NoProfile`] where it is something else, or of another version.
    pub fn of_json(file: &str, text: &str) -> Result<Self, ProfileError> {
        let none = |reason: String| ProfileError::NoProfile { file: file.to_owned(), reason };
        let value: Value = serde_json::from_str(text).map_err(|error| none(error.to_string()))?;
        match value.get("profile_version").and_then(Value::as_str) {
            Some(PROFILE_VERSION) => {
                serde_json::from_value(value).map_err(|error| none(error.to_string()))
            }
            Some(other) => Err(none(format!("it is one of version {other:?}"))),
            None => Err(none("it has no `profile_version`".to_owned())),
        }
    }
}

impl Column {
    /// The type of its values: what texts read as, where they all do.
    pub fn value_type(&self) -> &str {
        self.holds.as_deref().unwrap_or(&self.data_type)
    }

    /// Whether every value, nulls left out, is known to come once.
    pub fn is_unique(&self, rows: u64) -> bool {
        let values = rows.saturating_sub(self.nulls);
        values > 0 && self.distinct.is_some_and(|distinct| distinct.once == Some(values))
    }

    /// The surest suspicion.
    pub fn suspicion(&self) -> Option<&Suspicion> {
        self.personal_data.iter().max_by_key(|suspicion| suspicion.confidence)
    }
}
