//! A client that remembers refuses what is older than it has seen.

use std::fs;
use std::path::Path;

use bailiwick_trust::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::crafted::sign;
use crate::mesh::{BOOKINGS, MASK, Mesh, copy, key, module, start};

struct Client {
    mesh: Mesh,
    store: TempDir,
}

impl Client {
    fn new() -> Self {
        Self { mesh: Mesh::new(), store: tempfile::tempdir().unwrap() }
    }

    fn open(&self) -> Result<Repository, TrustError> {
        self.open_in(self.mesh.folder.path())
    }

    fn open_in(&self, folder: &Path) -> Result<Repository, TrustError> {
        let root = self.mesh.publisher.trusted_root();
        Repository::open_with_store(folder, root, self.store.path().join("seen"), start())
    }

    fn rolled_back(&self) -> (String, u64, u64) {
        match self.open().unwrap_err() {
            TrustError::Rollback { role, seen, found } => (role, seen, found),
            other => panic!("{other}"),
        }
    }

    /// Publishes a snapshot as the next version, with a next timestamp.
    fn advance(&self, snapshot: &mut Value) {
        let next = snapshot["signed"]["version"].as_u64().unwrap() + 1;
        snapshot["signed"]["version"] = json!(next);
        self.mesh.write(&format!("metadata/{next}.snapshot.json"), snapshot);
        let mut timestamp = self.mesh.read("metadata/timestamp.json");
        let signed = &mut timestamp["signed"];
        signed["version"] = json!(signed["version"].as_u64().unwrap() + 1);
        signed["meta"]["snapshot.json"]["version"] = json!(next);
        self.mesh.write("metadata/timestamp.json", &timestamp);
        self.mesh.describe();
    }

    fn seen(&self) -> std::path::PathBuf {
        self.store.path().join("seen/timestamp.json")
    }
}

#[test]
fn an_older_copy_of_the_repository() {
    let client = Client::new();
    let old = tempfile::tempdir().unwrap();
    copy(client.mesh.folder.path(), old.path());
    client.open().unwrap();
    client.open_in(old.path()).unwrap();
    client.mesh.commit(&Change::new());
    client.open().unwrap().module(&module(MASK)).unwrap();
    insta::assert_snapshot!(client.open_in(old.path()).unwrap_err(), @"the repository went back: `timestamp` is at version 2, and version 3 was seen before; fetch the current repository, and find out who served the old one");
    // Who remembers nothing takes it for current until it expires.
    let root = client.mesh.publisher.trusted_root();
    assert!(Repository::open(old.path(), root, start()).is_ok());
    client.open().unwrap();
}

#[test]
fn a_new_timestamp_for_an_old_snapshot() {
    let client = Client::new();
    let old = client.mesh.read("metadata/timestamp.json");
    client.mesh.commit(&Change::new());
    client.open().unwrap();
    let mut timestamp = old;
    timestamp["signed"]["version"] = json!(9);
    sign(&mut timestamp, &[&client.mesh.online]);
    client.mesh.write("metadata/timestamp.json", &timestamp);
    assert_eq!(client.rolled_back(), ("snapshot".to_owned(), 3, 2));
}

#[test]
fn a_new_snapshot_for_old_targets() {
    for role in ["targets", "sales"] {
        let client = Client::new();
        let mesh = &client.mesh;
        let meta = mesh.read(&mesh.current("snapshot"))["signed"]["meta"].clone();
        let mut change = Change::new();
        change.contract(BOOKINGS.parse().unwrap(), *b"kind: DataContract # 2\n");
        change.framework(*b"labels: []\n");
        mesh.commit(&change);
        client.open().unwrap();
        let file = mesh.current("snapshot");
        let mut snapshot = mesh.read(&file);
        let name = format!("{role}.json");
        snapshot["signed"]["meta"][&name] = meta[&name].clone();
        client.advance(&mut snapshot);
        let expected = if role == "targets" { (3, 2) } else { (2, 1) };
        assert_eq!(client.rolled_back(), (role.to_owned(), expected.0, expected.1));

        // Nor may it be left out.
        snapshot["signed"]["meta"].as_object_mut().unwrap().remove("hr.json");
        snapshot["signed"]["meta"]["targets.json"]["version"] = json!(3);
        snapshot["signed"]["meta"]["sales.json"]["version"] = json!(2);
        client.advance(&mut snapshot);
        assert_eq!(client.rolled_back(), ("hr".to_owned(), 1, 0));
    }
}

