//! SQL expressions in settings: text in, a typed program out.
//!
//! A domain writes `dep_delay <= 60 and origin in ('EWR', 'JFK')`. The planner, which
//! knows the columns and their types, has it compiled here: every name is resolved,
//! every type checked, every conversion made explicit. What comes of it is a
//! [`Program`]: steps in order, each made of earlier ones. It takes the text's place
//! in the plan's settings, so a plan's digest covers what is computed, and modules
//! evaluate it column by column without a parser, without overloads and without
//! anything left to guess (`bailiwick-guest`, `expression`).
//!
//! Which settings are expressions a module says in its settings' JSON Schema: a text
//! whose `format` is [`EXPRESSION`] or [`PREDICATE`]. [`compile_settings`] finds them.
//!
//! The language is a subset of SQL's value expressions with the meaning that they have
//! there: comparisons with null are unknown, and a predicate holds where it is true.
//! What SQL leaves open, or engines differ on:
//!
//! | matter | here |
//! |---|---|
//! | `/` | divides floats; what is divided by 0 is null, as is the rest (`%`) |
//! | a result beyond its type's range, a `cast` that fails | an error, if the row's result depends on it: a `case` can guard it; `try_cast` gives null |
//! | NaN | equal to itself and greater than every number |
//! | `0.1` | a float; beside a decimal, that very decimal |
//! | decimals | sums and products are exact, of 38 digits |
//! | text | compares by code points; positions and lengths count characters |
//! | `'2013-07-04'` beside a date or timestamp | that date or timestamp |
//! | timestamps with a zone | parts are those in UTC; without a zone they are not compared with others |
//! | names | compared as they are written, quoted or not |
//! | the time of day, randomness | not there: a run must give the same whenever it is repeated |

mod error;
mod literal;
mod lower;
mod program;
mod query;
mod settings;
mod types;

use arrow_schema::Field;
pub use arrow_schema::TimeUnit;

pub use error::{ExpressionError, Mistake, Position};
pub use program::{Column, Part, Program, Step};
pub use query::{Figure, FigureQuery, figure_query};
pub use settings::{
    EXPRESSION, PREDICATE, SettingError, columns_of, compile_settings, with_sources,
};
pub use types::Type;

/// The longest text of an expression, in bytes. Far longer than any that a person
/// writes; a tree of no longer a text can be walked without running out of stack.
pub const MAX_TEXT_BYTES: usize = 8_192;

/// How deep expressions may nest. A chain of operators nests too.
pub const MAX_DEPTH: usize = 256;

/// What an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A value of any type.
    Value,
    /// Whether something holds: a bool.
    Predicate,
}

/// Compiles an expression over columns of these fields.
///
/// # Errors
/// If the text is no expression, or one that this language does not have, names a
/// column that is not there, or combines types that do not fit.
pub fn compile(sql: &str, fields: &[Field], purpose: Purpose) -> Result<Program, ExpressionError> {
    lower::compile(sql, fields, purpose)
}
