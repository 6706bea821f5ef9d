//! `k-anonymity`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use bailiwick_guest::Error;
use bailiwick_guest::testing::{Rows, plan_reshape, reshape};
use bailiwick_policy_k_anonymity::Anonymising;
use proptest::prelude::*;

type Row = (Option<&'static str>, Option<i64>, i64);

fn batches(rows: &[Row], size: usize) -> Vec<Rows> {
    let of = |rows: &[Row]| {
        Rows::new()
            .column("place", rows.iter().map(|row| row.0))
            .column("year", rows.iter().map(|row| row.1))
            .column("n", rows.iter().map(|row| row.2))
    };
    if rows.is_empty() { vec![of(rows)] } else { rows.chunks(size).map(of).collect() }
}

fn settings(k: u64, suppress: &str) -> String {
    format!(r#"{{"by": ["place", "year"], "k": {k}, "suppress": "{suppress}"}}"#)
}

fn anonymous(settings: &str, batches: &[Rows]) -> Vec<(Option<String>, Option<i64>, i64)> {
    let out = reshape::<Anonymising>(settings, batches).unwrap();
    let columns = out.iter().flat_map(|rows| {
        let numbers = rows.values::<i64>("n").into_iter().map(Option::unwrap);
        rows.texts("place").into_iter().zip(rows.values::<i64>("year")).zip(numbers)
    });
    columns.map(|((place, year), n)| (place, year, n)).collect()
}

const ROWS: [Row; 6] = [
    (Some("A"), Some(1980), 0),
    (Some("B"), Some(1980), 1),
    (Some("A"), Some(1980), 2),
    (Some("A"), None, 3),
    (None, None, 4),
    (Some("A"), Some(1981), 5),
];

#[test]
fn rows_of_small_groups_are_dropped() {
    for size in [1, 4, 6] {
        let found = anonymous(&settings(2, "rows"), &batches(&ROWS, size));
        let a = Some("A".to_owned());
        assert_eq!(found, [(a.clone(), Some(1980), 0), (a, Some(1980), 2)]);
        assert_eq!(anonymous(&settings(3, "rows"), &batches(&ROWS, size)), []);
    }
}

#[test]
fn values_of_small_groups_become_null_and_make_a_group() {
    let found = anonymous(&settings(2, "values"), &batches(&ROWS, 4));
    let numbers: Vec<i64> = found.iter().map(|row| row.2).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
    let shown: Vec<i64> = found.iter().filter(|row| row.0.is_some()).map(|row| row.2).collect();
    assert_eq!(shown, [0, 2]);
    // One row kept back would be alone among nulls: it is dropped.
    let alone = &ROWS[..3];
    let found = anonymous(&settings(2, "values"), &batches(alone, 3));
    assert_eq!(found.iter().map(|row| row.2).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn settings_that_protect_nobody_are_refused() {
    let rows = batches(&ROWS, 6);
    for wrong in [settings(1, "rows"), settings(2, "rows").replace(r#""place", "year""#, "")] {
        let refused = plan_reshape::<Anonymising>(&wrong, rows[0].schema()).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{refused}");
    }
}

proptest! {
    #[test]
    fn every_combination_stands_in_k_rows_and_no_other_is_lost(
        given in prop::collection::vec((prop::option::of(0_usize..3), prop::option::of(0_i64..3)), 0..60),
        k in 2_u64..5,
        values: bool,
        size in 1_usize..20,
    ) {
        const PLACES: [&str; 3] = ["A", "B", "C"];
        let rows: Vec<Row> = given
            .iter()
            .enumerate()
            .map(|(n, (place, year))| (place.map(|place| PLACES[place]), *year, n as i64))
            .collect();
        let count = |rows: &[(Option<String>, Option<i64>, i64)]| {
            rows.iter().fold(BTreeMap::new(), |mut counts, (place, year, _)| {
                *counts.entry((place.clone(), *year)).or_insert(0_u64) += 1;
                counts
            })
        };
        let before: Vec<_> =
            rows.iter().map(|(place, year, n)| (place.map(str::to_owned), *year, *n)).collect();
        let suppress = if values { "values" } else { "rows" };
        let found = anonymous(&settings(k, suppress), &batches(&rows, size));
        prop_assert!(count(&found).values().all(|rows| *rows >= k));
        for row in &before {
            let large = count(&before)[&(row.0.clone(), row.1)] >= k;
            if large && row.0.is_some() {
                prop_assert!(found.contains(row), "{row:?} was of a group that is large enough");
            }
        }
    }
}
