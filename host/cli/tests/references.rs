//! Reference tables, end to end: where they come from, what is done with them, and what is
//! said where they cannot be had.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;

use bailiwick_pipeline::{LeakTestOptions, Pipeline};
use jiff::Timestamp;
use serde_json::json;
use support::rows::{parquet, rows};
use support::{Ended, FRAMEWORK, Mesh};

const APPROVALS: &str = "
approvals:
  - {module: governance/range@0.1.0}
  - {module: governance/mask@0.1.0, grants: {read: [pii], remove: [pii], services: {pseudonym: [customer]}}}
  - {module: governance/join@0.1.0, grants: {services: {lookup: true}}}
  - {module: governance/foreign-key@0.1.0, grants: {read: [pii], services: {lookup: true}}}
  - {module: governance/reconcile@0.1.0, grants: {services: {lookup: true}}}
";

const CONTRACT: &str = "
apiVersion: v3.1.0
kind: DataContract
id: shop-sales
version: 1.0.0
status: active
schema:
  - name: sales_raw
    properties:
      - {name: id, logicalType: integer, physicalType: int64}
      - {name: country, logicalType: string}
      - {name: amount, logicalType: number, physicalType: double}
  - name: countries
    properties:
      - {name: code, logicalType: string}
      - {name: name, logicalType: string}
      - {name: head, logicalType: string, classification: pii}
      - {name: sold, logicalType: number, physicalType: double}
  - name: sales
    properties:
      - {name: id, logicalType: integer, physicalType: int64}
      - {name: country, logicalType: string}
      - {name: amount, logicalType: number, physicalType: double}
      - {name: country_name, logicalType: string}
";

const BINDINGS: &str = "
apiVersion: bailiwick/v1
product: shop/sales
input: {port: raw, object: sales_raw, location: sales.csv}
output: {port: sales, object: sales, format: parquet}
references:
  countries: {object: countries, location: world/countries.csv}
policies:
  - id: country-known
    module: governance/foreign-key@0.1.0
    columns: [country]
    references: [countries]
    settings: {on: [code]}
    on_failure: quarantine
  - id: name-of-country
    module: governance/join@0.1.0
    columns: [country]
    references: [countries]
    settings: {on: [code], add: [{column: name, as: country_name, default: nowhere}]}
";

const SALES: &str = "id,country,amount\n1,NO,2.5\n2,XX,1\n3,,4\n4,ÅX,8\n5,no,16\n";
const COUNTRIES: &str = "code,name,head,sold\nNO,Norway,Ada,2.5\nÅX,Åland,Bo,8\n,nobody,,\n";

fn mesh() -> Mesh {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["mask", "range", "join", "foreign-key", "reconcile"])
        .good();
    mesh.approve(APPROVALS, FRAMEWORK).good();
    let text = fs::read_to_string(mesh.path("mesh.yaml")).unwrap();
    mesh.write("mesh.yaml", &(text + "references: references\n"));
    mesh.write("data/sales.csv", SALES);
    mesh.write("references/world/countries.csv", COUNTRIES);
    mesh
}

fn ready(contract: &str, bindings: &str) -> Mesh {
    let mesh = mesh();
    mesh.publish_product("sales", contract, bindings).good();
    mesh
}

fn delivered(mesh: &Mesh) -> Vec<String> {
    rows(&parquet(&mesh.current("shop/sales").join("sales.parquet")))
}

fn run(mesh: &Mesh) -> Ended {
    mesh.run(&["run", "shop/sales"])
}

#[test]
fn rows_are_checked_and_enriched_out_of_a_file() {
    let mesh = ready(CONTRACT, BINDINGS);
    let said = run(&mesh).good().out;
    assert!(said.contains("table   countries: world/countries.csv (csv)\n"), "{said}");
    assert_eq!(delivered(&mesh), ["1|NO|2.5|Norway", "3|∅|4.0|nowhere", "4|ÅX|8.0|Åland"]);
    let report = mesh.report("shop/sales");
    assert_eq!(report["accounting"]["quarantined"], 2);
    let read = &report["references"]["countries"];
    assert_eq!(read["location"], "world/countries.csv");
    assert_eq!(read["bytes"], COUNTRIES.len());
    assert_eq!(report["lineage"]["country_name"], json!(["country"]));
    assert_eq!(
        report["reference_lineage"],
        json!({"country_name": [
            {"table": "countries", "column": "code"},
            {"table": "countries", "column": "name"},
        ]})
    );
    for lanes in ["1", "3"] {
        let again = mesh.run(&["run", "shop/sales", "--lanes", lanes]).good();
        assert!(again.out.contains("the same bytes again"), "{}", again.out);
    }
}

