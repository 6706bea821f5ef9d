//! Floors: which policies they hold, and what is laxer than one.

use arrow_schema::DataType;
use bailiwick_governance::{Bound, Framework, Granularity, Scope, Threshold, Unit};
use proptest::prelude::*;

use crate::catalog::writes;
use crate::mesh::{Mesh, changed};

/// The sales mesh with a floor, and a check of completeness whose rules are these.
fn with_floor(floor: &str) -> Mesh {
    let floor =
        format!("floors:\n  - {{id: known, description: who is kept is known, {floor}}}\nlimits: ");
    let mut mesh = Mesh::sales().framework("limits: ", &floor);
    let rules = [("complete", Granularity::Row), ("share", Granularity::Dataset)];
    mesh.catalog.check("governance/completeness@1.0.0", Scope::Column, &rules);
    mesh.catalog.get("governance/completeness@1.0.0").facts.grants.read =
        ["pii".parse().unwrap()].into();
    mesh
}

/// With a policy of that check on a column, before the mask.
fn checking(mesh: Mesh, column: &str, states: &str) -> Mesh {
    let module = "module: governance/completeness@1.0.0";
    let policy = format!("policies:\n  - {{id: known, {module}, columns: [{column}]{states}}}\n");
    mesh.bindings("policies:\n", &policy)
}

const THRESHOLD: &str = "when: {label: pii}, module: governance/completeness, \
                         threshold: {unit: percent, mustBeLessOrEqualTo: 1}";

#[test]
fn what_is_as_tight_is_planned_and_says_what_it_is_held_to() {
    let tight = ", threshold: {unit: percent, mustBeLessThan: 0.5}";
    let plan = checking(with_floor(THRESHOLD), "email", tight).plan();
    let because: Vec<String> = plan.steps[0].because.iter().map(ToString::to_string).collect();
    assert_eq!(because[1], "held to floor `known` on column `email`: who is kept is known");
    // By default no row may fail.
    checking(with_floor(THRESHOLD), "email", "").plan();
}

#[test]
fn what_is_laxer_is_refused_with_what_is_allowed() {
    let refused = |states: &str| checking(with_floor(THRESHOLD), "email", states).refused();
    insta::assert_snapshot!(refused(", threshold: {unit: percent, mustBeLessOrEqualTo: 5}"), @"policy `known`: laxer than floor `known` allows on column `email` (who is kept is known): found failing rows ≤ 5 % for rule `complete`, allowed is failing rows ≤ 1 % and what is tighter; make it as strict");
    insta::assert_snapshot!(refused(", on_failure: quarantine"), @"policy `known`: laxer than floor `known` allows on column `email` (who is kept is known): found no threshold for rule `complete`, allowed is failing rows ≤ 1 % and what is tighter; make it as strict");
    insta::assert_snapshot!(refused(", threshold: {mustBeLessOrEqualTo: 5}"), @"policy `known`: laxer than floor `known` allows on column `email` (who is kept is known): found failing rows ≤ 5 for rule `complete`, allowed is failing rows ≤ 1 % and what is tighter; make it as strict");
}

#[test]
fn it_speaks_of_no_other_columns_modules_and_domains() {
    let lax = ", threshold: {mustBeLessOrEqualTo: 5}";
    checking(with_floor(THRESHOLD), "distance", lax).plan();
    let of_others = THRESHOLD.replace("governance/completeness", "governance/range");
    checking(with_floor(&of_others), "email", lax).plan();
    let elsewhere = THRESHOLD.replace("{label: pii}", "{label: pii, domain: hr}");
    checking(with_floor(&elsewhere), "email", lax).plan();
    // With no condition it holds on every column, and for a check of none.
    let everywhere = THRESHOLD.replace("when: {label: pii}, ", "");
    let refused = checking(with_floor(&everywhere), "distance", lax).refused();
    assert!(refused.contains("policy `known`: laxer than floor `known` allows ("), "{refused}");
}

