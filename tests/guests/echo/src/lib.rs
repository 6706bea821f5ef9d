//! Test guest `echo`: writes each column back as it came, by way of the SDK's views.

use bailiwick_guest::{About, Array, Batch, Column, Map, Result, Schema, Scope, Settings, about};
use serde::Deserialize;

#[derive(Deserialize, Settings)]
#[serde(deny_unknown_fields)]
struct Options {}

struct Echo;

impl Map for Echo {
    type Settings = Options;
    const ABOUT: About = about!("echo", Scope::Columns, "Writes each column back as it came.");

    fn open(_settings: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self)
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        Ok(rows.columns().map(Column::to_array).collect())
    }
}

bailiwick_guest::export_map!(Echo);
