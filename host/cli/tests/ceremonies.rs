//! The ceremonies of governance, as their people type them: signers on machines of their
//! own, one after another.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::Path;

use support::{APPROVALS, BINDINGS, CONTRACT, Ended, FRAMEWORK, Mesh};

const ONLINE: [&str; 2] = ["--key", "keys/online.pem"];

impl Mesh {
    /// A signer's machine: the root of trust and a key, no repository.
    fn machine(&self, holder: &str) -> Machine {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(self.path("root.json"), folder.path().join("root.json")).unwrap();
        let key = self.path(&format!("keys/{holder}.pem"));
        fs::copy(key, folder.path().join("own.pem")).unwrap();
        Machine { folder }
    }

    fn refresh(&self) -> Ended {
        self.run(&[&["refresh"][..], &ONLINE].concat())
    }

    fn public(&self, key: &str) -> String {
        self.run(&["key", "public", key]).good().out.trim().to_owned()
    }

    fn prepare_approval(&self) -> Ended {
        self.write("approvals.yaml", APPROVALS);
        self.write("framework.yaml", FRAMEWORK);
        self.run(&["approve", "approvals.yaml", "--framework", "framework.yaml"])
    }
}

struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    /// Carries a pending change here, signs it, and carries it back.
    fn sign(&self, pending: &Path, more: &[&str]) -> Ended {
        let here = self.folder.path().join("pending");
        let _ = fs::remove_dir_all(&here);
        copy(pending, &here);
        let mut command = std::process::Command::new(support::BAILIWICK);
        command.current_dir(&self.folder).args(["sign", "pending", "--key", "own.pem"]);
        let words = ["--root", "root.json", "--yes"];
        let ended: Ended = command.args(words).args(more).output().unwrap().into();
        fs::remove_dir_all(pending).unwrap();
        copy(&here, pending);
        ended
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[track_caller]
fn says(ended: &Ended, words: &[&str]) {
    for words in words {
        assert!(ended.out.contains(words), "expected {words:?} in:\n{}", ended.out);
    }
}

#[test]
fn central_signers_approve_one_after_another_on_their_own_machines() {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["mask", "range", "completeness", "derive"]).good();
    let prepared = mesh.prepare_approval().good();
    says(&prepared, &["not in force yet", "pending/targets-4", "0 of 2 signatures"]);
    let pending = mesh.path("pending/targets-4");
    let commit = || mesh.run(&[&["commit", "pending/targets-4"][..], &ONLINE].concat());

    // A signer sees what the bytes say, grants and rules included.
    let first = mesh.machine("central-1").sign(&pending, &[]).good();
    let grants = ["adds the framework", "approves governance/mask@0.1.0", "pii-is-masked"];
    says(&first, &grants);
    says(&first, &["\"grants\"", "1 of 2 signatures", "each signer runs"]);
    commit().refused(4, &["`targets` must be signed by 2 of its keys and 1 of them"]);
    // The same key twice is one signature, another domain's none.
    let again = mesh.machine("central-1").sign(&pending, &[]).good();
    says(&again, &["had signed targets before", "1 of 2 signatures"]);
    mesh.machine("shop").sign(&pending, &[]).refused(4, &["signs nothing of this change"]);
    // Not what was reviewed.
    let other = ["--digest", &"0".repeat(64)];
    mesh.machine("central-2").sign(&pending, &other).refused(1, &["has digest 000"]);

    let second = mesh.machine("central-2").sign(&pending, &[]).good();
    says(&second, &["2 of 2 signatures", "bailiwick commit"]);
    let online = mesh.run(&["commit", "pending/targets-4"]);
    online.refused(4, &["`snapshot` must be signed by 1 of its keys and 0 of them"]);
    says(&commit().good(), &["adds the framework"]);
    assert!(!pending.exists());
    commit().refused(1, &["bailiwick status", "bailiwick audit"]);
    let status = mesh.run(&["status"]).good();
    says(&status, &["governance/mask@0.1.0", "approved until"]);
    // The whole ceremony again changes nothing.
    says(&mesh.prepare_approval().good(), &["nothing changes"]);
}