#[test]
fn it_follows_the_data_through_masks_and_into_columns_of_other_names() {
    let after_the_mask = "  - {id: late, module: governance/completeness@1.0.0, \
                          columns: [email], threshold: {mustBeLessOrEqualTo: 5}}\n";
    let refused = with_floor(THRESHOLD).policy(after_the_mask).refused();
    assert!(refused.contains("policy `late`") && refused.contains("column `email`"), "{refused}");

    let renamed = after_the_mask.replace("[email]", "[alias]");
    let copies = "  - {id: copy, module: sales/copy@1.0.0, columns: [email]}\n";
    let mut mesh = with_floor(THRESHOLD).policy(copies).policy(&renamed);
    mesh.catalog.add("sales/copy@1.0.0", Scope::Column, &["pii"], writes("alias", DataType::Utf8));
    let refused = mesh.refused();
    assert!(refused.contains("policy `late`") && refused.contains("column `alias`"), "{refused}");
}

#[test]
fn what_the_contract_promises_of_the_output_counts_too() {
    let check = "  - {id: late, module: governance/completeness@1.0.0, columns: [speed], \
                 threshold: {mustBeLessOrEqualTo: 5}}\n";
    let mesh = with_floor(THRESHOLD).policy(check);
    mesh.plan();
    let promises = mesh.framework("default: []", "default: [pii]").framework(
        "when: {label: pii}\n    require: {module: governance/mask}",
        "when: {tag: nothing}\n    require: {module: governance/mask}",
    );
    let promises = promises.contract(
        "{name: speed, logicalType: number}",
        "{name: speed, logicalType: number, tags: [pii]}",
    );
    let refused = promises.refused();
    assert!(refused.contains("policy `late`") && refused.contains("column `speed`"), "{refused}");
}

