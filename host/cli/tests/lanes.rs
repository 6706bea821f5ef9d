//! A run in several lanes gives what a run in one gives: every byte of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fmt::Write;
use std::fs;

use support::{APPROVALS, CONTRACT, FRAMEWORK, Mesh};

/// Rows of several batches.
const ROWS: usize = 100_000;

const BINDINGS: &str = "
apiVersion: bailiwick/v1
product: shop/orders
input: {port: raw, object: orders_raw, location: orders.csv}
output: {port: orders, object: orders, format: parquet}
policies:
  - id: cheap
    module: governance/filter@0.1.0
    columns: [amount]
    settings: {where: amount < 900}
  - {id: once, module: governance/unique@0.1.0, columns: [id], on_failure: quarantine}
  - id: amount-range
    module: governance/range@0.1.0
    columns: [amount]
    settings: {min: 10}
    on_failure: quarantine
  - {id: email-there, module: governance/completeness@0.1.0, columns: [email], on_failure: observe}
  - id: mask-email
    module: governance/mask@0.1.0
    columns: [email]
    settings: {method: email}
";

const DAYS: &str = "
apiVersion: bailiwick/v1
product: shop/days
input: {port: raw, object: orders_raw, location: orders.csv}
output: {port: days, object: days, format: parquet}
policies:
  - id: by-day
    module: governance/aggregate@0.1.0
    columns: [ordered, amount]
    settings:
      group_by: [ordered]
      measures:
        - {function: count, as: orders}
        - {function: sum, column: amount, as: total}
        - {function: max, column: amount, as: dearest}
";

/// Ids that come again many batches later, amounts that a sum rounds by the order in
/// which it takes them, and one batch of which a filter leaves nothing.
fn orders() -> String {
    let mut text = String::from("id,email,amount,ordered\n");
    for row in 0..ROWS {
        let id = if row % 997 == 0 { row / 2 } else { row };
        let email = if row % 13 == 0 { String::new() } else { format!("user{row}@example.com") };
        let amount = if (32_768..49_152).contains(&row) {
            999.0
        } else {
            ((row * 7_919) % 100_000) as f64 / 99.7
        };
        writeln!(text, "{id},{email},{amount},2026-01-{:02}", row % 28 + 1).unwrap();
    }
    text
}

fn mesh() -> Mesh {
    let mesh = Mesh::bare();
    let modules = ["mask", "range", "completeness", "unique", "filter", "aggregate"];
    mesh.publish_modules("governance", &modules).good();
    let more = ["unique", "filter", "aggregate"]
        .map(|name| format!("  - {{module: governance/{name}@0.1.0}}\n"));
    let approvals = APPROVALS.replace("  - {module: governance/derive@0.1.0}\n", &more.concat());
    let approvals = approvals.replace(
        "{module: governance/completeness@0.1.0}",
        "{module: governance/completeness@0.1.0, grants: {read: [pii]}}",
    );
    mesh.approve(&approvals, FRAMEWORK).good();
    mesh.publish_product("orders", CONTRACT, BINDINGS).good();
    let days = CONTRACT.replace("shop-orders", "shop-days").replace(
        "  - name: orders\n    properties:\n      - {name: id, logicalType: integer, physicalType: int64, required: true}\n      - {name: email, logicalType: string}\n      - {name: amount, logicalType: number, physicalType: double}\n      - {name: ordered, logicalType: date}\n",
        "  - name: days\n    properties:\n      - {name: ordered, logicalType: date}\n      - {name: orders, logicalType: integer, physicalType: int64}\n      - {name: total, logicalType: number, physicalType: double}\n      - {name: dearest, logicalType: number, physicalType: double}\n",
    );
    mesh.publish_product("days", &days, DAYS).good();
    mesh.write("data/orders.csv", &orders());
    mesh
}

/// Every file of a product's newest delivery, with its bytes.
fn delivered(mesh: &Mesh, product: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(mesh.current(product))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_number_of_lanes_changes_no_byte() {
    let mesh = mesh();
    for product in ["shop/orders", "shop/days"] {
        let mut first = None;
        for lanes in ["1", "2", "5"] {
            mesh.run(&["run", product, "--lanes", lanes]).good();
            let files = delivered(&mesh, product);
            // Or the next run would be compared with this one by the run itself.
            fs::remove_dir_all(mesh.path("output")).unwrap();
            let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
            assert!(names.contains(&"report.json"), "{names:?}");
            match &first {
                None => first = Some(files),
                Some(first) => assert!(*first == files, "{product} in {lanes} lanes"),
            }
        }
    }
}

#[test]
fn rows_that_need_others_before_them_are_judged_in_order() {
    let mesh = mesh();
    mesh.run(&["run", "shop/orders", "--lanes", "4"]).good();
    let report = mesh.report("shop/orders");
    // Each 997th row repeats the id of an earlier one that is still there: computed here
    // without batches or lanes.
    let kept = |row: &usize| {
        let dear = (32_768..49_152).contains(row);
        !dear && ((row * 7_919) % 100_000) as f64 / 99.7 < 900.0
    };
    let mut seen = std::collections::HashSet::new();
    let again = (0..ROWS)
        .filter(kept)
        .filter(|row| !seen.insert(if row % 997 == 0 { row / 2 } else { *row }))
        .count();
    let rules = report["rules"].as_array().unwrap();
    let once = rules.iter().find(|rule| rule["step"] == "once").unwrap();
    assert_eq!(once["failed"], again);
    assert!(again > 10, "{again}");
}

#[test]
fn the_first_bad_row_is_named_whichever_lane_meets_one_first() {
    let mesh = mesh();
    let mut lines: Vec<String> = orders().lines().map(str::to_owned).collect();
    for row in [20_000, 40_000, 99_000] {
        lines[row] = lines[row].replace("2026-01-", "2026-99-");
    }
    mesh.write("data/orders.csv", &(lines.join("\n") + "\n"));
    for lanes in ["1", "3"] {
        mesh.run(&["run", "shop/orders", "--lanes", lanes]).refused(5, &["row 20000", "ordered"]);
    }
    assert!(!mesh.path("output/shop/orders/current").exists());
}

#[test]
fn no_lanes_are_no_number_of_lanes() {
    Mesh::ready().run(&["run", "shop/orders", "--lanes", "0"]).refused(2, &["--lanes"]);
}
