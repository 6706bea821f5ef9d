//! `unique`: one column and six, all at once and in parts.

use std::collections::HashSet;

use bailiwick_engine::Measure;
use serde_json::json;

use crate::comparison::assert_same;
use crate::data::{FLIGHTS, Table, bookings, flights};
use crate::runs::{Policy, failing};

/// Into how many parts rows are cut.
const PARTS: usize = 5;

/// What a check of these columns finds in the rows: which fail, how many different
/// keys there are, how many rows repeat one, how many it leaves out.
fn native(table: &Table, columns: &[&str], nulls_equal: bool) -> (Vec<bool>, [usize; 3]) {
    let columns: Vec<_> = columns.iter().map(|name| table.cells(name)).collect();
    let (mut seen, mut failing, mut ignored) = (HashSet::new(), Vec::new(), 0);
    for row in 0..table.rows() {
        let key: Vec<_> = columns.iter().map(|column| column[row].clone()).collect();
        if key.contains(&None) && !nulls_equal {
            ignored += 1;
            failing.push(false);
        } else {
            failing.push(!seen.insert(key));
        }
    }
    let duplicates = failing.iter().filter(|fails| **fails).count();
    (failing, [seen.len(), duplicates, ignored])
}

fn measured(measures: &[Measure]) -> [usize; 3] {
    let names: Vec<_> = measures.iter().map(|measure| measure.name.as_str()).collect();
    assert_eq!(names, ["distinct", "duplicates", "ignored"]);
    [0, 1, 2].map(|at| measures[at].value as usize)
}

/// Judges rows in batches of each size, in parts that are merged, and in one check
/// that first takes in what another saw; gives the measures.
fn judged(tables: &[Table; 2], columns: &[&str], nulls_equal: bool) -> [usize; 3] {
    let what = format!("{columns:?}, nulls equal: {nulls_equal}");
    let (expected, counts) = native(&tables[0], columns, nulls_equal);
    let settings = json!({"nulls_equal": nulls_equal});
    let policy = Policy::new("unique", settings, columns);
    for table in tables {
        let (failing, measures) = policy.judge(table);
        assert_eq!(failing.len(), 1);
        assert_same(&what, &expected, &failing[0]);
        assert_eq!(measured(&measures), counts, "{what}");
    }

    let mut merged = policy.check(&tables[0]).unwrap();
    for part in tables[0].parts(PARTS) {
        let mut check = policy.check(&part).unwrap();
        let (expected, _) = native(&part, columns, nulls_equal);
        assert_same(&format!("{what}, a part"), &expected, &failing(&mut check, &part)[0]);
        merged.merge(&check.state().unwrap()).unwrap();
    }
    assert_eq!(measured(&merged.conclude().unwrap()), counts, "{what}, in parts");

    let halves = tables[1].parts(2);
    let mut first = policy.check(&halves[0]).unwrap();
    failing(&mut first, &halves[0]);
    let mut second = policy.check(&halves[1]).unwrap();
    second.merge(&first.state().unwrap()).unwrap();
    let found = failing(&mut second, &halves[1]);
    assert_same(&format!("{what}, taken over"), &expected[halves[0].rows()..], &found[0]);
    assert_eq!(measured(&second.conclude().unwrap()), counts, "{what}, taken over");
    counts
}

#[test]
fn the_key_of_flights() {
    let key = ["year", "month", "day", "carrier", "flight", "origin"];
    let counts = judged(flights(), &key, false);
    assert_eq!(counts.iter().sum::<usize>(), FLIGHTS);
}

#[test]
fn a_column_that_repeats() {
    judged(flights(), &["time_hour"], false);
    judged(flights(), &["dest"], false);
}

#[test]
fn nulls_are_ignored_or_equal() {
    for columns in [&["tailnum"][..], &["dep_delay", "tailnum"], &["tailnum", "time_hour", "dest"]]
    {
        let [_, _, ignored] = judged(flights(), columns, false);
        let [_, _, equal] = judged(flights(), columns, true);
        assert!(ignored > 0 && equal == 0);
    }
}

#[test]
fn texts_side_by_side_are_not_one() {
    judged(bookings(), &["booking_id"], false);
    judged(bookings(), &["booking_id"], true);
    judged(bookings(), &["email", "passenger_name"], true);
    judged(bookings(), &["origin", "dest"], false);
}
