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
    let root = fs::read(mesh.path("root.json")).unwrap();
    let keys = ["shop", "online"]
        .map(|holder| SigningKey::load(mesh.path(&format!("keys/{holder}.pem"))).unwrap());
    let keys: Vec<&SigningKey> = keys.iter().collect();
    let publisher = Publisher::open(mesh.path("repository"), &root).unwrap();
    let mut change = Change::new();
    change.bindings("shop/orders".parse().unwrap(), bindings.as_bytes());
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
