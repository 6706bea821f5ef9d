//! Quality rules of a contract, through components: queries, shares, ages, and the time that
//! a run is of.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use serde_json::Value;
use support::{FRAMEWORK, Mesh};

const MODULES: [&str; 6] =
    ["completeness", "distinct", "filter", "freshness", "row-count", "statistics"];

/// Four orders, one without an address and one without an amount.
const ORDERS: &str = "\
id,email,amount,ordered,loaded
1,a,10,2026-01-05,2026-01-06T01:00:00Z
2,b,20,2026-01-06,2026-01-07T01:00:00Z
3,,30,2026-01-06,2026-01-07T01:00:00Z
4,b,,2026-01-08,2026-01-09T01:00:00Z
";

const BINDINGS: &str = "
apiVersion: bailiwick/v1
product: shop/orders
input: {port: raw, object: orders_raw, location: orders.csv}
output: {port: orders, object: orders, format: parquet}
";

/// A contract with these rules of what is delivered.
fn contract(rules: &str) -> String {
    let columns = "    properties:
      - {name: id, logicalType: integer, physicalType: int64}
      - {name: email, logicalType: string}
      - {name: amount, logicalType: number, physicalType: double}
      - {name: ordered, logicalType: date}
      - {name: loaded, logicalType: timestamp}
";
    format!(
        "
apiVersion: v3.1.0
kind: DataContract
id: shop-orders
version: 1.0.0
status: active
schema:
  - name: orders_raw
{columns}  - name: orders
    quality:
{rules}{columns}"
    )
}

fn mesh(rules: &str) -> Mesh {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &MODULES).good();
    let approvals = MODULES.map(|name| format!("  - {{module: governance/{name}@0.1.0}}\n"));
    let framework = format!("{FRAMEWORK}standard_checks: {{domain: governance, version: 0.1.0}}\n");
    mesh.approve(&format!("approvals:\n{}", approvals.concat()), &framework).good();
    mesh.publish_product("orders", &contract(rules), BINDINGS).good();
    mesh.write("data/orders.csv", ORDERS);
    mesh
}

/// The rule of the step that executes a rule of the contract.
fn rule<'r>(report: &'r Value, id: &str) -> &'r Value {
    let step = format!("contract-{id}");
    let rules = report["rules"].as_array().unwrap();
    rules.iter().find(|rule| rule["step"] == step.as_str()).unwrap_or_else(|| panic!("{report:#}"))
}

fn value(report: &Value, id: &str) -> f64 {
    rule(report, id)["measures"]["value"].as_f64().unwrap()
}

#[test]
fn queries_are_answered_by_checks() {
    let mesh = mesh(
        "      - {type: sql, name: rows, mustBe: 4, query: 'SELECT COUNT(*) FROM {object}'}
      - {type: sql, name: dear, mustBeLessOrEqualTo: 1, query: 'SELECT COUNT(*) FROM {object} WHERE amount >= 20 AND email IS NULL'}
      - {type: sql, name: known, mustBe: 3, query: 'SELECT COUNT(email) FROM {object}'}
      - {type: sql, name: people, mustBe: 2, query: 'SELECT COUNT(DISTINCT email) FROM {object}'}
      - {type: sql, name: sum, mustBeBetween: [59, 61], query: 'SELECT SUM(amount) FROM {object}'}
      - {type: sql, name: mean, mustBe: 25, query: 'SELECT AVG(amount) FROM {object} WHERE id > 1'}
      - {type: sql, name: least, mustBeGreaterThan: 10, severity: warning, query: 'SELECT MIN(amount) FROM {object}'}
      - {type: sql, name: joined, mustBe: 0, query: 'SELECT COUNT(*) FROM {object} JOIN people USING (id)'}
",
    );
    mesh.run(&["run", "shop/orders"]).good();
    let report = mesh.report("shop/orders");
    let values = ["rows", "dear", "known", "people", "sum", "mean", "least"];
    assert_eq!(values.map(|id| value(&report, id)), [4.0, 1.0, 3.0, 2.0, 60.0, 25.0, 10.0]);
    for id in &values[..6] {
        assert_eq!(rule(&report, id)["verdict"], "passed", "{id}");
    }
    assert_eq!(rule(&report, "least")["verdict"], "failed", "10 is not more than 10");
    let of_contract = report["contract_quality"].as_array().unwrap();
    let joined = of_contract.iter().find(|rule| rule["rule"] == "joined").unwrap();
    assert!(joined.get("step").is_none() && joined["not_executed"].is_string(), "{joined}");
    assert_eq!(report["accounting"]["rows_out"], 4);
}

