//! The flights mesh, whole: 336,776 flights and 20,000 bookings through every standard
//! policy, against figures that `examples/flights/compute_expected.py` computed with
//! pandas, independently of anything here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::DataType;
use bailiwick_trust::SigningKey;
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::rows::parquet;
use support::{Ended, component, workspace};

const PRODUCTS: [&str; 5] = [
    "air/carrier-punctuality",
    "air/flights",
    "air/weather",
    "sales/bookings",
    "sales/route-demand",
];
const STANDARD: [&str; 24] = [
    "aggregate",
    "allowed-values",
    "clean",
    "comparison",
    "completeness",
    "correlation",
    "derive",
    "distinct",
    "drift",
    "filter",
    "foreign-key",
    "format",
    "freshness",
    "join",
    "length",
    "mask",
    "pattern",
    "personal-data",
    "range",
    "reconcile",
    "row-count",
    "sequence",
    "statistics",
    "unique",
];

struct Flights {
    folder: tempfile::TempDir,
}

impl Flights {
    /// The whole mesh, published and approved.
    fn new() -> Self {
        let flights = Self { folder: tempfile::tempdir().unwrap() };
        let at = |name: &str| flights.folder.path().join(name);
        let example = workspace().join("examples/flights");
        for folder in ["keys", "secrets"] {
            fs::create_dir(at(folder)).unwrap();
        }
        let data = example.join("data");
        fs::write(
            at("mesh.yaml"),
            format!(
                "repository: repository\nroot: root.json\ndata: {0}\nreferences: {0}\noutput: output\n\
                 keys: secrets\n",
                data.display()
            ),
        )
        .unwrap();
        let bookings = expected("sales/bookings");
        fs::write(at("secrets/customer.key"), text(&bookings["masked"]["key"])).unwrap();
        let domains = ["governance", "air", "sales"];
        for holder in ["central", "online"].iter().chain(&domains) {
            SigningKey::generate().unwrap().save(at(&format!("keys/{holder}.pem"))).unwrap();
        }
        flights
            .run(&["init", "--central-key", "keys/central.pem", "--online-key", "keys/online.pem"])
            .good();
        let keys = |holder: &str| {
            [
                "--key".to_owned(),
                format!("keys/{holder}.pem"),
                "--key".to_owned(),
                "keys/online.pem".to_owned(),
            ]
        };
        for domain in domains {
            let own = format!("keys/{domain}.pem");
            flights.run_with(&["onboard", domain, "--domain-key", &own], &keys("central"));
            let mut words = keys(domain).to_vec();
            let modules: &[&str] = match domain {
                "governance" => &STANDARD,
                "air" => &["clock-minutes"],
                _ => &[],
            };
            for module in modules {
                words.extend(["--module".to_owned(), component(module).display().to_string()]);
            }
            let products = example.join("domains").join(domain).join("products");
            for entry in fs::read_dir(products).into_iter().flatten() {
                let path = entry.unwrap().path().display().to_string();
                words.extend(["--product".to_owned(), path]);
            }
            flights.run_with(&["submit", domain], &words);
        }
        let governance = example.join("governance");
        let (approvals, framework) =
            (governance.join("approvals.yaml"), governance.join("framework.yaml"));
        let words = [
            approvals.display().to_string(),
            "--framework".to_owned(),
            framework.display().to_string(),
        ];
        flights.run_with(&["approve"], &[&words[..], &keys("central")].concat());
        flights
    }

    fn run(&self, words: &[&str]) -> Ended {
        let mut command = std::process::Command::new(support::BAILIWICK);
        command.args(words).current_dir(self.folder.path()).output().unwrap().into()
    }

    fn run_with(&self, words: &[&str], more: &[String]) {
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        self.run(&[words, &more].concat()).good();
    }

    fn file(&self, product: &str, name: &str) -> std::path::PathBuf {
        self.folder.path().join("output").join(product).join("current").join(name)
    }

