//! What a check measures does not hang on how rows were shared out, whatever the rows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use bailiwick_checks::{plan, verdict};
use bailiwick_guest::Ordering;
use bailiwick_guest::testing::{Rows, Verdict};
use proptest::prelude::*;

/// Settings for two columns of floats, `a` and `b`, and one of texts, `t`.
const BINDINGS: [(&str, &[&str], &str); 14] = [
    ("row-count", &["a"], "{}"),
    (
        "statistics",
        &["a"],
        r#"{"figures":["min","max","sum","mean","variance","population-standard-deviation","skewness"],
            "quantiles":[0,0.1,0.5,1]}"#,
    ),
    ("statistics", &["t"], r#"{"of":"length","figures":["mean","variance"],"quantiles":[0.5]}"#),
    ("distinct", &["t"], r#"{"rules":["distinct-count","once-ratio","top-share","entropy"]}"#),
    ("distinct", &["a", "t"], r#"{"rules":["distinct-count"],"nulls":"value","exact_up_to":7}"#),
    ("correlation", &["a", "b"], "{}"),
    (
        "drift",
        &["a"],
        r#"{"figures":["population-stability","kolmogorov-smirnov"],"edges":[-1,0,1e3],"shares":[0.1,0.4,0.4,0.1]}"#,
    ),
    ("personal-data", &["t"], r#"{"confidence":"low"}"#),
    ("unique", &["t"], "{}"),
    ("unique", &["a", "b"], r#"{"nulls_equal":true}"#),
    ("sequence", &["a"], r#"{"order":"increasing","strict":true,"max_step":10}"#),
    ("sequence", &["t"], r#"{"order":"decreasing"}"#),
    ("comparison", &["a", "b"], r#"{"operator":"less"}"#),
    ("length", &["t"], r#"{"min":1,"max":4}"#),
];

type Row = (Option<f64>, Option<f64>, Option<String>);

/// Floats with all that is awkward among them, and few enough kinds that some repeat.
fn floats() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        1 => Just(None),
        4 => prop::num::f64::ANY.prop_map(Some),
        4 => (-5_i32..5).prop_map(|n| Some(f64::from(n) / 2.0)),
        2 => prop::sample::select(vec![f64::MAX, f64::MIN, 1e308, 1e154, 1e-200, -0.0]).prop_map(Some),
    ]
}

fn texts() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        4 => "[ab]{0,2}".prop_map(Some),
        2 => "\\PC{0,9}".prop_map(Some),
        1 => Just(Some("a@example.com +49 30 1234567".to_owned())),
    ]
}

fn batches(rows: &[Row], cuts: &[usize], names: &[&str]) -> Vec<Rows> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (rows.len() + 1)).collect();
    ends.extend([0, rows.len()]);
    ends.sort_unstable();
    let of = |range: &[usize]| {
        let rows = &rows[range[0]..range[1]];
        names.iter().fold(Rows::new(), |all, name| match *name {
            "a" => all.column("a", rows.iter().map(|row| row.0)),
            "b" => all.column("b", rows.iter().map(|row| row.1)),
            _ => all.column("t", rows.iter().map(|row| row.2.clone())),
        })
    };
    ends.windows(2).map(of).collect()
}

fn bits(verdict: &Verdict) -> Vec<(String, String, u64)> {
    let of = |measure: &bailiwick_guest::Measure| {
        (measure.rule.clone(), measure.name.clone(), measure.value.to_bits())
    };
    verdict.measures.iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn measures_are_those_of_the_whole(
        rows in prop::collection::vec((floats(), floats(), texts()), 0..60),
        cuts in prop::collection::vec(any::<usize>(), 7),
        swaps in prop::collection::vec((0..8_usize, 0..8_usize), 8),
    ) {
        for (module, names, settings) in BINDINGS {
            let batches = batches(&rows, &cuts, names);
            let whole = verdict(module, settings, &[&batches]).unwrap();
            let mut parts: Vec<&[Rows]> = batches.chunks(1).collect();
            let in_order = verdict(module, settings, &parts).unwrap();
            prop_assert_eq!(bits(&in_order), bits(&whole), "{}", module);
            let planned = plan(module, settings, batches[0].schema()).unwrap();
            if planned.ordering == Some(Ordering::Independent) {
                swaps.iter().for_each(|(a, b)| parts.swap(*a, *b));
                let shuffled = verdict(module, settings, &parts).unwrap();
                prop_assert_eq!(bits(&shuffled), bits(&whole), "{} shuffled", module);
            }
        }
    }
}
