//! Checks and filters that fault on rows: each other row counts, once.

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

/// Several batches of the source in each of several lanes.
const ROWS: usize = 100_000;

const HEAD: &str = "
apiVersion: bailiwick/v1
product: shop/orders
input: {port: raw, object: orders_raw, location: orders.csv}
output: {port: orders, object: orders, format: parquet}
policies:
";

const ONCE: &str = "
  - id: once
    module: governance/poison-check@0.1.0
    columns: [note]
    on_failure: quarantine
    on_fault: quarantine
";

const DEAR: &str = "
  - id: dear
    module: governance/poison-filter@0.1.0
    columns: [note]
    on_fault: quarantine
";

const MASK: &str = "
  - id: mask-email
    module: governance/mask@0.1.0
    columns: [email]
    settings: {method: email}
";

fn mesh(policies: &[&str], limits: &str) -> Mesh {
    let mesh = Mesh::bare();
    let modules = ["mask", "range", "completeness", "derive", "poison-check", "poison-filter"];
    mesh.publish_modules("governance", &modules).good();
    let poison = ["check", "filter"]
        .map(|kind| format!("  - {{module: governance/poison-{kind}@0.1.0, limits: {limits}}}\n"));
    mesh.approve(&format!("{APPROVALS}{}", poison.concat()), FRAMEWORK).good();
    let contract = CONTRACT.replace(
        "{name: amount, logicalType: number, physicalType: double}\n      - {name: ordered, logicalType: date}",
        "{name: note, logicalType: string}",
    );
    mesh.publish_product("orders", &contract, &format!("{HEAD}{}", policies.concat())).good();
    mesh
}

fn orders(note: impl Fn(usize) -> String) -> String {
    let mut text = String::from("id,email,note\n");
    for row in 0..ROWS {
        writeln!(text, "{row},user{row}@example.com,{}", note(row)).unwrap();
    }
    text
}

/// Every note is there twice, half of the rows apart; at these rows there is a trap.
fn twice(traps: &[usize]) -> String {
    orders(|row| if traps.contains(&row) { "trap".into() } else { format!("n{}", row % 50_000) })
}

/// Runs in so many lanes, and removes what was delivered: a run of the same again would
/// be compared with it.
fn delivered(mesh: &Mesh, lanes: &str) -> (Value, Vec<Vec<u8>>) {
    mesh.run(&["run", "shop/orders", "--lanes", lanes]).good();
    let report = mesh.report("shop/orders");
    let files = ["orders.parquet", "quarantine.parquet", "report.json"];
    let read = |file: &&str| fs::read(mesh.current("shop/orders").join(file)).unwrap();
    let bytes = files.iter().map(read).collect();
    fs::remove_dir_all(mesh.path("output")).unwrap();
    (report, bytes)
}

fn faults(report: &Value, step: &str) -> Value {
    let steps = report["steps"].as_array().unwrap();
    steps.iter().find(|own| own["step"] == step).unwrap()["faults"].clone()
}

#[test]
fn a_check_that_faults_forgets_nothing_and_counts_nothing_twice() {
    for limits in ["{fuel: 2000000000}", "{fuel: 2000000000, isolation: batch}"] {
        let mesh = mesh(&[ONCE, MASK], limits);
        // At a batch's first row, its last, next to each other, and in the last batch.
        let traps = [0, 16_383, 20_000, 20_001, 70_000, 99_999];
        mesh.write("data/orders.csv", &twice(&traps));
        let (report, first) = delivered(&mesh, "1");
        assert_eq!(faults(&report, "once")["rows"], 6);
        assert_eq!(faults(&report, "once")["kinds"], json!({"fault:trapped": 6}));
        // Of the notes of rows 0, 16,383 and 20,001 the first that was seen is the second
        // there is; of that of row 20,000 there is none, as 70,000 has the other.
        let rule = &report["rules"][0];
        assert_eq!(rule["measures"]["rows"], 99_994.0);
        assert_eq!(rule["measures"]["distinct"], 49_999.0);
        assert_eq!(rule["failed"], 99_994 - 49_999);
        assert_eq!(report["accounting"]["rows_out"], 49_999);
        assert_eq!(report["accounting"]["quarantined"], 50_001);
        for lanes in ["2", "5"] {
            assert!(delivered(&mesh, lanes).1 == first, "{lanes} lanes, {limits}");
        }
    }
}