#[test]
fn a_table_names_the_run_as_the_input_does() {
    let mesh = ready(CONTRACT, BINDINGS);
    run(&mesh).good();
    let before = mesh.report("shop/sales");
    mesh.write("references/world/countries.csv", &COUNTRIES.replace("Norway", "Noreg"));
    run(&mesh).good();
    let after = mesh.report("shop/sales");
    assert_ne!(before["run"], after["run"]);
    assert_eq!(before["plan"], after["plan"]);
    assert_ne!(before["references"], after["references"]);
    assert_eq!(delivered(&mesh)[0], "1|NO|2.5|Noreg");
}

#[test]
fn the_plan_says_what_is_looked_up_and_what_depends_on_it() {
    let mesh = ready(CONTRACT, BINDINGS);
    let plan = mesh.run(&["plan", "shop/sales", "--explain"]).good().out;
    for said in [
        "reference  countries  world/countries.csv (csv), object countries: code, name",
        "country, countries.code, countries.name",
        "looks up in table countries: by code, given name",
        "host services, as its approval grants: lookup",
        "from country, countries.code, countries.name, through name-of-country",
        "countries.code: through country-known, which quarantines by it",
    ] {
        assert!(plan.contains(said), "expected {said:?} in:\n{plan}");
    }
    assert!(!plan.contains("countries.head"), "nobody looks it up:\n{plan}");
}

#[test]
fn every_format_can_hold_a_table() {
    let json = "{\"name\":\"Norway\",\"code\":\"NO\"}\n{\"code\":\"ÅX\",\"name\":\"Åland\"}\n";
    let bindings = BINDINGS.replace("world/countries.csv", "countries.ndjson");
    let mesh = ready(CONTRACT, &bindings);
    mesh.write("references/countries.ndjson", json);
    run(&mesh).good();
    assert_eq!(delivered(&mesh), ["1|NO|2.5|Norway", "3|∅|4.0|nowhere", "4|ÅX|8.0|Åland"]);
}

#[test]
fn a_port_of_another_product_can_be_a_table() {
    let mesh = mesh();
    let world = "
apiVersion: bailiwick/v1
product: shop/world
input: {port: raw, object: countries, location: countries.csv}
output: {port: countries, object: known, format: parquet}
policies:
  - {id: hide, module: governance/mask@0.1.0, columns: [head], settings: {method: 'null'}}
";
    let contract = CONTRACT.replace(
        "  - name: sales\n",
        "  - name: known\n    properties:\n      - {name: code, logicalType: string}\n      \
         - {name: name, logicalType: string}\n  - name: sales\n",
    );
    mesh.write("data/countries.csv", COUNTRIES);
    mesh.publish_product("world", &contract, world).good();
    let bindings = BINDINGS.replace(
        "{object: countries, location: world/countries.csv}",
        "{product: shop/world, from: countries}",
    );
    mesh.publish_product("sales", CONTRACT, &bindings).good();
    run(&mesh)
        .refused(5, &["reference countries of shop/sales is shop/world", "run shop/world first"]);
    // Whoever is read runs first, whatever the order of names.
    mesh.run(&["run", "--all"]).good();
    assert_eq!(delivered(&mesh), ["1|NO|2.5|Norway", "3|∅|4.0|nowhere", "4|ÅX|8.0|Åland"]);
    let report = mesh.report("shop/sales");
    let theirs = mesh.report("shop/world");
    assert_eq!(report["references"]["countries"]["upstream_run"], theirs["run"]);
    assert_eq!(report["references"]["countries"]["sha256"], theirs["output"]["sha256"]);
}

