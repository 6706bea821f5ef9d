//! What must hold of any rows.

use bailiwick_guest::testing::Rows;
use proptest::prelude::*;

use crate::modules::{holds, values};

fn bools() -> impl Strategy<Value = Vec<(Option<bool>, Option<bool>)>> {
    prop::collection::vec((any::<Option<bool>>(), any::<Option<bool>>()), 0..200)
}

fn floats() -> impl Strategy<Value = Vec<(Option<f64>, Option<f64>)>> {
    let one = prop_oneof![any::<f64>(), Just(f64::NAN), Just(0.0), Just(-0.0)];
    let one = prop::option::of(one);
    prop::collection::vec((one.clone(), one), 0..200)
}

fn rows<T: bailiwick_guest::testing::Literals>(pairs: Vec<(T, T)>) -> Rows {
    let (a, b): (Vec<T>, Vec<T>) = pairs.into_iter().unzip();
    Rows::new().column("a", a).column("b", b)
}

proptest! {
    #[test]
    fn de_morgan(pairs in bools()) {
        let rows = rows(pairs);
        let of = |sql: &str| values(sql, &rows).unwrap().bools("result");
        prop_assert_eq!(of("not (a and b)"), of("not a or not b"));
        prop_assert_eq!(of("not (a or b)"), of("not a and not b"));
    }

    #[test]
    fn floats_have_one_order(pairs in floats()) {
        let rows = rows(pairs);
        let of = |sql: &str| values(sql, &rows).unwrap().bools("result");
        prop_assert_eq!(of("a < b"), of("b > a"));
        prop_assert_eq!(of("a <= b"), of("a < b or a = b"));
        // Of two that are there, exactly one holds.
        let one = "case when a < b then 1 else 0 end + case when a = b then 1 else 0 end \
                   + case when a > b then 1 else 0 end";
        let there = "a is not null and b is not null";
        let counts = values(one, &rows).unwrap().values::<i64>("result");
        for (count, there) in counts.into_iter().zip(holds(there, &rows).unwrap()) {
            prop_assert_eq!(count, Some(i64::from(there)));
        }
    }

    #[test]
    fn integers_are_exact_or_an_error(pairs in prop::collection::vec((any::<i64>(), any::<i64>()), 0..200)) {
        for (op, exact) in [
            ("+", i64::checked_add as fn(i64, i64) -> Option<i64>),
            ("-", i64::checked_sub),
            ("*", i64::checked_mul),
        ] {
            let expected: Option<Vec<_>> = pairs.iter().map(|(a, b)| exact(*a, *b).map(Some)).collect();
            let found = values(&format!("a {op} b"), &rows(pairs.clone()));
            match expected {
                Some(expected) => prop_assert_eq!(found.unwrap().values::<i64>("result"), expected),
                None => prop_assert!(found.is_err()),
            }
        }
    }

    #[test]
    fn texts_are_cut_by_characters(text in ".{0,20}", from in -3_i64..25, length in 0_i64..25) {
        let rows = Rows::new().column("s", [text.as_str()]);
        let of = |sql: &str| values(sql, &rows).unwrap().texts("result")[0].clone().unwrap();
        let expected: String = text
            .chars()
            .enumerate()
            .filter(|(at, _)| (from..from + length).contains(&(*at as i64 + 1)))
            .map(|(_, character)| character)
            .collect();
        prop_assert_eq!(of(&format!("substring(s, {from}, {length})")), expected);
        prop_assert_eq!(of("substring(s, 1, 3) || substring(s, 4)"), text);
    }

    /// Against a matcher that tries everything.
    #[test]
    fn like_finds_what_trying_everything_finds(text in "[ab]{0,8}", pattern in "[ab%_]{0,6}") {
        fn fits(pattern: &[u8], text: &[u8]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some((b'%', rest)) => (0..=text.len()).any(|at| fits(rest, &text[at..])),
                Some((b'_', rest)) => !text.is_empty() && fits(rest, &text[1..]),
                Some((wanted, rest)) => text.first() == Some(wanted) && fits(rest, &text[1..]),
            }
        }
        let rows = Rows::new().column("s", [text.as_str()]);
        let expected = fits(pattern.as_bytes(), text.as_bytes());
        prop_assert_eq!(holds(&format!("s like '{pattern}'"), &rows).unwrap(), [expected]);
    }
}
