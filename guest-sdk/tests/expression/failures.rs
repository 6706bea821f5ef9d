//! Values that fail: an error where a row's result depends on them, and only there.

use bailiwick_guest::Error;
use bailiwick_guest::testing::Rows;

use crate::modules::{holds, values};

fn refused(sql: &str, rows: &Rows) -> String {
    match values(sql, rows) {
        Err(Error::Data(text)) => text,
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn a_result_beyond_its_range_is_an_error_and_no_wrong_number() {
    let rows = Rows::new().column("a", [i64::MAX, 1]).column("b", [1_i64, 1]);
    assert_eq!(
        refused("a + b", &rows),
        "a result does not fit its type in `a + b`: cast an operand to double, or guard it with \
         `case`"
    );
    refused("a * 2", &rows);
    refused("-a - 2", &rows);
    assert_eq!(
        values("a - b", &rows).unwrap().values::<i64>("result"),
        [Some(i64::MAX - 1), Some(0)]
    );
    let least = Rows::new().column("a", [i64::MIN]);
    refused("-a", &least);
    refused("abs(a)", &least);
    assert_eq!(values("a % -1", &least).unwrap().values::<i64>("result"), [Some(0)]);
}

#[test]
fn what_no_row_depends_on_does_not_fail() {
    let rows = Rows::new()
        .column("a", [Some(i64::MAX), Some(1), Some(i64::MAX)])
        .column("b", [None, Some(1_i64), None]);
    // A null beside it.
    assert_eq!(values("a + b", &rows).unwrap().values::<i64>("result"), [None, Some(2), None]);
    let far = values("a * a + b", &rows).unwrap();
    assert_eq!(far.values::<i64>("result"), [None, Some(2), None]);
    assert!(holds("a * a > 5 and b > 0", &rows).is_err());
    let guarded = "case when a < 1000 then a * a else 0 end";
    assert_eq!(
        values(guarded, &rows).unwrap().values::<i64>("result"),
        [Some(0), Some(1), Some(0)]
    );
    assert_eq!(holds("a < 1000 and a * a < 5", &rows).unwrap(), [false, true, false]);
    assert_eq!(holds("a >= 1000 or a * a < 5", &rows).unwrap(), [true, true, true]);
    assert!(holds("a > 0 and a * a < 5", &rows).is_err());
    assert_eq!(values("coalesce(a, a * a)", &rows).unwrap().values::<i64>("result").len(), 3);
    assert!(values("coalesce(b, a * a)", &rows).is_err());
    // The condition that fails is asked only where the one before is not true.
    let late = "case when a > 1000 then 1 when a * a > 0 then 2 end";
    assert_eq!(values(late, &rows).unwrap().values::<i64>("result"), [Some(1), Some(2), Some(1)]);
    assert!(values("case when a * a > 0 then 1 end", &rows).is_err());
}

#[test]
fn a_cast_fails_or_gives_null_as_it_is_asked_to() {
    let rows = Rows::new().column("n", [Some("12"), Some("x"), None]);
    assert_eq!(
        refused("cast(n as bigint)", &rows),
        "a value cannot be cast in `cast(n as bigint)`: write `try_cast` to make it null, or \
         guard it with `case`"
    );
    let tried = values("try_cast(n as bigint)", &rows).unwrap();
    assert_eq!(tried.values::<i64>("result"), [Some(12), None, None]);
    let guarded = values("case when n <> 'x' then cast(n as bigint) end", &rows).unwrap();
    assert_eq!(guarded.values::<i64>("result"), [Some(12), None, None]);
    let floats = Rows::new().column("f", [f64::NAN, f64::INFINITY, 1e19, -9.223372036854776e18]);
    assert_eq!(
        values("try_cast(f as bigint)", &floats).unwrap().values::<i64>("result"),
        [None, None, None, Some(i64::MIN)]
    );
    refused("cast(f as decimal(10,2))", &floats);
}

#[test]
fn places_of_a_substring_before_the_first_count() {
    let rows = Rows::new().column("s", ["häuser"]).column("k", [-1_i64]);
    let of = |sql: &str| values(sql, &rows).unwrap().texts("result")[0].clone().unwrap();
    assert_eq!(of("substring(s, 0, 3)"), "hä");
    assert_eq!(of("substring(s, -5, 4)"), "");
    assert_eq!(of("substring(s, 2, 100)"), "äuser");
    assert_eq!(of("substring(s, 7)"), "");
    refused("substring(s, 1, k)", &rows);
}

#[test]
fn an_empty_batch_has_no_results() {
    let rows = Rows::new().column("a", [0_i64; 0]);
    assert_eq!(values("a + 1", &rows).unwrap().len(), 0);
    assert_eq!(holds("a > 1", &rows).unwrap(), [false; 0]);
}
