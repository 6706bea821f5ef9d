//! `aggregate`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use bailiwick_guest::testing::{Rows, plan_reshape, reshape, reshape_in_parts};
use bailiwick_guest::{Array, DataType, Error, Field, Native};
use bailiwick_policy_aggregate::Aggregating;

const ALL: &str = r#"{"group_by":["k"],"measures":[
    {"function":"count","as":"rows"},
    {"function":"count","column":"v","as":"values"},
    {"function":"sum","column":"v","as":"sum"},
    {"function":"min","column":"v","as":"min"},
    {"function":"max","column":"v","as":"max"},
    {"function":"mean","column":"v","as":"mean"}]}"#;

fn rows(keys: &[Option<&str>], values: &[Option<i32>]) -> Rows {
    Rows::new().column("k", keys.iter().copied()).column("v", values.iter().copied())
}

fn owned(values: &[Option<&str>]) -> Vec<Option<String>> {
    values.iter().map(|value| value.map(str::to_owned)).collect()
}

#[test]
fn groups_are_sorted_and_nulls_are_one() {
    let keys = [Some("b"), None, Some("a"), Some("b"), None, Some("c")];
    let values = [Some(1), Some(-5), None, Some(4), Some(5), Some(7)];
    let out = reshape::<Aggregating>(ALL, &[rows(&keys, &values)]).unwrap();
    let [out] = out.as_slice() else { panic!("{out:?}") };
    assert_eq!(out.texts("k"), owned(&[None, Some("a"), Some("b"), Some("c")]));
    assert_eq!(out.values::<i64>("rows"), [2, 1, 2, 1].map(Some));
    assert_eq!(out.values::<i64>("values"), [2, 0, 2, 1].map(Some));
    assert_eq!(out.values::<i64>("sum"), [Some(0), None, Some(5), Some(7)]);
    assert_eq!(out.values::<i32>("min"), [Some(-5), None, Some(1), Some(7)]);
    assert_eq!(out.values::<i32>("max"), [Some(5), None, Some(4), Some(7)]);
    assert_eq!(out.values::<f64>("mean"), [Some(0.0), None, Some(2.5), Some(7.0)]);
}

#[test]
fn parts_give_what_the_whole_gives() {
    let floats = |range: std::ops::Range<i32>| {
        let values = range.clone().map(|n| (n % 7 != 0).then(|| f64::from(n).sin() * 1e9));
        let keys = range.map(|n| (n % 5 != 0).then_some(n % 5));
        Rows::new().column("k", keys).column("v", values)
    };
    let batches = [floats(0..1000), floats(1000..1001), floats(1001..1777), floats(0..0)];
    let whole = reshape::<Aggregating>(ALL, &batches).unwrap();
    let (a, b) = batches.split_at(1);
    assert_eq!(reshape_in_parts::<Aggregating>(ALL, &[a, b]).unwrap(), whole);
    let (c, d) = b.split_at(1);
    assert_eq!(reshape_in_parts::<Aggregating>(ALL, &[a, c, d]).unwrap(), whole);
    // Later rows first: even then.
    assert_eq!(reshape_in_parts::<Aggregating>(ALL, &[d, a, c]).unwrap(), whole);
}

#[test]
fn without_groups_there_is_one_row_of_no_rows_too() {
    let settings = r#"{"measures":[{"function":"count","as":"n"},
        {"function":"max","column":"v","as":"last"}]}"#;
    let none = Rows::new().column("v", Vec::<Option<&str>>::new());
    let out = reshape::<Aggregating>(settings, &[none]).unwrap();
    assert_eq!(out[0].values::<i64>("n"), [Some(0)]);
    assert_eq!(out[0].texts("last"), [None]);
    let some = Rows::new().column("v", ["10", "9", "a\0b", "a"]);
    let out = reshape::<Aggregating>(settings, &[some]).unwrap();
    assert_eq!(out[0].values::<i64>("n"), [Some(4)]);
    assert_eq!(out[0].texts("last"), owned(&[Some("a\0b")]));
    let counted = r#"{"measures":[{"function":"count","as":"n"}]}"#;
    let out = reshape::<Aggregating>(counted, &[Rows::new().column("v", ["x", "y"])]).unwrap();
    assert_eq!(out[0].values::<i64>("n"), [Some(2)]);
}

