//! Test guest `cipherer`: has the host encrypt what its settings say, whatever that is, once
//! for each batch. It imports `encryption` and nothing else.

use bailiwick_guest::{
    About, Array, Batch, DataType, Field, Map, Plan, Result, Schema, Scope, Settings, about,
    encryption,
};
use serde::Deserialize;

#[derive(Deserialize, Settings)]
#[serde(deny_unknown_fields)]
struct Request {
    /// The name of the key.
    key: String,
    /// The radix.
    radix: u32,
    /// How many bytes the tweak has.
    tweak_bytes: u32,
    /// The offsets; none: those of `values` values.
    offsets: Option<Vec<u32>>,
    /// How many values there are.
    values: u32,
    /// How many numerals each has.
    numerals: u32,
    /// What all of them are.
    numeral: u16,
}

struct Cipherer(Request);

impl Map for Cipherer {
    type Settings = Request;
    const ABOUT: About = about!("cipherer", Scope::Column, "Has anything encrypted.");

    fn plan(_settings: &Request, input: &Schema) -> Result<Plan> {
        let answer = Field::new("numerals", DataType::Int64).required();
        Ok(Plan::reading(input.names()).writing([answer]))
    }

    fn open(settings: Request, _reads: &Schema) -> Result<Self> {
        Ok(Self(settings))
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let Request { key, radix, tweak_bytes, offsets, values, numerals, numeral } = &self.0;
        let all = vec![*numeral; (values * numerals) as usize];
        let even = || (0..=*values).map(|value| value * numerals).collect();
        let offsets: Vec<u32> = offsets.clone().unwrap_or_else(even);
        let tweak = vec![7; *tweak_bytes as usize];
        let answer = encryption::encrypt(key, *radix, &tweak, &offsets, &all)?;
        let count = answer.len() as i64;
        Ok(vec![Array::from_values((0..rows.rows()).map(|_| count))])
    }
}

bailiwick_guest::export_map!(Cipherer);
