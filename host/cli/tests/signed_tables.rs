//! Reference tables out of the signed repository, end to end: who publishes them, what is
//! done with them, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;

use bailiwick_trust::{Change, Lifetimes, Publisher, SigningKey, bounds};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};
use support::rows::{parquet, rows};
use support::{Ended, FRAMEWORK, Mesh};

const TABLE: &str = "reference/iso/countries.csv";
const TABLE_CONTRACT: &str = "reference/iso/countries.odcs.yaml";

const APPROVALS: &str = "
approvals:
  - {module: governance/mask@0.1.0, grants: {read: [pii], remove: [pii], services: {pseudonym: [customer]}}}
  - {module: governance/join@0.1.0, grants: {services: {lookup: true}}}
  - {module: governance/foreign-key@0.1.0, grants: {services: {lookup: true}}}
";

const COUNTRIES_CONTRACT: &str = "
apiVersion: v3.1.0
kind: DataContract
id: iso-countries
version: 2.1.0
status: active
schema:
  - name: countries
    properties:
      - {name: code, logicalType: string}
      - {name: name, logicalType: string}
      - {name: head, logicalType: string, classification: pii}
";

const COUNTRIES: &str = "code,name,head\nNO,Norway,Ada\nÅX,Åland,Bo\n,nobody,\n";

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
  - name: sales
    properties:
      - {name: id, logicalType: integer, physicalType: int64}
      - {name: country, logicalType: string}
      - {name: country_name, logicalType: string}
";

const BINDINGS: &str = "
apiVersion: bailiwick/v1
product: shop/sales
input: {port: raw, object: sales_raw, location: sales.csv}
output: {port: sales, object: sales, format: parquet}
references:
  countries: {domain: governance, target: reference/iso/countries.csv}
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

/// A mesh in which domain `governance` may publish below `reference/iso/`, and nothing is
/// published but modules and shop/sales.
fn mesh() -> Mesh {
    let mesh = Mesh::bare();
    let key = "keys/governance.pem";
    mesh.central(&["onboard", "governance", "--domain-key", key, "--path", "reference/iso/*"])
        .good();
    mesh.publish_modules("governance", &["mask", "join", "foreign-key"]).good();
    mesh.approve(APPROVALS, FRAMEWORK).good();
    mesh.write("data/sales.csv", "id,country\n1,NO\n2,XX\n3,\n4,ÅX\n5,no\n");
    mesh.write("countries.csv", COUNTRIES);
    mesh.write("countries.odcs.yaml", COUNTRIES_CONTRACT);
    mesh
}

fn ready() -> Mesh {
    let mesh = mesh();
    submit(&mesh, "--table", TABLE, "countries.csv").good();
    mesh.publish_product("sales", CONTRACT, BINDINGS).good();
    mesh
}

fn submit(mesh: &Mesh, what: &str, path: &str, file: &str) -> Ended {
    let keys = ["--key", "keys/governance.pem", "--key", "keys/online.pem"];
    mesh.run(&[&["submit", "governance", what, &format!("{path}={file}")], &keys[..]].concat())
}

fn run(mesh: &Mesh) -> Ended {
    mesh.run(&["run", "shop/sales"])
}

fn delivered(mesh: &Mesh) -> Vec<String> {
    rows(&parquet(&mesh.current("shop/sales").join("sales.parquet")))
}

/// The one stored file of a target.
fn stored(mesh: &Mesh, ending: &str) -> std::path::PathBuf {
    let files = fs::read_dir(mesh.path("repository/targets/reference/iso")).unwrap();
    let mut files = files.map(|entry| entry.unwrap().path());
    files.find(|file| file.to_string_lossy().ends_with(ending)).unwrap()
}

#[test]
fn rows_are_checked_and_enriched_out_of_a_signed_table() {
    let mesh = ready();
    let said = run(&mesh).good().out;
    let table = "table   countries: reference/iso/countries.csv (csv), version 2.1.0, signed by governance\n";
    assert!(said.contains(table), "{said}");
    assert_eq!(delivered(&mesh), ["1|NO|Norway", "3|∅|nowhere", "4|ÅX|Åland"]);
    let report = mesh.report("shop/sales");
    let sha256 = hex::encode(Sha256::digest(COUNTRIES));
    assert_eq!(
        report["references"]["countries"],
        json!({
            "location": TABLE,
            "format": "csv",
            "sha256": sha256,
            "bytes": COUNTRIES.len(),
            "signed": {"domain": "governance", "contract_version": "2.1.0"},
        })
    );
    assert_eq!(report["documents"][TABLE], sha256);
    let contract = hex::encode(Sha256::digest(COUNTRIES_CONTRACT));
    assert_eq!(report["documents"][TABLE_CONTRACT], contract);
    assert_eq!(
        report["reference_lineage"]["country_name"],
        json!([
            {"table": "countries", "column": "code"},
            {"table": "countries", "column": "name"},
        ])
    );
    let form = include_str!("../../../docs/report.schema.json");
    let form = jsonschema::validator_for(&serde_json::from_str(form).unwrap()).unwrap();
    assert!(form.is_valid(&report), "{:?}", form.iter_errors(&report).collect::<Vec<_>>());
    let again = mesh.run(&["run", "shop/sales", "--lanes", "3"]).good();
    assert!(again.out.contains("the same bytes again"), "{}", again.out);

    let plan = mesh.run(&["plan", "shop/sales", "--explain"]).good().out;
    let says = format!(
        "{TABLE} (csv) as governance signed it, contract version 2.1.0, sha256 {}",
        &sha256[..12]
    );
    assert!(plan.contains(&says), "{plan}");
    mesh.run(&["prove", "shop/sales"]).good();
}

