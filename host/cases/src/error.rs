//! Why a file is no file of cases.

use bailiwick_terms::MAX_CASES_BYTES;

use crate::MAX_CASES;

/// Why a file is no file of cases.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CasesError {
    /// It is not of its form.
    #[error(
        "{file} holds no test cases: {reason}; write {{\"cases\": [...]}}, as docs/cases.md describes"
    )]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong with it, and where.
        reason: String,
    },
    /// There is none.
    #[error(
        "{component} has no test cases; write cases.json in its crate, as docs/cases.md describes, and build it"
    )]
    Missing {
        /// The component that has none beside it.
        component: String,
    },
    /// It has more bytes than may be.
    #[error(
        "{file} has more than the {MAX_CASES_BYTES} bytes that test cases may have; keep those that say most"
    )]
    TooLarge {
        /// The file.
        file: String,
    },
    /// There are more than anyone reads.
    #[error(
        "{file} holds {found} test cases, and at most {MAX_CASES} may be; keep those that say most"
    )]
    TooMany {
        /// The file.
        file: String,
        /// How many there are.
        found: usize,
    },
    /// Two have one name.
    #[error("{file}: two test cases are named {case:?}; name each for what it shows")]
    SameName {
        /// The file.
        file: String,
        /// The name.
        case: String,
    },
    /// One of them is not of its form.
    #[error("{file}: test case {case}: {reason}")]
    Case {
        /// The file.
        file: String,
        /// The case: its name, or which one it is.
        case: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
}
