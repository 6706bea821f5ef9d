//! Test guest `idle`: a check that passes every row without looking at any, so that
//! what a push of its takes is what the sandbox itself costs.

use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Dimension, Result, Rule, Schema, Scope, Settings, about,
};
use serde::Deserialize;

#[derive(Deserialize, Settings)]
#[serde(deny_unknown_fields)]
struct Options {}

struct Idle;

impl Check for Idle {
    type Settings = Options;
    const ABOUT: About = about!("idle", Scope::Columns, "Passes every row unseen.");

    fn plan(_options: &Options, input: &Schema) -> Result<CheckPlan> {
        let rule = Rule::row("unseen", Dimension::Conformity, "any row passes");
        Ok(CheckPlan::reading(input.names()).judging([rule]))
    }

    fn open(_options: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self)
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        Ok(vec![Bitmap::filled(rows.rows(), false)])
    }
}

bailiwick_guest::export_check!(Idle);
