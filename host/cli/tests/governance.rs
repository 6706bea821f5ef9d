//! What governance refuses, whoever asks.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_pipeline::{Mesh as MeshFile, Pipeline};
use bailiwick_trust::{Approval, Change, Lifetimes, Publisher, Repository, SigningKey};
use jiff::{SignedDuration, Timestamp};
use support::{APPROVALS, BINDINGS, CONTRACT, FRAMEWORK, Mesh};

#[test]
fn a_label_without_a_grant_is_not_read() {
    let mesh = Mesh::ready();
    let approvals = APPROVALS.replace("read: [pii], remove: [pii], ", "remove: [pii], ");
    mesh.approve(&approvals, FRAMEWORK).good();
    mesh.run(&["run", "shop/orders"]).refused(4, &["mask-email", "email", "`pii`"]);
}

#[test]
fn an_unmet_obligation_is_named_with_its_column_and_remedy() {
    let mesh = Mesh::ready();
    let unmasked = BINDINGS.split("  - id: mask-email").next().unwrap();
    let said = ["pii-is-masked", "email", "governance/mask"];
    mesh.publish_product("orders", CONTRACT, unmasked).refused(4, &said);
    // Nothing of it is signed. One that comes into force nevertheless does not run.
    mesh.run(&["run", "shop/orders"]).good();
    fs::remove_dir_all(mesh.path("output")).unwrap();
    publish_unseen(&mesh, unmasked);
    for command in ["plan", "run"] {
        mesh.run(&[command, "shop/orders"]).refused(4, &said);
    }
    assert!(!mesh.path("output").exists());
}

const FLOORS: &str = "
floors:
  - id: people-are-known
    description: A row about nobody is of no use.
    when: {label: pii}
    module: governance/completeness
    threshold: {unit: percent, mustBeLessOrEqualTo: 1}
  - id: few-faults
    description: A module that faults often is broken.
    max_fault_rows: 5
";

/// The mesh with these floors, and bindings with a check of completeness under a threshold.
fn with_floors(threshold: &str) -> (Mesh, String) {
    let mesh = Mesh::ready();
    let approvals = APPROVALS.replace(
        "{module: governance/completeness@0.1.0}",
        "{module: governance/completeness@0.1.0, grants: {read: [pii]}}",
    );
    mesh.approve(&approvals, &format!("{FRAMEWORK}{FLOORS}")).good();
    let check = format!(
        "policies:\n  - {{id: email-known, module: governance/completeness@0.1.0, \
         columns: [email], threshold: {threshold}}}\n"
    );
    (mesh, BINDINGS.replace("policies:\n", &check))
}

#[test]
fn what_is_laxer_than_a_floor_is_neither_signed_nor_planned() {
    let (mesh, lax) = with_floors("{unit: percent, mustBeLessOrEqualTo: 40}");
    let said = [
        "shop/orders",
        "policy `email-known`",
        "floor `people-are-known` allows on column `email`",
        "found failing rows ≤ 40 %",
        "allowed is failing rows ≤ 1 %",
    ];
    mesh.publish_product("orders", CONTRACT, &lax).refused(4, &said);
    publish_unseen(&mesh, &lax);
    for command in ["plan", "run"] {
        mesh.run(&[command, "shop/orders"]).refused(4, &said);
    }
    assert!(!mesh.path("output").exists());
}

#[test]
fn a_domain_may_be_stricter_than_a_floor() {
    let (mesh, strict) = with_floors("{mustBe: 0}");
    mesh.publish_product("orders", CONTRACT, &strict).good();
    let explained = mesh.run(&["plan", "shop/orders", "--explain"]).good().out;
    let held = "held to floor `people-are-known` on column `email`";
    assert!(explained.contains(held), "{explained}");
    // One of the three rows has no address, and none may.
    mesh.run(&["run", "shop/orders"]).refused(3, &[]);
}

#[test]
fn more_faults_than_a_floor_allows_are_not_signed() {
    let (mesh, strict) = with_floors("{mustBe: 0}");
    let faults = "settings: {method: email}\n    on_fault: quarantine\n    max_fault_rows: 6";
    let lax = strict.replace("settings: {method: email}", faults);
    let said = ["policy `mask-email`", "`max_fault_rows: 6`", "at most `max_fault_rows: 5`"];
    mesh.publish_product("orders", CONTRACT, &lax).refused(4, &said);
    mesh.publish_product("orders", CONTRACT, &lax.replace("rows: 6", "rows: 5")).good();
}

