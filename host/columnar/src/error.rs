//! What can be wrong with columns, ours or a module's.

/// Why columns cannot cross, or why what a module gave back is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnarError {
    /// A column has a type that modules do not see.
    #[error(
        "column {column:?} has type {found}, which cannot enter a module; \
         cast it to a supported type before, or leave it out of the binding's columns"
    )]
    UnsupportedType {
        /// The column.
        column: String,
        /// Its type, as Arrow prints it.
        found: String,
    },

    /// A batch has no column of that name.
    #[error("there is no column {column:?}; there are {present}")]
    MissingColumn {
        /// The column asked for.
        column: String,
        /// The columns that are there.
        present: String,
    },

    /// A column of a batch does not have the type that was planned.
    #[error("column {column:?} has type {found}, planned was {expected}")]
    TypeChanged {
        /// The column.
        column: String,
        /// The type planned.
        expected: String,
        /// The type found.
        found: String,
    },

    /// A batch or a buffer is too large to cross.
    #[error(
        "{what} is {found}, more than the {limit} that can cross into a module; use smaller batches"
    )]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        found: usize,
        /// The most there may be.
        limit: usize,
    },

    /// Two columns of one name.
    #[error("column {column:?} is there twice; rename one of them")]
    DuplicateColumn {
        /// The name.
        column: String,
    },

    /// What a module gave back breaks the contract.
    #[error("the module broke the contract: {0}")]
    Malformed(#[from] Malformed),

    /// Arrow itself refused an operation on columns of ours.
    #[error("arrow refused: {0}")]
    Arrow(String),
}

impl From<arrow_schema::ArrowError> for ColumnarError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::Arrow(error.to_string())
    }
}

/// How an answer of a module breaks the contract of `wit/columnar.wit`.
///
/// No message repeats a byte of the answer, save the names and formats of fields
/// it declared: an answer may hold data, and a message may travel far.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A number of things is not the number it must be.
    #[error("{what} of {field}: expected {expected}, got {found}")]
    Count {
        /// The field, quoted, or the batch.
        field: String,
        /// What was counted.
        what: &'static str,
        /// The number it must be.
        expected: usize,
        /// The number it is.
        found: usize,
    },

    /// More of something than is allowed.
    #[error("{what} of {field}: at most {limit}, got {found}")]
    TooMany {
        /// The field, quoted, or the batch.
        field: String,
        /// What was counted.
        what: &'static str,
        /// The most there may be.
        limit: u64,
        /// The number there is.
        found: u64,
    },

    /// Nulls in a field that was declared without.
    #[error("{field} was declared not nullable, yet {found} values are null")]
    UnexpectedNulls {
        /// The field, quoted.
        field: String,
        /// How many are null.
        found: usize,
    },

    /// Offsets that do not start at 0, fall, or end elsewhere than the values.
    #[error("offsets of {field}: {problem}")]
    Offsets {
        /// The field, quoted.
        field: String,
        /// What is wrong with them.
        problem: &'static str,
    },

    /// Text that is not UTF-8.
    #[error("{field} holds text that is not UTF-8")]
    NotUtf8 {
        /// The field, quoted.
        field: String,
    },

    /// A decimal with more digits than its type has.
    #[error("{field} holds a decimal of more digits than its type has")]
    DecimalPrecision {
        /// The field, quoted.
        field: String,
    },

    /// Set bits past the last row of a bitmap.
    #[error("a bitmap has set bits past its {rows} rows")]
    BitsPastRows {
        /// The rows.
        rows: usize,
    },

    /// A format string that is not one of the contract's.
    #[error("field {field:?} has format {format:?}, which is none of the contract's")]
    Format {
        /// The field's name.
        field: String,
        /// The format.
        format: String,
    },

    /// A schema that nests too deep, or whose children do not add up.
    #[error("the declared fields do not add up: {problem}")]
    Schema {
        /// What is wrong with them.
        problem: &'static str,
    },
}
