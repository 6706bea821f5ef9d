//! Where obligations hold, and what meets them.

use arrow_schema::DataType;
use bailiwick_governance::{Granularity, Plan, Reason, Scope};

use crate::catalog::writes;
use crate::mesh::Mesh;

fn discharged(plan: &Plan, column: &str) -> Vec<String> {
    let column = plan.output.columns.iter().find(|c| c.field.name() == column).unwrap();
    column.discharged.iter().map(ToString::to_string).collect()
}

#[test]
fn a_step_that_meets_one_says_so() {
    let plan = Mesh::sales().plan();
    assert_eq!(discharged(&plan, "email"), ["pii-masked"]);
    assert!(plan.steps[0].because.contains(&Reason::Obligation {
        id: "pii-masked".parse().unwrap(),
        description: "personal data leaves masked".to_owned(),
        column: "email".to_owned(),
    }));
}

#[test]
fn it_follows_the_data_into_columns_of_other_names() {
    let mut mesh = Mesh::sales()
        .framework("default: []", "default: [pii]")
        .bindings("columns: [distance, minutes]", "columns: [distance, email]")
        .bindings("  - id: mask-email\n    module: governance/mask@1.0.0\n    columns: [email]\n    settings: {method: email}\n", "")
        .contract("{name: speed, logicalType: number}", "{name: speed, logicalType: number, tags: [pii]}")
        .contract("      - {name: email, logicalType: string}\n", "");
    mesh.catalog.get("sales/derive@0.3.0").facts.grants.read = ["pii".parse().unwrap()].into();
    insta::assert_snapshot!(mesh.refused(), @"output port `bookings`: obligation `pii-masked` is not met on column `speed` (personal data leaves masked); bind governance/mask to column `speed`");
}

#[test]
fn masking_a_copy_does_not_meet_it_for_the_original() {
    let mut mesh = Mesh::sales()
        .framework("default: []", "default: [pii]")
        .contract("      - {name: email, logicalType: string}", "      - {name: email, logicalType: string, tags: [pii]}\n      - {name: masked, logicalType: string}");
    mesh.catalog.get("governance/mask@1.0.0").answer = writes("masked", DataType::Utf8);
    insta::assert_snapshot!(mesh.refused(), @"output port `bookings`: obligation `pii-masked` is not met on column `email` (personal data leaves masked); bind governance/mask to column `email`");
}

#[test]
fn settings_that_it_asks_for_must_be_there_among_others() {
    let asks = "require: {module: governance/mask, settings: {method: hash}}";
    let mesh = Mesh::sales().framework("require: {module: governance/mask}", asks);
    insta::assert_snapshot!(mesh.refused(), @r#"output port `bookings`: obligation `pii-masked` is not met on column `email` (personal data leaves masked); bind governance/mask to column `email` with settings {"method":"hash"}"#);
    mesh.bindings("{method: email}", "{method: hash, key: customer}").plan();
}

#[test]
fn what_the_contract_promises_of_the_output_counts_too() {
    let mesh = Mesh::sales().framework("default: []", "default: [pii]").contract(
        "{name: speed, logicalType: number}",
        "{name: speed, logicalType: number, classification: pii}",
    );
    insta::assert_snapshot!(mesh.refused(), @"output port `bookings`: obligation `pii-masked` is not met on column `speed` (personal data leaves masked); bind governance/mask to column `speed`");
}

#[test]
fn a_masked_column_may_still_be_declared_personal() {
    let mesh = Mesh::sales().framework("default: []", "default: [pii]").contract(
        "      - {name: email, logicalType: string}",
        "      - {name: email, logicalType: string, tags: [pii]}",
    );
    assert_eq!(discharged(&mesh.plan(), "email"), ["pii-masked"]);
}

#[test]
fn every_condition_that_is_stated_must_hold() {
    let ask = |when: &str| {
        Mesh::sales().framework(
            "when: {label: pii}\n    require: {module: governance/mask}",
            &format!("when: {when}\n    require: {{module: governance/clean}}"),
        )
    };
    ask("{tag: email, domain: hr}").plan();
    ask("{tag: contact, logical_type: number}").plan();
    ask("{tag: finance}").plan();
    let refused = ask("{tag: contact, domain: sales, logical_type: string}").refused();
    assert!(refused.contains("is not met on column `email`"), "{refused}");
}

#[test]
fn a_check_meets_it_for_the_columns_that_it_reads() {
    let mesh = Mesh::sales().framework(
        "when: {label: pii}\n    require: {module: governance/mask}",
        "when: {logical_type: integer}\n    require: {module: governance/positive}",
    );
    let mut checked =
        mesh.clone().policy("  - {id: ids, module: governance/positive@2.0.0, columns: [id]}\n");
    checked.catalog.check(
        "governance/positive@2.0.0",
        Scope::Column,
        &[("above", Granularity::Row)],
    );
    assert_eq!(discharged(&checked.plan(), "id"), ["pii-masked"]);
    assert!(mesh.refused().contains("bind governance/positive to column `id`"));
}