#[test]
fn a_contract_that_names_another_domain_or_product_is_not_used() {
    let mesh = Mesh::ready();
    for (stated, said) in [
        ("domain: governance", "states `domain: governance`"),
        ("dataProduct: governance/orders", "states `dataProduct: governance/orders`"),
    ] {
        let others = CONTRACT.replace("status: active", &format!("status: active\n{stated}"));
        mesh.publish_product("orders", &others, BINDINGS).refused(4, &["shop/orders", said]);
        publish_with(&mesh, |change| {
            change.contract("shop/orders".parse().unwrap(), others.as_bytes());
        });
        mesh.run(&["plan", "shop/orders"]).refused(4, &["shop/orders", said]);
    }
    // Free text names nothing of the mesh.
    let free = CONTRACT.replace("status: active", "status: active\ndomain: Sales & Service");
    mesh.publish_product("orders", &free, BINDINGS).good();
    mesh.run(&["plan", "shop/orders"]).good();
}

#[test]
fn bindings_reach_no_file_outside_the_data_folder() {
    let mesh = Mesh::ready();
    let output = "location: ../output/governance/people/current/people.parquet";
    let out = BINDINGS.replace("location: orders.csv", output);
    let said = ["/input/location", "leads out of the mesh's data folder"];
    mesh.publish_product("orders", CONTRACT, &out).refused(1, &said);
    publish_unseen(&mesh, &out);
    mesh.run(&["run", "shop/orders"]).refused(4, &said);
}

#[test]
fn a_domain_speaks_of_no_product_but_its_own() {
    let mesh = Mesh::ready();
    let others = BINDINGS.replace("shop/orders", "governance/orders");
    let said = ["bindings.yaml is of product shop/orders and speaks of governance/orders"];
    mesh.publish_product("orders", CONTRACT, &others).refused(4, &said);
    publish_unseen(&mesh, &others);
    mesh.run(&["plan", "shop/orders"]).refused(4, &said);
    let folder = "products/orders";
    let keys = ["--key", "keys/governance.pem", "--key", "keys/online.pem"];
    mesh.write("products/orders/bindings.yaml", BINDINGS);
    mesh.run(&[&["submit", "governance", "--product", folder][..], &keys].concat())
        .refused(4, &["is of product governance/orders and speaks of shop/orders"]);
}

/// Publishes bindings as a domain could with tools of its own, which check nothing.
fn publish_unseen(mesh: &Mesh, bindings: &str) {
    publish_with(mesh, |change| {
        change.bindings("shop/orders".parse().unwrap(), bindings.as_bytes());
    });
}

fn publish_with(mesh: &Mesh, state: impl FnOnce(&mut Change)) {
    let root = fs::read(mesh.path("root.json")).unwrap();
    let keys = ["shop", "online"]
        .map(|holder| SigningKey::load(mesh.path(&format!("keys/{holder}.pem"))).unwrap());
    let keys: Vec<&SigningKey> = keys.iter().collect();
    let publisher = Publisher::open(mesh.path("repository"), &root).unwrap();
    let mut change = Change::new();
    state(&mut change);
    publisher.commit(&change, &keys, Timestamp::now()).unwrap();
}

#[test]
fn a_module_that_nobody_approved_does_not_run() {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["mask", "range"]).good();
    let approvals = "approvals:\n  - {module: governance/range@0.1.0}\n";
    mesh.approve(approvals, FRAMEWORK).good();
    mesh.publish_product("orders", CONTRACT, BINDINGS).good();
    mesh.run(&["run", "shop/orders"]).refused(4, &["governance/mask@0.1.0", "approve"]);
}

#[test]
fn a_revoked_module_does_not_run() {
    let mesh = Mesh::ready();
    mesh.run(&["run", "shop/orders"]).good();
    mesh.central(&["revoke", "governance/mask@0.1.0", "--reason", "shows too much"]).good();
    mesh.run(&["run", "shop/orders"]).refused(4, &["governance/mask@0.1.0", "shows too much"]);
}

/// The stored target of that ending.
fn target(mesh: &Mesh, ending: &str) -> PathBuf {
    fn walk(folder: &Path, ending: &str) -> Option<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find_map(|path| {
            if path.is_dir() {
                walk(&path, ending)
            } else {
                path.to_string_lossy().ends_with(ending).then_some(path)
            }
        })
    }
    walk(&mesh.path("repository/targets"), ending).unwrap()
}