#[test]
fn a_root_that_is_held_back() {
    let client = Client::new();
    let mesh = &client.mesh;
    let mut root = mesh.read("metadata/1.root.json");
    root["signed"]["version"] = json!(2);
    sign(&mut root, &[&mesh.central[0], &mesh.central[1]]);
    mesh.write("metadata/2.root.json", &root);
    client.open().unwrap();
    fs::remove_file(mesh.path("metadata/2.root.json")).unwrap();
    // The client keeps it; who has no store begins with the one given.
    assert_eq!(client.open().unwrap().versions().root, 2);
    assert_eq!(mesh.open().unwrap().versions().root, 1);
}

#[test]
fn new_online_keys_begin_anew() {
    // Who had the old key may have signed the largest number: that must not lock
    // everyone out for good (TUF 5.3.11).
    let client = Client::new();
    let mesh = &client.mesh;
    let current = mesh.read("metadata/timestamp.json");
    let mut forward = current.clone();
    forward["signed"]["version"] = json!(u64::MAX);
    sign(&mut forward, &[&mesh.online]);
    mesh.write("metadata/timestamp.json", &forward);
    client.open().unwrap();
    mesh.write("metadata/timestamp.json", &current);
    assert_eq!(client.rolled_back(), ("timestamp".to_owned(), u64::MAX, 2));

    let new = key();
    let mut root = mesh.read("metadata/1.root.json");
    root["signed"]["version"] = json!(2);
    root["signed"]["keys"][new.public().id()] = json!({
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": { "public": new.public().to_string() },
    });
    root["signed"]["roles"]["timestamp"]["keyids"] = json!([new.public().id()]);
    sign(&mut root, &[&mesh.central[0], &mesh.central[1]]);
    mesh.write("metadata/2.root.json", &root);
    let mut timestamp = current;
    sign(&mut timestamp, &[&new]);
    mesh.write("metadata/timestamp.json", &timestamp);
    assert_eq!(client.open().unwrap().versions().timestamp, 2);
}

#[test]
fn what_was_verified_is_remembered_though_the_rest_fails() {
    let client = Client::new();
    let mesh = &client.mesh;
    client.open().unwrap();
    let old = tempfile::tempdir().unwrap();
    copy(mesh.folder.path(), old.path());
    mesh.commit(&Change::new());
    fs::remove_file(mesh.path(&mesh.current("snapshot"))).unwrap();
    assert!(matches!(client.open().unwrap_err(), TrustError::Missing { .. }));
    let error = client.open_in(old.path()).unwrap_err();
    assert!(matches!(error, TrustError::Rollback { seen: 3, found: 2, .. }), "{error}");
}

#[test]
fn a_damaged_store_is_not_an_empty_one() {
    let client = Client::new();
    client.open().unwrap();
    let whole = fs::read(client.seen()).unwrap();
    for damaged in [&b""[..], b"{}", b"\0\0\0\0", &whole[..whole.len() / 2], b"{\"root\":-1}"] {
        fs::write(client.seen(), damaged).unwrap();
        let error = client.open().unwrap_err();
        assert!(matches!(error, TrustError::DamagedStore { .. }), "{error}");
        // It stays as it is, for whoever looks into it.
        assert_eq!(fs::read(client.seen()).unwrap(), damaged);
    }
    fs::write(client.seen(), &whole).unwrap();
    client.open().unwrap();
    fs::remove_file(client.seen()).unwrap();
    fs::create_dir(client.seen()).unwrap();
    assert!(matches!(client.open().unwrap_err(), TrustError::Store { .. }));
}
