//! Test guest `poison-filter`: a filter that drops the texts that say `drop`, and traps
//! on those that say `trap`. It imports nothing.

use bailiwick_guest::{About, Batch, Bitmap, Filter, Result, Schema, Scope, Settings, about};
use serde::Deserialize;

/// Nothing can be set.
#[derive(Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Options {}

/// The opened module.
pub struct PoisonFilter;

impl Filter for PoisonFilter {
    type Settings = Options;
    const ABOUT: About = about!("poison-filter", Scope::Column, "Faults on texts that ask for it.");

    fn open(_settings: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self)
    }

    fn push(&self, rows: &Batch) -> Result<Bitmap> {
        let column = rows.only()?.as_utf8()?;
        if column.values().any(|value| value == "trap") {
            trap();
        }
        Ok(column.values().map(|value| value != "drop").collect())
    }
}

fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    std::process::abort()
}

bailiwick_guest::export_filter!(PoisonFilter);