#[test]
fn a_tampered_module_does_not_run() {
    let mesh = Mesh::ready();
    let file = fs::read_dir(mesh.path("repository/targets/domains/governance/modules/mask"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with(".wasm"))
        .unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    mesh.run(&["run", "shop/orders"]).refused(4, &["mask", "sha256"]);
    assert!(!mesh.path("output").exists());
}

#[test]
fn tampered_bindings_are_not_followed() {
    let mesh = Mesh::ready();
    let file = target(&mesh, "bindings.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("method: email", "method: 'nul'")).unwrap();
    mesh.run(&["run", "shop/orders"]).refused(4, &["bindings.yaml"]);
}

#[test]
fn a_domain_cannot_publish_with_anothers_key() {
    let mesh = Mesh::ready();
    let words = ["submit", "shop", "--product", "products/orders"];
    let keys = ["--key", "keys/governance.pem", "--key", "keys/online.pem"];
    let publish = || mesh.run(&[words, keys].concat());
    publish().good(); // The same again: nothing to sign.
    let other = BINDINGS.replace("min: 0", "min: -100");
    mesh.write("products/orders/bindings.yaml", &other);
    publish().refused(4, &["shop"]);
}

#[test]
fn one_of_two_central_keys_approves_nothing() {
    let mesh = Mesh::ready();
    mesh.central(&["revoke", "governance/mask@0.1.0", "--reason", "leaks"]).good();
    mesh.write("approvals.yaml", &APPROVALS.replace("[customer]", "[customer, other]"));
    let keys = ["--key", "keys/central-1.pem", "--key", "keys/online.pem"];
    let said = mesh.run(&[&["approve", "approvals.yaml"][..], &keys].concat()).good().out;
    assert!(said.contains("not in force yet") && said.contains("1 of 2"), "{said}");
    let audit = mesh.run(&["commit", "pending/targets-6", "--key", "keys/online.pem"]);
    audit.refused(4, &["targets", "must be signed by 2 of its keys and 1 of them"]);
}

#[test]
fn an_expired_approval_or_repository_is_refused() {
    let mesh = Mesh::ready();
    let now = Timestamp::now();
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let root = fs::read(mesh.path("root.json")).unwrap();
    let keys = ["central-1", "central-2", "online", "governance", "shop"]
        .map(|holder| SigningKey::load(mesh.path(&format!("keys/{holder}.pem"))).unwrap());
    let keys: Vec<&SigningKey> = keys.iter().collect();

    // Metadata that lives for long, and an approval of mask that does not.
    let lifetimes = Lifetimes { snapshot: days(30), timestamp: days(30), ..Lifetimes::default() };
    let publisher =
        Publisher::open(mesh.path("repository"), &root).unwrap().with_lifetimes(lifetimes);
    let name = "governance/mask@0.1.0".parse().unwrap();
    let repository = Repository::open(mesh.path("repository"), &root, now).unwrap();
    let mask = repository.module(&name).unwrap();
    let mut approval = Approval::new(name, *mask.digest(), now + days(2));
    approval.grants = mask.grants().clone();
    let mut change = Change::new();
    change.approve(approval);
    publisher.commit(&change, &keys, now).unwrap();

    let plan = |at: Timestamp| {
        let file = MeshFile::read(&mesh.path("mesh.yaml")).unwrap();
        let product = "shop/orders".parse().unwrap();
        Pipeline::open(file, at).and_then(|pipeline| pipeline.plan(&product))
    };
    plan(now + days(1)).unwrap();
    let error = plan(now + days(3)).unwrap_err().to_string();
    assert!(error.contains("governance/mask@0.1.0") && error.contains("expired"), "{error}");
    let error = plan(now + days(31)).unwrap_err().to_string();
    assert!(error.contains("timestamp") && error.contains("expired"), "{error}");
}

#[test]
fn the_plan_explains_itself() {
    let mesh = Mesh::ready();
    let plan = mesh.run(&["plan", "shop/orders"]).good().out;
    assert!(plan.contains("mask-email") && plan.contains("governance/mask@0.1.0"), "{plan}");
    let explained = mesh.run(&["plan", "shop/orders", "--explain"]).good().out;
    assert!(
        explained.contains("meets obligation `pii-is-masked` on column `email`"),
        "{explained}"
    );
    let json = mesh.run(&["plan", "shop/orders", "--json"]).good().out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["steps"][1]["id"], "mask-email");
}

#[test]
fn a_product_that_is_not_there_is_named() {
    let mesh = Mesh::ready();
    mesh.run(&["plan", "shop/nothing"]).refused(4, &["shop/products/nothing", "not published"]);
    mesh.run(&["plan", "nobody/orders"]).refused(4, &["nobody"]);
    mesh.run(&["plan", "orders"]).refused(2, &["domain/product"]);
}
