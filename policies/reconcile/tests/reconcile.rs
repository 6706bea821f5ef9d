//! The module `reconcile`, natively.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, check, check_in_parts, plan_check, set_table};
use bailiwick_policy_reconcile::Reconcile;

fn ledger() {
    let days = [Some("mon"), Some("mon"), Some("tue"), Some("wed"), None];
    let table = Rows::new().column("on", days).column("amount", [10.0, 0.1, 5.0, 1.0, 2.0]);
    set_table("ledger", table);
}

fn booked() -> Rows {
    let days = [Some("tue"), Some("mon"), Some("mon"), None, Some("thu")];
    let fares = [Some(5.0), Some(0.3), Some(9.8), Some(2.0), None];
    Rows::new().column("day", days).column("fare", fares)
}

const BY_DAY: &str = r#"{"on": ["on", "amount"], "group_by": ["day"]}"#;

#[test]
fn groups_that_differ_are_counted() {
    ledger();
    let found = check::<Reconcile>(BY_DAY, &[booked()]).unwrap();
    let of = |rule, name| found.measure(rule, name);
    // Nobody booked on Wednesday; the ledger has no Thursday.
    assert_eq!((of("rows", "value"), of("rows", "groups")), (2.0, 5.0));
    assert_eq!((of("rows", "own"), of("rows", "reference")), (5.0, 5.0));
    // 0.3 + 9.8 is 10.100000000000001, 10 + 0.1 is 10.1: exact sums, rounded once.
    assert_eq!(of("fare-sum", "value"), 2.0);
    let near = r#"{"on": ["on", "amount"], "group_by": ["day"], "tolerance": 0.001}"#;
    let found = check::<Reconcile>(near, &[booked()]).unwrap();
    assert_eq!(found.measure("fare-sum", "value"), 1.0, "Wednesday's");
    let share = r#"{"on": ["on", "amount"], "group_by": ["day"], "tolerance_percent": 100}"#;
    let found = check::<Reconcile>(share, &[booked()]).unwrap();
    assert_eq!(found.measure("fare-sum", "value"), 0.0);
    assert_eq!(found.measure("rows", "value"), 1.0, "a hundred percent of none is none");
}

#[test]
fn all_rows_are_one_group_where_none_are_asked_for() {
    ledger();
    let settings = r#"{"on": ["amount"]}"#;
    let fares = Rows::new().column("fare", [18.1_f64, 0.0, 0.0]);
    let found = check::<Reconcile>(settings, &[fares]).unwrap();
    assert_eq!(found.measure("rows", "value"), 1.0);
    assert_eq!(found.measure("fare-sum", "value"), 0.0);
    assert_eq!(found.measure("fare-sum", "reference"), 18.1);
    assert_eq!((found.measure("rows", "ratio"), found.measure("fare-sum", "ratio")), (0.6, 1.0));
    set_table("ledger", Rows::new().column("amount", [0.0_f64]));
    let found = check::<Reconcile>(settings, &[Rows::new().column("fare", [1.0_f64])]).unwrap();
    let measured =
        found.measures.iter().map(|measure| (measure.rule.as_str(), measure.name.as_str()));
    let ratios: Vec<_> = measured.filter(|(_, name)| *name == "ratio").collect();
    assert_eq!(ratios, [("rows", "ratio")], "nothing is so many times 0");
}

#[test]
fn what_is_no_number_agrees_with_itself_alone() {
    set_table("readings", Rows::new().column("x", [f64::NAN, 1.0]));
    let of = |values: [f64; 2]| {
        let found = check::<Reconcile>("{}", &[Rows::new().column("x", values)]).unwrap();
        found.measure("x-sum", "value")
    };
    assert_eq!(of([0.0, f64::NAN]), 0.0);
    assert_eq!(of([0.0, 1.0]), 1.0);
    set_table("readings", Rows::new().column("x", [f64::INFINITY, 1.0]));
    assert_eq!(of([f64::INFINITY, 7.0]), 0.0);
    assert_eq!(of([f64::NEG_INFINITY, 7.0]), 1.0);
}

#[test]
fn parts_find_what_the_whole_does() {
    ledger();
    let whole = check::<Reconcile>(BY_DAY, &[booked(), booked(), booked()]).unwrap();
    let parts = [&[booked()][..], &[booked()], &[booked()]];
    assert_eq!(check_in_parts::<Reconcile>(BY_DAY, &parts).unwrap().measures, whole.measures);
}

#[test]
fn columns_that_cannot_be_compared_are_refused() {
    ledger();
    let refused = |settings: &str| {
        plan_check::<Reconcile>(settings, booked().schema()).unwrap_err().to_string()
    };
    assert_eq!(
        refused(r#"{"on": ["on", "amount"]}"#),
        "column \"day\" is of type utf8 and column \"on\" of table \"ledger\" of type utf8: \
         expected two of numbers"
    );
    assert_eq!(
        refused(r#"{"on": ["amount", "amount"], "group_by": ["day"]}"#),
        "column \"day\" is of type utf8 and column \"amount\" of table \"ledger\" of type \
         float64: expected two of one type that has groups"
    );
    assert_eq!(
        refused(r#"{"group_by": ["month"]}"#),
        "`group_by` names column \"month\", which is not bound"
    );
}