#[test]
fn keys_of_every_type_come_back_as_they_were_in_order() {
    let settings = r#"{"group_by":["a","b","c","d"],"measures":[]}"#;
    let dates = DataType::Date32;
    let decimal = Field::new("d", DataType::Decimal128 { precision: 9, scale: 2 });
    let rows = Rows::new()
        .column("a", [-1.5, 0.0, -0.0, f64::NAN, f64::NEG_INFINITY])
        .column("b", [Some(true), Some(false), Some(false), None, Some(true)])
        .column_as("c", dates, [Some(-3), Some(4), Some(4), None, Some(1)])
        .array(decimal, Array::from_decimals([-1, 2, 2, 3, i128::from(i64::MIN)], 9, 2));
    let out = reshape::<Aggregating>(settings, &[rows]).unwrap();
    let floats = out[0].values::<f64>("a");
    assert_eq!(floats[..3], [Some(f64::NEG_INFINITY), Some(-1.5), Some(0.0)]);
    assert!(floats[3].is_some_and(f64::is_nan), "{floats:?}");
    assert_eq!(out[0].bools("b"), [Some(true), Some(true), Some(false), None]);
    assert_eq!(out[0].values::<i32>("c"), [Some(1), Some(-3), Some(4), None]);
    assert_eq!(out[0].decimals("d"), [i128::from(i64::MIN), -1, 2, 3].map(Some));
}

#[test]
fn texts_of_every_length_are_groups_of_their_own() {
    let text = |row: usize| match row % 29 {
        0 => None,
        kind => Some("a\0bé".repeat(3).chars().take(kind % 14).collect::<String>()),
    };
    let settings = r#"{"group_by":["k"],"measures":[{"function":"count","as":"n"},
        {"function":"sum","column":"v","as":"sum"}]}"#;
    let rows = |range: std::ops::Range<usize>| {
        let values = range.clone().map(|row| (row % 3 != 0).then_some(row as i64));
        Rows::new().column("k", range.map(text)).column("v", values)
    };
    let mut expected = BTreeMap::<_, (i64, Option<i64>)>::new();
    for row in 0..1_000 {
        let (count, sum) = expected.entry(text(row)).or_default();
        *count += 1;
        *sum = if row % 3 == 0 { *sum } else { Some(sum.unwrap_or(0) + row as i64) };
    }
    // Batches end behind values of every length.
    let cuts: Vec<usize> = (0..=1_000).step_by(40).collect();
    let batches: Vec<Rows> = cuts.windows(2).map(|cut| rows(cut[0]..cut[1])).collect();
    let out = reshape::<Aggregating>(settings, &batches).unwrap();
    assert_eq!(out[0].texts("k"), expected.keys().cloned().collect::<Vec<_>>());
    let (counts, sums): (Vec<_>, Vec<_>) = expected.into_values().unzip();
    assert_eq!(out[0].values::<i64>("n"), counts.into_iter().map(Some).collect::<Vec<_>>());
    assert_eq!(out[0].values::<i64>("sum"), sums);
}

#[test]
fn several_columns_make_groups_together() {
    let settings = r#"{"group_by":["a","b","c"],"measures":[{"function":"count","as":"n"}]}"#;
    let key = |row: i64| {
        let b = (row % 4 != 0).then(|| ["", "x", "longer than a word"][row as usize % 3]);
        ((row % 7 != 0).then_some(row % 5), b.map(str::to_owned), row % 2 == 0)
    };
    let rows = |range: std::ops::Range<i64>| {
        Rows::new()
            .column("a", range.clone().map(|row| key(row).0))
            .column("b", range.clone().map(|row| key(row).1))
            .column("c", range.map(|row| key(row).2))
    };
    let mut expected = BTreeMap::<_, i64>::new();
    (0..3_000).for_each(|row| *expected.entry(key(row)).or_default() += 1);
    let batches = [rows(0..1), rows(1..1_500), rows(1_500..3_000)];
    let whole = reshape::<Aggregating>(settings, &batches).unwrap();
    let a: Vec<_> = expected.keys().map(|key| key.0).collect();
    assert_eq!(whole[0].values::<i64>("a"), a);
    assert_eq!(whole[0].texts("b"), expected.keys().map(|key| key.1.clone()).collect::<Vec<_>>());
    let counts: Vec<_> = expected.values().copied().map(Some).collect();
    assert_eq!(whole[0].values::<i64>("n"), counts);
    let (first, rest) = batches.split_at(2);
    assert_eq!(reshape_in_parts::<Aggregating>(settings, &[first, rest]).unwrap(), whole);
}