#[test]
fn every_format_can_hold_one() {
    let mesh = mesh();
    mesh.write("countries.ndjson", "{\"code\":\"NO\",\"name\":\"Norway\",\"head\":null}\n");
    submit(&mesh, "--table", "reference/iso/countries.ndjson", "countries.ndjson").good();
    let bindings = BINDINGS.replace("countries.csv", "countries.ndjson");
    mesh.publish_product("sales", CONTRACT, &bindings).good();
    run(&mesh).good();
    assert_eq!(delivered(&mesh), ["1|NO|Norway", "3|∅|nowhere"]);
}

#[test]
fn a_new_version_is_another_plan_and_is_read_at_once() {
    let mesh = ready();
    run(&mesh).good();
    let before = mesh.report("shop/sales");
    mesh.write("countries.csv", &COUNTRIES.replace("Norway", "Noreg"));
    mesh.write("countries.odcs.yaml", &COUNTRIES_CONTRACT.replace("2.1.0", "2.2.0"));
    submit(&mesh, "--table", TABLE, "countries.csv").good();
    run(&mesh).good();
    let after = mesh.report("shop/sales");
    assert_ne!(before["plan"], after["plan"]);
    assert_eq!(after["references"]["countries"]["signed"]["contract_version"], "2.2.0");
    assert_eq!(delivered(&mesh)[0], "1|NO|Noreg");
}

#[test]
fn it_can_be_an_input_too() {
    let mesh = ready();
    let contract = CONTRACT
        .replace("country_name", "name")
        .replace("id, logicalType: integer, physicalType: int64", "code, logicalType: string")
        .replace("      - {name: country, logicalType: string}\n", "");
    let bindings = "
apiVersion: bailiwick/v1
product: shop/world
input: {port: raw, domain: governance, target: reference/iso/countries.csv}
output: {port: world, object: sales, format: csv}
";
    mesh.publish_product("world", &contract, bindings).good();
    mesh.run(&["run", "shop/world"]).good();
    let csv = fs::read_to_string(mesh.current("shop/world").join("world.csv")).unwrap();
    assert_eq!(csv, "code,name\nNO,Norway\nÅX,Åland\n,nobody\n");
    assert_eq!(mesh.report("shop/world")["input"]["signed"]["domain"], "governance");
}

#[test]
fn its_publisher_labels_its_columns() {
    let mesh = ready();
    // The reader's own contract says nothing of it, and cannot.
    let bindings =
        BINDINGS.replace("{column: name, as: country_name, default: nowhere}", "{column: head}");
    let masked = format!(
        "{bindings}  - {{id: hide, module: governance/mask@0.1.0, columns: [head], settings: {{method: 'null'}}}}\n"
    );
    let contract = CONTRACT.replace("country_name", "head");
    mesh.publish_product("sales", &contract, &masked).good();
    run(&mesh).refused(
        4,
        &["governance/join@0.1.0 reads column `countries.head`, which is labelled `pii`"],
    );
    // With the grant the label is on what is written, and so is the obligation.
    let join = "{module: governance/join@0.1.0, grants: {";
    let approvals = APPROVALS.replace(join, &format!("{join}read: [pii], "));
    mesh.approve(&approvals, FRAMEWORK).good();
    run(&mesh).good();
    assert_eq!(delivered(&mesh), ["1|NO|∅", "3|∅|∅", "4|ÅX|∅"]);
    let refused = mesh.publish_product("sales", &contract, &bindings);
    refused.refused(4, &["column `head`", "pii-is-masked"]);
}

#[test]
fn a_changed_byte_is_refused() {
    let mesh = ready();
    run(&mesh).good();
    let file = stored(&mesh, "countries.csv");
    fs::write(&file, COUNTRIES.replace("Norway", "Narway")).unwrap();
    run(&mesh).refused(4, &[TABLE, "sha256"]);
    fs::write(&file, COUNTRIES).unwrap();
    run(&mesh).good();
    let contract = stored(&mesh, "countries.odcs.yaml");
    fs::write(contract, COUNTRIES_CONTRACT.replace(", classification: pii", "")).unwrap();
    run(&mesh).refused(4, &[TABLE_CONTRACT]);
}

