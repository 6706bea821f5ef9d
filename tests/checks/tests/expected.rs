//! Every standard check on awkward data (nulls, NaN, infinities, empty and non-ASCII
//! texts, extreme times) against what was computed without it, in one part and in eight.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_checks::{Columns, MODULES, plan, rows, verdict};
use bailiwick_guest::testing::{Rows, Verdict};
use bailiwick_guest::{Granularity, Ordering};
use serde::Deserialize;
use serde_json::Value;

const EXPECTED: &str = include_str!("../expected/checks.json");

/// Rows of a batch of the whole, and of the eight parts: no multiple of a word.
const BATCH: usize = 77;

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
    failing: BTreeMap<String, Vec<usize>>,
    measures: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    relative: f64,
}

impl Case {
    fn what(&self) -> String {
        format!("{} on {:?} with {}", self.module, self.columns, self.settings)
    }

    fn find(&self, parts: &[&[Rows]]) -> Verdict {
        verdict(&self.module, &self.settings.to_string(), parts)
            .unwrap_or_else(|error| panic!("{}: {error}", self.what()))
    }

    fn batches(&self, columns: &Columns) -> Vec<Rows> {
        let len = columns.values().next().unwrap().len();
        let starts = (0..len).step_by(BATCH);
        // A check that reads no column still sees how many rows there are.
        let names =
            if self.columns.is_empty() { vec!["small".to_owned()] } else { self.columns.clone() };
        starts.map(|start| rows(columns, &names, start..len.min(start + BATCH))).collect()
    }
}

fn expected() -> Expected {
    serde_json::from_str(EXPECTED).unwrap()
}

#[test]
fn every_check_finds_what_was_computed_without_it() {
    let Expected { columns, cases } = expected();
    for case in &cases {
        let found = case.find(&[&case.batches(&columns)]);
        for (rule, failing) in &case.failing {
            assert_eq!(&found.failing(rule), failing, "{}: rows of {rule}", case.what());
        }
        for (rule, measures) in &case.measures {
            for (name, wanted) in measures {
                let own = found.measures.iter().find(|own| own.rule == *rule && own.name == *name);
                let own = own.map(|own| own.value);
                let fits = match (own, wanted) {
                    (Some(own), Some(wanted)) => {
                        (own - wanted).abs() <= wanted.abs() * case.relative
                    }
                    (own, wanted) => own.is_none() && wanted.is_none(),
                };
                assert!(fits, "{}: {name} of {rule} is {own:?}, not {wanted:?}", case.what());
            }
        }
    }
}

#[test]
fn eight_parts_find_what_the_whole_does() {
    let Expected { columns, cases } = expected();
    for case in &cases {
        let batches = case.batches(&columns);
        let whole = case.find(&[&batches]);
        let mut parts: Vec<&[Rows]> = batches.chunks(batches.len().div_ceil(8)).collect();
        let settings = case.settings.to_string();
        let planned = plan(&case.module, &settings, batches[0].schema()).unwrap();
        assert_eq!(case.find(&parts).measures, whole.measures, "{}", case.what());
        if planned.ordering == Some(Ordering::Independent) {
            parts.reverse();
            parts.swap(1, 4);
            assert_eq!(case.find(&parts).measures, whole.measures, "{} shuffled", case.what());
        }
    }
}

#[test]
fn no_check_has_anything_to_say_of_no_rows() {
    let Expected { columns, cases } = expected();
    for case in &cases {
        let none = [case.batches(&columns)[0].clone()];
        let names =
            if case.columns.is_empty() { vec!["small".to_owned()] } else { case.columns.clone() };
        let empty = [rows(&columns, &names, 0..0)];
        let found = case.find(&[&empty]);
        assert!(found.failing.iter().all(Vec::is_empty), "{}", case.what());
        // Nothing before or behind the others changes what they are.
        let alone = case.find(&[&none]);
        assert_eq!(case.find(&[&empty, &none, &empty]).measures, alone.measures, "{}", case.what());
        for rule in found.rules.iter().filter(|rule| rule.granularity == Granularity::Dataset) {
            let value = found.measures.iter().find(|m| m.rule == rule.id && m.name == "value");
            let zero = value.is_none_or(|value| value.value == 0.0);
            assert!(zero, "{}: {} is {value:?} of no rows", case.what(), rule.id);
        }
    }
}

#[test]
fn no_check_is_left_out() {
    let used: BTreeSet<String> = expected().cases.into_iter().map(|case| case.module).collect();
    assert_eq!(used.into_iter().collect::<Vec<_>>(), MODULES);
}
