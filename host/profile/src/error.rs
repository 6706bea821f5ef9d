//! Why there is no profile, or no suggestion.

use std::path::PathBuf;

use bailiwick_columnar::ColumnarError;
use bailiwick_pipeline::PipelineError;

/// Why a file could not be profiled, or nothing be suggested by a profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The file cannot be read.
    #[error(transparent)]
    Input(#[from] PipelineError),

    /// A column of the file could not be handed to a standard module.
    #[error("column {column:?}: {source}")]
    Columns {
        /// The column.
        column: String,
        /// What happened.
        source: ColumnarError,
    },

    /// A standard module refused a column that it measures.
    #[error("column {column:?}: {source}")]
    Module {
        /// The column.
        column: String,
        /// What it says.
        source: bailiwick_guest::Error,
    },

    /// A kernel refused a column: a defect of bailiwick.
    #[error("column {column:?}: {source}")]
    Arrow {
        /// The column.
        column: String,
        /// What it says.
        source: arrow_schema::ArrowError,
    },

    /// The text is no profile, or one of another version.
    #[error("{file} is no profile of version {version}: {reason}", version = crate::PROFILE_VERSION)]
    NoProfile {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },

    /// A document that would be written is there with another text.
    #[error("{file} is there already and says something else; remove it, or write elsewhere")]
    Exists {
        /// The file.
        file: PathBuf,
    },

    /// A document cannot be written.
    #[error("{file} cannot be written: {reason}")]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        reason: String,
    },
}