#[test]
fn a_ceremony_that_was_interrupted_goes_on_where_it_was() {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["mask", "range", "completeness", "derive"]).good();
    mesh.prepare_approval().good();
    let approve = |key: &str| {
        let words = ["approve", "approvals.yaml", "--framework", "framework.yaml", "--key", key];
        mesh.run(&words)
    };
    // The command again, with a key each: the signatures add up.
    says(&approve("keys/central-1.pem").good(), &["1 of 2 signatures"]);
    says(&approve("keys/central-1.pem").good(), &["1 of 2 signatures"]);
    says(&approve("keys/central-2.pem").good(), &["2 of 2 signatures", "online key"]);
    // Another change does not take the place of the one that waits.
    mesh.write("framework.yaml", &FRAMEWORK.replace("Says who", "Tells who"));
    approve("keys/central-1.pem").refused(1, &["pending/targets-4 holds another change"]);
    mesh.write("framework.yaml", FRAMEWORK);
    let words = ["approve", "approvals.yaml", "--framework", "framework.yaml"];
    let done = mesh.run(&[&words[..], &ONLINE].concat()).good();
    says(&done, &["approved governance/mask@0.1.0"]);
    assert!(!mesh.path("pending/targets-4").exists());
}

#[test]
fn a_change_that_waited_too_long_is_stale() {
    let mesh = Mesh::ready();
    mesh.write("approvals.yaml", &APPROVALS.replace("[customer]", "[other]"));
    let approve = ["approve", "approvals.yaml", "--key", "keys/central-1.pem"];
    mesh.run(&approve).good();
    copy(&mesh.path("pending/targets-5"), &mesh.path("carried"));
    fs::remove_dir_all(mesh.path("pending")).unwrap();
    mesh.central(&["revoke", "governance/derive@0.1.0", "--reason", "unused"]).good();
    let said = ["version 5 of `targets`", "at version 5 with other content", "prepare"];
    let words = ["sign", "carried", "--yes", "--key", "keys/central-2.pem"];
    mesh.run(&words).refused(4, &said);
    // On a machine without the repository it is signed, and still not published.
    mesh.machine("central-2").sign(&mesh.path("carried"), &[]).good();
    mesh.run(&[&["commit", "carried"][..], &ONLINE].concat()).refused(4, &said);
}

#[test]
fn a_repository_begins_with_public_keys_alone() {
    let mesh = Mesh::bare();
    for made in ["repository", "pending"] {
        let _ = fs::remove_dir_all(mesh.path(made));
    }
    fs::remove_file(mesh.path("root.json")).unwrap();
    let (first, second) = (mesh.public("keys/central-1.pem"), mesh.public("keys/central-2.pem"));
    mesh.write("second.pub", &format!("{second} of the second signer\n"));
    let init = |central_1: &str, more: &[&str]| {
        let words = ["init", "--threshold", "2", "--central-key", central_1];
        let rest = ["--central-key", "second.pub", "--online-key", "keys/online.pem"];
        mesh.run(&[&words[..], &rest, more].concat())
    };
    says(&init(&first, &[]).good(), &["pending/root-1", "root 1: 0 of 2", "targets 1: 0 of 2"]);
    assert!(!mesh.path("root.json").exists());
    says(&init("keys/central-1.pem", &[]).good(), &["root 1: 1 of 2"]);
    let sign = ["sign", "pending/root-1", "--yes", "--key", "keys/central-2.pem"];
    says(&mesh.run(&sign).good(), &["NEW repository", "root 1: 2 of 2", "online key"]);
    let commit = [&["commit", "pending/root-1"][..], &ONLINE].concat();
    says(&mesh.run(&commit).good(), &["root.json"]);
    mesh.run(&["status"]).good();
    // Again, and after an interruption before the root of trust was written.
    fs::remove_file(mesh.path("root.json")).unwrap();
    says(&init(&first, &[]).good(), &["nothing changes"]);
    mesh.run(&["status"]).good();
    let others = init(&mesh.public("keys/shop.pem"), &[]);
    others.refused(4, &["already holds a repository"]);
}