#[test]
fn the_least_that_failing_rows_lead_to() {
    let floor = |least: &str| with_floor(&format!("when: {{label: pii}}, on_failure: {least}"));
    let quarantine = |states: &str| checking(floor("quarantine"), "email", states);
    quarantine(", on_failure: quarantine").plan();
    // No row may fail, so that none is delivered.
    quarantine("").plan();
    insta::assert_snapshot!(quarantine(", threshold: {unit: percent, mustBeLessThan: 1}").refused(), @"policy `known`: laxer than floor `known` allows on column `email` (who is kept is known): found `on_failure: block` with failing rows < 1 % for rule `complete`, allowed is at least `on_failure: quarantine`: no row that fails is delivered; make it as strict");
    insta::assert_snapshot!(quarantine(", on_failure: observe").refused(), @r#"
    policy `known`: laxer than floor `known` allows on column `email` (who is kept is known): found `on_failure: observe` with failing rows = 0 for rule `complete`, allowed is at least `on_failure: quarantine`: no row that fails is delivered; make it as strict
    policy `known`: laxer than floor `known` allows on column `email` (who is kept is known): found `on_failure: observe` with no threshold for rule `share`, allowed is at least `on_failure: quarantine`: no row that fails is delivered; make it as strict
    "#);
    let block = |states: &str| checking(floor("block"), "email", states);
    block("").plan();
    block(", on_failure: quarantine, threshold: {mustBeLessThan: 9}").plan();
    insta::assert_snapshot!(block(", on_failure: quarantine").refused(), @"policy `known`: laxer than floor `known` allows on column `email` (who is kept is known): found `on_failure: quarantine` with no threshold for rule `complete`, allowed is at least `on_failure: block`: the run ends where a threshold is not met; make it as strict");
}

#[test]
fn the_least_severity() {
    let floor = || with_floor("when: {label: pii}, severity: warn");
    checking(floor(), "email", ", severity: warn").plan();
    insta::assert_snapshot!(checking(floor(), "email", ", severity: info").refused(), @"policy `known`: laxer than floor `known` allows on column `email` (who is kept is known): found `severity: info`, allowed is at least `severity: warn`; make it as strict");
}

#[test]
fn the_most_rows_with_a_fault_of_any_module() {
    let floor = "max_fault_rows: 10, max_fault_percent: 0.1";
    let masks = |states: &str| {
        let line = "settings: {method: email}";
        with_floor(floor).bindings(line, &format!("{line}\n    on_fault: quarantine{states}"))
    };
    with_floor(floor).plan();
    masks("\n    max_fault_rows: 10\n    max_fault_percent: 0.1").plan();
    insta::assert_snapshot!(masks("").refused(), @"policy `mask-email`: laxer than floor `known` allows (who is kept is known): found `max_fault_rows: 100`, allowed is at most `max_fault_rows: 10` and `max_fault_percent: 0.1`, or `on_fault: fail`; make it as strict");
    insta::assert_snapshot!(masks("\n    max_fault_rows: 10\n    max_fault_percent: 1").refused(), @"policy `mask-email`: laxer than floor `known` allows (who is kept is known): found `max_fault_rows: 10, max_fault_percent: 1`, allowed is at most `max_fault_rows: 10` and `max_fault_percent: 0.1`, or `on_fault: fail`; make it as strict");
}

#[test]
fn what_settings_must_be() {
    let floor = "module: governance/range, settings: {min: {mustBeGreaterOrEqualTo: 0}, \
                 unit: {oneOf: [km, mi]}, strict: true}";
    let settings = |settings: &str| with_floor(floor).bindings("{min: 0}", settings);
    settings("{min: 1, unit: km, strict: true}").plan();
    settings("{min: 0.0, unit: [km, mi], strict: true}").plan();
    insta::assert_snapshot!(settings("{min: -1, unit: [km, ft], strict: false}").refused(), @r#"
    policy `distance-range`: laxer than floor `known` allows (who is kept is known): found setting `min` -1, allowed is setting `min` ≥ 0; make it as strict
    policy `distance-range`: laxer than floor `known` allows (who is kept is known): found setting `strict` false, allowed is setting `strict` true; make it as strict
    policy `distance-range`: laxer than floor `known` allows (who is kept is known): found setting `unit` ["km","ft"], allowed is setting `unit` of ["km","mi"]; make it as strict
    "#);
    insta::assert_snapshot!(settings("{unit: km, strict: true}").refused(), @"policy `distance-range`: laxer than floor `known` allows (who is kept is known): found no setting `min`, allowed is setting `min` ≥ 0; make it as strict");
}

#[test]
fn a_quality_rule_of_the_contract_is_held_to_it_as_well() {
    let rule = r#"- {type: sql, name: fresh ids, query: "select max(id) from {object}", mustBeGreaterThan: 0}"#;
    let floor = "when: {logical_type: integer}, module: governance/completeness, \
                 threshold: {unit: percent, mustBeLessOrEqualTo: 1}";
    let lax = "- {metric: nullValues, id: nulls, unit: percent, mustBeLessOrEqualTo: 5}";
    let mesh = with_floor(floor).contract(rule, lax).framework(
        "quarantine: ",
        "standard_checks: {domain: governance, version: 1.0.0}\nquarantine: ",
    );
    insta::assert_snapshot!(mesh.refused(), @r#"quality rule "nulls" of bookings.id in the product's contract: laxer than floor `known` allows on column `id` (who is kept is known): found failing rows ≤ 5 % for rule `complete`, allowed is failing rows ≤ 1 % and what is tighter; make it as strict"#);
}

#[test]
fn a_floor_that_says_nothing_or_contradicts_itself_is_refused() {
    let refused = |floor: &str| {
        let text = changed(
            &Mesh::sales().framework,
            "limits: ",
            &format!("floors:\n  - {{id: known, description: so, {floor}}}\nlimits: "),
        );
        Framework::read("framework.yaml", &text).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused("when: {label: pii}"), @"framework.yaml: at /floors/0: expected at least one of settings, threshold, on_failure, severity, max_fault_rows and max_fault_percent");
    insta::assert_snapshot!(refused("when: {label: ppi}, severity: error"), @"framework.yaml: at /floors/0/when/label: label `ppi` is not declared: add it to `labels`");
    insta::assert_snapshot!(refused("threshold: {mustBe: 0}"), @"framework.yaml: at /floors/0/threshold: `threshold` is of one module: state `module` too");
    insta::assert_snapshot!(refused("module: governance/range, threshold: {unit: percent}"), @"framework.yaml: at /floors/0/threshold: expected exactly one of mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, mustBeBetween and mustNotBeBetween");
    insta::assert_snapshot!(refused("module: governance/range, settings: {min: {mustBe: 1, unit: rows}}"), @"framework.yaml: at /floors/0/settings/min: a setting has neither `rule` nor `unit`");
    insta::assert_snapshot!(refused("module: governance/range, settings: {min: {oneOf: 1}}"), @"framework.yaml: at /floors/0/settings/min: expected a list as `oneOf`, and nothing beside it");
    insta::assert_snapshot!(refused("on_failure: observe"), @"framework.yaml: at /floors/0/on_failure: found `observe`, which asks for nothing");
    insta::assert_snapshot!(refused("max_fault_percent: 101"), @"framework.yaml: at /floors/0/max_fault_percent: found 101, expected at least 0 and at most 100");
    insta::assert_snapshot!(refused("module: governance/range@1.0.0, severity: error"), @r#"framework.yaml: floors[0]: "governance/range@1.0.0" is not a module: expected `domain/module`, such as `governance/mask` at line 12 column 5"#);
}

fn bound() -> impl Strategy<Value = Bound> {
    let number = || (-4_i8..8).prop_map(|n| f64::from(n) / 2.0);
    let pair = || (number(), 1_i8..6).prop_map(|(low, more)| (low, low + f64::from(more) / 2.0));
    prop_oneof![
        number().prop_map(Bound::MustBe),
        number().prop_map(Bound::MustNotBe),
        number().prop_map(Bound::MustBeGreaterThan),
        number().prop_map(Bound::MustBeGreaterOrEqualTo),
        number().prop_map(Bound::MustBeLessThan),
        number().prop_map(Bound::MustBeLessOrEqualTo),
        pair().prop_map(|(low, high)| Bound::MustBeBetween(low, high)),
        pair().prop_map(|(low, high)| Bound::MustNotBeBetween(low, high)),
    ]
}

/// Every end that such a bound can have, what is between, and what is beyond.
fn figures(granularity: Granularity, unit: Unit) -> impl Iterator<Item = f64> {
    let quarters = (-20..=40).map(|n| f64::from(n) / 4.0).chain([100.0, 1e6]);
    quarters.filter(move |figure| match (granularity, unit) {
        (Granularity::Dataset, _) => true,
        (Granularity::Row, Unit::Rows) => *figure >= 0.0 && figure.fract() == 0.0,
        (Granularity::Row, Unit::Percent) => (0.0..=100.0).contains(figure),
        (Granularity::Row, Unit::Ratio) => (0.0..=1.0).contains(figure),
    })
}

proptest! {
    #[test]
    fn a_threshold_is_within_another_if_all_that_meets_it_meets_the_other(
        one in bound(),
        other in bound(),
        of_rows in any::<bool>(),
        in_percent in any::<bool>(),
    ) {
        let granularity = if of_rows { Granularity::Row } else { Granularity::Dataset };
        let unit = if in_percent { Unit::Percent } else { Unit::Rows };
        let within =
            Threshold { unit, bound: one }.is_within(&Threshold { unit, bound: other }, granularity);
        let expected = figures(granularity, unit).all(|f| !one.holds(f) || other.holds(f));
        prop_assert_eq!(within, expected);
    }
}

#[test]
fn a_measure_and_a_second_operator_are_held_to_a_floor_too() {
    let floor = "when: {label: pii}, module: governance/completeness, threshold: \
                 [{rule: complete, unit: percent, mustBeLessOrEqualTo: 1}, \
                 {rule: complete, measure: blank, mustBeLessThan: 5}]";
    let states = |threshold: &str| format!(", threshold: [{threshold}]");
    let own = "{rule: complete, unit: percent, mustBeLessThan: 1}";
    let both = format!("{own}, {{rule: complete, measure: blank, mustBeLessOrEqualTo: 4}}");
    checking(with_floor(floor), "email", &states(&both)).plan();
    insta::assert_snapshot!(checking(with_floor(floor), "email", &states(own)).refused(), @"policy `known`: laxer than floor `known` allows on column `email` (who is kept is known): found no threshold for rule `complete`, allowed is blank < 5 and what is tighter; make it as strict");
    // It is enough that one of several is as tight.
    let two = format!("{both}, {{rule: complete, unit: rows, mustBeLessThan: 9}}");
    checking(with_floor(floor), "email", &states(&two)).plan();
    // No row fails where all pass.
    let all =
        "{rule: complete, unit: ratio, mustBe: 1}, {rule: complete, measure: blank, mustBe: 0}";
    checking(with_floor(floor), "email", &states(all)).plan();
    let most = all.replace("mustBe: 1}", "mustBeGreaterOrEqualTo: 0.99}");
    let refused = checking(with_floor(floor), "email", &states(&most)).refused();
    assert!(refused.contains("share of passing rows ≥ 0.99"), "{refused}");
}
