//! `deduplicate`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use bailiwick_guest::testing::{Rows, plan_reshape, reshape};
use bailiwick_guest::{Error, Ordering};
use bailiwick_policy_deduplicate::Deduplicating;
use proptest::prelude::*;

type Row = (Option<i64>, Option<i64>, i64);

fn batches(rows: &[Row], size: usize) -> Vec<Rows> {
    let mut batches: Vec<Rows> = rows
        .chunks(size)
        .map(|rows| {
            Rows::new()
                .column("id", rows.iter().map(|row| row.0))
                .column("at", rows.iter().map(|row| row.1))
                .column("n", rows.iter().map(|row| row.2))
        })
        .collect();
    if batches.is_empty() {
        batches.push(
            Rows::new().column("id", [0_i64; 0]).column("at", [0_i64; 0]).column("n", [0_i64; 0]),
        );
    }
    batches
}

/// The numbers of the rows that stay.
fn kept(settings: &str, batches: &[Rows]) -> Vec<i64> {
    let out = reshape::<Deduplicating>(settings, batches).unwrap();
    out.iter().flat_map(|rows| rows.values::<i64>("n")).map(Option::unwrap).collect()
}

const ROWS: [Row; 7] = [
    (Some(1), Some(5), 0),
    (Some(2), Some(1), 1),
    (Some(1), Some(9), 2),
    (None, None, 3),
    (Some(2), None, 4),
    (None, Some(1), 5),
    (Some(1), Some(9), 6),
];

#[test]
fn one_row_of_each_key_stays() {
    for size in [1, 3, 7] {
        let rows = batches(&ROWS, size);
        assert_eq!(kept(r#"{"by": ["id"]}"#, &rows), [0, 1, 3]);
        assert_eq!(kept(r#"{"by": ["id"], "keep": "last"}"#, &rows), [4, 5, 6]);
        assert_eq!(kept(r#"{"by": ["id"], "order_by": "at"}"#, &rows), [0, 3, 4]);
        assert_eq!(kept(r#"{"by": ["id"], "order_by": "at", "keep": "last"}"#, &rows), [1, 5, 6]);
        assert_eq!(kept(r#"{"by": ["id", "at"]}"#, &rows), [0, 1, 2, 3, 4, 5]);
    }
}

#[test]
fn no_rows_stay_no_rows() {
    assert_eq!(kept(r#"{"by": ["id"], "keep": "last"}"#, &batches(&[], 1)), [0_i64; 0]);
}

#[test]
fn columns_that_make_no_key_are_refused() {
    let rows = batches(&ROWS, 7);
    let refused = plan_reshape::<Deduplicating>(r#"{"by": []}"#, rows[0].schema()).unwrap_err();
    assert!(matches!(refused, Error::Settings(_)), "{refused}");
    let refused = plan_reshape::<Deduplicating>(r#"{"by": ["x"]}"#, rows[0].schema()).unwrap_err();
    assert!(refused.text().contains("\"x\""), "{refused}");
    let plan = plan_reshape::<Deduplicating>(r#"{"by": ["id"]}"#, rows[0].schema()).unwrap();
    assert_eq!(plan.ordering, Some(Ordering::Ordered));
    assert_eq!(plan.writes, rows[0].schema().fields);
}

proptest! {
    /// Against a map of the row that stays, built with the standard library alone.
    #[test]
    fn it_keeps_what_a_plain_loop_keeps(
        given in prop::collection::vec((prop::option::of(0_i64..5), prop::option::of(0_i64..4)), 0..60),
        size in 1_usize..20,
        last: bool,
        ordered: bool,
    ) {
        let rows: Vec<Row> =
            given.iter().enumerate().map(|(n, (id, at))| (*id, *at, n as i64)).collect();
        let mut best: BTreeMap<Option<i64>, Row> = BTreeMap::new();
        for row in &rows {
            let order = |row: &Row| if ordered { row.1 } else { None };
            match best.get(&row.0) {
                Some(known) if last && order(row) < order(known) => {}
                Some(known) if !last && order(row) >= order(known) => {}
                _ => { best.insert(row.0, *row); }
            }
        }
        let mut expected: Vec<i64> = best.values().map(|row| row.2).collect();
        expected.sort_unstable();
        let order_by = if ordered { r#", "order_by": "at""# } else { "" };
        let keep = if last { "last" } else { "first" };
        let settings = format!(r#"{{"by": ["id"], "keep": "{keep}"{order_by}}}"#);
        prop_assert_eq!(kept(&settings, &batches(&rows, size)), expected);
    }
}