#[test]
fn a_domain_submits_without_the_online_key() {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["mask", "range", "completeness", "derive"]).good();
    mesh.approve(APPROVALS, FRAMEWORK).good();
    mesh.write("data/orders.csv", support::ORDERS);
    mesh.write("products/orders/contract.yaml", CONTRACT);
    mesh.write("products/orders/bindings.yaml", BINDINGS);
    let submit = || {
        let words = ["submit", "shop", "--product", "products/orders", "--key", "keys/shop.pem"];
        mesh.run(&words)
    };
    says(&submit().good(), &["product shop/orders", "bailiwick refresh"]);
    says(&submit().good(), &["nothing changes"]);
    mesh.run(&["run", "shop/orders"]).refused(4, &["shop"]);
    says(&mesh.refresh().good(), &["domain shop: version 1 is in force, before nothing"]);
    mesh.run(&["run", "shop/orders"]).good();
    let again = mesh.refresh().good();
    assert!(!again.out.contains("domain shop"), "{}", again.out);
    mesh.run(&["refresh", "--key", "keys/shop.pem"]).refused(4, &["`snapshot` must be signed"]);
}

#[test]
fn two_of_a_domains_signers_submit_one_after_another() {
    let mesh = Mesh::bare();
    mesh.run(&["key", "generate", "--unencrypted", "keys/second.pem"]).good();
    let keys = ["--to", "keys/shop.pem", "--to", "keys/second.pem", "--threshold", "2"];
    let rotated = mesh.central(&[&["rotate", "domain", "shop"][..], &keys].concat()).good();
    says(&rotated, &["rotated domain shop: 2 of 2"]);
    mesh.write("products/orders/contract.yaml", CONTRACT);
    mesh.write("products/orders/bindings.yaml", BINDINGS);
    let words = ["submit", "shop", "--product", "products/orders", "--key", "keys/shop.pem"];
    says(&mesh.run(&words).good(), &["pending/shop-1", "1 of 2 signatures"]);
    let sign = ["sign", "pending/shop-1", "--yes", "--key", "keys/second.pem"];
    says(&mesh.run(&sign).good(), &["2 of 2 signatures", "bailiwick commit"]);
    says(&mesh.run(&["commit", "pending/shop-1"]).good(), &["submitted"]);
    says(&mesh.refresh().good(), &["domain shop: version 1"]);
}

#[test]
fn a_domains_signers_are_named_once() {
    let mesh = Mesh::bare();
    let onboard = |key: &str| mesh.central(&["onboard", "shop", "--domain-key", key]);
    says(&onboard("keys/shop.pem").good(), &["nothing changes"]);
    onboard("keys/governance.pem").refused(1, &["other keys", "bailiwick rotate domain shop"]);
    let unknown = ["rotate", "domain", "nobody", "--to", "keys/shop.pem"];
    mesh.central(&unknown).refused(1, &["bailiwick onboard nobody"]);
}

