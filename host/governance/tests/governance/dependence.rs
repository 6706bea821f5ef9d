//! What a plan says may change when an input column does.

use std::collections::BTreeSet;

use arrow_schema::DataType;
use bailiwick_governance::{Dependence, InfluenceKind, Plan, Scope};

use crate::catalog::{Answer, writes};
use crate::mesh::Mesh;

/// The steps that may answer otherwise.
fn steps<'p>(plan: &'p Plan, dependence: &Dependence) -> Vec<&'p str> {
    let steps = plan.steps.iter().enumerate();
    steps
        .filter(|(position, _)| dependence.may_answer_otherwise(*position))
        .map(|(_, step)| step.id.as_str())
        .collect()
}

/// The output columns that may change.
fn changing<'p>(plan: &'p Plan, dependence: &Dependence) -> Vec<&'p str> {
    let names = plan.output.columns.iter().map(|column| column.field.name().as_str());
    names.filter(|name| dependence.may_change(name)).collect()
}

#[test]
fn a_column_reaches_what_is_made_of_it() {
    let plan = Mesh::sales().plan();
    let email = plan.dependence("email");
    assert_eq!(email.outputs, BTreeSet::from(["email".to_owned()]));
    assert!(!email.selects_rows());
    assert_eq!(steps(&plan, &email), ["mask-email"]);
    let minutes = plan.dependence("minutes");
    assert_eq!(changing(&plan, &minutes), ["speed"]);
    assert!(minutes.may_change_in_quarantine(0, "speed"));
    assert!(minutes.may_change_in_quarantine(0, "minutes"));
    assert!(!minutes.may_change_in_quarantine(0, "email"));
    assert!(!minutes.may_change_in_quarantine(1, "speed"), "there is one segment");
}

#[test]
fn a_check_keeps_rows_back_at_the_end_of_its_segment() {
    let plan = Mesh::sales()
        .policy("  - {id: tidy, module: governance/clean@1.0.0, columns: [comment]}\n")
        .contract("classification: chatty", "description: words")
        .plan();
    let distance = plan.dependence("distance");
    let kinds: Vec<_> = distance.selection.iter().map(|own| own.kind).collect();
    assert_eq!(kinds, [InfluenceKind::Quarantine]);
    // The filter behind the check drops no row that it marked, so that what comes behind
    // the filter is given other rows.
    assert_eq!(steps(&plan, &distance), ["derive-speed", "distance-range", "tidy"]);
    assert_eq!(changing(&plan, &distance), ["distance", "speed"]);
    assert!(distance.may_change_in_quarantine(0, "comment"));
}

#[test]
fn what_comes_behind_a_filter_may_be_given_other_rows() {
    let plan = Mesh::sales()
        .policy("  - {id: mask-again, module: governance/mask@1.0.0, columns: [email], settings: {method: email}}\n")
        .plan();
    let carrier = plan.dependence("carrier");
    assert!(carrier.outputs.is_empty());
    assert_eq!(steps(&plan, &carrier), ["own-carrier", "mask-again"]);
    assert_eq!(changing(&plan, &carrier), ["email"]);
}

#[test]
fn a_fault_keeps_rows_back_at_once() {
    let plan = Mesh::sales()
        .bindings("settings: {name: speed}", "settings: {name: speed}\n    on_fault: quarantine")
        .plan();
    let minutes = plan.dependence("minutes");
    assert_eq!(steps(&plan, &minutes), ["derive-speed", "distance-range", "own-carrier"]);
}

#[test]
fn a_reshape_makes_all_of_what_it_reads() {
    let mut mesh = Mesh::sales()
        .policy("  - {id: totals, module: sales/aggregate@1.0.0, columns: [distance, speed]}\n")
        .policy("  - {id: whole, module: governance/clean@1.0.0, columns: [total]}\n")
        .contract("      - {name: email, logicalType: string}\n      - {name: distance, logicalType: number}\n      - {name: speed, logicalType: number}", "      - {name: total, logicalType: number}");
    let Answer::Writes(fields) = writes("total", DataType::Float64) else { panic!("no writes") };
    let id = arrow_schema::Field::new("id", DataType::Int64, true);
    let fields = fields.into_iter().chain([id]).collect();
    mesh.catalog.add("sales/aggregate@1.0.0", Scope::Columns, &[], Answer::Reshapes(fields));
    let plan = mesh.plan();
    let minutes = plan.dependence("minutes");
    assert_eq!(steps(&plan, &minutes), ["derive-speed", "totals", "whole"]);
    assert_eq!(changing(&plan, &minutes), ["id", "total"]);
    assert!(minutes.may_change_in_quarantine(0, "speed"), "as it was before the reshape");
    assert!(!minutes.may_change_in_quarantine(0, "total"));
    let carrier = plan.dependence("carrier");
    assert!(carrier.outputs.is_empty());
    assert_eq!(steps(&plan, &carrier), ["own-carrier", "totals", "whole"]);
    assert_eq!(changing(&plan, &carrier), ["id", "total"]);
    let comment = plan.dependence("comment");
    assert!(steps(&plan, &comment).is_empty() && changing(&plan, &comment).is_empty());
}
