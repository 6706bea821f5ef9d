//! Thresholds at their boundaries.

use std::collections::BTreeMap;
use std::slice::from_ref;

use bailiwick_governance::{
    Bindings, Bound, Finding, Granularity, PlannedRule, Scope, Threshold, Unit, Verdict, Work,
    verdict, verdict_of,
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
fn a_ratio_is_of_the_rows_that_pass() {
    let least =
        |share| Threshold { unit: Unit::Ratio, bound: Bound::MustBeGreaterOrEqualTo(share) };
    let cases = [
        (5, 100, 0.95, Verdict::Passed),
        (6, 100, 0.95, Verdict::Failed),
        (300, 1000, 0.7, Verdict::Passed),
        (1, 3, 0.666_667, Verdict::Failed),
        (0, 7, 1.0, Verdict::Passed),
        (0, 0, 0.0, Verdict::Failed),
    ];
    for (failed, rows, share, expected) in cases {
        let found = verdict(Some(&least(share)), Finding::Rows { failed, rows });
        assert_eq!(found, expected, "{failed} of {rows} at {share}");
    }
    let above = Threshold { unit: Unit::Ratio, bound: Bound::MustBeGreaterThan(0.95) };
    let at = Finding::Rows { failed: 5, rows: 100 };
    assert_eq!(verdict(Some(&above), at), Verdict::Failed, "the bound is not within");
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
    let judged =
        |rule: usize| verdict_of(&rules[rule].judged(Finding::Value(Some(1.0)), &BTreeMap::new()));
    assert_eq!(judged(2), Verdict::Unjudged);
    assert_eq!(judged(0), Verdict::Failed, "not its finding");
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
    insta::assert_snapshot!(refused("{mustbe: 0}"), @"bindings.yaml: policies[2]: unknown field `mustbe`, expected one of `rule`, `measure`, `unit`, `mustBe`, `mustNotBe`, `mustBeGreaterThan`, `mustBeGreaterOrEqualTo`, `mustBeLessThan`, `mustBeLessOrEqualTo`, `mustBeBetween`, `mustNotBeBetween` at line 19 column 5");
    insta::assert_snapshot!(refused("[{rule: min, mustBe: 0}, {rule: min, mustBe: 1}]"), @"bindings.yaml: at /policies/2/threshold/1: a threshold before it has the same operator for rule `min` too");
    insta::assert_snapshot!(refused("{measure: duplicates, unit: rows, mustBe: 0}"), @"bindings.yaml: at /policies/2/threshold: `unit` says how failing rows are counted: a `measure` has none");
}

/// The rules of check 3, with these thresholds.
fn rules(threshold: &str, given: &[(&str, Granularity)]) -> Result<Vec<PlannedRule>, String> {
    let mut mesh = Mesh::sales().bindings("{unit: percent, mustBeLessOrEqualTo: 1}", threshold);
    mesh.catalog.check("governance/range@1.0.0", Scope::Column, given);
    let plan = mesh.try_plan().map_err(|error| error.to_string())?;
    match &plan.steps[2].work {
        Work::Check { rules, .. } => Ok(rules.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn measures_are_judged_by_their_names() {
    let stated = "[{unit: percent, mustBeLessThan: 50}, {measure: duplicates, mustBeLessThan: 5}, \
                  {measure: distinct, mustBeGreaterOrEqualTo: 2}, \
                  {measure: distinct, mustBeLessThan: 9}]";
    let rule = &rules(stated, &[("unique", Granularity::Row)]).unwrap()[0];
    let judged = |failed: u64, measures: &[(&str, f64)]| {
        let measures = measures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let judged = rule.judged(Finding::Rows { failed, rows: 10 }, &measures);
        let unmet = judged.iter().filter(|judged| judged.verdict != Verdict::Passed);
        let unmet: Vec<_> = unmet.map(|one| one.held_to.measure.clone()).collect();
        assert_eq!(verdict_of(&judged) == Verdict::Passed, unmet.is_empty());
        unmet
    };
    let (duplicates, distinct) = (Some("duplicates".to_owned()), Some("distinct".to_owned()));
    assert!(judged(4, &[("duplicates", 4.0), ("distinct", 2.0)]).is_empty());
    assert_eq!(judged(5, &[("duplicates", 4.0), ("distinct", 8.0)]), [None]);
    assert_eq!(judged(4, &[("duplicates", 5.0), ("distinct", 8.0)]), from_ref(&duplicates));
    assert_eq!(judged(4, &[("duplicates", 4.0), ("distinct", 9.0)]), from_ref(&distinct));
    assert_eq!(judged(4, &[("duplicates", 4.0), ("distinct", 1.0)]), from_ref(&distinct));
    assert_eq!(judged(0, &[]), [duplicates, distinct.clone(), distinct], "not measured at all");
}

#[test]
fn a_threshold_on_a_measure_takes_the_place_of_the_default() {
    let [rule] = &rules("{measure: email, mustBe: 0}", &[("none", Granularity::Row)]).unwrap()[..]
    else {
        panic!("one rule")
    };
    assert_eq!(rule.threshold, None);
    let found =
        rule.judged(Finding::Rows { failed: 7, rows: 7 }, &BTreeMap::from([("email".into(), 0.0)]));
    assert_eq!(verdict_of(&found), Verdict::Passed);
}

#[test]
fn a_measure_is_of_one_rule() {
    let two = [("min", Granularity::Row), ("mean", Granularity::Dataset)];
    insta::assert_snapshot!(rules("{measure: values, mustBe: 0}", &two).unwrap_err(), @"policy `distance-range`: a threshold on measure `values`, and governance/range@1.0.0 has several rules; state the `rule` that it is of: `min`, `mean`");
    let named = rules("{rule: mean, measure: values, mustBe: 0}", &two).unwrap();
    assert!(named[0].further.is_empty());
    assert_eq!(named[1].further[0].measure.as_deref(), Some("values"));
}