#[test]
fn every_role_is_rotated_and_pipelines_follow() {
    let mesh = Mesh::ready();
    for holder in ["central-3", "root-1", "root-2", "online-2", "shop-2"] {
        let file = format!("keys/{holder}.pem");
        mesh.run(&["key", "generate", "--unencrypted", &file]).good();
    }
    let run = || mesh.run(&["run", "shop/orders"]).good();
    run();
    let root = ["rotate", "root", "--to", "keys/root-1.pem", "--to", "keys/root-2.pem"];
    says(&mesh.central(&[&root[..], &["--threshold", "2"]].concat()).good(), &["rotated root"]);
    run();
    // Central governance alone does not say any more who signs.
    let targets = ["rotate", "targets", "--to", "keys/central-3.pem"];
    let waits = mesh.central(&targets).good();
    says(&waits, &["pending/root-3", "root 3: 0 of 2", "targets 5: 2 of 2", "targets 5: 1 of 1"]);
    let roots = ["--key", "keys/root-1.pem", "--key", "keys/root-2.pem"];
    says(&mesh.run(&[&targets[..], &roots, &ONLINE].concat()).good(), &["rotated targets"]);
    run();
    let online = ["rotate", "online", "--to", "keys/online-2.pem"];
    // The former online key signs too, unless it is lost.
    says(&mesh.run(&[&online[..], &roots].concat()).good(), &["pending/root-4", "root 4: 2 of 2"]);
    let commit = ["commit", "pending/root-4", "--key", "keys/online-2.pem"];
    mesh.run(&commit).refused(4, &["the former one must sign once more"]);
    says(&mesh.run(&[&online[..], &roots, &ONLINE].concat()).good(), &["rotated snapshot"]);
    run();
    mesh.refresh().refused(4, &["snapshot"]);
    mesh.run(&["refresh", "--key", "keys/online-2.pem"]).good();
    let shop = ["rotate", "domain", "shop", "--to", "keys/shop-2.pem"];
    let keys = ["--key", "keys/central-3.pem", "--key", "keys/online-2.pem"];
    says(&mesh.run(&[&shop[..], &keys].concat()).good(), &["rotated domain shop"]);
    run();
    mesh.write("products/orders/contract.yaml", &CONTRACT.replace("1.0.0", "1.1.0"));
    let submit = ["submit", "shop", "--product", "products/orders"];
    mesh.run(&[&submit[..], &["--key", "keys/shop.pem"]].concat())
        .refused(4, &["signs nothing of this change"]);
    mesh.run(&[&submit[..], &["--key", "keys/shop-2.pem"]].concat()).good();
    // Again: it is so already.
    says(&mesh.run(&[&online[..], &keys].concat()).good(), &["nothing changes"]);
}

#[test]
fn keys_are_encrypted_unless_told_otherwise() {
    let mesh = Mesh::bare();
    mesh.write("passphrase", "correct horse\n");
    mesh.write("wrong", "battery staple\n");
    let stored = |file: &'static str| ["--passphrase-file", file];
    let key = |words: &[&str], more: &[&str]| mesh.run(&[&["key"], words, more].concat());
    let made = key(&["generate", "keys/secret.pem"], &stored("passphrase")).good();
    let public = made.out.lines().nth(1).unwrap().strip_prefix("public key  ").unwrap().to_owned();
    let text = fs::read_to_string(mesh.path("keys/secret.pem")).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{text}");
    let shown = key(&["public", "keys/secret.pem"], &stored("passphrase")).good();
    assert_eq!(shown.out.trim(), public);
    let id = key(&["public", "--id", "keys/secret.pem"], &stored("passphrase")).good().out;
    says(&made, &["file        keys/secret.pem", &format!("key id      {}", id.trim())]);
    let mut variable = mesh.command(&["key", "public", "keys/secret.pem"]);
    let shown: Ended =
        variable.env("BAILIWICK_PASSPHRASE", "correct horse").output().unwrap().into();
    assert_eq!(shown.good().out.trim(), public);

    key(&["public", "keys/secret.pem"], &stored("wrong"))
        .refused(1, &["keys/secret.pem", "the passphrase does not open the key file"]);
    let mut asked = mesh.command(&["key", "public", "keys/secret.pem"]);
    let asked: Ended = asked.stdin(std::process::Stdio::null()).output().unwrap().into();
    asked.refused(1, &["keys/secret.pem needs a passphrase", "--passphrase-file"]);
    key(&["generate", "keys/secret.pem"], &stored("passphrase"))
        .refused(1, &["already exists", "never overwritten"]);
    mesh.write("short", "abc\n");
    key(&["generate", "keys/other.pem"], &stored("short")).refused(1, &["too short"]);
    assert!(!mesh.path("keys/other.pem").exists());

    // One that is there already, and one that signs.
    key(&["import", "keys/shop.pem", "keys/shop-encrypted.pem"], &stored("passphrase")).good();
    let submit = ["submit", "shop", "--product", "products/orders"];
    mesh.write("products/orders/contract.yaml", CONTRACT);
    mesh.write("products/orders/bindings.yaml", BINDINGS);
    let keys = ["--key", "keys/shop-encrypted.pem"];
    mesh.run(&[&submit[..], &keys, &stored("wrong")].concat()).refused(1, &["does not open"]);
    let said = mesh.run(&[&submit[..], &keys, &stored("passphrase")].concat()).good();
    says(&said, &["submitted"]);
}

