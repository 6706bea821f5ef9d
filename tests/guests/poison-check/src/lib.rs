//! Test guest `poison-check`: a check that finds texts which were there before, keeps
//! all that it saw, counts the rows, and traps on the texts that say `trap`, in any batch
//! that holds one. It imports nothing.

use std::collections::BTreeSet;

use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Dimension, Error, Measure, Result, Rule, Schema, Scope,
    Settings, about,
};
use serde::Deserialize;

/// Nothing can be set.
#[derive(Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Options {}

/// The opened module.
#[derive(Default)]
pub struct PoisonCheck {
    rows: u64,
    seen: BTreeSet<String>,
}

impl Check for PoisonCheck {
    type Settings = Options;
    const ABOUT: About = about!("poison-check", Scope::Column, "Faults on texts that ask for it.");

    fn plan(_settings: &Options, input: &Schema) -> Result<CheckPlan> {
        let rule = Rule::row("new", Dimension::Uniqueness, "no text was there before");
        Ok(CheckPlan::reading(input.names()).judging([rule]))
    }

    fn open(_settings: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self::default())
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let column = rows.only()?.as_utf8()?;
        if column.values().any(|value| value == "trap") {
            trap();
        }
        self.rows += column.len() as u64;
        Ok(vec![column.values().map(|value| !self.seen.insert(value.to_owned())).collect()])
    }

    /// The count of rows in 8 bytes, then every text and a line feed.
    fn state(&self) -> Result<Vec<u8>> {
        let mut state = self.rows.to_le_bytes().to_vec();
        for text in &self.seen {
            state.extend_from_slice(text.as_bytes());
            state.push(b'\n');
        }
        Ok(state)
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let malformed = || Error::data("the state to merge is not one of this check");
        let (rows, texts) = state.split_first_chunk().ok_or_else(malformed)?;
        self.rows += u64::from_le_bytes(*rows);
        let texts = core::str::from_utf8(texts).map_err(|_| malformed())?;
        self.seen.extend(texts.lines().map(str::to_owned));
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let counts = [("rows", self.rows as f64), ("distinct", self.seen.len() as f64)];
        Ok(counts.map(|(name, value)| Measure::new("new", name, value)).into())
    }
}

fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    std::process::abort()
}

bailiwick_guest::export_check!(PoisonCheck);
