//! What is wrong with an expression, and where.

use std::fmt;

/// A place in an expression's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: u64,
    /// The character within the line, from 1.
    pub character: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            1 => write!(f, "character {}", self.character),
            line => write!(f, "line {line}, character {}", self.character),
        }
    }
}

/// What is wrong with an expression, and where it is known, at which place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionError {
    /// What is wrong.
    pub mistake: Mistake,
    /// Where it begins.
    pub position: Option<Position>,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.position {
            Some(position) => write!(f, "at {position}: {}", self.mistake),
            None => self.mistake.fmt(f),
        }
    }
}

impl std::error::Error for ExpressionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.mistake)
    }
}

/// What can be wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// It is no expression.
    #[error("this is no SQL expression: {0}")]
    Syntax(String),
    /// Something follows it.
    #[error("the expression ends before `{0}`: join expressions by `and` or `or`")]
    Behind(String),
    /// It is too long.
    #[error(
        "the expression has {bytes} bytes, at most {most} are read: split it over several policies"
    )]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        most: usize,
    },
    /// It nests too deeply.
    #[error(
        "the expression nests deeper than {most}: use `in (…)` for many alternatives, or derive a column first"
    )]
    TooDeep {
        /// How deep it may.
        most: usize,
    },
    /// A column that is not there.
    #[error(
        "there is no column `{name}` among those that it can name ({known}): name one of them, or bind the policy to it"
    )]
    UnknownColumn {
        /// The name.
        name: String,
        /// Those that are there.
        known: String,
    },
    /// A column of a type that expressions do not compute with.
    #[error("column `{name}` is {found}, which expressions only ask whether it is null")]
    ColumnType {
        /// The name.
        name: String,
        /// Its type.
        found: String,
    },
    /// Something that SQL has, and this language does not.
    #[error("{what} is not supported: {instead}")]
    Unsupported {
        /// What it is.
        what: String,
        /// What to do instead.
        instead: String,
    },
    /// A value of another type than is needed.
    #[error("{what} is {found}, expected {expected}: {remedy}")]
    Type {
        /// What has the type.
        what: String,
        /// The type that it has.
        found: String,
        /// The types that would do.
        expected: String,
        /// What to do.
        remedy: String,
    },
    /// Two types that do not go together.
    #[error("{what} takes values of one type, found {left} and {right}: {remedy}")]
    Mixed {
        /// What takes them.
        what: String,
        /// One of them.
        left: String,
        /// The other.
        right: String,
        /// What to do.
        remedy: String,
    },
    /// A literal that is no value of the type that is needed.
    #[error("`{literal}` is no {of}: {remedy}")]
    Literal {
        /// The literal.
        literal: String,
        /// The type.
        of: String,
        /// What to do.
        remedy: String,
    },
    /// A function with the wrong number of arguments.
    #[error("`{name}` takes {expected}, found {found}")]
    Arguments {
        /// The function.
        name: String,
        /// What it takes.
        expected: &'static str,
        /// How many it was given.
        found: usize,
    },
    /// An expression without a column: it would be the same in every row.
    #[error(
        "the expression names no column, so it is the same in every row: name one, or leave it out"
    )]
    NoColumn,
}
