//! Test guest `hasher`: hashes a column of text under the key that its settings
//! name. It imports `pseudonym` and nothing else.

use bailiwick_guest::{
    About, Array, Batch, DataType, Field, Map, Plan, Result, Schema, Scope, Settings, about,
    pseudonym,
};
use serde::Deserialize;

#[derive(Deserialize, Settings)]
#[serde(deny_unknown_fields)]
struct Options {
    /// The name of the key.
    key: String,
}

struct Hasher(Options);

impl Map for Hasher {
    type Settings = Options;
    const ABOUT: About = about!("hasher", Scope::Column, "Hashes text under a named key.");

    fn plan(_settings: &Options, input: &Schema) -> Result<Plan> {
        let hash = Field::new("hash", DataType::FixedSizeBinary(32)).required();
        Ok(Plan::reading(input.names()).writing([hash]))
    }

    fn open(settings: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self(settings))
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?.as_utf8()?;
        let text = column.text().as_bytes();
        let hashes = pseudonym::hash(&self.0.key, column.offsets(), text)?;
        Ok(vec![Array::from_fixed_binary(32, hashes)])
    }
}

bailiwick_guest::export_map!(Hasher);
