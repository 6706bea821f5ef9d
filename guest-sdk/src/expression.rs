//! SQL expressions in settings, evaluated column by column.
//!
//! A domain writes `dep_delay <= 60 and origin in ('EWR', 'JFK')`. The host, which knows
//! the columns, compiles the text when the pipeline is planned, so what a module reads
//! is a program of typed steps and no text: there is no parser here. A module has it by
//! a setting of type [`Expression`] or [`Predicate`]:
//!
//! ```
//! use bailiwick_guest::{
//!     About, Batch, Bitmap, Filter, Plan, Predicate, Result, Schema, Scope, Settings, about,
//!     expression,
//! };
//! use serde::Deserialize;
//!
//! #[derive(Deserialize, Settings)]
//! struct Options {
//!     /// Which rows stay.
//!     keep: Predicate,
//! }
//!
//! struct Keep(expression::Evaluator);
//!
//! impl Filter for Keep {
//!     type Settings = Options;
//!     const ABOUT: About = about!("keep", Scope::Columns, "Keeps rows.");
//!
//!     fn plan(settings: &Options, input: &Schema) -> Result<Plan> {
//!         settings.keep.check(input)?;
//!         Ok(Plan::reading(settings.keep.reads()))
//!     }
//!
//!     fn open(settings: Options, reads: &Schema) -> Result<Self> {
//!         settings.keep.open(reads).map(Self)
//!     }
//!
//!     fn push(&self, rows: &Batch) -> Result<Bitmap> {
//!         self.0.holds(rows)
//!     }
//! }
//! ```
//!
//! A batch is evaluated 1,024 rows at a time, so that what lies between two steps stays
//! in the cache, and in the same room batch after batch. Every step is one loop over values
//! of one of five kinds, without branches where it can be; integers of up to 32 bits stay so
//! until something needs more, and a literal is read again and again. A value that fails on
//! the way (a sum beyond 64 bits, a text that is no number) is an error only where a row's
//! result depends on it.

mod arithmetic;
mod bind;
mod block;
mod choice;
mod comparison;
mod conversion;
mod evaluate;
mod literal;
mod logic;
mod moment;
mod numbers;
mod op;
mod program;
mod register;
mod text;
mod words;

use serde::{Deserialize, Deserializer};

pub use evaluate::Evaluator;

use crate::settings::Definitions;
use crate::{DataType, Field, Read, Result, Schema, Settings};
use program::Program;

/// A value that is computed of the columns, row by row. In a binding it is SQL text.
#[derive(Debug, Clone)]
pub struct Expression(Program);

/// Whether something holds for a row. In a binding it is SQL text.
#[derive(Debug, Clone)]
pub struct Predicate(Program);

impl Expression {
    /// The text that it was made of.
    pub fn sql(&self) -> &str {
        &self.0.sql
    }

    /// What it reads: for [`Plan::reading`](crate::Plan::reading).
    pub fn reads(&self) -> Vec<Read> {
        self.0.reads()
    }

    /// Checks that the columns are there, of the types that it was made for.
    pub fn check(&self, input: &Schema) -> Result<()> {
        self.0.check(input)
    }

    /// The type of its values.
    pub fn data_type(&self) -> Result<DataType> {
        self.0.data_type()
    }

    /// A nullable field of its type.
    pub fn field(&self, name: &str) -> Result<Field> {
        Ok(Field::new(name, self.data_type()?))
    }

    /// Makes it ready for batches of the fields that the plan reads.
    pub fn open(self, reads: &Schema) -> Result<Evaluator> {
        Evaluator::new(self.0, reads)
    }
}

impl Predicate {
    /// The text that it was made of.
    pub fn sql(&self) -> &str {
        &self.0.sql
    }

    /// What it reads: for [`Plan::reading`](crate::Plan::reading).
    pub fn reads(&self) -> Vec<Read> {
        self.0.reads()
    }

    /// Checks that the columns are there, of the types that it was made for.
    pub fn check(&self, input: &Schema) -> Result<()> {
        self.0.check(input)
    }

    /// Makes it ready for batches of the fields that the plan reads.
    pub fn open(self, reads: &Schema) -> Result<Evaluator> {
        Evaluator::new(self.0, reads)
    }
}

impl Settings for Expression {
    fn schema(_: &mut Definitions) -> String {
        String::from(r#"{"type":"string","format":"sql-expression"}"#)
    }
}

impl Settings for Predicate {
    fn schema(_: &mut Definitions) -> String {
        String::from(r#"{"type":"string","format":"sql-predicate"}"#)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Program::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Predicate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Program::deserialize(deserializer).map(Self)
    }
}
