//! JSON text that a module is given as its settings: it reads what the host wrote.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use bailiwick_fuzz::bent;
use bailiwick_guest::testing::plan_map;
use bailiwick_guest::{About, Array, Batch, Map, Plan, Result, Schema, Scope, Settings, about};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that settings are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
struct Everything {
    flag: Option<bool>,
    float: Option<f64>,
    tiny: Option<i8>,
    wide: Option<i64>,
    count: Option<u64>,
    texts: Option<Vec<String>>,
    by_name: Option<BTreeMap<String, Choice>>,
    letter: Option<char>,
    nested: Option<Box<Everything>>,
    #[serde(default)]
    plain: Plain,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Settings)]
enum Plain {
    #[default]
    First,
    Second,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Settings)]
enum Choice {
    Unit,
    Held(u8),
    Fields { a: u8, b: Option<f64> },
}

/// Remembers what it was opened with.
struct Reader;

thread_local! {
    static READ: RefCell<Option<Everything>> = const { RefCell::new(None) };
}

impl Map for Reader {
    type Settings = Everything;
    const ABOUT: About = about!("reader", Scope::Columns, "Reads settings.");

    fn plan(settings: &Everything, input: &Schema) -> Result<Plan> {
        READ.set(Some(settings.clone()));
        Ok(Plan::in_place(input))
    }

    fn open(_settings: Everything, _reads: &Schema) -> Result<Self> {
        Ok(Self)
    }

    fn push(&self, _rows: &Batch) -> Result<Vec<Array>> {
        Ok(Vec::new())
    }
}

/// What a module reads.
fn read(text: &str) -> Result<Everything> {
    plan_map::<Reader>(text, &Schema::default())?;
    Ok(READ.take().unwrap())
}

#[test]
fn settings() {
    bolero::check!().with_iterations(0).for_each(property);
}

#[test]
fn bent_settings() {
    bent("settings", 4_000, property);
}

fn property(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let (read_here, value) = (read(text), serde_json::from_str::<Value>(text));
    let Ok(value) = value else {
        // What is no JSON to the host is none to a module.
        assert!(read_here.is_err(), "{read_here:?}");
        return;
    };
    // The host hands on what it read in words of its own; the module reads that as the
    // same, down to the last bit of a float.
    let written = value.to_string();
    let of_host = serde_json::from_value::<Everything>(value);
    match (read(&written), of_host) {
        (Ok(module), Ok(host)) => {
            assert_eq!(module, host, "{written}");
            assert_eq!(
                serde_json::to_string(&module).unwrap(),
                serde_json::to_string(&host).unwrap()
            );
        }
        (Ok(module), Err(error)) => panic!("read as {module:?}, though {error}: {written}"),
        (Err(error), Ok(host)) => {
            assert!(may_refuse(&error.to_string()), "{error}, though it is {host:?}: {written}");
        }
        (Err(_), Err(_)) => {}
    }
}

/// Numbers that a module may refuse where the host has them: said in the reader's words.
fn may_refuse(error: &str) -> bool {
    error.contains("more digits than 64 bits") || error.contains("beyond the range of float64")
}
