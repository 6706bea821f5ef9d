//! What must not depend on a column does not: not a byte of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fmt::Write;
use std::fs;

use bailiwick_pipeline::{LeakTest, LeakTestOptions, Pipeline, Prepared, leak_test_summary};
use jiff::Timestamp;
use serde_json::{Value, json};
use support::rows::{parquet, rows};
use support::{BINDINGS, CONTRACT, Mesh};

const ROWS: usize = 20_000;

/// Orders of so many customers, every ninth of which has no amount that will do.
fn orders(email: impl Fn(usize) -> String) -> String {
    let mut text = String::from("id,email,amount,ordered\n");
    for row in 0..ROWS {
        let amount = if row % 9 == 4 { -1.5 } else { row as f64 / 4.0 };
        let day = row % 28 + 1;
        writeln!(text, "{row},{},{amount},2026-01-{day:02}", email(row)).unwrap();
    }
    text
}

fn mesh(bindings: &str) -> Mesh {
    let mesh = Mesh::ready();
    mesh.publish_product("orders", CONTRACT, bindings).good();
    mesh.write("data/orders.csv", &orders(|row| format!("user{row}@example.com")));
    mesh
}

fn opened(mesh: &Mesh) -> (Pipeline, Prepared) {
    let file = bailiwick_pipeline::Mesh::read(&mesh.path("mesh.yaml")).unwrap();
    let pipeline = Pipeline::open(file, Timestamp::now()).unwrap();
    let prepared = pipeline.plan(&"shop/orders".parse().unwrap()).unwrap();
    (pipeline, prepared)
}

fn tested(pipeline: &Pipeline, prepared: &Prepared, columns: &[&str]) -> LeakTest {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    let options = LeakTestOptions { columns, seed: 7, ..LeakTestOptions::default() };
    pipeline.test_leaks(prepared, &options).unwrap()
}

/// The leaks as `column: what, row`.
fn leaks(test: &LeakTest) -> Vec<String> {
    let columns = test.columns.iter();
    columns
        .flat_map(|column| {
            column.leaks.iter().map(|leak| format!("{}: {}", column.column, leak.what))
        })
        .collect()
}

#[test]
fn what_changes_is_what_the_plan_says() {
    let mesh = mesh(BINDINGS);
    let ended = mesh.run(&["prove", "shop/orders"]).good();
    for said in [
        "id       changes id\n",
        "email    changes email through mask-email; no longer labelled pii\n",
        "amount   changes amount\n",
        "selects rows through amount-range: ",
        "tested: 4 columns changed in turn over 20000 rows; nothing changed that the plan says \
         does not depend on them",
    ] {
        assert!(ended.out.contains(said), "expected {said:?} in:\n{}", ended.out);
    }
    assert!(!mesh.path("output").exists(), "something was delivered");

    let again = mesh.run(&["prove", "shop/orders"]).good();
    assert_eq!(ended.out, again.out, "the same seed gives the same");
    let words = ["prove", "shop/orders", "--column", "amount", "--seed", "3", "--json"];
    let found: Value = serde_json::from_str(&mesh.run(&words).good().out).unwrap();
    let amount = &found["columns"][0];
    assert_eq!(found["columns"].as_array().unwrap().len(), 1);
    assert_eq!(amount["selects"], json!(["amount-range"]));
    assert!(amount["changed"].as_u64().unwrap() > 30_000, "{amount}");
    assert!(amount["moved"].as_u64().unwrap() > 1_000, "{amount}");
    assert_eq!(amount["leaks"], json!([]));
}

#[test]
fn a_column_that_is_not_read_is_named_or_refused() {
    let bindings = BINDINGS.replace("    on_failure: quarantine\n", "");
    let mesh = mesh(&bindings);
    let contract = CONTRACT.replace("      - {name: ordered, logicalType: date}\n  - name", "      - {name: ordered, logicalType: date}\n      - {name: secret, logicalType: string}\n  - name");
    mesh.publish_product("orders", &contract, &bindings).good();
    let ended = mesh.run(&["prove", "shop/orders"]).good();
    assert!(ended.out.contains("never read: secret\n"), "{}", ended.out);
    mesh.run(&["prove", "shop/orders", "--column", "secret"])
        .refused(5, &["reads no input column \"secret\"", "id, email, amount, ordered"]);
}

