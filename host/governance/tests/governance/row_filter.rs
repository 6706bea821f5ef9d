//! `where`: the rows that a check judges.

use arrow_schema::DataType;
use bailiwick_governance::{Granularity, InfluenceKind, Plan, Scope, explanation};

use crate::catalog::{Answer, Catalog};
use crate::mesh::Mesh;

const SCHEMA: &str = r##"{"type": "object", "properties": {"where": {"type": "string", "format": "sql-predicate"}}}"##;

fn catalog(grants: &[&str]) -> Catalog {
    let mut catalog = Catalog::standard();
    catalog.add("governance/rows@1.0.0", Scope::Columns, grants, Answer::Filters);
    catalog.get("governance/rows@1.0.0").facts.settings_schema = SCHEMA.to_owned();
    catalog
}

/// The sales mesh with the check of distances judging the rows of this predicate.
fn picking(predicate: &str, grants: &[&str]) -> Mesh {
    let bound = "module: governance/range@1.0.0\n    columns: [distance]";
    let mut mesh = Mesh::sales()
        .bindings("policies:\n", "rowFilter: governance/rows@1.0.0\npolicies:\n")
        .bindings(bound, &format!("{bound}\n    where: {predicate}"));
    mesh.catalog = catalog(grants);
    mesh
}

fn influences(plan: &Plan) -> Vec<&str> {
    let of_range = plan.influences.iter().filter(|influence| influence.step == "distance-range");
    let quarantine = of_range.filter(|influence| influence.kind == InfluenceKind::Quarantine);
    quarantine.map(|influence| influence.column.as_str()).collect()
}

#[test]
fn the_filter_reads_what_the_predicate_names_and_the_check_its_own() {
    let plan = picking("minutes > 10 and carrier is not null", &[]).plan();
    let step = plan.steps.iter().find(|step| step.id == "distance-range").unwrap();
    let rows = step.rows.as_ref().unwrap();
    let names = |reads: &[bailiwick_governance::ColumnRead]| -> Vec<String> {
        reads.iter().map(|read| read.name().to_owned()).collect()
    };
    assert_eq!(names(&rows.reads), ["minutes", "carrier"]);
    assert_eq!(names(&step.reads), ["distance"]);
    assert_eq!(rows.settings["where"]["sql"], "minutes > 10 and carrier is not null");
    assert_eq!(rows.settings["where"]["type"], "bool");
    let modules: Vec<String> = step.modules().map(ToString::to_string).collect();
    assert_eq!(modules, ["governance/range@1.0.0", "governance/rows@1.0.0"]);
    // Which rows are kept back can tell of what the predicate reads too.
    assert_eq!(influences(&plan), ["carrier", "distance", "minutes"]);
    let said = "judges the rows where minutes > 10 and carrier is not null, which \
                governance/rows@1.0.0 decides";
    assert!(explanation(&plan).contains(said));
}

#[test]
fn a_plan_without_it_says_nothing_of_it() {
    assert!(!Mesh::sales().plan().to_json().unwrap().contains("\"rows\""));
}

#[test]
fn what_a_check_says_is_withheld_if_its_rows_are_picked_by_a_label() {
    let plan = picking("card like '4%'", &["restricted"]).plan();
    let step = plan.steps.iter().find(|step| step.id == "distance-range").unwrap();
    let labels: Vec<&str> = step.reads_labels.iter().map(|label| label.as_str()).collect();
    assert_eq!(labels, ["restricted"]);
}

#[test]
fn labels_are_read_by_grant_only() {
    let said = picking("card like '4%'", &[]).refused();
    assert!(
        said.contains(
            "`where` has governance/rows@1.0.0 read column `card`, which is labelled \
             `restricted`, and its approval does not grant that label"
        ),
        "{said}"
    );
}

#[test]
fn mistakes_are_said_with_their_place() {
    for (predicate, expected) in [
        ("minuets > 10", "`where`: at character 1: there is no column `minuets` among"),
        ("minutes + 1", "`where`: at character 1: the expression is a float, expected a bool"),
    ] {
        let said = picking(predicate, &[]).refused();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn the_filter_is_one_that_can_be_told_so() {
    let named = |module: &str| {
        let mesh = picking("minutes > 10", &[]);
        mesh.bindings("rowFilter: governance/rows@1.0.0", &format!("rowFilter: {module}")).refused()
    };
    let said = named("governance/filter@1.0.0");
    assert!(said.contains("has no predicate `where` to set"), "{said}");
    let said = named("governance/nobody@1.0.0");
    assert!(said.contains("is not approved"), "{said}");
    let mut mesh = picking("minutes > 10", &[]);
    let rows = mesh.catalog.get("governance/rows@1.0.0");
    rows.answer = crate::catalog::writes("x", DataType::Int64);
    let said = mesh.refused();
    assert!(said.contains("is no filter that judges rows one by one"), "{said}");
}

#[test]
fn it_is_for_checks_and_needs_a_filter() {
    let unnamed = Mesh::sales().bindings("settings: {min: 0}", "where: minutes > 10");
    let said = unnamed.refused();
    assert!(said.contains("state `rowFilter` beside `policies` in the bindings"), "{said}");
    let transform = Mesh::sales()
        .bindings("policies:\n", "rowFilter: governance/rows@1.0.0\npolicies:\n")
        .bindings("settings: {method: email}", "settings: {method: email}\n    where: minutes > 1");
    let said = transform.refused();
    assert!(
        said.contains("`where` is for checks, and governance/mask@1.0.0 is a transform"),
        "{said}"
    );
}

#[test]
fn a_policy_that_states_no_columns_is_bound_to_those_that_its_expressions_name() {
    let keep = "  - {id: keep, module: governance/rows@1.0.0, settings: {where: minutes > 10 and \
                distance is not null}}\n";
    let mut mesh = Mesh::sales().policy(keep);
    mesh.catalog = catalog(&[]);
    let plan = mesh.plan();
    let step = plan.steps.iter().find(|step| step.id == "keep").unwrap();
    let input: Vec<&str> = step.input.iter().map(|field| field.name().as_str()).collect();
    assert_eq!(input, ["minutes", "distance"]);
    let wrong = Mesh { bindings: mesh.bindings.replace("minutes > 10", "minuets > 10"), ..mesh };
    let said = wrong.refused();
    assert!(said.contains("there is no column `minuets`"), "{said}");
}

#[test]
fn a_check_of_some_rows_meets_no_obligation() {
    let checking = |rows: &str| {
        let policy =
            format!("  - {{id: ids, module: governance/positive@2.0.0, columns: [id]{rows}}}\n");
        let mut mesh = Mesh::sales()
            .framework(
                "when: {label: pii}\n    require: {module: governance/mask}",
                "when: {logical_type: integer}\n    require: {module: governance/positive}",
            )
            .bindings("policies:\n", "rowFilter: governance/rows@1.0.0\npolicies:\n")
            .policy(&policy);
        mesh.catalog = catalog(&[]);
        mesh.catalog.check(
            "governance/positive@2.0.0",
            Scope::Column,
            &[("above", Granularity::Row)],
        );
        mesh
    };
    checking("").plan();
    let said = checking(", where: minutes > 10").refused();
    assert!(said.contains("bind governance/positive to column `id`"), "{said}");
}
