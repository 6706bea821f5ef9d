//! Rows on which a module faults, kept from the output one by one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fmt::Write;
use std::fs;

use serde_json::{Value, json};
use support::rows::{parquet, rows};
use support::{APPROVALS, CONTRACT, FRAMEWORK, Mesh};

const ROWS: usize = 100_000;

/// Rows of a batch of the source: one bad row costs 28 pushes more, twice its logarithm.
const RETRIES_OF_ONE: u64 = 28;

/// A quarantining check before the step that faults, a mask behind it.
const BINDINGS: &str = "
apiVersion: bailiwick/v1
product: shop/orders
input: {port: raw, object: orders_raw, location: orders.csv}
output: {port: orders, object: orders, format: parquet}
policies:
  - id: few
    module: governance/range@0.1.0
    columns: [id]
    settings: {max: 99989}
    on_failure: quarantine
  - id: shout
    module: governance/poison@0.1.0
    columns: [note]
    on_fault: quarantine
  - id: mask-email
    module: governance/mask@0.1.0
    columns: [email]
    settings: {method: email}
";

fn mesh(bindings: &str) -> Mesh {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["mask", "range", "completeness", "derive", "poison"])
        .good();
    let approvals = format!(
        "{APPROVALS}  - {{module: governance/poison@0.1.0, grants: {{read: [pii]}}, limits: {{fuel: 200000000}}}}\n"
    );
    mesh.approve(&approvals, FRAMEWORK).good();
    let contract = CONTRACT.replace(
        "{name: amount, logicalType: number, physicalType: double}\n      - {name: ordered, logicalType: date}",
        "{name: note, logicalType: string}",
    );
    mesh.publish_product("orders", &contract, bindings).good();
    mesh
}

/// Orders of which these rows have these notes.
fn orders(bad: &[(usize, &str)]) -> String {
    let mut text = String::from("id,email,note\n");
    for row in 0..ROWS {
        let note = bad.iter().find(|(at, _)| *at == row).map_or("fine", |(_, note)| note);
        writeln!(text, "{row},user{row}@example.com,{note}").unwrap();
    }
    text
}

/// Each quarantined row as `id|email|note|reasons`.
fn quarantine(mesh: &Mesh) -> Vec<String> {
    let rows = rows(&parquet(&mesh.current("shop/orders").join("quarantine.parquet")));
    let run = mesh.report("shop/orders")["run"].as_str().unwrap().to_owned();
    rows.iter().map(|row| row.replace(&format!(", run: {run}"), "")).collect()
}

/// What the report says of the step's faults.
fn faults(mesh: &Mesh) -> Value {
    let report = mesh.report("shop/orders");
    let steps = report["steps"].as_array().unwrap();
    steps.iter().find(|step| step["step"] == "shout").unwrap()["faults"].clone()
}

#[test]
fn one_row_is_found_and_leaves_without_what_was_not_masked() {
    let mesh = mesh(BINDINGS);
    mesh.write("data/orders.csv", &orders(&[(50_000, "trap")]));
    let ended = mesh.run(&["run", "shop/orders"]).good();
    let said = "faults  shout: 1 rows quarantined (fault:trapped 1), found by 28 more pushes";
    assert!(ended.out.contains(said), "{}", ended.out);
    assert_eq!(
        faults(&mesh),
        json!({"rows": 1, "retries": RETRIES_OF_ONE, "kinds": {"fault:trapped": 1}})
    );
    let kept = quarantine(&mesh);
    // Its address was not masked yet, its note not written: neither is there.
    assert_eq!(kept[0], "50000|∅|∅|{rules: [shout/fault:trapped]}");
    assert_eq!(kept.len(), 11);
    assert_eq!(kept[1], "99990|u***@example.com|FINE|{rules: [few/in-range]}");
    let accounting = &mesh.report("shop/orders")["accounting"];
    assert_eq!(accounting["rows_in"], ROWS);
    assert_eq!(accounting["rows_out"], ROWS - 11);
    assert_eq!(accounting["quarantined"], 11);
    let delivered = rows(&parquet(&mesh.current("shop/orders").join("orders.parquet")));
    let ids: Vec<usize> =
        delivered.iter().map(|row| row.split('|').next().unwrap().parse().unwrap()).collect();
    let expected: Vec<usize> = (0..99_990).filter(|id| *id != 50_000).collect();
    assert_eq!(ids, expected, "every other row once, in its order");
    assert!(delivered.iter().all(|row| row.ends_with("|FINE")));
}