#[test]
fn status_says_who_must_act() {
    let mesh = Mesh::bare();
    mesh.publish_modules("governance", &["mask"]).good();
    mesh.prepare_approval().refused(1, &["no domain publishes governance/range@0.1.0"]);
    mesh.write("approvals.yaml", "approvals:\n  - {module: governance/mask@0.1.0}\n");
    mesh.run(&["approve", "approvals.yaml", "--key", "keys/central-1.pem"]).good();
    mesh.write("products/orders/contract.yaml", CONTRACT);
    mesh.write("products/orders/bindings.yaml", BINDINGS);
    let words = ["submit", "shop", "--product", "products/orders", "--key", "keys/shop.pem"];
    mesh.run(&words).good();
    let status = mesh.run(&["status"]).good();
    says(
        &status,
        &[
            "targets 4: 1 of 2 signatures",
            "its signers: sign",
            "not approved",
            "central governance: approve, after `bailiwick review MODULE`: governance/mask@0.1.0",
            "domain shop submitted version 1; run `bailiwick refresh`",
        ],
    );
    mesh.run(&["sign", "pending/targets-4", "--yes", "--key", "keys/central-2.pem"]).good();
    mesh.run(&[&["commit", "pending/targets-4"][..], &ONLINE].concat()).good();
    mesh.refresh().good();
    let status = mesh.run(&["status"]).good();
    assert!(status.out.ends_with("to do\n  nothing\n"), "{}", status.out);
}

#[test]
fn the_audit_tells_what_was_done() {
    let mesh = Mesh::ready();
    mesh.central(&["revoke", "governance/derive@0.1.0", "--reason", "unused"]).good();
    let audit = mesh.run(&["audit"]).good();
    says(
        &audit,
        &[
            "root 1  prepared",
            "as its signers state",
            "targets 5",
            "in force from snapshot",
            "replaces the list of what is revoked",
            "approves governance/mask@0.1.0, sha256",
            "adds the contract of product shop/orders",
            "domain shop: 1 of 1 keys sign",
        ],
    );
    let json = mesh.run(&["audit", "--json"]).good().out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["gaps"], serde_json::json!([]));
    assert_eq!(json["events"].as_array().unwrap().last().unwrap()["version"], 5);
}

#[test]
fn what_expires_is_renewed_by_its_own_signers() {
    let mesh = Mesh::ready();
    let renewed = mesh.central(&["renew", "targets"]).good();
    says(&renewed, &["renewed targets"]);
    says(&mesh.central(&["renew", "root"]).good(), &["renewed root"]);
    let words = ["renew", "domain", "shop", "--key", "keys/shop.pem"];
    says(&mesh.run(&words).good(), &["renewed domain shop", "bailiwick refresh"]);
    says(&mesh.refresh().good(), &["domain shop: version 2"]);
    mesh.run(&["run", "shop/orders"]).good();
}