#[test]
fn what_has_expired_is_refused() {
    let mesh = ready();
    let root = fs::read(mesh.path("root.json")).unwrap();
    let hour = SignedDuration::from_hours(1);
    let publisher = Publisher::open(mesh.path("repository"), &root)
        .unwrap()
        .with_lifetimes(Lifetimes { domain: hour, ..Lifetimes::default() });
    let keys = ["governance", "online"]
        .map(|holder| SigningKey::load(mesh.path(&format!("keys/{holder}.pem"))).unwrap());
    let mut change = Change::new();
    change.renew("governance".parse().unwrap());
    let keys: Vec<&SigningKey> = keys.iter().collect();
    publisher.commit(&change, &keys, Timestamp::now() - hour - hour).unwrap();
    run(&mesh).refused(4, &["governance", "expired"]);
}

#[test]
fn what_is_not_there_or_not_the_domains_is_refused() {
    let mesh = mesh();
    // Not published.
    mesh.publish_product("sales", CONTRACT, BINDINGS).good();
    run(&mesh).refused(4, &[TABLE, "its domain must publish it first"]);
    // Not within what central governance trusts the domain with.
    let elsewhere = submit(&mesh, "--table", "reference/rates/countries.csv", "countries.csv");
    elsewhere.refused(4, &["is not trusted with a file at \"reference/rates/countries.csv\""]);
    submit(&mesh, "--table", TABLE, "countries.csv").good();
    run(&mesh).good();
    // Another domain's.
    let others = BINDINGS.replace("domain: governance", "domain: shop");
    mesh.publish_product("sales", CONTRACT, &others).good();
    run(&mesh).refused(4, &[TABLE]);
    let nobodys = BINDINGS.replace("domain: governance", "domain: nobody");
    mesh.publish_product("sales", CONTRACT, &nobodys).good();
    run(&mesh).refused(4, &["domain `nobody` is not in the repository"]);
    // The table is there and its contract is not.
    submit(&mesh, "--file", "reference/iso/towns.csv", "countries.csv").good();
    let towns = BINDINGS.replace("countries.csv", "towns.csv");
    mesh.publish_product("sales", CONTRACT, &towns).good();
    run(&mesh).refused(4, &["reference/iso/towns.odcs.yaml"]);
}

#[test]
fn what_is_wrong_with_it_is_told_before_it_is_signed() {
    let mesh = mesh();
    let submit = || submit(&mesh, "--table", TABLE, "countries.csv");
    let contract = |from: &str, to: &str| {
        let text = COUNTRIES_CONTRACT.replace(from, to);
        assert_ne!(text, COUNTRIES_CONTRACT);
        mesh.write("countries.odcs.yaml", &text);
    };
    contract("name: head", "name: boss");
    submit().refused(5, &[TABLE, "has no column \"boss\"", "object countries"]);
    contract("code, logicalType: string", "code, logicalType: integer");
    submit().refused(5, &[TABLE, "row 1", "column \"code\""]);
    contract("  - name: countries", "  - {name: towns}\n  - name: countries");
    submit().refused(4, &["countries.odcs.yaml", "found 2 objects, expected the one"]);
    contract("logicalType: string, classification", "logicalType: vector, classification");
    submit().refused(4, &["countries.odcs.yaml", "/schema/0/properties/2", "head"]);
    fs::remove_file(mesh.path("countries.odcs.yaml")).unwrap();
    submit()
        .refused(1, &["a table is submitted with the contract beside it", "countries.odcs.yaml"]);
}

#[test]
fn it_is_no_larger_than_it_may_be() {
    let mesh = ready();
    let most = usize::try_from(bounds::MAX_TABLE_BYTES).unwrap();
    let table = |bytes: usize| {
        let name = "x".repeat(bytes - COUNTRIES.len() - "XX,,\n".len());
        format!("{COUNTRIES}XX,{name},\n")
    };
    mesh.write("countries.csv", &table(most));
    submit(&mesh, "--table", TABLE, "countries.csv").good();
    run(&mesh).good();
    assert_eq!(mesh.report("shop/sales")["references"]["countries"]["bytes"], most);
    mesh.write("countries.csv", &table(most + 1));
    let says = ["has 16777217 bytes, a reference table has at most 16777216"];
    submit(&mesh, "--table", TABLE, "countries.csv").refused(1, &says);
    // As any file it may be larger; as a table nobody reads it.
    submit(&mesh, "--file", TABLE, "countries.csv").good();
    run(&mesh).refused(4, &[TABLE, "larger than 16777216 bytes"]);
}