#[test]
fn every_kind_of_fault_next_to_each_other_and_in_any_number_of_lanes() {
    let mesh = mesh(BINDINGS);
    let bad = [
        (0, "trap"),
        (16_383, "reject"),
        (16_384, "lie"),
        (50_000, "trap"),
        (50_001, "reject"),
        (50_002, "lie"),
        (70_000, "loop"),
        (99_999, "trap"),
    ];
    mesh.write("data/orders.csv", &orders(&bad));
    let mut first: Option<Vec<Vec<u8>>> = None;
    for lanes in ["1", "2", "5"] {
        mesh.run(&["run", "shop/orders", "--lanes", lanes]).good();
        let kinds = json!({
            "fault:contract": 2, "fault:limit": 1, "fault:rejected": 2, "fault:trapped": 3
        });
        assert_eq!(faults(&mesh)["kinds"], kinds);
        let kept = quarantine(&mesh);
        // The last of them failed a check before.
        assert!(
            kept.contains(&"99999|∅|∅|{rules: [few/in-range, shout/fault:trapped]}".to_owned()),
            "{kept:?}"
        );
        assert!(kept.contains(&"50001|∅|∅|{rules: [shout/fault:rejected]}".to_owned()));
        let text = fs::read_to_string(mesh.current("shop/orders").join("report.json")).unwrap();
        assert!(!text.contains("secret-value"), "the module's words are in the report");
        let files = ["orders.parquet", "quarantine.parquet", "report.json", "plan.json"];
        let bytes: Vec<Vec<u8>> = files
            .iter()
            .map(|file| fs::read(mesh.current("shop/orders").join(file)).unwrap())
            .collect();
        // Or the next run would be compared with this one by the run itself.
        fs::remove_dir_all(mesh.path("output")).unwrap();
        let first = first.get_or_insert_with(|| bytes.clone());
        assert!(*first == bytes, "{lanes} lanes");
    }
}

#[test]
fn a_module_that_reads_labels_cannot_speak_by_the_kind_of_its_faults() {
    let bindings = BINDINGS.replace("columns: [note]", "columns: [email]");
    let mesh = mesh(&bindings);
    let orders = orders(&[])
        .replace("user7@example.com", "trap")
        .replace("\n9,user9@example.com", "\n9,reject");
    mesh.write("data/orders.csv", &orders);
    mesh.run(&["run", "shop/orders"]).good();
    assert_eq!(faults(&mesh)["kinds"], json!({"fault": 2}));
    // Nothing works on the note: it leaves with the row.
    assert_eq!(
        quarantine(&mesh)[..2],
        ["7|∅|fine|{rules: [shout/fault]}", "9|∅|fine|{rules: [shout/fault]}"]
    );
}

#[test]
fn by_default_a_fault_ends_the_run() {
    let mesh = mesh(&BINDINGS.replace("    on_fault: quarantine\n", ""));
    mesh.write("data/orders.csv", &orders(&[(50_000, "trap")]));
    mesh.run(&["run", "shop/orders"]).refused(6, &["step shout", "trapped"]);
    assert!(!mesh.current("shop/orders").exists());
}

#[test]
fn more_rows_than_allowed_end_the_run_whatever_the_number_of_lanes() {
    let limit = "on_fault: quarantine\n    max_fault_rows: 2";
    let mesh = mesh(&BINDINGS.replace("on_fault: quarantine", limit));
    mesh.write("data/orders.csv", &orders(&[(5, "trap"), (20_000, "trap")]));
    mesh.run(&["run", "shop/orders"]).good();
    mesh.write("data/orders.csv", &orders(&[(5, "trap"), (20_000, "trap"), (90_000, "trap")]));
    let committed = fs::read_link(mesh.current("shop/orders")).unwrap();
    let said = |lanes| {
        mesh.run(&["run", "shop/orders", "--lanes", lanes])
            .refused(6, &["step shout", "max_fault_rows: 2", "nothing was delivered"])
            .err
    };
    assert_eq!(said("1"), said("3"));
    assert_eq!(fs::read_link(mesh.current("shop/orders")).unwrap(), committed);
}

#[test]
fn a_module_that_faults_on_everything_costs_a_bounded_number_of_pushes() {
    // It takes single rows alone: no row is ever to blame, and every batch is halved.
    let mesh = mesh(&BINDINGS.replace(
        "    on_fault: quarantine",
        "    settings: {at_most: 1}\n    on_fault: quarantine\n    max_fault_rows: 1",
    ));
    mesh.write("data/orders.csv", &orders(&[]));
    mesh.run(&["run", "shop/orders"]).refused(6, &["step shout", "max_fault_rows: 1"]);
    assert!(!mesh.current("shop/orders").exists());
}

#[test]
fn the_plan_says_what_such_a_row_leaves_with() {
    let mesh = mesh(BINDINGS);
    let ended = mesh.run(&["plan", "shop/orders", "--explain"]).good();
    let said = "a row on which it faults is quarantined (max_fault_rows: 100); of its columns it \
                leaves with: id";
    assert!(ended.out.contains(said), "{}", ended.out);
}
