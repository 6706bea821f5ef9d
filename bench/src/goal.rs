//! What a figure ought to be.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A figure, the most that it ought to be, and what it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// What is measured.
    pub what: String,
    /// The most that it ought to be.
    pub at_most: f64,
    /// In what both are given; empty for a ratio.
    pub unit: String,
    /// What it was.
    pub measured: f64,
    /// Whether that is at most what it ought to be.
    pub met: bool,
}

impl Goal {
    /// A ratio that ought to be at most so much.
    pub fn ratio(what: impl Into<String>, at_most: f64, measured: f64) -> Self {
        Self::quantity(what, at_most, measured, "")
    }

    /// A quantity in some unit that ought to be at most so much.
    pub fn quantity(
        what: impl Into<String>,
        at_most: f64,
        measured: f64,
        unit: impl Into<String>,
    ) -> Self {
        let met = measured <= at_most;
        Self { what: what.into(), at_most, unit: unit.into(), measured, met }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, at_most, unit, measured, met } = self;
        let space = if unit.is_empty() { "" } else { " " };
        let met = if *met { "met" } else { "NOT MET" };
        write!(f, "{what}: {measured:.2}{space}{unit}, goal <= {at_most}{space}{unit}: {met}")
    }
}
