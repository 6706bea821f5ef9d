//! Thresholds on the measures of checks and on shares, end to end: what is judged, and what
//! each form of the report says of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;

use serde_json::json;
use support::{Ended, FRAMEWORK, Mesh};

const CONTRACT: &str = "
apiVersion: v3.1.0
kind: DataContract
id: shop-orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, physicalType: int64}
      - {name: email, logicalType: string}
";

const BINDINGS: &str = "
apiVersion: bailiwick/v1
product: shop/orders
input: {port: raw, object: orders, location: orders.csv}
output: {port: orders, object: orders, format: parquet}
policies:
  - id: once
    module: governance/unique@0.1.0
    columns: [id]
    on_failure: block
    threshold:
      - {unit: percent, mustBeLessOrEqualTo: 25}
      - {unit: rows, mustBeGreaterThan: 0}
      - {measure: duplicates, mustBeLessThan: 3}
      - {measure: distinct, mustBeGreaterOrEqualTo: 6}
  - id: known
    module: governance/completeness@0.1.0
    columns: [email]
    on_failure: block
    threshold: {unit: ratio, mustBeGreaterOrEqualTo: 0.75}
";

/// Eight orders, of which two repeat an earlier one and two have no address.
const ORDERS: &str = "id,email\n1,a\n2,b\n3,c\n4,\n5,e\n6,f\n6,\n1,h\n";

fn mesh(bindings: &str) -> Mesh {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["unique", "completeness"]).good();
    let approvals = "
approvals:
  - {module: governance/unique@0.1.0}
  - {module: governance/completeness@0.1.0}
";
    mesh.approve(approvals, FRAMEWORK).good();
    mesh.publish_product("orders", CONTRACT, bindings).good();
    mesh.write("data/orders.csv", ORDERS);
    mesh
}

fn run(mesh: &Mesh) -> Ended {
    mesh.run(&["run", "shop/orders"])
}

/// A report, which is of the form that is published.
fn held(text: &str) -> serde_json::Value {
    let form = include_str!("../../../docs/report.schema.json");
    let form = jsonschema::validator_for(&serde_json::from_str(form).unwrap()).unwrap();
    let report = serde_json::from_str(text).unwrap();
    let wrong: Vec<String> = form.iter_errors(&report).map(|e| e.to_string()).collect();
    assert_eq!(wrong, Vec::<String>::new(), "{report:#}");
    report
}

#[test]
fn what_meets_all_thresholds_passes_and_shows_each() {
    let mesh = mesh(BINDINGS);
    let plan = mesh.run(&["plan", "shop/orders"]).good().out;
    let says = "unique: failing rows ≤ 25 %, failing rows > 0, duplicates < 3, distinct ≥ 6";
    assert!(plan.contains(says), "{plan}");
    assert!(plan.contains("email-complete: share of passing rows ≥ 0.75"), "{plan}");
    let said = run(&mesh).good().out;
    let says = "2 of 8 rows fail (must be ≤ 25 %) (must be > 0 rows); duplicates 2 (must be < 3); \
                distinct 6 (must be ≥ 6)";
    assert!(said.contains(says), "{said}");
    assert!(said.contains("2 of 8 rows fail (must be ≥ 0.75 of the rows passing)"), "{said}");
    let text = fs::read_to_string(mesh.current("shop/orders").join("report.json")).unwrap();
    let report = held(&text);
    let [once, known] = report["rules"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!(once["verdict"], "passed");
    assert_eq!(
        once["judged"][2],
        json!({
            "measure": "duplicates",
            "figure": 2.0,
            "threshold": "< 3",
            "held_to": {"unit": "rows", "bound": {"mustBeLessThan": 3.0}},
            "verdict": "passed",
        })
    );
    assert_eq!(known["held_to"]["unit"], "ratio");
    assert!(known.get("judged").is_none(), "one threshold, on its own figure: {known}");
}

#[test]
fn the_measure_that_does_not_meet_its_own_is_named_in_every_form() {
    let mesh = mesh(&BINDINGS.replace("mustBeLessThan: 3}", "mustBeLessThan: 2}"));
    run(&mesh).refused(3, &["was blocked by its quality gate"]);
    let report = held(&mesh.run(&["run", "shop/orders", "--json"]).out);
    let once = &report["rules"][0];
    assert_eq!((&once["verdict"], &once["blocks"]), (&json!("failed"), &json!(true)));
    let verdicts: Vec<_> =
        once["judged"].as_array().unwrap().iter().map(|j| &j["verdict"]).collect();
    assert_eq!(verdicts, ["passed", "passed", "failed", "passed"]);

    let blocked = mesh.path("output/shop/orders/blocked");
    let folder = fs::read_dir(blocked).unwrap().next().unwrap().unwrap().path();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let junit = read("junit.xml");
    assert!(junit.contains("duplicates 2 (must be &lt; 2: not met); distinct 6"), "{junit}");
    let page = read("report.html");
    let drawn = "<small class=\"BLOCK\">duplicates</small><svg";
    assert!(page.contains(drawn), "{page}");
    assert!(page.contains("<small class=\"pass\">distinct</small><svg"), "{page}");
}

#[test]
fn a_measure_that_there_is_not_meets_nothing() {
    let mesh = mesh(&BINDINGS.replace("measure: distinct", "measure: distinkt"));
    run(&mesh).refused(3, &["quality gate"]);
    let report = held(&mesh.run(&["run", "shop/orders", "--json"]).out);
    let judged = &report["rules"][0]["judged"][3];
    assert_eq!((&judged["figure"], &judged["verdict"]), (&json!(null), &json!("failed")));
    let said = run(&mesh).out;
    assert!(said.contains("distinkt: no such value (must be ≥ 6: not met)"), "{said}");
}

#[test]
fn a_share_is_held_at_its_bound() {
    let met = |bound: &str| {
        let mesh = mesh(&BINDINGS.replace("mustBeGreaterOrEqualTo: 0.75", bound));
        run(&mesh).code == 0
    };
    assert!(!met("mustBeGreaterThan: 0.75"), "six of eight is not more");
    assert!(met("mustBeBetween: [0.74, 0.76]"));
}
