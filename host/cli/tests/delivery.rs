//! What a run delivers, from what, and that it delivers the same again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;

use support::rows::{parquet, rows};
use support::{BINDINGS, CONTRACT, Mesh, ORDERS};

const GOVERNED: [&str; 2] = ["1|a***@example.com|12.5|2026-01-05", "3|∅|7.25|∅"];

#[test]
fn rows_are_masked_checked_and_accounted_for() {
    let mesh = Mesh::ready();
    let ended = mesh.run(&["run", "shop/orders"]).good();
    assert!(ended.out.contains("3 in = 2 out + 1 quarantined + 0 filtered"), "{}", ended.out);

    let current = mesh.current("shop/orders");
    assert_eq!(rows(&parquet(&current.join("orders.parquet"))), GOVERNED);

    let quarantine = parquet(&current.join("quarantine.parquet"));
    let run = mesh.report("shop/orders")["run"].as_str().unwrap().to_owned();
    assert_eq!(
        rows(&quarantine),
        [format!(
            "2|b***@example.com|-3.0|2026-01-06|{{rules: [amount-range/in-range], run: {run}}}"
        )]
    );
}

#[test]
fn notes_are_counted_and_told_when_asked_for() {
    let mesh = Mesh::ready();
    let contract = CONTRACT.replacen("physicalType: double}", "classification: odd}", 1);
    mesh.publish_product("orders", &contract, BINDINGS).good();
    let words = ["run", "shop/orders"];
    let ended = mesh.run(&words).good();
    let counted = "\n  notes   1 in report.html; --verbose prints them\n";
    assert!(ended.out.contains(counted), "{}", ended.out);
    let note = "classification \"odd\" of orders_raw.amount is no label of the framework";
    assert!(!ended.out.contains(note), "{}", ended.out);
    let ended = mesh.run(&[&words[..], &["--verbose"]].concat()).good();
    assert!(ended.out.contains(&format!("\n  note    {note}")), "{}", ended.out);
    let page = fs::read_to_string(mesh.current("shop/orders").join("report.html")).unwrap();
    assert!(page.contains("is no label of the framework"), "{page}");
}