#[test]
fn a_table_is_reconciled_group_by_group() {
    let bindings = format!(
        "{BINDINGS}  - id: as-sold
    module: governance/reconcile@0.1.0
    columns: [country, amount]
    references: [countries]
    settings: {{on: [code, sold], group_by: [country]}}
    on_failure: observe
    threshold:
      - {{rule: rows, mustBe: 0}}
      - {{rule: amount-sum, mustBe: 2}}
      - {{rule: amount-sum, measure: ratio, mustBeBetween: [2.9, 3.1]}}
"
    );
    let mesh = ready(CONTRACT, &bindings);
    run(&mesh).good();
    let report = mesh.report("shop/sales");
    let rules = report["rules"].as_array().unwrap();
    let value = |rule: &str| {
        let found = rules.iter().find(|own| own["step"] == "as-sold" && own["rule"] == rule);
        found.unwrap()["measures"]["value"].clone()
    };
    // Rows that are to be quarantined are judged like the others: XX and no are nobody's.
    assert_eq!(value("rows"), 2.0);
    assert_eq!(value("amount-sum"), 3.0, "and 4 without a country");
    let sum = rules.iter().find(|own| own["rule"] == "amount-sum").unwrap();
    let judged: Vec<_> = sum["judged"].as_array().unwrap().iter().collect();
    assert_eq!((&judged[0]["figure"], &judged[0]["verdict"]), (&json!(3.0), &json!("failed")));
    // 31.5 were sold in all, of which the table knows 10.5.
    assert_eq!((&judged[1]["figure"], &judged[1]["verdict"]), (&json!(3.0), &json!("passed")));
}

#[test]
fn a_label_comes_along_and_needs_a_grant() {
    let bindings =
        BINDINGS.replace("{column: name, as: country_name, default: nowhere}", "{column: head}");
    let contract = CONTRACT
        .replace("{name: country_name, logicalType: string}", "{name: head, logicalType: string}");
    let mesh = ready(CONTRACT, BINDINGS);
    let masked = format!(
        "{bindings}  - {{id: hide, module: governance/mask@0.1.0, columns: [head], settings: {{method: 'null'}}}}\n"
    );
    mesh.publish_product("sales", &contract, &masked).good();
    run(&mesh).refused(
        4,
        &[
            "governance/join@0.1.0 reads column `countries.head`, which is labelled `pii`",
            "ask central governance for an approval that may read `pii`",
        ],
    );
    // With the grant the label is on what is written, and so is the obligation.
    let approvals = APPROVALS.replace(
        "{module: governance/join@0.1.0, grants: {services",
        "{module: governance/join@0.1.0, grants: {read: [pii], services",
    );
    mesh.approve(&approvals, FRAMEWORK).good();
    run(&mesh).good();
    assert_eq!(delivered(&mesh)[0], "1|NO|2.5|∅");
    let refused = mesh.publish_product("sales", &contract, &bindings);
    refused.refused(4, &["column `head`", "pii-is-masked"]);
}

#[test]
fn a_reference_that_is_not_given_or_not_there_is_refused() {
    let mesh = ready(CONTRACT, BINDINGS);
    let refused = |from: &str, to: &str, said: &[&str]| {
        let bindings = BINDINGS.replacen(from, to, 1);
        assert_ne!(bindings, BINDINGS);
        mesh.publish_product("sales", CONTRACT, &bindings).good();
        run(&mesh).refused(4, said);
    };
    refused(
        "references: [countries]",
        "references: [towns]",
        &["the bindings have no reference `towns`", "their `references` are `countries`"],
    );
    refused(
        "    references: [countries]\n",
        "",
        &["settings must say which reference table is meant; the binding gives none"],
    );
    refused(
        "object: countries, location",
        "object: towns, location",
        &["reference `countries`", "has no object `towns`"],
    );
    refused(
        "settings: {on: [code]}",
        "settings: {on: [iso]}",
        &["table \"countries\" has no column \"iso\"; it has code, name, head, sold"],
    );
}

#[test]
fn a_module_without_the_grant_gets_no_table() {
    let mesh = ready(CONTRACT, BINDINGS);
    let approvals = APPROVALS.replace("{read: [pii], services: {lookup: true}}", "{read: [pii]}");
    mesh.approve(&approvals, FRAMEWORK).good();
    let said = ["country-known", "bailiwick:policy/lookup@0.3.0", "its approval does not grant"];
    run(&mesh).refused(4, &said);
}

#[test]
fn a_way_out_of_the_folder_is_refused_before_it_is_signed() {
    let mesh = mesh();
    for outside in
        ["../secrets/customer.csv", "/etc/passwd.csv", "world/../../mesh.csv", "file:///x.csv"]
    {
        let bindings = BINDINGS.replace("world/countries.csv", outside);
        let refused = mesh.publish_product("sales", CONTRACT, &bindings);
        refused.refused(1, &["/references/countries/location", "within the folder of references"]);
    }
}