#[test]
fn a_plan_that_forgets_an_origin_is_found_out() {
    let mesh = mesh(BINDINGS);
    let (pipeline, mut prepared) = opened(&mesh);
    assert!(tested(&pipeline, &prepared, &[]).is_tight());
    let email = prepared.plan.output.columns.iter_mut().find(|own| own.field.name() == "email");
    email.unwrap().origins.clear();
    let test = tested(&pipeline, &prepared, &[]);
    assert!(!test.is_tight());
    assert_eq!(leaks(&test), ["email: output column email"]);
    let row = test.columns[1].leaks[0].row.unwrap();
    let said = format!("LEAK: output column email changed with email, first in row {row}\n");
    let text = leak_test_summary(&test);
    assert!(text.contains(&said), "{text}");
    assert!(
        text.ends_with(
            "over 20000 rows; a thing changed that the plan says does not depend on them\n"
        ),
        "{text}"
    );
    // Every other row has a letter of its own that the mask shows.
    assert!((1..50).contains(&row), "the first row that changed, not {row}");
}

#[test]
fn a_plan_that_forgets_what_selects_rows_is_found_out() {
    let mesh = mesh(BINDINGS);
    let (pipeline, mut prepared) = opened(&mesh);
    prepared.plan.influences.clear();
    let found = leaks(&tested(&pipeline, &prepared, &[]));
    assert_eq!(found, ["amount: which rows are quarantined", "amount: which rows the output has"]);
}

#[test]
fn what_a_filter_drops_moves_rows_and_no_value_of_another_column() {
    let mesh = mesh(BINDINGS);
    mesh.publish_modules("governance", &["filter", "unique"]).good();
    let more = "  - {module: governance/filter@0.1.0}\n  - {module: governance/unique@0.1.0}\n";
    mesh.approve(&format!("{}{more}", support::APPROVALS), support::FRAMEWORK).good();
    let filtered = BINDINGS.replace(
        "  - id: mask-email",
        "  - id: dear\n    module: governance/filter@0.1.0\n    columns: [amount]\n    \
         settings: {comparison: gt, value: 100}\n  - id: once\n    module: governance/unique@0.1.0\n    \
         columns: [ordered]\n    on_failure: observe\n  - id: mask-email",
    );
    mesh.publish_product("orders", CONTRACT, &filtered).good();
    let (pipeline, prepared) = opened(&mesh);
    let test = tested(&pipeline, &prepared, &[]);
    assert_eq!(leaks(&test), Vec::<String>::new());
    let amount = test.columns.iter().find(|own| own.column == "amount").unwrap();
    assert_eq!(amount.selects.iter().collect::<Vec<_>>(), ["amount-range", "dear"]);
    assert!(amount.moved > 0);
}

#[test]
fn behind_a_reshape_all_depends_on_all_that_it_read() {
    let mesh = mesh(BINDINGS);
    mesh.publish_modules("governance", &["aggregate", "unique"]).good();
    let more = "  - {module: governance/aggregate@0.1.0}\n  - {module: governance/unique@0.1.0}\n";
    mesh.approve(&format!("{}{more}", support::APPROVALS), support::FRAMEWORK).good();
    let contract = CONTRACT.split("  - name: orders\n").next().unwrap().to_owned()
        + "  - name: orders\n    properties:\n      - {name: ordered, logicalType: date}\n      \
           - {name: total, logicalType: number, physicalType: double}\n";
    let bindings = BINDINGS.split("  - id: mask-email").next().unwrap().to_owned()
        + "  - id: by-day\n    module: governance/aggregate@0.1.0\n    columns: [ordered, amount]\n    \
           settings: {group_by: [ordered], measures: [{function: sum, column: amount, as: total}]}\n  \
           - id: days\n    module: governance/unique@0.1.0\n    columns: [ordered]\n    \
           on_failure: quarantine\n";
    mesh.publish_product("orders", &contract, &bindings).good();
    let (pipeline, mut prepared) = opened(&mesh);
    let test = tested(&pipeline, &prepared, &[]);
    assert_eq!(leaks(&test), Vec::<String>::new());
    let reached = |column: &str| {
        let column = test.columns.iter().find(|own| own.column == column).unwrap();
        column.reached.iter().map(|reached| reached.column.clone()).collect::<Vec<_>>()
    };
    assert_eq!(reached("amount"), ["total"]);
    assert_eq!(reached("ordered"), ["ordered", "total"]);
    assert!(reached("id").is_empty(), "it is in the quarantine alone");
    // Its rows have a place there, which is told.
    prepared.plan.influences.clear();
    prepared.plan.output.columns[1].origins.clear();
    let test = tested(&pipeline, &prepared, &["ordered"]);
    assert!(leaks(&test).contains(&"ordered: output column total".to_owned()), "{test:?}");
}