#[test]
fn extremes_are_those_of_the_type() {
    let settings = r#"{"group_by":["k"],"measures":[
        {"function":"min","column":"v","as":"min"},{"function":"max","column":"v","as":"max"}]}"#;
    fn both<T: Native>(rows: Rows, settings: &str) -> [Option<T>; 2] {
        let (a, b) = (rows.clone(), rows);
        let out = reshape_in_parts::<Aggregating>(settings, &[&[a], &[b]]).unwrap();
        ["min", "max"].map(|name| out[0].values::<T>(name)[0])
    }
    let rows = || Rows::new().column("k", [1_u8; 4]);
    let of = rows().column("v", [u64::MAX, 3, 1 << 63, 7]);
    assert_eq!(both::<u64>(of, settings), [Some(3), Some(u64::MAX)]);
    let of = rows().column("v", [Some(i64::MIN), None, Some(0), Some(i64::MAX)]);
    assert_eq!(both::<i64>(of, settings), [Some(i64::MIN), Some(i64::MAX)]);
    let of = rows().column("v", [Some(-3_i8), None, Some(5), Some(-128)]);
    assert_eq!(both::<i8>(of, settings), [Some(-128), Some(5)]);
    let of = rows().column("v", [-1.5_f32, f32::NEG_INFINITY, 2.5, -0.0]);
    assert_eq!(both::<f32>(of, settings), [Some(f32::NEG_INFINITY), Some(2.5)]);
    let of = rows().column("v", [-1.5, -0.0, -f64::NAN, 1.0]);
    let [least, greatest] = both::<f64>(of, settings);
    assert_eq!(least, Some(-1.5));
    assert!(greatest.is_some_and(f64::is_nan), "{greatest:?}");
    let of = rows().column("v", [-0.0, 0.0, -0.0, 0.0]);
    let zeros = both::<f64>(of, settings).map(|zero| zero.map(f64::to_bits));
    assert_eq!(zeros, [Some(0), Some(0)]);
    assert_eq!(both::<f64>(rows().column("v", [None::<f64>; 4]), settings), [None, None]);
}

#[test]
fn float_sums_that_pass_the_range_are_errors() {
    let settings = r#"{"measures":[{"function":"sum","column":"v","as":"sum"}]}"#;
    let sum = |values: &[f64]| {
        let rows = Rows::new().column("v", values.iter().copied());
        reshape::<Aggregating>(settings, &[rows]).map(|out| out[0].values::<f64>("sum")[0])
    };
    assert_eq!(sum(&[1e308, -1e308, 1e299, 5e-324]).unwrap(), Some(1e299));
    assert_eq!(sum(&[1e299, 1e308, 1.0, -1e308, -1e299]).unwrap(), Some(1.0));
    assert_eq!(sum(&[1.0, f64::INFINITY, 2.0]).unwrap(), Some(f64::INFINITY));
    assert!(matches!(sum(&[1e308, 1e308]), Err(Error::Data(_))));
}

#[test]
fn sums_that_do_not_fit_are_errors() {
    let settings = r#"{"measures":[{"function":"sum","column":"v","as":"sum"}]}"#;
    let sum =
        |values: [i64; 3]| reshape::<Aggregating>(settings, &[Rows::new().column("v", values)]);
    // On the way it may pass 64 bits.
    assert_eq!(sum([i64::MAX, 1, -1]).unwrap()[0].values::<i64>("sum"), [Some(i64::MAX)]);
    let refused = sum([i64::MAX, 1, 0]).unwrap_err();
    assert!(matches!(refused, Error::Data(_)), "{refused}");
}

#[test]
fn decimal_means_have_their_point_in_place() {
    let settings = r#"{"measures":[{"function":"sum","column":"v","as":"sum"},
        {"function":"mean","column":"v","as":"mean"}]}"#;
    let field = Field::new("v", DataType::Decimal128 { precision: 5, scale: 2 });
    let rows = Rows::new().array(field, Array::from_decimals([150, 250], 5, 2));
    let out = reshape::<Aggregating>(settings, &[rows]).unwrap();
    assert_eq!(out[0].decimals("sum"), [Some(400)]);
    assert_eq!(out[0].values::<f64>("mean"), [Some(2.0)]);
}