#[test]
fn a_check_that_could_fault_and_does_not_finds_what_it_finds_without() {
    let limits = "{fuel: 2000000000}";
    let found = |policy: &str| {
        let mesh = mesh(&[policy, MASK], limits);
        mesh.write("data/orders.csv", &twice(&[]));
        let (mut report, mut bytes) = delivered(&mesh, "2");
        bytes.truncate(1);
        (report["rules"].take(), report["steps"].take(), bytes)
    };
    assert!(found(ONCE) == found(&ONCE.replace("    on_fault: quarantine\n", "")));
}

#[test]
fn a_filter_that_faults_drops_what_it_drops() {
    let mesh = mesh(&[DEAR, MASK], "{fuel: 2000000000}");
    let note = |row| match row {
        7 | 50_000 | 50_001 => "trap",
        row if row % 10 == 0 => "drop",
        _ => "keep",
    };
    mesh.write("data/orders.csv", &orders(|row| note(row).to_owned()));
    let (report, first) = delivered(&mesh, "1");
    assert_eq!(faults(&report, "dear")["rows"], 3);
    // Row 50,000 faults rather than being dropped.
    assert_eq!(report["accounting"]["filtered"], ROWS / 10 - 1);
    assert_eq!(report["accounting"]["rows_out"], ROWS - ROWS / 10 - 2);
    assert!(delivered(&mesh, "3").1 == first);

    mesh.run(&["run", "shop/orders"]).good();
    let kept = rows(&parquet(&mesh.current("shop/orders").join("quarantine.parquet")));
    let kept: Vec<&str> = kept.iter().map(|row| row.split(", run").next().unwrap()).collect();
    assert_eq!(
        kept,
        ["7", "50000", "50001"].map(|id| format!("{id}|∅|trap|{{rules: [dear/fault:trapped]"))
    );
}

#[test]
fn where_all_rows_are_bad_the_run_ends_cleanly_at_the_bound() {
    let mesh = mesh(
        &[
            &ONCE.replace("on_fault: quarantine", "on_fault: quarantine\n    max_fault_rows: 20"),
            MASK,
        ],
        "{fuel: 2000000000}",
    );
    mesh.write("data/orders.csv", &orders(|_| "trap".to_owned()));
    for lanes in ["1", "3"] {
        mesh.run(&["run", "shop/orders", "--lanes", lanes])
            .refused(6, &["step once", "max_fault_rows: 20", "nothing was delivered"]);
        let left = fs::read_dir(mesh.path("output/shop/orders")).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [".lock"], "nothing is left but the lock");
    }
}

#[test]
fn a_share_of_the_rows_is_a_bound_too() {
    let bounded = |percent: &str| {
        let stated = format!("on_fault: quarantine\n    max_fault_percent: {percent}");
        mesh(&[&DEAR.replace("on_fault: quarantine", &stated), MASK], "{fuel: 2000000000}")
    };
    // All of them at the end: 200 of 100,000 are 0.2 percent.
    let traps: Vec<usize> = (ROWS - 200..ROWS).collect();
    let allowed = bounded("0.2");
    allowed.write("data/orders.csv", &twice(&traps));
    let (report, first) = delivered(&allowed, "1");
    assert_eq!(faults(&report, "dear")["rows"], 200);
    assert!(delivered(&allowed, "3").1 == first);
    let exceeded = bounded("0.199");
    exceeded.write("data/orders.csv", &twice(&traps));
    // At the beginning they are a larger share, before which it ends.
    let early = bounded("0.2");
    early.write("data/orders.csv", &twice(&(0..200).collect::<Vec<usize>>()));
    for mesh in [exceeded, early] {
        mesh.run(&["run", "shop/orders"]).refused(6, &["step dear", "`max_fault_percent: 0."]);
        assert!(!mesh.current("shop/orders").exists());
    }
}
