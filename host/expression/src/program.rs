//! What comes of an expression.

use serde::Serialize;

/// An expression, compiled: steps in order, the last of which is the result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Program {
    /// The text that it was compiled of.
    pub sql: String,
    /// The columns that it reads, each once.
    pub columns: Vec<Column>,
    /// The steps, each made of columns, literals and steps before it.
    pub steps: Vec<Step>,
    /// The type of the result.
    pub r#type: String,
}

/// A column that a program reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What is read of it.
    pub part: Part,
    /// The type of its values, where they are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
}

/// What a program reads of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Its values.
    Values,
    /// Only which rows have one.
    Presence,
}

/// One step of a program.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Step {
    /// What it does.
    pub op: &'static str,
    /// The steps that it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<u32>,
    /// A literal, or what else the operation needs to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integer: Option<i64>,
    /// A literal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<f64>,
    /// A literal, or what else the operation needs to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether a value that it fails on is null, and no error.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub r#try: bool,
}

impl Step {
    pub(crate) fn new(op: &'static str, of: impl IntoIterator<Item = u32>) -> Self {
        Self { op, of: of.into_iter().collect(), ..Self::default() }
    }

    pub(crate) fn integer(self, integer: impl Into<i64>) -> Self {
        Self { integer: Some(integer.into()), ..self }
    }

    pub(crate) fn text(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }

    pub(crate) fn number(self, number: f64) -> Self {
        Self { number: Some(number), ..self }
    }

    pub(crate) fn tried(self, r#try: bool) -> Self {
        Self { r#try, ..self }
    }
}
