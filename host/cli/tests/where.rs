//! A check that judges some rows: the others pass it by, and count in nothing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::Value;

use support::{APPROVALS, BINDINGS, CONTRACT, FRAMEWORK, Mesh};

const ORDERS: &str = "\
id,email,amount,ordered
1,a@example.com,-1,2026-01-05
2,b@example.com,5,2026-01-06
3,c@example.com,-2,2026-02-07
4,d@example.com,,2026-02-08
5,e@example.com,-3,
6,f@example.com,-4,2026-02-09
";

fn mesh(bindings: &str) -> Mesh {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["mask", "range", "completeness", "filter"]).good();
    let approvals = APPROVALS.replace("governance/derive", "governance/filter");
    mesh.approve(&approvals, FRAMEWORK).good();
    mesh.publish_product("orders", CONTRACT, bindings).good();
    mesh.write("data/orders.csv", ORDERS);
    mesh
}

fn bindings(policies: &str) -> String {
    let (before, _) = BINDINGS.split_once("policies:\n").unwrap();
    format!(
        "{before}rowFilter: governance/filter@0.1.0\npolicies:\n{policies}  - id: mask-email\n    \
         module: governance/mask@0.1.0\n    columns: [email]\n    settings: {{method: email}}\n"
    )
}

fn rule<'a>(report: &'a Value, step: &str) -> &'a Value {
    let rules = report["rules"].as_array().unwrap();
    rules.iter().find(|rule| rule["step"] == step).unwrap()
}

#[test]
fn rows_that_are_not_picked_fail_nothing_and_are_not_counted() {
    let policies = "
  - id: february-amounts
    module: governance/range@0.1.0
    columns: [amount]
    where: ordered >= '2026-02-01'
    settings: {min: 0}
    on_failure: quarantine
    threshold: {unit: percent, mustBeLessOrEqualTo: 70}
  - id: none-are-picked
    module: governance/completeness@0.1.0
    columns: [amount]
    where: id > 100
    on_failure: observe
  - id: all-are-picked
    module: governance/completeness@0.1.0
    columns: [amount]
    where: id > 0
    on_failure: observe
";
    let mesh = mesh(&bindings(policies));
    mesh.run(&["run", "shop/orders"]).good();
    let report = mesh.report("shop/orders");
    // Of the rows 3, 4 and 6; what is null is for `completeness`.
    let amounts = rule(&report, "february-amounts");
    assert_eq!((&amounts["rows"], &amounts["failed"]), (&3.into(), &2.into()));
    assert_eq!(amounts["verdict"], "passed");
    assert_eq!(report["accounting"]["quarantined"], 2);
    let none = rule(&report, "none-are-picked");
    assert_eq!((&none["rows"], &none["failed"]), (&0.into(), &0.into()));
    let all = rule(&report, "all-are-picked");
    assert_eq!((&all["rows"], &all["failed"]), (&6.into(), &1.into()));
}
