//! Repeated rows, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use bailiwick_guest::testing::{Literals, Rows, Verdict, check, check_in_parts, plan_check};
use bailiwick_guest::{Check, DataType, Dimension, Error, Field, Read, Schema, schema_of};
use bailiwick_policy_unique::{Options, Unique};

const NULLS_EQUAL: &str = r#"{"nulls_equal":true}"#;

fn repeated<L: Literals>(settings: &str, values: impl IntoIterator<Item = L>) -> Vec<usize> {
    let rows = Rows::new().column("c", values);
    check::<Unique>(settings, &[rows]).unwrap().failing("unique")
}

fn measures(verdict: &Verdict) -> [f64; 3] {
    ["distinct", "duplicates", "ignored"].map(|name| verdict.measure("unique", name))
}

#[test]
fn the_first_row_passes_and_later_ones_fail() {
    let rows = Rows::new()
        .column("origin", ["EWR", "EWR", "JFK", "EWR", "JFK"])
        .column("dest", [Some("IAH"), Some("MIA"), Some("IAH"), Some("IAH"), None]);
    let verdict = check::<Unique>("{}", std::slice::from_ref(&rows)).unwrap();
    assert_eq!(verdict.failing("unique"), [3]);
    assert_eq!(measures(&verdict), [3.0, 1.0, 1.0]);
    assert_eq!(verdict.rules[0].dimension, Dimension::Uniqueness);
    let again = check::<Unique>(
        "{}",
        &[rows.clone(), Rows::new().column("origin", ["x"; 0]).column("dest", ["x"; 0]), rows],
    )
    .unwrap();
    assert_eq!(again.failing("unique"), [3, 5, 6, 7, 8]);
    assert_eq!(measures(&again), [3.0, 5.0, 2.0]);
}

#[test]
fn nulls_repeat_nothing_unless_they_are_equal() {
    let values = [None, Some(1_i32), None, Some(0), Some(1)];
    assert_eq!(repeated("{}", values), [4]);
    assert_eq!(repeated(NULLS_EQUAL, values), [2, 4]);
    assert!(repeated("{}", [None::<&str>; 70]).is_empty());
    assert_eq!(repeated(NULLS_EQUAL, [None::<&str>; 70]), (1..70).collect::<Vec<_>>());
    // A null is not the empty text, in a batch with nulls and in one without.
    let batches = [vec![Some("")], vec![None, Some("")]].map(|v| Rows::new().column("c", v));
    let verdict = check::<Unique>(NULLS_EQUAL, &batches).unwrap();
    assert_eq!(verdict.failing("unique"), [2]);
    assert_eq!(measures(&verdict), [2.0, 1.0, 0.0]);
}

#[test]
fn values_do_not_run_together() {
    let rows = Rows::new()
        .column("a", [Some("ab"), Some("a"), Some(""), Some("\u{1}a"), Some("a")])
        .column("b", [Some("c"), Some("bc"), Some("abc"), Some(""), Some("bc")]);
    assert_eq!(check::<Unique>("{}", std::slice::from_ref(&rows)).unwrap().failing("unique"), [4]);
    assert_eq!(check::<Unique>(NULLS_EQUAL, &[rows]).unwrap().failing("unique"), [4]);
    let shifted = Rows::new()
        .column("a", [None, Some(0_u8), Some(1), None])
        .column("b", [Some(1_u8), None, None, Some(1)]);
    assert_eq!(check::<Unique>(NULLS_EQUAL, &[shifted]).unwrap().failing("unique"), [3]);
}

#[test]
fn every_type_has_its_equality() {
    assert_eq!(repeated("{}", ["Zoë", "Zoe", "zoë", "日本", "Zoë", "日"]), [4]);
    assert_eq!(repeated("{}", [true, false, true]), [2]);
    assert_eq!(repeated("{}", [1_u8, 2, 1]), [2]);
    assert_eq!(repeated("{}", [i16::MIN, i16::MAX, i16::MIN]), [2]);
    assert_eq!(repeated("{}", [u64::MAX, 0, u64::MAX]), [2]);
    assert_eq!(repeated("{}", [vec![0_u8], vec![], vec![0, 0], vec![0]]), [3]);
    let other_nan = f64::from_bits(f64::NAN.to_bits() | 1);
    assert_eq!(repeated("{}", [0.0, -0.0, f64::NAN, -other_nan, 1.0]), [1, 3]);
    assert_eq!(repeated("{}", [0.0_f32, -0.0, f32::NAN, -f32::NAN, -1.0]), [1, 3]);
    let large = Rows::new().column_as("c", DataType::LargeUtf8, ["a", "b", "a"]);
    assert_eq!(check::<Unique>("{}", &[large]).unwrap().failing("unique"), [2]);
    let days = Rows::new().column_as("c", DataType::Date32, [1, 2, 1]);
    assert_eq!(check::<Unique>("{}", &[days]).unwrap().failing("unique"), [2]);
}