#[test]
fn shares_are_answered_at_their_bounds() {
    let share = |bound: &str| {
        mesh(&format!(
            "      - {{type: sql, name: filled, {bound}, query: 'SELECT COUNT(email) * 1.0 / COUNT(*) FROM {{object}}'}}
      - {{type: sql, name: percent, mustBe: 75, query: 'SELECT 100.0 * COUNT(amount) / COUNT(*) FROM {{object}}'}}
      - {{type: sql, name: later, mustBe: 0.5, query: 'SELECT COUNT(amount) / COUNT(*) FROM {{object}} WHERE id > 2'}}
      - {{type: sql, name: unlike, mustBeBetween: [0.6, 0.7], query: 'SELECT COUNT(DISTINCT email) / COUNT(email) FROM {{object}}'}}
"
        ))
    };
    let mesh = share("mustBeGreaterOrEqualTo: 0.75");
    mesh.run(&["run", "shop/orders"]).good();
    let report = mesh.report("shop/orders");
    for id in ["filled", "percent", "later", "unlike"] {
        assert_eq!(rule(&report, id)["verdict"], "passed", "{report:#}");
    }
    assert_eq!(report["accounting"]["rows_out"], 4, "no row is kept back for a share");
    let more = share("mustBeGreaterThan: 0.75");
    more.run(&["run", "shop/orders"]).refused(3, &["quality gate"]);
}

#[test]
fn a_query_and_an_age_are_of_the_time_that_the_run_states() {
    let mesh = mesh(
        "      - {type: sql, name: to-come, mustBe: 0, query: \"SELECT COUNT(*) FROM {object} WHERE loaded > '{as-of}'\"}
      - {type: custom, name: fresh, engine: bailiwick, implementation: {module: governance/freshness@0.1.0, columns: [loaded], settings: {reference: '{as-of}'}, threshold: {mustBeBetween: [-1, 86400]}}}
      - {type: custom, name: kept, engine: bailiwick, implementation: {module: governance/freshness@0.1.0, columns: [loaded], settings: {reference: '{as-of}', of: earliest}, threshold: {mustBeLessThan: 259201}}}
",
    );
    let run = |time: &str| mesh.run(&["run", "shop/orders", "--as-of", time]);
    // The latest row is loaded at this very time, the earliest three days before.
    run("2026-01-09T01:00:00Z").good();
    let report = mesh.report("shop/orders");
    let found = ["to-come", "fresh", "kept"].map(|id| value(&report, id));
    assert_eq!(found, [0.0, 0.0, 259_200.0]);
    // A second later the earliest has been kept for too long; an hour before, one is to come.
    run("2026-01-09T01:00:01Z").refused(3, &["quality gate"]);
    let early = mesh.run(&["run", "shop/orders", "--json", "--as-of", "2026-01-09T00:00:00Z"]);
    assert_eq!(early.code, 3);
    let report: Value = serde_json::from_str(&early.out).unwrap();
    let found = ["to-come", "fresh", "kept"].map(|id| value(&report, id));
    assert_eq!(found, [1.0, -3_600.0, 255_600.0]);
    // The time is part of the plan, which is told with the query in it.
    let plan = mesh.run(&["plan", "shop/orders", "--json", "--as-of", "2026-01-09T01:00:00Z"]);
    assert!(plan.good().out.contains("loaded > '2026-01-09T01:00:00Z'"));
}
