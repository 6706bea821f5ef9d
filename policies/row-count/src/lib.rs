//! The module `row-count`: how many rows there are.
//!
//! One rule of all rows, `row-count`; a threshold says how many there must be:
//!
//! ```yaml
//! - id: enough-rows
//!   module: governance/row-count@0.1.0
//!   threshold: {mustBeGreaterOrEqualTo: 1000}
//! ```
//!
//! It has no settings, and reads no column: bound to some, it leaves them alone.

use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Dimension, Measure, Result, Rule, Schema, Scope,
    Settings, about,
};
use serde::Deserialize;

/// The one rule.
const RULE: &str = "row-count";

/// Nothing can be set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {}

/// The opened module.
#[derive(Debug)]
pub struct RowCount {
    rows: u64,
}

impl Check for RowCount {
    type Settings = Options;
    const ABOUT: About = about!("row-count", Scope::Columns, "Counts the rows.");

    fn plan(_options: &Options, _input: &Schema) -> Result<CheckPlan> {
        let rule = Rule::dataset(RULE, Dimension::Coverage, "there are as many rows as there must");
        Ok(CheckPlan::default().judging([rule]).independent())
    }

    fn open(_options: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self { rows: 0 })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        self.rows += rows.rows() as u64;
        Ok(Vec::new())
    }

    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        state.u64(self.rows);
        Ok(state.finish())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        self.rows = self.rows.saturating_add(Reader::new(state).u64()?);
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        Ok(vec![Measure::new(RULE, "value", self.rows as f64)])
    }
}

bailiwick_guest::export_check!(RowCount);
