//! Why rows cannot be had.

use bailiwick_engine::TableError;
use bailiwick_terms::ProductName;

/// Why an input cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The file cannot be opened or read.
    #[error("input {file} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the reader says.
        reason: String,
    },
    /// A file whose name does not say how it is written.
    #[error(
        "input {file} does not end in .parquet, .csv, .ndjson, .jsonl, .arrow or .feather; state \
         its format"
    )]
    Format {
        /// The file.
        file: String,
    },
    /// A kind of location that is not supported.
    #[error(
        "input {location} is not a local file; only paths and file:// locations can be read in this version"
    )]
    Location {
        /// The location.
        location: String,
    },
    /// A column that the contract describes is not there.
    #[error(
        "input {file} has no column {column:?}, which object {object} of the contract describes; it has {present}"
    )]
    MissingColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The contract's object.
        object: String,
        /// The columns that are there.
        present: String,
    },
    /// A column name that stands twice.
    #[error("input {file} has two columns named {column:?}; rename one of them")]
    DuplicateColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
    },
    /// A column whose type cannot become the contract's without loss.
    #[error(
        "column {column:?} of input {file} has type {found}; the contract says {expected}, which it cannot become without loss"
    )]
    Type {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The contract's type.
        expected: String,
        /// The file's type.
        found: String,
    },
    /// A value that is not of the contract's type. The value itself is not shown.
    #[error(
        "row {row} of input {file}: column {column:?} holds a value that is not a {expected}; correct the row, or the type in the contract"
    )]
    Value {
        /// The file.
        file: String,
        /// The row, counted from 1, without a header.
        row: u64,
        /// The column.
        column: String,
        /// The contract's type.
        expected: String,
    },
    /// The file changed while it was read.
    #[error("input {file} changed while it was read; run again when nobody writes it")]
    Changed {
        /// The file.
        file: String,
    },
    /// The file of another product's port is not the one that its run delivered.
    #[error(
        "input {file} is not what the committed run of {producer} delivered: its SHA-256 differs from the report's; run {producer} again"
    )]
    NotDelivered {
        /// The file.
        file: String,
        /// The product that delivered it.
        producer: ProductName,
    },
}

/// Why a reference table cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The mesh has no folder for it.
    #[error(
        "it is the file {file}, and the mesh has no folder of them: state `references` in mesh.yaml"
    )]
    NoFolder {
        /// The file.
        file: String,
    },
    /// A way out of the folder.
    #[error(
        "the file {file} is not within the mesh's folder of references; name it relative to that, without `..`, and put the file itself there rather than a link to elsewhere"
    )]
    Outside {
        /// The file.
        file: String,
    },
    /// The file cannot be read, or is not what the contract describes.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Its rows cannot be held.
    #[error(transparent)]
    Table(#[from] TableError),
}
