//! A module's own tests: data beside it, which say what it makes of some rows.
//!
//! A file of **cases** (`cases.json` in a guest crate, `NAME.cases.json` beside its component,
//! `VERSION.cases.json` beside it in the repository) is read by [`Cases::read`]. Each [`Case`]
//! has settings as a binding has them, rows with the types of their columns, and what must
//! come of them: columns, rows that stay, rows that fail and figures, or a refusal in the
//! module's words. `docs/cases.md` says how one is written.
//!
//! [`Cases::run`] has a [`Candidate`](bailiwick_engine::Candidate) show what it makes of each:
//! in the sandbox, under the grants and limits that the candidate was admitted with. Whoever
//! wants to know the outcome runs them; none is ever taken from whoever wrote them.

mod changes;
mod column;
mod comparison;
mod error;
mod expected;
mod file;
mod run;

pub use changes::Changes;
pub use error::CasesError;
pub use file::{Case, Cases, MAX_CASES};
pub use run::Outcome;
