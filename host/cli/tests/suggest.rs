//! `bailiwick suggest`: what it suggests for a file, the file meets.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::nasty::{nasty, plain, write_csv, write_ndjson, write_parquet};
use support::{FRAMEWORK, Mesh, workspace};

/// Suggests for that file, has governance approve what the bindings say they need, and runs
/// the product over the file: gives its report.
#[track_caller]
fn suggested_and_run(file: &Path) -> Value {
    let mesh = Mesh::bare();
    let extension = file.extension().unwrap().to_string_lossy();
    let name = format!("rows.{extension}");
    fs::copy(file, mesh.path("data").join(&name)).unwrap();
    let source = format!("data/{name}");
    mesh.run(&["suggest", &source, "--product", "shop/rows", "--output", "products/rows"]).good();

    let bindings = fs::read_to_string(mesh.path("products/rows/bindings.yaml")).unwrap();
    let contract = fs::read_to_string(mesh.path("products/rows/contract.yaml")).unwrap();
    let needed: Vec<&str> =
        bindings.lines().filter_map(|line| line.strip_prefix("#   - ")).collect();
    assert!(!needed.is_empty(), "{bindings}");
    let modules = needed.iter().map(|line| {
        let (_, rest) = line.split_once("governance/").unwrap();
        rest.split_once('@').unwrap().0
    });
    mesh.publish_modules("governance", &modules.collect::<Vec<_>>()).good();
    let approvals: Vec<String> = needed.iter().map(|line| format!("  - {line}\n")).collect();
    mesh.approve(&format!("approvals:\n{}", approvals.concat()), FRAMEWORK).good();
    mesh.publish_product("rows", &contract, &bindings).good();
    let ended = mesh.run(&["run", "shop/rows", "--json"]);
    assert_eq!(ended.code, 0, "{}\n{}\n{bindings}", ended.out, ended.err);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    let rules = report["rules"].as_array().unwrap();
    let unmet: Vec<&Value> = rules.iter().filter(|rule| rule["verdict"] != "passed").collect();
    assert!(unmet.is_empty(), "{unmet:#?}\n{bindings}");
    assert_eq!(report["accounting"]["rows_in"], report["accounting"]["rows_out"]);
    report
}

fn modules(report: &Value) -> Vec<&str> {
    let steps = report["steps"].as_array().unwrap().iter();
    let mut modules: Vec<&str> = steps.map(|step| step["module"].as_str().unwrap()).collect();
    modules.sort_unstable();
    modules.dedup();
    modules
}

#[test]
fn the_flights_meet_what_is_suggested_for_them() {
    let report = suggested_and_run(&workspace().join("examples/flights/data/flights.parquet"));
    let used = ["allowed-values", "completeness", "length", "range", "row-count"];
    for module in used.map(|name| format!("governance/{name}@0.1.0")) {
        assert!(modules(&report).contains(&module.as_str()), "{module}");
    }
    assert!(report["rules"].as_array().unwrap().len() >= 15);
}

#[test]
fn bookings_are_masked_and_meet_it() {
    let report = suggested_and_run(&workspace().join("examples/flights/data/bookings.parquet"));
    let masked = report["steps"].as_array().unwrap().iter();
    let masked: Vec<&str> = masked
        .filter(|step| step["module"] == "governance/mask@0.1.0")
        .map(|step| step["step"].as_str().unwrap())
        .collect();
    for column in ["email", "phone", "card-number", "date-of-birth", "passenger-name"] {
        assert!(masked.contains(&format!("mask-{column}").as_str()), "{column} in {masked:?}");
    }
}

#[test]
fn nasty_rows_meet_it_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let rows = nasty();
    let report = suggested_and_run(&write_parquet(folder.path(), &rows));
    assert_eq!(report["accounting"]["rows_in"], rows.num_rows());
    for module in ["unique", "allowed-values", "range", "completeness", "length"] {
        let module = format!("governance/{module}@0.1.0");
        assert!(modules(&report).contains(&module.as_str()), "{module}");
    }
    let plain = plain(&rows);
    suggested_and_run(&write_csv(folder.path(), &plain));
    suggested_and_run(&write_ndjson(folder.path(), &plain));
}

/// 30 stations on 40 days in CSV, with a number and a second that are drawn for each row.
fn readings() -> String {
    let mut drawn = 1_u64;
    let mut draw = |below: u64| {
        drawn =
            drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (drawn >> 33) % below
    };
    let mut csv = String::from("station,day,number,second,email\n");
    for day in 0..40_u32 {
        for station in 0..30_u32 {
            csv.push_str(&format!(
                "S{station:02},2026-0{}-{:02},{},{},p{day}@example.com\n",
                1 + day / 28,
                1 + day % 28,
                draw(100),
                draw(86_400),
            ));
        }
    }
    csv
}

#[test]
fn a_key_of_two_columns_is_suggested_and_met() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("readings.csv");
    fs::write(&file, readings()).unwrap();
    let report = suggested_and_run(&file);
    let rules = report["rules"].as_array().unwrap().iter();
    let keys: Vec<_> = rules.filter(|rule| rule["rule"] == "unique").collect();
    // A second tells nearly all rows apart; that it does with a number is chance.
    assert_eq!(keys.len(), 1, "{keys:#?}");
    assert_eq!(keys[0]["columns"], serde_json::json!(["station", "day"]));
    assert_eq!(keys[0]["on_failure"], "block");

    // With one row more that repeats a pair, there is no such key.
    let mut more = readings();
    more.push_str("S07,2026-01-08,1000,1200,\n");
    fs::write(&file, more).unwrap();
    let report = suggested_and_run(&file);
    let rules = report["rules"].as_array().unwrap();
    assert!(rules.iter().all(|rule| rule["rule"] != "unique"), "{rules:#?}");
}

#[test]
fn a_file_without_rows_meets_it() {
    let folder = tempfile::tempdir().unwrap();
    suggested_and_run(&write_parquet(folder.path(), &nasty().slice(0, 0)));
}

#[test]
fn a_profile_suggests_what_its_file_does_and_nothing_is_overwritten() {
    let mesh = Mesh::bare();
    mesh.write("data/orders.csv", support::ORDERS);
    mesh.run(&["profile", "data/orders.csv", "--output", "orders.json"]).good();
    let suggest = |input: &str, folder: &str| {
        mesh.run(&["suggest", input, "--product", "shop/orders", "--output", folder])
    };
    suggest("data/orders.csv", "of-file").good();
    suggest("orders.json", "of-profile").good();
    for name in ["contract.yaml", "bindings.yaml"] {
        let read = |folder: &str| fs::read_to_string(mesh.path(folder).join(name)).unwrap();
        assert_eq!(read("of-file"), read("of-profile"));
    }
    let again = suggest("data/orders.csv", "of-file").good();
    assert!(again.out.contains("was there, the same"), "{}", again.out);

    let bindings = mesh.path("of-file/bindings.yaml");
    fs::write(&bindings, "# corrected\n").unwrap();
    fs::remove_file(mesh.path("of-file/contract.yaml")).unwrap();
    suggest("data/orders.csv", "of-file").refused(1, &["bindings.yaml", "there already"]);
    assert_eq!(fs::read_to_string(bindings).unwrap(), "# corrected\n");
    assert!(!mesh.path("of-file/contract.yaml").exists(), "both are written, or neither");
    suggest("mesh.yaml", "elsewhere").refused(5, &["state its format"]);
    mesh.write("other.json", "{}");
    suggest("other.json", "elsewhere").refused(1, &["no profile of version 1"]);
}
