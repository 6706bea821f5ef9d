//! What a module settles before the first row.

use crate::{Error, Field, Lookup, Ordering, Read, Result, Schema};

/// What a transform reads and writes. The host holds it to this.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The columns to read, each once; only these enter the module, in this order.
    pub reads: Vec<Read>,
    /// The fields to write. A map replaces the column of that name, or adds it
    /// behind the others; for a reshape this is the whole new schema.
    pub writes: Vec<Field>,
    /// What the answer to a batch may depend on; none: for a map and a filter
    /// `Independent`, since they cannot change between batches, for a reshape `Ordered`.
    pub ordering: Option<Ordering>,
    /// What is looked up in reference tables, each table once.
    pub lookups: Vec<Lookup>,
}

impl Plan {
    /// Reads these columns, given by name or as [`Read`], and writes nothing yet.
    pub fn reading<R: Into<Read>>(reads: impl IntoIterator<Item = R>) -> Self {
        Self { reads: reads.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Reads all columns and writes each again with the same type.
    pub fn in_place(input: &Schema) -> Self {
        Self::reading(input.names()).writing(input.fields.iter().cloned())
    }

    /// Refuses a plan that writes two columns of one name.
    ///
    /// # Errors
    /// Names them.
    pub fn with_distinct_names(self) -> Result<Self> {
        for (at, field) in self.writes.iter().enumerate() {
            if self.writes.iter().take(at).any(|before| before.name == field.name) {
                let name = &field.name;
                return Err(Error::settings(format!("two columns would be named `{name}`")));
            }
        }
        Ok(self)
    }

    /// Writes these fields besides.
    pub fn writing(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.writes.extend(fields);
        self
    }

    /// Looks up this besides.
    pub fn looking_up(mut self, lookup: Lookup) -> Self {
        self.lookups.push(lookup);
        self
    }

    /// Answers to each batch alone, so that it can run in several lanes.
    pub fn independent(self) -> Self {
        Self { ordering: Some(Ordering::Independent), ..self }
    }

    /// Answers by what came before too.
    pub fn ordered(self) -> Self {
        Self { ordering: Some(Ordering::Ordered), ..self }
    }
}

/// The data quality dimension that a rule belongs to, as ODCS names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Values are as they are in the world.
    Accuracy,
    /// Nothing is missing.
    Completeness,
    /// Values have the form they must.
    Conformity,
    /// Values do not contradict each other.
    Consistency,
    /// All that should be described is.
    Coverage,
    /// Values are recent enough.
    Timeliness,
    /// Nothing is there twice.
    Uniqueness,
}

impl Dimension {
    /// The name in ODCS.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Completeness => "completeness",
            Self::Conformity => "conformity",
            Self::Consistency => "consistency",
            Self::Coverage => "coverage",
            Self::Timeliness => "timeliness",
            Self::Uniqueness => "uniqueness",
        }
    }
}

/// What a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// Single rows: `push` gives a bitmap of those that fail.
    Row,
    /// All rows together: only `conclude` speaks of it.
    Dataset,
}

/// One rule of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Unique within the check: letters, digits, `-`, `_` and `.`, at most 64 bytes.
    pub id: String,
    /// One sentence: what must hold.
    pub summary: String,
    /// The data quality dimension.
    pub dimension: Dimension,
    /// What it speaks of.
    pub granularity: Granularity,
}

/// The longest id of a rule, in bytes: the contract's limit.
pub const MAX_RULE_ID_BYTES: usize = 64;

impl Rule {
    /// A rule that single rows fail.
    pub fn row(id: impl Into<String>, dimension: Dimension, summary: impl Into<String>) -> Self {
        Self { id: id.into(), summary: summary.into(), dimension, granularity: Granularity::Row }
    }

    /// A rule that all rows together fail.
    pub fn dataset(
        id: impl Into<String>,
        dimension: Dimension,
        summary: impl Into<String>,
    ) -> Self {
        Self { granularity: Granularity::Dataset, ..Self::row(id, dimension, summary) }
    }

    /// An id for a rule about a column: its name, a `-` and the suffix. Characters
    /// that an id may not have become `_`, and a long name is cut.
    pub fn id_for(column: &str, suffix: &str) -> String {
        let room = MAX_RULE_ID_BYTES.saturating_sub(suffix.len() + 1);
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name = column.chars().take(room).map(|c| if allowed(c) { c } else { '_' });
        format!("{}-{suffix}", name.collect::<String>())
    }
}

/// What a check reads and which rules it judges by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckPlan {
    /// The columns to read, each once; only these enter the module, in this order.
    pub reads: Vec<Read>,
    /// The rules; `push` gives the bitmaps of those about rows in this order.
    pub rules: Vec<Rule>,
    /// What the judgement of a batch may depend on; none: `Ordered`.
    pub ordering: Option<Ordering>,
    /// What is looked up in reference tables, each table once.
    pub lookups: Vec<Lookup>,
}

impl CheckPlan {
    /// Reads these columns, given by name or as [`Read`], and has no rules yet.
    pub fn reading<R: Into<Read>>(reads: impl IntoIterator<Item = R>) -> Self {
        Self { reads: reads.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Judges by these rules besides.
    pub fn judging(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.rules.extend(rules);
        self
    }

    /// Looks up this besides.
    pub fn looking_up(mut self, lookup: Lookup) -> Self {
        self.lookups.push(lookup);
        self
    }

    /// Judges each batch alone, so that it can run in several lanes: no row is judged
    /// by another one of another batch.
    pub fn independent(self) -> Self {
        Self { ordering: Some(Ordering::Independent), ..self }
    }
}

/// One figure, found over all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// The id of the rule that it belongs to.
    pub rule: String,
    /// What was measured; for a rule about all rows, `value` is the one that
    /// thresholds speak of.
    pub name: String,
    /// The figure: finite.
    pub value: f64,
}

impl Measure {
    /// A figure.
    pub fn new(rule: impl Into<String>, name: impl Into<String>, value: f64) -> Self {
        Self { rule: rule.into(), name: name.into(), value }
    }
}
