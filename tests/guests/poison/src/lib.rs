//! Test guest `poison`: a map that puts texts into upper case, and faults on the texts
//! that ask for it, in any batch that holds one: `trap`, `loop`, `lie` and `reject`.
//! It imports nothing.

use bailiwick_guest::{
    About, Array, Batch, Error, Map, Plan, Result, Schema, Scope, Settings, Utf8Builder, about,
};
use serde::Deserialize;

/// What a binding can set.
#[derive(Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The most rows of a batch that it does not fault on; none: any number.
    pub at_most: Option<u32>,
}

/// The opened module.
pub struct Poison(Options);

impl Map for Poison {
    type Settings = Options;
    const ABOUT: About = about!("poison", Scope::Column, "Faults on texts that ask for it.");

    fn plan(_settings: &Options, input: &Schema) -> Result<Plan> {
        Ok(Plan::in_place(input))
    }

    fn open(settings: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self(settings))
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?.as_utf8()?;
        if self.0.at_most.is_some_and(|most| column.len() > most as usize) {
            trap();
        }
        let mut out = Utf8Builder::with_capacity(column.len(), column.text().len());
        for value in column.values() {
            match value {
                "trap" => trap(),
                "loop" => loop {
                    core::hint::spin_loop();
                },
                "lie" => return Ok(Vec::new()),
                "reject" => return Err(Error::data("row with secret-value says reject")),
                value => out.push(&value.to_uppercase()),
            }
        }
        let out = out.finish_as(column.column().data_type())?;
        Ok(vec![out.with_nulls_of(column.column())])
    }
}

fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    std::process::abort()
}

bailiwick_guest::export_map!(Poison);