#[test]
fn texts_of_any_length() {
    // Around the lengths that take one and two bytes, and longer than a block.
    let lengths = [0, 1, 127, 128, 16_383, 16_384, 262_143, 262_144, 600_000];
    let values: Vec<String> = lengths.iter().chain(&lengths).map(|at| "é".repeat(*at)).collect();
    let found = repeated("{}", values.iter().map(String::as_str));
    assert_eq!(found, (lengths.len()..lengths.len() * 2).collect::<Vec<_>>());
}

/// Rows of two columns with many repeats, some nulls, and texts short and long.
fn batches() -> Vec<Rows> {
    let batch = |rows: std::ops::Range<u64>| {
        let mixed = rows.map(|row| (row + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33);
        let (numbers, names): (Vec<_>, Vec<_>) = mixed
            .map(|mixed| {
                let number = (mixed % 97 != 0).then_some((mixed % 211) as i64);
                (number, Some(format!("nº {}", mixed / 211 % 83 * 4_099)))
            })
            .unzip();
        Rows::new().column("number", numbers).column("name", names)
    };
    [0..3_000, 3_000..3_000, 3_000..3_001, 3_001..12_000, 12_000..20_000].map(batch).into()
}

#[test]
fn answers_are_those_of_a_plain_set() {
    let batches = batches();
    for (settings, nulls_equal) in [("{}", false), (NULLS_EQUAL, true)] {
        let verdict = check::<Unique>(settings, &batches).unwrap();
        let (mut seen, mut ignored) = (HashSet::new(), 0);
        let mut expected = Vec::new();
        for rows in &batches {
            for key in rows.values::<i64>("number").into_iter().zip(rows.texts("name")) {
                let counts = key.0.is_some() || nulls_equal;
                ignored += u32::from(!counts);
                expected.push(counts && !seen.insert(key));
            }
        }
        assert_eq!(verdict.failing, [expected]);
        let duplicates = verdict.failing("unique").len();
        assert_eq!(measures(&verdict), [seen.len() as f64, duplicates as f64, f64::from(ignored)]);
        assert!(duplicates > 1_000 && seen.len() > 5_000);
    }
}

/// Every combination of values around the ends of what takes little room, twice.
fn at_the_ends() -> Rows {
    let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
    let signed = [least - 1, least, -1, 0, most, most + 1, i64::MIN, i64::MAX, least - (1 << 32)];
    let unsigned = [0, 1, u64::from(u32::MAX), 1 << 32, u64::MAX];
    let texts = ["", "a", "\0", "a\0", "abc", "abc\0", "abcd", "abcdefg", "abcdefgh"];
    let mut rows: Vec<(Option<i64>, u64, &str)> = Vec::new();
    for signed in signed.into_iter().map(Some).chain([None]) {
        for unsigned in unsigned {
            rows.extend(texts.map(|text| (signed, unsigned, text)));
        }
    }
    let rows = [&rows[..], &rows[..]].concat();
    Rows::new()
        .column("signed", rows.iter().map(|row| row.0).collect::<Vec<_>>())
        .column("unsigned", rows.iter().map(|row| row.1).collect::<Vec<_>>())
        .column("text", rows.iter().map(|row| row.2).collect::<Vec<_>>())
}

#[test]
fn values_that_take_little_room_are_told_from_those_that_take_more() {
    let rows = at_the_ends();
    let half = rows.len() / 2;
    let rows = std::slice::from_ref(&rows);
    let verdict = check::<Unique>(NULLS_EQUAL, rows).unwrap();
    assert_eq!(verdict.failing("unique"), (half..half * 2).collect::<Vec<_>>());
    assert_eq!(measures(&verdict), [half as f64, half as f64, 0.0]);
    let parts = check_in_parts::<Unique>(NULLS_EQUAL, &[rows, rows]);
    assert_eq!(measures(&parts.unwrap()), [half as f64, 3.0 * half as f64, 0.0]);
}

#[test]
fn measures_are_the_same_however_rows_are_shared_out() {
    let batches = batches();
    for settings in ["{}", NULLS_EQUAL] {
        let whole = measures(&check::<Unique>(settings, &batches).unwrap());
        for at in 1..batches.len() {
            let (first, rest) = batches.split_at(at);
            let parts = check_in_parts::<Unique>(settings, &[first, rest]).unwrap();
            assert_eq!(measures(&parts), whole);
        }
        let each: Vec<&[Rows]> = batches.chunks(1).collect();
        assert_eq!(measures(&check_in_parts::<Unique>(settings, &each).unwrap()), whole);
    }
}

#[test]
fn merging_is_the_same_whatever_is_merged_first() {
    let batches = batches();
    let opened = |batch: &Rows| {
        let mut check = Unique::open(Options::default(), batch.schema()).unwrap();
        check.push(&batch.batch()).unwrap();
        check
    };
    let [a, b, c] = [0, 3, 4].map(|at| batches[at].clone());
    let mut left = opened(&a);
    left.merge(&opened(&b).state().unwrap()).unwrap();
    left.merge(&opened(&c).state().unwrap()).unwrap();
    let mut later = opened(&b);
    later.merge(&opened(&c).state().unwrap()).unwrap();
    let mut right = opened(&a);
    right.merge(&later.state().unwrap()).unwrap();
    assert_eq!(left.state().unwrap(), right.state().unwrap());
    assert_eq!(left.conclude().unwrap(), right.conclude().unwrap());
}

#[test]
fn a_state_that_is_none_is_refused() {
    let rows = Rows::new().column("c", ["a", "b"]);
    let mut first = Unique::open(Options::default(), rows.schema()).unwrap();
    first.push(&rows.batch()).unwrap();
    let state = first.state().unwrap();
    let overlong = [&state[..16], &[0xff; 12][..]].concat();
    let huge = [&state[..16], &[0xff, 0xff, 0xff, 0xff, 0x0f, 0x00][..]].concat();
    for broken in [&[][..], &state[..15], &state[..17], &state[..state.len() - 1], &overlong, &huge]
    {
        let mut check = Unique::open(Options::default(), rows.schema()).unwrap();
        assert!(matches!(check.merge(broken), Err(Error::Data(_))), "{broken:?}");
    }
    let mut check = Unique::open(Options::default(), rows.schema()).unwrap();
    check.merge(&state).unwrap();
    assert_eq!(check.state().unwrap(), state);
}

#[test]
fn no_rows_have_no_duplicates() {
    let none = Rows::new().column("c", ["x"; 0]);
    let verdict = check::<Unique>("{}", &[none]).unwrap();
    assert!(verdict.failing[0].is_empty());
    assert_eq!(measures(&verdict), [0.0; 3]);
}

#[test]
fn columns_and_settings_that_cannot_be_are_refused() {
    let item = Field::new("item", DataType::Int32);
    let list = Field::new("c", DataType::List).with_children([item.clone()]);
    let structs = Field::new("c", DataType::Struct).with_children([item]);
    let half = Field::new("c", DataType::Float16);
    let schemas = [list, structs, half].map(|field| Schema::new([field]));
    for schema in schemas.into_iter().chain([Schema::default()]) {
        let refused = plan_check::<Unique>("{}", &schema).unwrap_err();
        assert!(matches!(refused, Error::Fields(_)), "{refused}");
    }
    let schema = Schema::new([Field::new("größe", DataType::Int32)]);
    let refused = plan_check::<Unique>(r#"{"null_equal":true}"#, &schema).unwrap_err();
    assert!(matches!(refused, Error::Settings(_)), "{refused}");
    let plan = plan_check::<Unique>("{}", &schema).unwrap();
    assert_eq!(plan.reads, ["größe"].map(Read::from));
    assert_eq!(plan.rules[0].summary, r#"no two rows have the same value of column "größe""#);
    assert!(!schema_of::<Options>().contains("required"));
}