    fn report(&self, product: &str) -> Value {
        json(&self.file(product, "report.json"))
    }

    fn output(&self, product: &str) -> Vec<RecordBatch> {
        parquet(&self.file(product, text(&self.report(product)["output"]["file"])))
    }
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn expected(product: &str) -> Value {
    let name = format!("examples/flights/expected/{}.json", product.replace('/', "."));
    json(&workspace().join(name))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// A column of all batches.
fn column(batches: &[RecordBatch], name: &str) -> ArrayRef {
    let parts: Vec<ArrayRef> =
        batches.iter().map(|batch| batch.column_by_name(name).unwrap().clone()).collect();
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    arrow_select::concat::concat(&parts).unwrap()
}

fn close(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    let tolerance = 1e-9 * expected.abs().max(1.0);
    assert!((found - expected).abs() <= tolerance, "{what}: {found}, expected {expected}");
}

#[test]
fn the_whole_mesh_gives_what_pandas_gives() {
    let flights = Flights::new();
    flights.run(&["run", "--all"]).good();
    for product in PRODUCTS {
        let (report, expected, batches) =
            (flights.report(product), expected(product), flights.output(product));
        check_rows(product, &report, &expected);
        check_rules(product, &report, &expected);
        check_columns(product, &batches, &expected);
        if let Some(table) = expected["table"].as_array() {
            check_table(product, &batches, table);
        }
        if expected.get("masked").is_some() {
            check_masked(&batches, &expected["masked"]["columns"]);
        }
    }
    // The second time every run finds its own bytes.
    let again = flights.run(&["run", "--all"]).good();
    assert_eq!(again.out.matches("the same bytes again").count(), PRODUCTS.len(), "{}", again.out);
}

fn check_rows(product: &str, report: &Value, expected: &Value) {
    let (found, rows) = (&report["accounting"], &expected["rows"]);
    for (name, expected) in [
        ("rows_in", "in"),
        ("rows_out", "out"),
        ("quarantined", "quarantined"),
        ("filtered", "filtered"),
    ] {
        assert_eq!(found[name], rows[expected], "{product}: {name}");
    }
}

fn check_rules(product: &str, report: &Value, expected: &Value) {
    let checks = expected["checks"].as_object().unwrap();
    for (policy, expected) in checks {
        let of_policy = |rule: &&Value| text(&rule["step"]).split(':').next() == Some(policy);
        let rules: Vec<&Value> =
            report["rules"].as_array().unwrap().iter().filter(of_policy).collect();
        assert!(!rules.is_empty(), "{product}: {policy} did not run");
        if let Some(failed) = expected["failed"].as_u64() {
            let found: u64 = rules.iter().map(|rule| rule["failed"].as_u64().unwrap()).sum();
            assert_eq!(found, failed, "{product}: {policy}");
        }
        for (name, value) in expected["values"].as_object().into_iter().flatten() {
            let rule = rules.iter().find(|rule| rule["rule"] == *name).unwrap();
            let found = rule["measures"]["value"].as_f64().unwrap();
            close(found, value, &format!("{product}: {policy}/{name}"));
        }
        assert_eq!(rules[0]["rows"], expected["rows"], "{product}: {policy}");
    }
    let judged = report["rules"].as_array().unwrap().iter();
    for rule in judged {
        let policy = text(&rule["step"]).split(':').next().unwrap();
        assert!(checks.contains_key(policy), "{product}: nothing is expected of {policy}");
    }
}

fn check_columns(product: &str, batches: &[RecordBatch], expected: &Value) {
    let schema = batches[0].schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let columns: Vec<&str> =
        expected["output"]["columns"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(names, columns, "{product}");
    for (name, nulls) in expected["output"]["nulls"].as_object().unwrap() {
        assert_eq!(column(batches, name).null_count() as u64, *nulls, "{product}: nulls of {name}");
    }
    let figures = expected["figures"].as_object().into_iter().flatten();
    for (name, figures) in figures {
        let array = cast(&column(batches, name), &DataType::Float64).unwrap();
        let values: Vec<f64> = array.as_primitive::<Float64Type>().iter().flatten().collect();
        let what = |figure: &str| format!("{product}: {figure} of {name}");
        close(values.iter().sum(), &figures["sum"], &what("sum"));
        close(values.iter().copied().fold(f64::INFINITY, f64::min), &figures["min"], &what("min"));
        let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        close(max, &figures["max"], &what("max"));
    }
    for (name, counts) in expected["counts"].as_object().into_iter().flatten() {
        let values = column(batches, name);
        let values = values.as_string::<i32>();
        for (value, count) in counts.as_object().unwrap() {
            let found = values.iter().filter(|own| *own == Some(value)).count() as u64;
            assert_eq!(found, *count, "{product}: {name} {value}");
        }
    }
}

/// Each row of a small output, in order.
fn check_table(product: &str, batches: &[RecordBatch], table: &[Value]) {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(rows, table.len(), "{product}");
    for name in table[0].as_object().unwrap().keys() {
        let array = column(batches, name);
        for (row, expected) in table.iter().map(|row| &row[name]).enumerate() {
            let what = format!("{product}: {name} of row {row}");
            if expected.is_null() {
                assert!(array.is_null(row), "{what}");
            } else if let Some(expected) = expected.as_str() {
                assert_eq!(array.as_string::<i32>().value(row), expected, "{what}");
            } else {
                let numbers = cast(&array, &DataType::Float64).unwrap();
                close(numbers.as_primitive::<Float64Type>().value(row), expected, &what);
            }
        }
    }
}

/// Every value of every masked column, by digest.
fn check_masked(batches: &[RecordBatch], columns: &Value) {
    for (name, expected) in columns.as_object().unwrap() {
        let array = cast(&column(batches, name), &DataType::Utf8).unwrap();
        let mut digest = Sha256::new();
        for value in array.as_string::<i32>() {
            digest.update(value.unwrap_or("\0"));
            digest.update("\n");
        }
        let first: Vec<Option<&str>> = array.as_string::<i32>().iter().take(5).collect();
        assert_eq!(serde_json::json!(first), expected["first"], "{name}");
        assert_eq!(hex::encode(digest.finalize()), text(&expected["sha256"]), "{name}");
    }
}

#[test]
fn nothing_leaks() {
    let flights = Flights::new();
    let ended = flights.run(&["prove", "sales/bookings"]).good();
    let said = "tested: 18 columns changed in turn over 20000 rows; nothing changed that the plan \
                says does not depend on them\n";
    assert!(ended.out.ends_with(said), "{}", ended.out);
    assert!(!ended.out.contains("NOT TESTED") && !ended.out.contains("ENDED"), "{}", ended.out);
    println!("{}", ended.out);
    let bookings = flights.run(&["prove", "sales/bookings", "--column", "card_number"]).good();
    let said = "changes card_number through mask-card; no longer labelled pii, restricted\n";
    assert!(bookings.out.contains(said), "{}", bookings.out);
}

#[test]
fn csv_and_parquet_give_the_same_rows() {
    let flights = Flights::new();
    flights.run(&["run", "sales/bookings"]).good();
    let from_parquet = support::rows::rows(&flights.output("sales/bookings"));

    let raw = parquet(&workspace().join("examples/flights/data/bookings.parquet"));
    let csv = flights.folder.path().join("bookings.csv");
    let mut writer = arrow_csv::Writer::new(fs::File::create(&csv).unwrap());
    for batch in &raw {
        writer.write(batch).unwrap();
    }
    drop(writer);
    flights.run(&["run", "sales/bookings", "--input", "bookings.csv"]).good();
    assert_eq!(support::rows::rows(&flights.output("sales/bookings")), from_parquet);
}
