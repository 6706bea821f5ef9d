//! Every standard transform on awkward data (nulls, NaN, infinities, empty and non-ASCII
//! texts, extreme and ambiguous times) against what was computed without it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;

use bailiwick_checks::{Columns, rows};
use bailiwick_guest::Ordering;
use bailiwick_guest::testing::{Rows, set_key};
use bailiwick_transforms::{Kind, MODULES, kind_of, plan, run, values};
use serde::Deserialize;
use serde_json::Value;

const EXPECTED: &str = include_str!("../expected/transforms.json");

/// What `compute_expected.py` hashes under.
const KEY: &[u8] = b"0123456789abcdef";

/// Rows of a batch: no multiple of a word.
const BATCH: usize = 37;

#[derive(Deserialize)]
struct Expected {
    columns: Columns,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    module: String,
    columns: Vec<String>,
    settings: Value,
    outputs: Vec<Output>,
    relative: f64,
}

#[derive(Deserialize)]
struct Output {
    name: String,
    r#type: String,
    values: Vec<Value>,
}

impl Case {
    fn what(&self) -> String {
        format!("{} on {:?} with {}", self.module, self.columns, self.settings)
    }

    fn batches(&self, columns: &Columns, of: usize) -> Vec<Rows> {
        let len = columns.values().next().unwrap().len();
        let starts = (0..len).step_by(of);
        starts.map(|start| rows(columns, &self.columns, start..len.min(start + of))).collect()
    }

    fn run(&self, parts: &[&[Rows]]) -> Vec<Rows> {
        run(&self.module, &self.settings.to_string(), parts)
            .unwrap_or_else(|error| panic!("{}: {error}", self.what()))
    }

    /// What is not as it should be: the first value of each column.
    fn differences(&self, made: &[Rows]) -> Vec<String> {
        let names: Vec<&String> = self.outputs.iter().map(|output| &output.name).collect();
        assert!(made[0].schema().names().iter().eq(names), "{}", self.what());
        self.outputs.iter().filter_map(|output| self.difference(made, output)).collect()
    }

    fn difference(&self, made: &[Rows], output: &Output) -> Option<String> {
        let Output { name, r#type, values: wanted } = output;
        let field = made[0].schema().field(name).unwrap();
        assert_eq!(&kind_of(field), r#type, "{}: {name}", self.what());
        let own: Vec<Value> = made.iter().flat_map(|rows| values(rows, name)).collect();
        let has_null = own.iter().any(Value::is_null);
        assert!(field.nullable || !has_null, "{}: a null in {field:?}", self.what());
        if own.len() != wanted.len() {
            return Some(format!("{}: {} rows, not {}", self.what(), own.len(), wanted.len()));
        }
        let same = |(own, wanted): (&Value, &Value)| match r#type.as_str() {
            "float64" => close(own, wanted, self.relative),
            _ => own == wanted,
        };
        let row = own.iter().zip(wanted).position(|pair| !same(pair))?;
        let (own, wanted) = (&own[row], &wanted[row]);
        Some(format!("{}: row {row} of {name} is {own}, not {wanted}", self.what()))
    }
}

/// Whether two floats, as text, are the same number, or no further apart than that.
fn close(own: &Value, wanted: &Value, relative: f64) -> bool {
    let (Some(own), Some(wanted)) = (own.as_str(), wanted.as_str()) else { return own == wanted };
    let (own, wanted): (f64, f64) = (own.parse().unwrap(), wanted.parse().unwrap());
    own == wanted
        || own.is_nan() && wanted.is_nan()
        || (own - wanted).abs() <= wanted.abs() * relative
}

fn expected() -> Expected {
    set_key("test", KEY);
    serde_json::from_str(EXPECTED).unwrap()
}

#[test]
fn every_transform_makes_what_was_computed_without_it() {
    let Expected { columns, cases } = expected();
    let mut differences = Vec::new();
    for case in &cases {
        for of in [BATCH, 1, usize::MAX / 2] {
            differences.extend(case.differences(&case.run(&[&case.batches(&columns, of)])));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn parts_of_what_works_in_parts_make_the_same_together() {
    let Expected { columns, cases } = expected();
    let of = |module: &str| MODULES.iter().find(|(name, _)| *name == module).unwrap().1;
    let mut compared = 0;
    for case in cases.iter().filter(|case| of(&case.module) == Kind::Reshape) {
        let batches = case.batches(&columns, BATCH);
        let settings = case.settings.to_string();
        let planned = plan(&case.module, &settings, batches[0].schema()).unwrap();
        if planned.ordering == Some(Ordering::Independent) {
            let parts: Vec<&[Rows]> = batches.chunks(2).collect();
            assert_eq!(case.differences(&case.run(&parts)), [""; 0]);
            compared += 1;
        }
    }
    assert!(compared > 3, "{compared} in parts");
}

#[test]
fn no_transform_is_left_out() {
    let used: BTreeSet<String> = expected().cases.into_iter().map(|case| case.module).collect();
    let all: Vec<&str> = MODULES.iter().map(|(name, _)| *name).collect();
    assert_eq!(used.into_iter().collect::<Vec<_>>(), all);
}
