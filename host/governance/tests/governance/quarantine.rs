//! What a row that is kept back leaves with, and which columns are read at all.

use arrow_schema::{DataType, Field};
use bailiwick_governance::{Plan, Scope, Segment};

use crate::catalog::Answer;
use crate::mesh::Mesh;

fn columns(segment: &Segment) -> Vec<&str> {
    segment.quarantine.iter().map(|field| field.name().as_str()).collect()
}

fn withheld(segment: &Segment) -> Vec<String> {
    segment.withheld.iter().map(|column| format!("{}: {}", column.column, column.because)).collect()
}

fn projection(plan: &Plan) -> Vec<&str> {
    plan.input.projection.iter().map(String::as_str).collect()
}

#[test]
fn labels_beyond_its_clearance_are_withheld() {
    let plan = Mesh::sales().plan();
    let [segment] = plan.segments.as_slice() else { panic!("{:?}", plan.segments) };
    assert!(segment.quarantines);
    assert_eq!(
        columns(segment),
        ["id", "email", "carrier", "distance", "minutes", "comment", "speed"]
    );
    insta::assert_debug_snapshot!(withheld(segment), @r#"
    [
        "card: labelled `restricted`, and the quarantine is not cleared for that",
    ]
    "#);
    assert_eq!(projection(&plan), ["id", "email", "carrier", "distance", "minutes", "comment"]);
}

#[test]
fn an_obligation_holds_for_it_too() {
    let mesh = Mesh::sales()
        .framework("quarantine: {clearance: []}", "quarantine: {clearance: [pii, restricted]}")
        .bindings("  - id: mask-email\n    module: governance/mask@1.0.0\n    columns: [email]\n    settings: {method: email}\n", "")
        .contract("      - {name: email, logicalType: string}\n", "");
    let plan = mesh.plan();
    assert!(columns(&plan.segments[0]).contains(&"card"));
    insta::assert_debug_snapshot!(withheld(&plan.segments[0]), @r#"
    [
        "email: obligation `pii-masked` is not met on it at that point",
    ]
    "#);
    assert!(!projection(&plan).contains(&"email"));
}

#[test]
fn without_one_only_what_is_needed_is_read() {
    let plan = Mesh::sales().bindings("on_failure: quarantine", "on_failure: block").plan();
    assert!(!plan.segments[0].quarantines);
    assert_eq!(projection(&plan), ["id", "email", "carrier", "distance", "minutes"]);
    assert!(!columns(&plan.segments[0]).contains(&"comment"));
}

#[test]
fn new_rows_end_a_segment() {
    let mut mesh = Mesh::sales()
        .policy(
            "  - {id: totals, module: sales/aggregate@1.0.0, columns: [id, email, distance, speed]}\n  \
             - {id: totals-range, module: governance/range@1.0.0, columns: [speed], on_failure: quarantine}\n",
        );
    let fields = ["id", "email", "distance", "speed"].map(|name| {
        let data_type = match name {
            "id" => DataType::Int64,
            "email" => DataType::Utf8,
            _ => DataType::Float64,
        };
        Field::new(name, data_type, true)
    });
    mesh.catalog.add(
        "sales/aggregate@1.0.0",
        Scope::Columns,
        &[],
        Answer::Reshapes(fields.to_vec()),
    );
    let plan = mesh.plan();
    let steps: Vec<_> = plan.segments.iter().map(|segment| segment.steps.clone()).collect();
    assert_eq!(steps, [0..5, 5..6]);
    assert_eq!(columns(&plan.segments[0]).len(), 7);
    assert_eq!(columns(&plan.segments[1]), ["id", "email", "distance", "speed"]);
    assert_eq!(plan.steps[5].segment, 1);
    let speed = plan.output.columns.last().unwrap();
    let origins: Vec<_> = speed.origins.iter().map(String::as_str).collect();
    assert_eq!(origins, ["distance", "email", "id", "minutes"]);
}