#[test]
fn a_step_that_faults_on_a_change_ends_its_test_and_says_so() {
    let shouting = BINDINGS.replace(
        "  - id: mask-email",
        "  - id: shout\n    module: governance/poison@0.1.0\n    columns: [note]\n  - id: mask-email",
    );
    let mesh = mesh(BINDINGS);
    mesh.publish_modules("governance", &["poison"]).good();
    let more = "  - {module: governance/poison@0.1.0}\n";
    mesh.approve(&format!("{}{more}", support::APPROVALS), support::FRAMEWORK).good();
    let contract =
        CONTRACT.replace("{name: ordered, logicalType: date}", "{name: note, logicalType: string}");
    mesh.publish_product("orders", &contract, &shouting).good();
    // The letters behind these are what the module faults on.
    let rows: String =
        (0..30).map(|row| format!("{row},ada{row}@example.com,{row},n{row}\n")).collect();
    mesh.write(
        "data/orders.csv",
        &format!("id,email,amount,note\n99,bob@example.com,2,sqzo\n{rows}"),
    );
    let ended = mesh.run(&["prove", "shop/orders"]).good();
    for said in [
        "note    changes note through shout\n          ENDED by a fault of step shout, which reads it\n",
        "tested: 4 columns changed in turn over 31 rows, 1 of them in part; nothing changed",
    ] {
        assert!(ended.out.contains(said), "expected {said:?} in:\n{}", ended.out);
    }

    let quarantining =
        shouting.replace("columns: [note]", "columns: [note]\n    on_fault: quarantine");
    mesh.publish_product("orders", &contract, &quarantining).good();
    let ended = mesh.run(&["prove", "shop/orders"]).good();
    for said in ["selects rows through shout: ", "turn over 31 rows; nothing changed"] {
        assert!(ended.out.contains(said), "expected {said:?} in:\n{}", ended.out);
    }
}

/// What a run delivered, less what names its input: the report, and each file as rows.
fn delivered(mesh: &Mesh) -> (Value, Vec<u8>, Vec<String>) {
    let mut report = mesh.report("shop/orders");
    let run = report["run"].as_str().unwrap().to_owned();
    report["run"].take();
    for digest in ["sha256", "bytes"] {
        report["input"][digest].take();
        report["quarantine"][0][digest].take();
    }
    let current = mesh.current("shop/orders");
    let quarantine = rows(&parquet(&current.join("quarantine.parquet")));
    let quarantine = quarantine.iter().map(|row| row.replace(&run, "RUN")).collect();
    (report, fs::read(current.join("orders.parquet")).unwrap(), quarantine)
}

#[test]
fn no_byte_of_a_delivery_depends_on_a_column_that_is_masked_away() {
    let bindings = BINDINGS.replace("{method: email}", "{method: fixed, value: hidden}");
    let mesh = mesh(&bindings);
    mesh.run(&["run", "shop/orders"]).good();
    let first = delivered(&mesh);
    for other in [|row| format!("resu{row}@elpmaxe.moc"), |row| format!("{row}user@example.com")] {
        mesh.write("data/orders.csv", &orders(other));
        mesh.run(&["run", "shop/orders"]).good();
        let (report, output, quarantine) = delivered(&mesh);
        assert_eq!(report, first.0);
        assert!(output == first.1, "the output is another");
        assert_eq!(quarantine, first.2);
    }
}
