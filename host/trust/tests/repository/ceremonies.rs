//! Changes that go from signer to signer.

use std::path::PathBuf;

use bailiwick_trust::*;
use tempfile::TempDir;

use crate::crafted::put;
use crate::mesh::{MASK, Mesh, approval, component, hours, key, module, start};

/// A folder for pending changes.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

impl Mesh {
    fn prepare(&self, change: &Change) -> Pending {
        self.publisher.prepare(change, start()).unwrap()
    }

    fn publish(&self, pending: &Pending) -> Result<Published, PublishError> {
        self.publisher.publish(pending, &[&self.online], start())
    }

    /// Opens a pending change as somebody who has nothing but the root of trust.
    fn carried(&self, folder: &PathBuf) -> Pending {
        Pending::open(folder, Some(self.publisher.trusted_root())).unwrap()
    }
}

fn framework() -> Change {
    let mut change = Change::new();
    change.framework(*b"labels: [pii, restricted]\n");
    change
}

#[test]
fn signers_sign_one_after_another_on_machines_of_their_own() {
    let (mesh, desk) = (Mesh::new(), Desk::new());
    let folder = desk.at("targets-3");
    let mut change = framework();
    change.module(module("sales/mask@1.1.0"), component("new"));
    let prepared = mesh.prepare(&change);
    assert_eq!(prepared.name(), "targets-3");
    prepared.save(&folder).unwrap();

    for signer in [&mesh.central[0], &mesh.sales, &mesh.central[2]] {
        let mut pending = mesh.carried(&folder);
        assert!(!pending.is_complete().unwrap());
        assert!(matches!(mesh.publish(&pending), Err(PublishError::MissingKeys { .. })));
        assert!(pending.sign(signer).unwrap().added);
        pending.update(&folder).unwrap();
    }
    let pending = mesh.carried(&folder);
    let published = mesh.publish(&pending).unwrap();
    assert_eq!((published.versions.targets, published.before), (3, false));
    let repository = mesh.open().unwrap();
    assert_eq!(**repository.framework().unwrap().bytes(), *b"labels: [pii, restricted]\n");
    assert_eq!(repository.modules().found.len(), 3);
    // Again: nothing is written.
    let again = mesh.publish(&pending).unwrap();
    assert_eq!(again, Published { before: true, ..published });
}

