//! Test guest `chatterbox`: logs what its settings say, as often as they say, in
//! `open` and for each batch; `{}` stands for the first value of its column. It
//! imports `log` and nothing else.

use bailiwick_guest::{
    About, Array, Batch, Column, Map, Result, Schema, Scope, Settings, about, log,
};
use serde::Deserialize;

#[derive(Deserialize, Settings)]
#[serde(deny_unknown_fields)]
struct Options {
    /// What to log.
    say: String,
    /// How often.
    times: u32,
}

struct Chatterbox(Options);

impl Chatterbox {
    fn say(&self, value: &str) {
        let text = self.0.say.replace("{}", value);
        for _ in 0..self.0.times {
            log::debug(&text);
            log::info(&text);
            log::warn(&text);
        }
    }
}

impl Map for Chatterbox {
    type Settings = Options;
    const ABOUT: About = about!("chatterbox", Scope::Column, "Logs what its settings say.");

    fn open(settings: Options, _reads: &Schema) -> Result<Self> {
        let opened = Self(settings);
        opened.say("opened");
        Ok(opened)
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        self.say(column.as_utf8()?.get(0).unwrap_or("nothing"));
        Ok(rows.columns().map(Column::to_array).collect())
    }
}

bailiwick_guest::export_map!(Chatterbox);
