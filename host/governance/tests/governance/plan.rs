//! What is in a plan.

use std::collections::BTreeSet;

use arrow_schema::DataType;
use bailiwick_governance::{
    Bound, Format, InfluenceKind, LabelReason, OnFailure, PlannedSource, Statement, Threshold,
    Unit, Work,
};
use bailiwick_terms::Label;

use crate::catalog::{Answer, writes};
use crate::mesh::Mesh;

#[test]
fn the_input_is_what_the_contract_says() {
    let plan = Mesh::sales().plan();
    assert_eq!(
        plan.input.source,
        PlannedSource::Location {
            location: "bookings.parquet".to_owned(),
            format: Format::Parquet
        }
    );
    let email = &plan.input.columns[1];
    assert_eq!(email.field.data_type(), &DataType::Utf8);
    let labels: Vec<_> = email.labels.iter().map(|carried| carried.label.as_str()).collect();
    assert_eq!(labels, ["pii"], "`contact` and `email` are tags, and no labels of the framework");
    assert_eq!(
        email.labels[0].because,
        LabelReason::Contract {
            product: "sales/bookings".parse().unwrap(),
            object: "bookings_raw".to_owned(),
            column: "email".to_owned(),
            by: Statement::Classification,
        }
    );
    let id = &plan.input.columns[0];
    assert!(id.labels.is_empty(), "tags of the contract and of an object label no column");
    assert!(id.field.is_nullable(), "whatever the contract says: it is for checks to find");
}

#[test]
fn a_step_has_all_that_a_run_needs() {
    let plan = Mesh::sales().plan();
    let mask = &plan.steps[0];
    assert_eq!(
        (mask.id.as_str(), mask.settings_json().as_str()),
        ("mask-email", r#"{"method":"email"}"#)
    );
    assert_eq!(mask.limits.call_ms, 2000, "capped by the framework");
    assert_eq!(mask.limits.memory_bytes, 256 << 20, "as approved: the framework does not cap it");
    assert_eq!(mask.removes, BTreeSet::from(["pii".parse::<Label>().unwrap()]));
    assert_eq!(mask.services.pseudonym.len(), 1);
    assert!(matches!(&mask.work, Work::Map { writes } if writes[0].name() == "email"));

    let Work::Check { rules, on_failure } = &plan.steps[2].work else { panic!("no check") };
    assert_eq!(*on_failure, OnFailure::Quarantine);
    let threshold = Threshold { unit: Unit::Percent, bound: Bound::MustBeLessOrEqualTo(1.0) };
    assert_eq!(rules[0].threshold, Some(threshold));
    assert_eq!(plan.steps[3].work, Work::Filter);
}

#[test]
fn a_module_of_one_column_becomes_a_step_for_each() {
    let mesh = Mesh::sales().bindings("columns: [email]", "labels: [restricted, pii]");
    let plan = mesh.plan();
    let ids: Vec<_> = plan.steps.iter().take(2).map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["mask-email:email", "mask-email:card"]);
    assert_eq!(plan.steps[1].reads[0].name(), "card");
}

#[test]
fn labels_select_what_carries_them_at_that_point() {
    let plan = Mesh::sales()
        .policy("  - {id: again, module: governance/clean@1.0.0, labels: [pii]}\n")
        .plan();
    assert!(plan.steps.iter().all(|step| step.binding.as_str() != "again"));
    let note = "policy `again` does nothing: no column carries its labels at that point";
    assert!(plan.notes.iter().any(|found| found == note), "{:?}", plan.notes);
}

#[test]
fn what_is_written_carries_the_labels_of_all_that_was_read() {
    let mut mesh = Mesh::sales()
        .framework("default: []", "default: [restricted]")
        .bindings("columns: [distance, minutes]", "columns: [distance, card]")
        .contract(
            "{name: speed, logicalType: number}",
            "{name: speed, logicalType: number, tags: [restricted]}",
        );
    mesh.catalog.get("sales/derive@0.3.0").facts.grants.read =
        ["restricted".parse().unwrap()].into();
    let plan = mesh.plan();
    let speed = &plan.output.columns[3];
    assert_eq!(
        speed.labels[0].because,
        LabelReason::Read { step: "derive-speed".to_owned(), column: "card".to_owned() }
    );
    assert_eq!(speed.through, ["derive-speed"]);
    let origins: Vec<_> = speed.origins.iter().map(String::as_str).collect();
    assert_eq!(origins, ["card", "distance"]);
}

#[test]
fn a_column_written_from_nothing_depends_on_nothing() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("governance/mask@1.0.0").answer =
        Answer::Plans(bailiwick_governance::TransformPlan {
            reads: Vec::new(),
            writes: vec![arrow_schema::Field::new("email", DataType::Utf8, true)],
            shape: bailiwick_governance::Shape::Map,
            ordering: bailiwick_terms::Ordering::Independent,
            lookups: Vec::new(),
        });
    let plan = mesh.plan();
    assert!(plan.output.columns[1].origins.is_empty());
    assert!(plan.output.columns[1].labels.is_empty());
    assert!(!plan.input.projection.contains(&"email".to_owned()));
}

#[test]
fn the_output_is_what_the_contract_promises_in_its_order() {
    let plan = Mesh::sales().plan();
    let columns: Vec<_> = plan.output.columns.iter().map(|c| c.field.name().as_str()).collect();
    assert_eq!(columns, ["id", "email", "distance", "speed"]);
    assert_eq!(plan.output.required, ["id"]);
    assert!(!plan.output.columns[0].field.is_nullable());
    let withheld: Vec<_> = plan.output.withheld.iter().map(|w| w.column.as_str()).collect();
    assert_eq!(withheld, ["card", "carrier", "minutes", "comment"]);
}

#[test]
fn what_decides_the_rows_is_listed() {
    let plan = Mesh::sales().plan();
    let influences: Vec<_> =
        plan.influences.iter().map(|i| (i.column.as_str(), i.step.as_str(), i.kind)).collect();
    assert_eq!(
        influences,
        [
            ("distance", "distance-range", InfluenceKind::Quarantine),
            ("carrier", "own-carrier", InfluenceKind::Filter),
        ]
    );
}

#[test]
fn types_may_differ_in_what_no_value_shows() {
    let item = arrow_schema::Field::new("element", DataType::Utf8, false);
    let list = DataType::List(std::sync::Arc::new(item));
    let mut mesh = Mesh::sales().contract(
        "{name: speed, logicalType: number}",
        "{name: speed, logicalType: array, items: {logicalType: string}}",
    );
    mesh.catalog.get("sales/derive@0.3.0").answer = writes("speed", list);
    mesh.plan();
}