#[test]
fn a_signer_sees_what_the_bytes_say() {
    let (mesh, desk) = (Mesh::new(), Desk::new());
    let folder = desk.at("change");
    let mut change = framework();
    change.onboard("ops".parse().unwrap(), Signers::one(key().public()));
    change.deny(ModuleDigest::of(b"x"), "leaks");
    mesh.prepare(&change).save(&folder).unwrap();
    let pending = mesh.carried(&folder);
    let (versions, expires) = pending.stands_on().unwrap();
    assert_eq!((versions.targets, expires), (2, start() + hours(24)));
    let [change] = pending.changes().unwrap().try_into().unwrap();
    let lines = change.differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let hidden = |text: &str| {
        let hex = |word: &str| word.len() >= 12 && word.bytes().all(|b| b.is_ascii_hexdigit());
        let words =
            text.split(' ').map(|word| if hex(word.trim_matches(',')) { "…" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    let lines = lines.lines().map(hidden).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(lines, @r"
    replaces the list of what is revoked: sha256 … before …
    replaces the framework: sha256 … before …
    domain ops: 1 of 1 keys sign: …
    ");
    assert_eq!(change.signatures[0].missing(), 2);
    let documents = pending.documents().unwrap();
    let framework = documents.iter().find(|document| document.path == "framework.yaml").unwrap();
    assert_eq!(*framework.bytes, *b"labels: [pii, restricted]\n");
    assert_eq!(framework.former.as_deref(), Some(&b"labels: [pii]\n"[..]));
}

#[test]
fn the_same_key_twice_is_one_signature() {
    let (mesh, desk) = (Mesh::new(), Desk::new());
    let folder = desk.at("change");
    mesh.prepare(&framework()).save(&folder).unwrap();
    for added in [true, false, false] {
        let mut pending = mesh.carried(&folder);
        let signing = pending.sign(&mesh.central[0]).unwrap();
        assert_eq!(signing, Signing { roles: vec!["targets".to_owned()], added });
        pending.update(&folder).unwrap();
    }
    let pending = mesh.carried(&folder);
    assert_eq!(pending.changes().unwrap()[0].signatures[0].signed.len(), 1);
    match mesh.publish(&pending).unwrap_err() {
        PublishError::MissingKeys { role, threshold: 2, given: 1, .. } => {
            assert_eq!(role, "targets");
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_key_that_is_nobodys_here_signs_nothing() {
    let mesh = Mesh::new();
    let mut pending = mesh.prepare(&framework());
    for stranger in [&mesh.sales, &mesh.online, &key()] {
        let error = pending.sign(stranger).unwrap_err();
        assert!(matches!(error, PublishError::NotASigner { .. }), "{error}");
        assert!(error.to_string().contains(&mesh.central[0].public().id()), "{error}");
    }
}

#[test]
fn a_change_is_stale_once_the_repository_moved_on() {
    let mesh = Mesh::new();
    let mut pending = mesh.prepare(&framework());
    for signer in &mesh.central[..2] {
        pending.sign(signer).unwrap();
    }
    let mut other = Change::new();
    other.framework(*b"labels: [other]\n");
    mesh.commit(&other);
    let error = mesh.publish(&pending).unwrap_err();
    insta::assert_snapshot!(error, @"the pending change makes version 3 of `targets`, and the repository is at version 3 with other content; prepare the change again on top of what is there");
    assert_eq!(**mesh.open().unwrap().framework().unwrap().bytes(), *b"labels: [other]\n");
}

#[test]
fn copies_that_were_signed_apart_are_put_together() {
    let (mesh, desk) = (Mesh::new(), Desk::new());
    let prepared = mesh.prepare(&framework());
    for (name, signer) in [("a", &mesh.central[0]), ("b", &mesh.central[1])] {
        prepared.save(desk.at(name)).unwrap();
        let mut copy = mesh.carried(&desk.at(name));
        copy.sign(signer).unwrap();
        copy.update(desk.at(name)).unwrap();
    }
    let mut together = mesh.carried(&desk.at("a"));
    together.take(&mesh.carried(&desk.at("b")));
    assert!(!mesh.publish(&together).unwrap().before);
}

#[test]
fn what_was_changed_on_the_way_is_refused() {
    let (mesh, desk) = (Mesh::new(), Desk::new());
    let mut change = framework();
    change.module(module("sales/mask@1.1.0"), component("new"));
    let prepared = mesh.prepare(&change);
    let open = |folder: &PathBuf| Pending::open(folder, Some(mesh.publisher.trusted_root()));
    let expect = |name: &str, spoil: &dyn Fn(&PathBuf), said: &str| {
        let folder = desk.at(name);
        prepared.save(&folder).unwrap();
        open(&folder).unwrap();
        spoil(&folder);
        let error = open(&folder).unwrap_err().to_string();
        assert!(error.contains(said), "{name}: {error}");
    };
    let edit = |file: PathBuf, from: &str, to: &str| {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        put(&file, text.replace(from, to).as_bytes());
    };
    let sales = "metadata/2.sales.json";
    expect(
        "base",
        &|folder| {
            edit(folder.join("base/metadata/2.targets.json"), "framework.yaml", "framework.yml");
        },
        "not the file that the snapshot describes",
    );
    expect(
        "version",
        &|folder| edit(folder.join(sales), "\"version\": 2", "\"version\": 7"),
        "version 7",
    );
    expect(
        "length",
        &|folder| edit(folder.join(sales), "\"length\": 2", "\"length\": 3"),
        "length",
    );
    expect("name", &|folder| put(&folder.join("metadata/1.snapshot.json"), b"{}"), "no role");
    expect(
        "empty",
        &|folder| std::fs::remove_dir_all(folder.join("metadata")).unwrap(),
        "metadata",
    );
    expect(
        "target",
        &|folder| {
            std::fs::remove_dir_all(folder.join("targets/domains")).unwrap();
        },
        "cannot be read",
    );

    // What is signed is the bytes: a change after signing undoes the signature.
    let folder = desk.at("after");
    let mut pending = mesh.prepare(&framework());
    pending.sign(&mesh.central[0]).unwrap();
    pending.sign(&mesh.central[1]).unwrap();
    pending.save(&folder).unwrap();
    edit(folder.join("metadata/3.targets.json"), "\"expires\": \"2026", "\"expires\": \"2036");
    let error = mesh.publish(&open(&folder).unwrap()).unwrap_err();
    assert!(matches!(error, PublishError::MissingKeys { given: 0, .. }), "{error}");
}

#[test]
fn a_folder_that_holds_another_change_by_now_takes_no_signature() {
    let (mesh, desk) = (Mesh::new(), Desk::new());
    let folder = desk.at("targets-3");
    mesh.prepare(&framework()).save(&folder).unwrap();
    let mut reviewed = mesh.carried(&folder);
    reviewed.sign(&mesh.central[0]).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    mesh.prepare(Change::new().framework(*b"labels: [other]\n")).save(&folder).unwrap();
    let error = reviewed.update(&folder).unwrap_err().to_string();
    assert!(error.contains("another change by now"), "{error}");
    let there = mesh.carried(&folder).changes().unwrap();
    assert!(there[0].signatures[0].signed.is_empty());
    // And no folder is written over.
    assert!(matches!(mesh.prepare(&framework()).save(&folder), Err(PublishError::Io { .. })));
}

#[test]
fn a_pending_change_of_another_repository_is_not_opened() {
    let (mesh, other, desk) = (Mesh::new(), Mesh::new(), Desk::new());
    mesh.prepare(&framework()).save(desk.at("change")).unwrap();
    let error = Pending::open(desk.at("change"), Some(other.publisher.trusted_root()));
    assert!(matches!(error, Err(PublishError::Trust(_))));
    let error = Pending::open(desk.at("change"), None);
    assert!(matches!(error, Err(PublishError::NotPending { .. })));
}

#[test]
fn a_repository_begins_with_signers_who_are_not_there() {
    let (desk, folder) = (Desk::new(), tempfile::tempdir().unwrap());
    let (central, online) = ([key(), key()], key());
    let both = || Signers::of(2, central.iter().map(SigningKey::public)).unwrap();
    let keyholders = Keyholders {
        root: both(),
        targets: both(),
        snapshot: Signers::one(online.public()),
        timestamp: Signers::one(online.public()),
    };
    let first = Pending::first(&keyholders, Lifetimes::default(), start()).unwrap();
    first.save(desk.at("root-1")).unwrap();
    let begin = |pending: &Pending| {
        let keys = [&online];
        Publisher::begin(folder.path(), pending, Lifetimes::default(), &keys, start())
    };
    for signer in &central {
        let mut pending = Pending::open(desk.at("root-1"), None).unwrap();
        assert!(matches!(begin(&pending), Err(PublishError::MissingKeys { .. })));
        assert_eq!(pending.sign(signer).unwrap().roles, ["root", "targets"]);
        pending.update(desk.at("root-1")).unwrap();
    }
    let pending = Pending::open(desk.at("root-1"), None).unwrap();
    let publisher = begin(&pending).unwrap();
    assert_eq!(publisher.keyholders().unwrap(), keyholders);
    assert!(Repository::open(folder.path(), publisher.trusted_root(), start()).is_ok());
    assert!(matches!(begin(&pending), Err(PublishError::Exists { .. })));
    // Who has a root of trust is not led to another repository by a folder without one.
    let error = Pending::open(desk.at("root-1"), Some(publisher.trusted_root())).unwrap_err();
    assert!(error.to_string().contains("root of trust here already"), "{error}");
}

#[test]
fn a_domain_submits_and_the_next_refresh_takes_it_up() {
    let mesh = Mesh::new();
    let submit = |version: &str| {
        let name = format!("sales/mask@{version}");
        let mut pending = mesh.prepare(Change::new().module(module(&name), component(&name)));
        pending.sign(&mesh.sales).unwrap();
        (mesh.publisher.submit(&pending).unwrap(), pending)
    };
    let (before, pending) = submit("1.1.0");
    assert!(!before);
    assert!(mesh.publisher.submit(&pending).unwrap());
    // Another, before the refresh: on top of the first.
    submit("1.2.0");
    assert_eq!(mesh.open().unwrap().modules().found.len(), 2);
    let refreshed = mesh.publisher.refresh(&[&mesh.online], start()).unwrap();
    assert_eq!(refreshed.taken, [("sales".parse().unwrap(), Some(1), 3)]);
    assert!(refreshed.refused.is_empty());
    assert_eq!(mesh.open().unwrap().modules().found.len(), 4);
    let again = mesh.publisher.refresh(&[&mesh.online], start()).unwrap();
    assert!(again.taken.is_empty());
    assert_eq!(again.versions.timestamp, refreshed.versions.timestamp + 1);
    assert!(mesh.publisher.submit(&pending).unwrap());
}

#[test]
fn a_refresh_takes_up_only_what_the_delegation_vouches_for() {
    let mesh = Mesh::new();
    let name = "sales/mask@1.1.0";
    let mut pending = mesh.prepare(Change::new().module(module(name), component(name)));
    assert!(matches!(mesh.publisher.submit(&pending), Err(PublishError::MissingKeys { .. })));
    pending.sign(&mesh.sales).unwrap();
    mesh.publisher.submit(&pending).unwrap();
    let file = mesh.path("metadata/2.sales.json");
    let good = std::fs::read_to_string(&file).unwrap();
    let refused = |text: &str| {
        put(&file, text.as_bytes());
        let mut refreshed = mesh.publisher.refresh(&[&mesh.online], start()).unwrap();
        assert!(refreshed.taken.is_empty());
        assert!(mesh.module(MASK).is_ok());
        refreshed.refused.remove(0).error.to_string()
    };
    let error = refused(&good.replace("1.1.0.wasm", "1.1.1.wasm"));
    assert!(error.contains("0 of the 1 valid signatures"), "{error}");
    assert!(refused("{").contains("malformed"));
    // A module that is not there.
    let component_file = mesh.path(&format!(
        "targets/domains/sales/modules/mask/{}.1.1.0.wasm",
        ModuleDigest::of(&component(name))
    ));
    std::fs::remove_file(component_file).unwrap();
    assert!(refused(&good).contains("missing"));
    // Others' keys, and none, submit nothing; a broken submission is replaced by a good one.
    put(&file, b"{");
    let mut pending = mesh.prepare(Change::new().module(module(name), component(name)));
    assert!(pending.sign(&mesh.hr).is_err());
    pending.sign(&mesh.sales).unwrap();
    mesh.publisher.submit(&pending).unwrap();
    assert_eq!(mesh.publisher.refresh(&[&mesh.online], start()).unwrap().taken.len(), 1);
    // What central governance signs is no domain's to submit.
    let error = mesh.publisher.submit(&mesh.prepare(&framework())).unwrap_err();
    assert!(matches!(error, PublishError::NotOfDomains { .. }), "{error}");
}

#[test]
fn the_same_change_prepared_later_is_known() {
    let mesh = Mesh::new();
    let now = mesh.prepare(&framework());
    let later = mesh.publisher.prepare(&framework(), start() + hours(3)).unwrap();
    assert!(now.same_change(&later));
    let mut other = framework();
    other.approve(approval(MASK)).deny(ModuleDigest::of(b"x"), "leaks");
    assert!(!now.same_change(&mesh.prepare(&other)));
    mesh.commit(&framework());
    assert!(mesh.prepare(&framework()).is_empty());
}