#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let mesh = ready(CONTRACT, BINDINGS);
    let at = mesh.path("references/world/countries.csv");
    mesh.write("elsewhere.csv", COUNTRIES);
    fs::remove_file(&at).unwrap();
    std::os::unix::fs::symlink(mesh.path("elsewhere.csv"), &at).unwrap();
    let said = ["reference countries of shop/sales", "is not within the mesh's folder"];
    run(&mesh).refused(5, &said);
    fs::remove_file(&at).unwrap();
    std::os::unix::fs::symlink("../../elsewhere.csv", &at).unwrap();
    run(&mesh).refused(5, &said);
    // One that stays within is as good as the file.
    fs::remove_file(&at).unwrap();
    mesh.write("references/2026/countries.csv", COUNTRIES);
    std::os::unix::fs::symlink("../2026/countries.csv", &at).unwrap();
    run(&mesh).good();
    assert!(!mesh.path("output/shop/sales/current").join("quarantine.csv").exists());
}

#[test]
fn a_table_that_cannot_be_read_is_named() {
    let mesh = ready(CONTRACT, BINDINGS);
    let named = "reference countries of shop/sales";
    mesh.write("references/world/countries.csv", "code,nom\nNO,Norway\n");
    run(&mesh).refused(5, &[named, "world/countries.csv", "has no column \"name\""]);
    fs::remove_file(mesh.path("references/world/countries.csv")).unwrap();
    run(&mesh).refused(5, &[named, "world/countries.csv", "No such file"]);
    let text = fs::read_to_string(mesh.path("mesh.yaml")).unwrap();
    mesh.write("mesh.yaml", &text.replace("references: references\n", ""));
    run(&mesh).refused(1, &[named, "state `references` in mesh.yaml"]);
    assert!(!mesh.path("output/shop/sales/current").exists(), "something was delivered");
}

#[test]
fn a_leak_test_changes_the_columns_of_tables_too() {
    let mesh = ready(CONTRACT, BINDINGS);
    let mut sales = String::from("id,country,amount\n");
    let mut countries = String::from("code,name,head,sold\n");
    for at in 0..500 {
        sales.push_str(&format!("{at},C{},{at}\n", at % 120));
    }
    for at in 0..100 {
        countries.push_str(&format!("C{at},name {at},,\n"));
    }
    mesh.write("data/sales.csv", &sales);
    mesh.write("references/world/countries.csv", &countries);
    let out = mesh.run(&["prove", "shop/sales"]).good().out;
    for said in [
        "countries.name  changes country_name through name-of-country\n",
        "countries.code  changes country_name through name-of-country\n",
        "selects rows through country-known: ",
        "tested: 5 columns changed in turn over 500 rows; nothing changed that the plan says does \
         not depend on them",
    ] {
        assert!(out.contains(said), "expected {said:?} in:\n{out}");
    }
    // A plan that forgets what a column depends on is found out.
    let file = bailiwick_pipeline::Mesh::read(&mesh.path("mesh.yaml")).unwrap();
    let pipeline = Pipeline::open(file, Timestamp::now()).unwrap();
    let mut prepared = pipeline.plan(&"shop/sales".parse().unwrap()).unwrap();
    let columns = prepared.plan.output.columns.iter_mut();
    columns.for_each(|column| column.references.clear());
    let columns = vec!["countries.name".to_owned()];
    let options = LeakTestOptions { columns, seed: 7, ..LeakTestOptions::default() };
    let found = pipeline.test_leaks(&prepared, &options).unwrap();
    assert!(!found.is_tight(), "{found:?}");
    let what: Vec<&str> = found.columns[0].leaks.iter().map(|leak| leak.what.as_str()).collect();
    assert!(what.iter().any(|what| what.contains("country_name")), "{what:?}");
}

#[test]
fn a_table_counts_against_the_memory_of_the_run() {
    let mesh = ready(CONTRACT, BINDINGS);
    let many: String = (0..100_000).map(|code| format!("{code},name {code},,\n")).collect();
    mesh.write("references/world/countries.csv", &format!("{COUNTRIES}{many}"));
    mesh.run(&["run", "shop/sales", "--memory", "1MiB"]).refused(1, &["1048576"]);
    run(&mesh).good();
}