#[test]
fn what_cannot_be_measured_is_refused_when_planned() {
    let input = rows(&[], &[]);
    for measure in [
        r#"{"function":"sum","as":"x"}"#,
        r#"{"function":"mean","column":"k","as":"x"}"#,
        r#"{"function":"count","as":"k"}"#,
        r#"{"function":"median","column":"v","as":"x"}"#,
        r#"{"function":"sum","column":"z","as":"x"}"#,
    ] {
        let settings = format!(r#"{{"group_by":["k"],"measures":[{measure}]}}"#);
        assert!(plan_reshape::<Aggregating>(&settings, input.schema()).is_err(), "{measure}");
    }
}

#[test]
fn a_state_of_something_else_is_refused() {
    use bailiwick_guest::{Reshape, Schema};
    let settings = serde::Deserialize::deserialize(serde::de::value::MapDeserializer::<
        '_,
        _,
        serde::de::value::Error,
    >::new(
        [("measures", Vec::<u8>::new())].into_iter()
    ));
    let schema = Schema::new([Field::new("v", DataType::Int8)]);
    let mut opened = Aggregating::open(settings.unwrap(), &schema).unwrap();
    assert!(opened.merge(&[1, 2, 3]).is_err());
}

/// What both approximate measures give of values in groups, in so many parts.
fn approximate(
    values: &[(i64, Option<f64>)],
    q: f64,
    parts: usize,
) -> (Vec<i64>, Vec<Option<f64>>) {
    let settings = format!(
        r#"{{"group_by":["k"],"measures":[
            {{"function":"approx-distinct","column":"v","as":"distinct"}},
            {{"function":"approx-quantile","column":"v","as":"quantile","q":{q}}}]}}"#
    );
    let size = values.len().div_ceil(parts).max(1);
    let batches: Vec<Rows> = values
        .chunks(size)
        .map(|part| {
            let keys = part.iter().map(|(key, _)| *key);
            Rows::new().column("k", keys).column("v", part.iter().map(|(_, value)| *value))
        })
        .collect();
    let parts: Vec<&[Rows]> = batches.chunks(1).collect();
    let out = reshape_in_parts::<Aggregating>(&settings, &parts).unwrap();
    let distinct = out[0].values::<i64>("distinct").into_iter().map(Option::unwrap).collect();
    (distinct, out[0].values("quantile"))
}

#[test]
fn few_distinct_values_are_counted_exactly_and_many_about() {
    for (values, most_off) in [(256_u32, 0.0), (1_000, 0.05), (50_000, 0.05), (300_000, 0.05)] {
        // Each value twice, and nulls between.
        let rows: Vec<_> = (0..2 * values)
            .map(|n| (0, Some(f64::from(n % values) * 1.5)))
            .chain([(0, None)])
            .collect();
        let (found, _) = approximate(&rows, 0.5, 1);
        let off = (found[0] as f64 / f64::from(values) - 1.0).abs();
        assert!(off <= most_off, "{} of {values}", found[0]);
        assert_eq!(approximate(&rows, 0.5, 7).0, found, "in parts");
    }
}

#[test]
fn a_quantile_is_the_value_of_its_rank_or_a_little_nearer_to_zero() {
    let values: Vec<f64> = (0..10_001).map(|n| (f64::from(n) - 2_000.0).powi(3) / 7.0).collect();
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    // Not in their order.
    let rows: Vec<_> = (0..10_001).map(|n| (0, Some(values[n * 7_919 % 10_001]))).collect();
    for q in [0.0, 0.001, 0.2, 0.5, 0.9, 0.999, 1.0] {
        let rank = f64::ceil(q * 10_001.0).max(1.0) as usize;
        let exact = sorted[rank - 1];
        let (_, found) = approximate(&rows, q, 1);
        let found = found[0].unwrap();
        assert!(
            found.abs() <= exact.abs() && found.abs() >= exact.abs() * (127.0 / 128.0),
            "{q}: {found} for {exact}"
        );
        assert_eq!(approximate(&rows, q, 5).1[0], Some(found), "in parts");
    }
    let small: Vec<_> = (0..=256).map(|n| (n % 2, Some(f64::from(n as i32)))).collect();
    assert_eq!(approximate(&small, 0.5, 3).1, [Some(128.0), Some(127.0)]);
    assert_eq!(approximate(&[(0, None)], 0.5, 1).1, [None]);
    let odd = [(0, Some(f64::NAN)), (0, Some(f64::INFINITY)), (0, Some(-0.0))];
    assert_eq!(approximate(&odd, 0.3, 1).1, [Some(0.0)]);
    assert_eq!(approximate(&odd, 0.6, 1).1, [Some(f64::INFINITY)]);
    assert!(approximate(&odd, 1.0, 1).1[0].unwrap().is_nan());
}

#[test]
fn a_quantile_needs_its_part_and_no_other_measure_has_one() {
    let rows = rows(&[Some("a")], &[Some(1)]);
    for (function, q) in
        [("approx-quantile", ""), ("approx-quantile", r#","q":1.5"#), ("sum", r#","q":0.5"#)]
    {
        let settings =
            format!(r#"{{"measures":[{{"function":"{function}","column":"v","as":"x"{q}}}]}}"#);
        let refused = plan_reshape::<Aggregating>(&settings, rows.schema()).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{refused}");
    }
}
