//! What a row leaves with on which a module faults.

use std::collections::BTreeSet;

use arrow_schema::{DataType, Field};
use bailiwick_governance::{FaultQuarantine, InfluenceKind, Plan, Scope, Shape};
use bailiwick_terms::{Ordering, Read};

use crate::catalog::{Answer, Catalog};
use crate::mesh::Mesh;

const QUARANTINE: &str = "\n    on_fault: quarantine";

fn on_fault<'p>(plan: &'p Plan, step: &str) -> &'p FaultQuarantine {
    let step = plan.steps.iter().find(|planned| planned.id == step).unwrap();
    step.on_fault.as_ref().unwrap()
}

fn leaves_with<'p>(plan: &'p Plan, step: &str) -> Vec<&'p str> {
    on_fault(plan, step).columns.iter().map(String::as_str).collect()
}

/// The sales mesh with the faults of the policy quarantined that has this line.
fn quarantining(line: &str) -> Mesh {
    Mesh::sales().bindings(line, &format!("{line}{QUARANTINE}"))
}

#[test]
fn by_default_a_fault_ends_the_run() {
    assert!(Mesh::sales().plan().steps.iter().all(|step| step.on_fault.is_none()));
    assert!(!Mesh::sales().plan().to_json().unwrap().contains("on_fault"));
}

#[test]
fn what_the_step_writes_is_not_there() {
    let plan = quarantining("settings: {method: email}").plan();
    let leaves = ["carrier", "comment", "distance", "id", "minutes"];
    assert_eq!(leaves_with(&plan, "mask-email"), leaves);
    assert_eq!(on_fault(&plan, "mask-email").max_rows, 100);
    // The address of a row that a check keeps back is masked: it stays in the schema.
    assert!(plan.segments[0].quarantine.iter().any(|field| field.name() == "email"));
}

#[test]
fn what_a_step_before_wrote_is() {
    let plan = quarantining("settings: {name: speed}").plan();
    let leaves = ["carrier", "comment", "distance", "email", "id", "minutes"];
    assert_eq!(leaves_with(&plan, "derive-speed"), leaves);
}

#[test]
fn what_a_step_behind_writes_is_not() {
    let plan = Mesh::sales()
        .bindings("settings: {name: speed}", &format!("settings: {{name: speed}}{QUARANTINE}"))
        .policy("  - {id: tidy, module: governance/clean@1.0.0, columns: [comment]}\n")
        .contract("classification: chatty", "description: words")
        .plan();
    assert!(!leaves_with(&plan, "derive-speed").contains(&"comment"));
}

#[test]
fn an_obligation_that_a_check_behind_would_meet_is_not_met() {
    let mut mesh = quarantining("settings: {name: speed}")
        .policy("  - {id: speed-range, module: governance/range@1.0.0, columns: [speed]}\n")
        .framework(
            "limits:",
            "  - id: distances-judged\n    description: distances are plausible\n    \
             when: {label: far}\n    require: {module: governance/range}\n    at: publish\nlimits:",
        )
        .framework("labels:\n", "labels:\n  - {name: far, description: says how far}\n")
        .contract(
            "{name: distance, logicalType: number, physicalType: float64}",
            "{name: distance, logicalType: number, physicalType: float64, classification: far}",
        )
        .framework("quarantine: {clearance: []}", "quarantine: {clearance: [far]}");
    mesh.framework = mesh.framework.replace("default: []", "default: [far]");
    let far: BTreeSet<_> = ["far".parse().unwrap()].into();
    for module in ["sales/derive@0.3.0", "governance/range@1.0.0"] {
        mesh.catalog.get(module).facts.grants.read = far.clone();
    }
    mesh.catalog.get("sales/derive@0.3.0").facts.grants.remove = far;
    mesh.contract = mesh.contract.replacen(
        "      - {name: distance, logicalType: number}\n",
        "      - {name: distance, logicalType: number, classification: far}\n",
        1,
    );
    let plan = mesh.plan();
    assert!(plan.segments[0].quarantine.iter().any(|field| field.name() == "distance"));
    assert!(!leaves_with(&plan, "derive-speed").contains(&"distance"));
}

#[test]
fn it_makes_a_quarantine_whose_columns_can_be_null_and_an_influence() {
    let mut mesh = quarantining("settings: {name: speed}")
        .bindings("on_failure: quarantine", "on_failure: block");
    let speed = Field::new("speed", DataType::Float64, false);
    mesh.catalog.get("sales/derive@0.3.0").answer = Answer::Writes(vec![speed]);
    let plan = mesh.plan();
    assert!(plan.segments[0].quarantines);
    assert!(plan.segments[0].quarantine.iter().all(Field::is_nullable));
    let influence = plan.influences.iter().find(|influence| influence.step == "derive-speed");
    assert_eq!(influence.unwrap().kind, InfluenceKind::Quarantine);
}

#[test]
fn a_module_that_cannot_go_back_is_refused() {
    let mut mesh = quarantining("settings: {name: speed}");
    mesh.catalog.get("sales/derive@0.3.0").answer =
        Answer::Plans(bailiwick_governance::TransformPlan {
            reads: vec![Read::values("distance")],
            writes: vec![Field::new("speed", DataType::Float64, true)],
            shape: Shape::Map,
            ordering: Ordering::Ordered,
            lookups: Vec::new(),
        });
    insta::assert_snapshot!(mesh.refused(), @"policy `derive-speed`: `on_fault: quarantine`, and sales/derive@0.3.0 needs all rows in order, and has no state to go back to; leave out `on_fault`: a fault then ends the run");

    let mut mesh = Mesh::sales().policy(
        "  - {id: totals, module: sales/aggregate@1.0.0, columns: [id], on_fault: quarantine}\n",
    );
    let id = Field::new("id", DataType::Int64, true);
    Catalog::add(
        &mut mesh.catalog,
        "sales/aggregate@1.0.0",
        Scope::Columns,
        &[],
        Answer::Reshapes(vec![id]),
    );
    let refused = mesh.refused();
    let said =
        "`on_fault: quarantine`, and sales/aggregate@1.0.0 makes new rows of all rows together";
    assert!(refused.contains(said), "{refused}");
}

#[test]
fn the_framework_can_forbid_it() {
    let forbidding = Mesh::sales()
        .framework("quarantine: {clearance: []}", "quarantine: {clearance: [], faults: false}");
    assert!(forbidding.try_plan().is_ok(), "nobody asks for it");
    let line = "settings: {method: email}";
    let refused = forbidding.bindings(line, &format!("{line}{QUARANTINE}")).refused();
    let said = "policy `mask-email`: `on_fault: quarantine`, and the framework lets no row with a \
                fault be quarantined; leave out `on_fault`";
    assert!(refused.contains(said), "{refused}");
}

#[test]
fn a_share_is_a_bound_of_the_plan() {
    let line = "settings: {method: email}";
    let stated = format!("{line}{QUARANTINE}\n    max_fault_percent: 0.5");
    let plan = Mesh::sales().bindings(line, &stated).plan();
    let bound = on_fault(&plan, "mask-email");
    assert_eq!((bound.max_rows, bound.max_percent), (u32::MAX, Some(0.5)));
    assert_eq!(bound.bounds(), "max_fault_percent: 0.5");
}
