//! Where answers stop being exact, and how far they are off from there on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use bailiwick_checks::verdict;
use bailiwick_guest::testing::Rows;

/// Numbers without order that do not repeat below 2³².
fn scattered(n: u32) -> u32 {
    n.wrapping_mul(0x9e37_79b1) ^ 0x5bd1_e995
}

#[test]
fn quantiles_are_exact_up_to_their_bound_and_close_past_it() {
    for (count, allowed) in [(65_536_u32, 1e-15), (65_537, 0.0005), (300_000, 0.0005)] {
        let values: Vec<f64> = (0..count).map(|n| f64::from(scattered(n)) + 1.0).collect();
        let batches: Vec<Rows> =
            values.chunks(10_000).map(|some| Rows::new().column("v", some.to_vec())).collect();
        let settings = r#"{"quantiles":[0,0.001,0.25,0.5,0.75,0.999,1]}"#;
        let found = verdict("statistics", settings, &[&batches]).unwrap();
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        for quantile in [0.0, 0.001, 0.25, 0.5, 0.75, 0.999, 1.0] {
            let place = quantile * f64::from(count - 1);
            let (low, share) = (place as usize, place.fract());
            let above = sorted[(low + 1).min(sorted.len() - 1)];
            let exact = sorted[low] * (1.0 - share) + above * share;
            let own = found.measure(&format!("quantile-{quantile}"), "value");
            let off = (own - exact).abs() / exact;
            assert!(off <= allowed, "{count} values: quantile {quantile} is {own}, not {exact}");
        }
    }
}

#[test]
fn distinct_counts_are_exact_up_to_their_bound_and_close_past_it() {
    let settings = r#"{"rules":["distinct-count"],"exact_up_to":1000}"#;
    for (count, allowed) in [(1_000, 0.0), (1_001, 0.03), (20_000, 0.03), (200_000, 0.03)] {
        let integers = (0..count).map(|n| i64::from(scattered(n)));
        let texts = (0..count).map(|n| Some(format!("row {n}")));
        for rows in [Rows::new().column("v", integers), Rows::new().column("v", texts)] {
            let found = verdict("distinct", settings, &[&[rows]]).unwrap();
            let exact = f64::from(count);
            let own = found.measure("distinct-count", "value");
            assert!((own - exact).abs() <= exact * allowed, "{own} of {count}");
            assert_eq!(
                found.measure("distinct-count", "exact"),
                f64::from(u8::from(count <= 1_000))
            );
        }
    }
}

#[test]
fn sums_of_integers_pass_every_width() {
    let rows = [Rows::new().column("v", [i64::MAX, i64::MAX, i64::MIN, 1])];
    let found = verdict("statistics", r#"{"figures":["sum","mean"]}"#, &[&rows]).unwrap();
    assert_eq!(found.measure("sum", "value"), i64::MAX as f64);
    let rows = [Rows::new().column("v", [u64::MAX, u64::MAX])];
    let found = verdict("statistics", r#"{"figures":["mean"]}"#, &[&rows]).unwrap();
    assert_eq!(found.measure("mean", "value"), u64::MAX as f64);
}

#[test]
fn a_state_of_something_else_is_refused() {
    use bailiwick_guest::{Check, DataType, Field, Schema};
    use bailiwick_policy_statistics::{Options, Statistics};
    let options = Options { quantiles: vec![0.5], ..Options::default() };
    let schema = Schema::new([Field::new("v", DataType::Float64)]);
    let mut opened = Statistics::open(options, &schema).unwrap();
    assert!(opened.merge(&[1, 2, 3]).is_err());
}
