//! Thresholds at their boundaries.

use bailiwick_governance::{
    Bindings, Bound, Finding, Granularity, Scope, Threshold, Unit, Verdict, Work, verdict,
};

use crate::mesh::Mesh;

fn passes(bound: Bound, value: f64) -> bool {
    let threshold = Threshold { unit: Unit::Rows, bound };
    verdict(Some(&threshold), Finding::Value(Some(value))) == Verdict::Passed
}

#[test]
fn each_operator_at_its_bound_and_beside_it() {
    let (below, at, above) = (4.999_999, 5.0, 5.000_001);
    let cases = [
        (Bound::MustBe(5.0), [false, true, false]),
        (Bound::MustNotBe(5.0), [true, false, true]),
        (Bound::MustBeGreaterThan(5.0), [false, false, true]),
        (Bound::MustBeGreaterOrEqualTo(5.0), [false, true, true]),
        (Bound::MustBeLessThan(5.0), [true, false, false]),
        (Bound::MustBeLessOrEqualTo(5.0), [true, true, false]),
    ];
    for (bound, expected) in cases {
        assert_eq!([below, at, above].map(|value| passes(bound, value)), expected, "{bound}");
    }
}

#[test]
fn between_leaves_out_both_ends_as_odcs_says() {
    let values = [0.0, 0.5, 100.0, 100.5];
    let between = values.map(|value| passes(Bound::MustBeBetween(0.0, 100.0), value));
    assert_eq!(between, [false, true, false, false]);
    let outside = values.map(|value| passes(Bound::MustNotBeBetween(0.0, 100.0), value));
    assert_eq!(outside, [true, false, true, true]);
}

#[test]
fn what_is_no_number_never_passes() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(!passes(Bound::MustNotBe(5.0), value));
        assert!(!passes(Bound::MustBeGreaterThan(5.0), value));
        assert!(!passes(Bound::MustNotBeBetween(0.0, 1.0), value));
    }
    let threshold = Threshold { unit: Unit::Rows, bound: Bound::MustNotBe(5.0) };
    assert_eq!(verdict(Some(&threshold), Finding::Value(None)), Verdict::Failed);
    assert_eq!(verdict(None, Finding::Value(None)), Verdict::Unjudged);
}

#[test]
fn a_share_of_rows_is_exact_at_its_bound() {
    let most =
        |percent| Threshold { unit: Unit::Percent, bound: Bound::MustBeLessOrEqualTo(percent) };
    let cases = [
        (1, 100, 1.0, Verdict::Passed),
        (2, 100, 1.0, Verdict::Failed),
        (3, 1000, 0.3, Verdict::Passed),
        (7, 100, 7.0, Verdict::Passed),
        (29, 100, 29.0, Verdict::Passed),
        (1, 3, 33.333, Verdict::Failed),
        (0, 0, 0.0, Verdict::Passed),
        (u64::MAX, u64::MAX, 100.0, Verdict::Passed),
    ];
    for (failed, rows, percent, expected) in cases {
        let found = verdict(Some(&most(percent)), Finding::Rows { failed, rows });
        assert_eq!(found, expected, "{failed} of {rows} at {percent} %");
    }
}

#[test]
fn without_one_no_row_may_fail_unless_it_is_kept_back() {
    let bare = "    threshold: {unit: percent, mustBeLessOrEqualTo: 1}\n";
    let mesh = Mesh::sales().bindings(bare, "");
    let threshold = |mesh: &Mesh| match &mesh.plan().steps[2].work {
        Work::Check { rules, .. } => rules[0].threshold,
        other => panic!("{other:?}"),
    };
    assert_eq!(threshold(&mesh), None);
    let block = mesh.clone().bindings("    on_failure: quarantine\n", "");
    assert_eq!(threshold(&block), Some(Threshold::NO_ROW));
    let observe = mesh.bindings("on_failure: quarantine", "on_failure: observe");
    assert_eq!(threshold(&observe), Some(Threshold::NO_ROW));
}

#[test]
fn one_that_names_a_rule_goes_before_one_for_all() {
    let mut mesh = Mesh::sales().bindings(
        "threshold: {unit: percent, mustBeLessOrEqualTo: 1}",
        "threshold: [{unit: rows, mustBeLessThan: 9}, {rule: max, mustBe: 0}]",
    );
    let rules =
        [("min", Granularity::Row), ("max", Granularity::Row), ("mean", Granularity::Dataset)];
    mesh.catalog.check("governance/range@1.0.0", Scope::Column, &rules);
    let plan = mesh.plan();
    let Work::Check { rules, .. } = &plan.steps[2].work else { panic!("no check") };
    let bounds: Vec<_> = rules.iter().map(|rule| rule.threshold.map(|t| t.bound)).collect();
    assert_eq!(bounds, [Some(Bound::MustBeLessThan(9.0)), Some(Bound::MustBe(0.0)), None]);
    assert_eq!(rules[2].verdict(Finding::Value(Some(1.0))), Verdict::Unjudged);
    assert_eq!(rules[0].verdict(Finding::Value(Some(1.0))), Verdict::Failed, "not its finding");
    assert!(plan.notes.iter().any(|note| note.contains("rule `mean`")), "{:?}", plan.notes);
}

#[test]
fn one_operator_with_numbers_is_asked_for() {
    let refused = |threshold: &str| {
        let text =
            Mesh::sales().bindings("{unit: percent, mustBeLessOrEqualTo: 1}", threshold).bindings;
        Bindings::read("bindings.yaml", &text).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused("{unit: rows}"), @"bindings.yaml: at /policies/2/threshold: expected exactly one of mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, mustBeBetween and mustNotBeBetween");
    insta::assert_snapshot!(refused("{mustBe: 0, mustBeLessThan: 1}"), @"bindings.yaml: at /policies/2/threshold: expected exactly one of mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, mustBeBetween and mustNotBeBetween");
    insta::assert_snapshot!(refused("{mustBeBetween: [5, 5]}"), @"bindings.yaml: at /policies/2/threshold: expected two numbers, the smaller first, found [5, 5]");
    insta::assert_snapshot!(refused("{mustBe: .nan}"), @"bindings.yaml: at /policies/2/threshold: expected a number, found NaN");
    insta::assert_snapshot!(refused("{mustbe: 0}"), @"bindings.yaml: policies[2]: unknown field `mustbe`, expected one of `rule`, `unit`, `mustBe`, `mustNotBe`, `mustBeGreaterThan`, `mustBeGreaterOrEqualTo`, `mustBeLessThan`, `mustBeLessOrEqualTo`, `mustBeBetween`, `mustNotBeBetween` at line 19 column 5");
    insta::assert_snapshot!(refused("[{rule: min, mustBe: 0}, {rule: min, mustBe: 1}]"), @"bindings.yaml: at /policies/2/threshold/1: a threshold before it speaks of rule `min` too");
}