#[test]
fn every_format_gives_the_same_rows() {
    let mesh = Mesh::ready();
    mesh.run(&["run", "shop/orders"]).good();
    // The raw rows themselves, in the other formats: a product that passes them on.
    let clear = "
apiVersion: bailiwick/v1
product: shop/copy
input: {port: raw, object: copy, location: orders.csv}
output: {port: copy, object: copy, format: FORMAT}
policies: []
";
    let contract = CONTRACT
        .replace(", classification: pii", "")
        .replace("shop-orders", "shop-copy")
        .replace("orders_raw", "copy");
    for (format, extension) in
        [("parquet", "parquet"), ("csv", "csv"), ("ndjson", "ndjson"), ("arrow", "arrow")]
    {
        mesh.publish_product("copy", &contract, &clear.replace("FORMAT", format)).good();
        mesh.run(&["run", "shop/copy"]).good();
        let copy = mesh.current("shop/copy").join(format!("copy.{extension}"));
        let copy = copy.display().to_string();
        mesh.run(&["run", "shop/orders", "--input", &copy]).good();
        let delivered = parquet(&mesh.current("shop/orders").join("orders.parquet"));
        assert_eq!(rows(&delivered), GOVERNED, "from {format}");
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let mesh = Mesh::ready();
    let names = [
        "orders.parquet",
        "quarantine.parquet",
        "report.json",
        "report.html",
        "junit.xml",
        "plan.json",
    ];
    let read = || names.map(|name| fs::read(mesh.current("shop/orders").join(name)).unwrap());
    mesh.run(&["run", "shop/orders"]).good();
    let first = read();
    let again = mesh.run(&["run", "shop/orders"]).good();
    assert!(again.out.contains("the same bytes again"), "{}", again.out);
    assert_eq!(read(), first);

    // From nothing, too.
    fs::remove_dir_all(mesh.path("output")).unwrap();
    mesh.run(&["run", "shop/orders"]).good();
    assert_eq!(read(), first);
}

#[test]
fn a_report_is_of_the_form_that_is_published() {
    let schema = include_str!("../../../docs/report.schema.json");
    let form = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let held = |report: &str| {
        let report = serde_json::from_str(report).unwrap();
        let wrong: Vec<String> = form.iter_errors(&report).map(|e| e.to_string()).collect();
        assert_eq!(wrong, Vec::<String>::new(), "{report:#}");
    };
    let mesh = Mesh::ready();
    held(&mesh.run(&["run", "shop/orders", "--json"]).good().out);
    let warned = BINDINGS.replace("on_failure: quarantine", "severity: warn\n    tags: [a]");
    mesh.publish_product("orders", CONTRACT, &warned).good();
    held(&mesh.run(&["run", "shop/orders", "--json"]).good().out);
    let strict = BINDINGS.replace("on_failure: quarantine", "on_failure: block");
    mesh.publish_product("orders", CONTRACT, &strict).good();
    held(&mesh.run(&["run", "shop/orders", "--json"]).out);
}

#[test]
fn an_altered_delivery_is_found_out() {
    let mesh = Mesh::ready();
    mesh.run(&["run", "shop/orders"]).good();
    let file = mesh.current("shop/orders").join("orders.parquet");
    let mut bytes = fs::read(&file).unwrap();
    bytes[10] ^= 1;
    fs::write(&file, bytes).unwrap();
    mesh.run(&["run", "shop/orders"]).refused(1, &["orders.parquet", "was changed since"]);
}

#[test]
fn no_rows_one_row_and_nothing_but_nulls() {
    let mesh = Mesh::ready();
    let header = "id,email,amount,ordered\n";
    for (rows_in, delivered) in [
        ("", vec![]),
        ("7,eve@example.com,1,2026-01-01\n", vec!["7|e***@example.com|1.0|2026-01-01"]),
        ("8,,,\n9,,,\n", vec!["8|∅|∅|∅", "9|∅|∅|∅"]),
    ] {
        mesh.write("data/orders.csv", &format!("{header}{rows_in}"));
        mesh.run(&["run", "shop/orders"]).good();
        let batches = parquet(&mesh.current("shop/orders").join("orders.parquet"));
        assert_eq!(rows(&batches), delivered);
        assert!(!mesh.current("shop/orders").join("quarantine.parquet").exists());
    }
}

#[test]
fn a_failed_gate_delivers_nothing_and_says_why() {
    let mesh = Mesh::ready();
    let strict = BINDINGS.replace("on_failure: quarantine", "on_failure: block");
    mesh.publish_product("orders", CONTRACT, &strict).good();
    mesh.run(&["run", "shop/orders"]).refused(3, &["blocked by its quality gate", "report.json"]);
    assert!(!mesh.current("shop/orders").exists());
    let blocked = fs::read_dir(mesh.path("output/shop/orders/blocked")).unwrap();
    let folder = blocked.map(|entry| entry.unwrap().path()).next().unwrap();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let report: serde_json::Value = serde_json::from_str(&read("report.json")).unwrap();
    let junit = read("junit.xml");
    assert!(junit.contains(r#"failures="1""#) && junit.contains("<failure type="), "{junit}");
    let page = read("report.html");
    assert!(page.contains("nothing was delivered") && page.contains(">BLOCK<"), "{page}");
    assert_eq!(report["delivery"], "blocked");
    assert_eq!(report["rules"][0]["failed"], 1);
    assert_eq!(report["output"], serde_json::Value::Null);
}

#[test]
fn a_required_column_leaves_with_a_value_in_every_row() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", &ORDERS.replace("3,,7.25", ",,7.25"));
    let ended = mesh.run(&["run", "shop/orders"]).refused(3, &["blocked by its quality gate"]);
    assert!(ended.out.contains("requires a value in column id, 1 rows have none"), "{}", ended.out);
}

#[test]
fn the_report_on_a_pipe_is_json_and_nothing_else() {
    let mesh = Mesh::ready();
    let ended = mesh.run(&["run", "shop/orders", "--json"]).good();
    let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(report["accounting"]["rows_in"], 3);
    assert_eq!(ended.err, "");
}
