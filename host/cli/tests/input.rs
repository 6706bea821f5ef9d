//! Broken input: a clear error that names file, row and column, and nothing delivered.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use support::{BINDINGS, CONTRACT, Mesh, ORDERS};

/// Runs shop/orders over such a CSV file.
fn run(csv: &str) -> (Mesh, support::Ended) {
    let mesh = Mesh::ready();
    mesh.write("data/orders.csv", csv);
    let ended = mesh.run(&["run", "shop/orders"]);
    assert!(!mesh.current("shop/orders").exists(), "something was delivered");
    (mesh, ended)
}

#[test]
fn a_missing_file_is_named() {
    let mesh = Mesh::ready();
    std::fs::remove_file(mesh.path("data/orders.csv")).unwrap();
    mesh.run(&["run", "shop/orders"]).refused(5, &["orders.csv", "No such file"]);
}

#[test]
fn a_missing_column_is_named_with_those_that_are_there() {
    let (_mesh, ended) = run("id,mail,amount,ordered\n1,a@example.com,1,2026-01-01\n");
    ended.refused(5, &["has no column \"email\"", "it has id, mail, amount, ordered"]);
}

#[test]
fn a_column_may_stand_anywhere() {
    let mesh = Mesh::ready();
    mesh.write(
        "data/orders.csv",
        "ordered,amount,note,email,id\n2026-01-05,12.5,x,a@b.example,1\n",
    );
    mesh.run(&["run", "shop/orders"]).good();
    let rows = support::rows::rows(&support::rows::parquet(
        &mesh.current("shop/orders").join("orders.parquet"),
    ));
    assert_eq!(rows, ["1|a***@b.example|12.5|2026-01-05"]);
}

#[test]
fn a_column_that_stands_twice_is_refused() {
    let (_mesh, ended) = run("id,email,amount,ordered,id\n1,a@example.com,1,2026-01-01,2\n");
    ended.refused(5, &["two columns named \"id\""]);
}

#[test]
fn a_value_of_the_wrong_type_is_found_by_row_and_column_and_not_shown() {
    let (_mesh, ended) = run(&ORDERS.replace("-3", "secret"));
    let ended = ended.refused(5, &["row 2", "column \"amount\""]);
    assert!(!ended.err.contains("secret"), "{}", ended.err);
}

#[test]
fn a_row_with_too_many_fields_is_found_by_its_line() {
    let (_mesh, ended) = run(&ORDERS.replace("12.5,2026-01-05", "12.5,2026-01-05,more"));
    ended.refused(5, &["orders.csv", "line 2"]);
}

#[test]
fn a_row_with_too_few_fields_is_found_by_its_line() {
    let (_mesh, ended) = run(&format!("{ORDERS}4,d@example.com\n"));
    ended.refused(5, &["orders.csv", "line 5"]);
}

#[test]
fn a_file_without_a_header_is_refused() {
    let (_mesh, ended) = run("");
    ended.refused(5, &["orders.csv", "no header"]);
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    let mesh = Mesh::ready();
    let mut bytes = ORDERS.as_bytes().to_vec();
    bytes.extend(b"4,\xff\xfe,1,2026-01-01\n");
    std::fs::write(mesh.path("data/orders.csv"), bytes).unwrap();
    mesh.run(&["run", "shop/orders"]).refused(5, &["orders.csv"]);
}

#[test]
fn garbage_with_a_parquet_name_is_refused() {
    let mesh = Mesh::ready();
    mesh.write("data/orders.parquet", "PAR1 this is not parquet");
    let input = mesh.path("data/orders.parquet").display().to_string();
    mesh.run(&["run", "shop/orders", "--input", &input]).refused(5, &["orders.parquet"]);
}

#[test]
fn a_typed_file_of_another_type_is_refused() {
    let mesh = Mesh::ready();
    mesh.write(
        "data/orders.ndjson",
        "{\"id\": \"one\", \"email\": null, \"amount\": 1, \"ordered\": null}\n",
    );
    let input = mesh.path("data/orders.ndjson").display().to_string();
    let ended = mesh.run(&["run", "shop/orders", "--input", &input]).refused(5, &["orders.ndjson"]);
    assert!(!ended.err.contains("one"), "{}", ended.err);
}

#[test]
fn a_location_elsewhere_is_refused_by_name() {
    let mesh = Mesh::ready();
    let bindings = BINDINGS.replace("orders.csv", "s3://bucket/orders.csv");
    mesh.publish_product("orders", CONTRACT, &bindings).good();
    mesh.run(&["run", "shop/orders"]).refused(5, &["s3://bucket/orders.csv", "not a local file"]);
}

#[test]
fn a_file_may_have_any_name() {
    let mesh = Mesh::ready();
    mesh.write("data/or*de[r]s ü%20.csv", ORDERS);
    let input = mesh.path("data/or*de[r]s ü%20.csv").display().to_string();
    mesh.run(&["run", "shop/orders", "--input", &input]).good();
}
