//! The client of any TUF repository: its store, its downloads, and what it makes of
//! metadata that others wrote.

use std::fs;
use std::path::Path;

use bailiwick_trust::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use tempfile::TempDir;

use crate::crafted::{describe, sign};
use crate::mesh::{MASK, Mesh, component, hours, in_memory, key, start};

const TARGET: &str = "domains/sales/modules/mask/1.0.0.wasm";

/// A client's store, made from the root of a mesh.
fn initialised(mesh: &Mesh) -> TempDir {
    let store = in_memory();
    Client::initialise(store.path(), mesh.publisher.trusted_root()).unwrap();
    store
}

fn refresh(mesh: &Mesh, store: &TempDir) -> Result<Client, TrustError> {
    Client::refresh(mesh.folder.path(), store.path(), start())
}

fn central(mesh: &Mesh) -> [&SigningKey; 2] {
    [&mesh.central[0], &mesh.central[1]]
}

/// Has central governance list a target as given.
fn list(mesh: &Mesh, path: &str, target: &Value) {
    mesh.craft("targets", &central(mesh), |signed| signed["targets"][path] = target.clone());
}

#[test]
fn a_store_begins_with_a_root() {
    let mesh = Mesh::new();
    let store = in_memory();
    let shown =
        |error: TrustError| error.to_string().replace(&store.path().display().to_string(), "store");
    insta::assert_snapshot!(shown(refresh(&mesh, &store).unwrap_err()), @"there is no root of trust in store; initialise it with one");
    let root = mesh.publisher.trusted_root();
    for _ in 0..2 {
        Client::initialise(store.path(), root).unwrap();
        refresh(&mesh, &store).unwrap();
    }
    // The root of another repository, of the same version.
    let other = Mesh::new();
    let error = Client::initialise(store.path(), other.publisher.trusted_root()).unwrap_err();
    insta::assert_snapshot!(shown(error), @"store/root.json of the store is another root of version 1 than the trusted one; use a store of its own for each repository, or find out who gave you the other root");
    assert!(matches!(refresh(&other, &store).unwrap_err(), TrustError::Threshold { .. }));
    refresh(&mesh, &store).unwrap();
    // What is not a root.
    for text in [&b""[..], b"{}", &fs::read(mesh.path("metadata/timestamp.json")).unwrap()] {
        let error = Client::initialise(in_memory(), text).unwrap_err();
        assert!(matches!(error, TrustError::Malformed { .. }), "{error}");
    }
}

#[test]
fn a_store_whose_root_is_gone_is_damaged() {
    let mesh = Mesh::new();
    let store = initialised(&mesh);
    refresh(&mesh, &store).unwrap();
    fs::remove_file(store.path().join("root.json")).unwrap();
    for _ in 0..2 {
        let error = Client::initialise(store.path(), mesh.publisher.trusted_root()).unwrap_err();
        assert!(matches!(error, TrustError::DamagedStore { .. }), "{error}");
    }
}

#[test]
fn a_newer_trusted_root_goes_before_the_one_in_the_store() {
    let mesh = Mesh::new();
    let store = initialised(&mesh);
    let mut root = mesh.read("metadata/1.root.json");
    root["signed"]["version"] = json!(2);
    sign(&mut root, &central(&mesh));
    Client::initialise(store.path(), root.to_string().as_bytes()).unwrap();
    let kept: Value =
        serde_json::from_slice(&fs::read(store.path().join("root.json")).unwrap()).unwrap();
    assert_eq!(kept["signed"]["version"], 2);
    // And an older one does not.
    Client::initialise(store.path(), mesh.publisher.trusted_root()).unwrap();
    assert_eq!(refresh(&mesh, &store).err().map(|error| error.to_string()), None);
    let kept: Value =
        serde_json::from_slice(&fs::read(store.path().join("root.json")).unwrap()).unwrap();
    assert_eq!(kept["signed"]["version"], 2);
}

#[test]
fn a_repository_that_is_held_still_stops_the_client_in_time() {
    let mesh = Mesh::new();
    let store = initialised(&mesh);
    let at = |hour| Client::refresh(mesh.folder.path(), store.path(), start() + hours(hour));
    for hour in [0, 12, 23] {
        at(hour).unwrap();
    }
    let error = at(24).unwrap_err();
    assert!(matches!(error, TrustError::Expired { role: "timestamp", .. }), "{error}");
    // The same version with a later expiry says nothing new.
    let mut timestamp = mesh.read("metadata/timestamp.json");
    timestamp["signed"]["expires"] = json!("2030-01-01T00:00:00Z");
    sign(&mut timestamp, &[&mesh.online]);
    mesh.write("metadata/timestamp.json", &timestamp);
    assert!(matches!(at(24).unwrap_err(), TrustError::Expired { role: "timestamp", .. }));
    mesh.publisher.commit(&Change::new(), &mesh.keys(), start() + hours(24)).unwrap();
    at(24).unwrap();
}

#[test]
fn a_download_is_the_target_that_was_signed() {
    let mesh = Mesh::new();
    let store = initialised(&mesh);
    let client = refresh(&mesh, &store).unwrap();
    let folder = in_memory();
    let file = client.download(TARGET, folder.path()).unwrap();
    assert_eq!(file, folder.path().join(TARGET));
    assert_eq!(fs::read(&file).unwrap(), component(MASK));
    // It is there: the repository need not be.
    fs::remove_file(mesh.component_file(MASK)).unwrap();
    client.download(TARGET, folder.path()).unwrap();
    // It is there no more as it was signed.
    fs::write(&file, b"changed").unwrap();
    let error = client.download(TARGET, folder.path()).unwrap_err();
    assert!(matches!(error, TrustError::Missing { .. }), "{error}");
    assert_eq!(fs::read(&file).unwrap(), b"changed");
}

#[test]
fn a_download_that_is_not_what_was_signed_leaves_nothing() {
    let mesh = Mesh::new();
    let store = initialised(&mesh);
    let client = refresh(&mesh, &store).unwrap();
    let folder = in_memory();
    let mut bytes = component(MASK);
    for tampered in [&b""[..], b"short", &component(MASK)[..33], &[0; 34], &[0; 35]] {
        fs::write(mesh.component_file(MASK), tampered).unwrap();
        let error = client.download(TARGET, folder.path()).unwrap_err();
        assert!(matches!(error, TrustError::TamperedDocument { .. }), "{error}");
    }
    bytes[3] ^= 1;
    fs::write(mesh.component_file(MASK), bytes).unwrap();
    insta::assert_snapshot!(client.download(TARGET, folder.path()).unwrap_err(), @"domains/sales/modules/mask/1.0.0.wasm is not what was signed: sha256 is a1d4901767b699bf70fe2453443430d66795748561697854a8e11952325c9c8d, expected 2b03f2c2639bb1754c7934a03973968975a5935fa816747189308b53c1ee6efa; it was changed after it was signed: fetch the repository again, and do not use this copy");
    assert!(!folder.path().join("domains").exists());
    insta::assert_snapshot!(client.download("nothing/here", folder.path()).unwrap_err(), @"nothing/here is not published; is its path right, and who is to publish it?");
}

#[test]
fn paths_that_lead_out_of_the_folder_are_not_downloaded() {
    let mesh = Mesh::new();
    let paths =
        ["../out", "a/../../out", "/out", "a//out", ".", "", "a/./b", "a\\b", "c:out", "a\nb"];
    for path in paths {
        list(&mesh, path, &json!({ "length": 1, "hashes": { "sha256": "00".repeat(32) } }));
    }
    let store = initialised(&mesh);
    let client = refresh(&mesh, &store).unwrap();
    let folder = in_memory();
    let below = folder.path().join("below");
    for path in paths {
        let error = client.download(path, &below).unwrap_err();
        assert!(matches!(error, TrustError::UnsafePath { .. }), "{path:?}: {error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn hashes_of_other_kinds() {
    let mesh = Mesh::new();
    let bytes = b"some target";
    let (sha512, put) = (hex::encode(Sha512::digest(bytes)), |name: &str| {
        fs::write(mesh.path("targets").join(name), bytes).unwrap();
    });
    put(&format!("{sha512}.only-512"));
    list(&mesh, "only-512", &json!({ "length": 11, "hashes": { "sha512": sha512 } }));
    // Both must be right, and the one that is unknown proves nothing either way.
    let mut both = mesh.put_target("both", bytes);
    both["hashes"]["sha512"] = json!(sha512);
    both["hashes"]["blake2b"] = json!("00");
    list(&mesh, "both", &both);
    both["hashes"]["sha512"] = json!("00".repeat(64));
    list(&mesh, "one-wrong", &both);
    mesh.put_target("one-wrong", bytes);
    list(&mesh, "unknown", &json!({ "length": 11, "hashes": { "blake2b": "00" } }));
    list(&mesh, "none", &json!({ "length": 11, "hashes": {} }));

    let store = initialised(&mesh);
    let client = refresh(&mesh, &store).unwrap();
    let folder = in_memory();
    let download = |path: &str| client.download(path, folder.path());
    for path in ["only-512", "both"] {
        assert_eq!(fs::read(download(path).unwrap()).unwrap(), bytes);
    }
    let error = download("one-wrong").unwrap_err();
    assert!(matches!(error, TrustError::TamperedDocument { what: "sha512", .. }), "{error}");
    for path in ["unknown", "none"] {
        assert!(matches!(download(path).unwrap_err(), TrustError::UnknownHash { .. }));
    }
}

#[test]
fn descriptions_need_no_length_and_no_hash() {
    // TUF 4.4: both are optional, the version is not.
    let mesh = Mesh::new();
    let file = mesh.current("snapshot");
    let mut snapshot = mesh.read(&file);
    for meta in snapshot["signed"]["meta"].as_object_mut().unwrap().values_mut() {
        *meta = json!({ "version": meta["version"] });
    }
    let bare = |snapshot: &mut Value| {
        sign(snapshot, &[&mesh.online]);
        mesh.write(&file, snapshot);
        let mut timestamp = mesh.read("metadata/timestamp.json");
        timestamp["signed"]["meta"]["snapshot.json"] = json!({ "version": 2 });
        sign(&mut timestamp, &[&mesh.online]);
        mesh.write("metadata/timestamp.json", &timestamp);
    };
    bare(&mut snapshot);
    assert!(mesh.module(MASK).is_ok());
    snapshot["signed"]["meta"]["sales.json"] = json!({});
    bare(&mut snapshot);
    assert!(matches!(mesh.open().unwrap_err(), TrustError::Malformed { .. }));
}

#[test]
fn without_consistent_snapshots_names_are_bare() {
    let mesh = Mesh::new();
    let mut root = mesh.read("metadata/1.root.json");
    root["signed"]["version"] = json!(2);
    root["signed"]["consistent_snapshot"] = json!(false);
    sign(&mut root, &central(&mesh));
    mesh.write("metadata/2.root.json", &root);
    let error = mesh.open().unwrap_err();
    assert!(matches!(error, TrustError::Missing { .. }), "{error}");
    for role in ["snapshot", "targets", "sales"] {
        let bare = mesh.path(&format!("metadata/{role}.json"));
        fs::copy(mesh.path(&mesh.current(role)), bare).unwrap();
    }
    let targets = mesh.path("targets");
    let module = targets.join(TARGET);
    fs::copy(mesh.component_file(MASK), module).unwrap();
    bare_copies(&targets);
    let store = initialised(&mesh);
    let folder = in_memory();
    let file = refresh(&mesh, &store).unwrap().download(TARGET, folder.path()).unwrap();
    assert_eq!(fs::read(file).unwrap(), component(MASK));
}

/// Each file also under its name without a hash.
fn bare_copies(folder: &Path) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            bare_copies(&path);
        } else if let Some((_, name)) = path.file_name().unwrap().to_str().unwrap().split_once('.')
        {
            let _ = fs::copy(&path, folder.join(name));
        }
    }
}

/// A role that `sales` delegates everything of its own to, with the name given.
fn delegated(mesh: &Mesh, name: &str, signer: &SigningKey, expires: &str) -> (TempDir, Value) {
    let path = "domains/sales/modules/inner/1.0.0.wasm";
    let target = mesh.put_target(path, b"inner");
    mesh.craft("sales", &[&mesh.sales], |signed| {
        signed["delegations"] = json!({
            "keys": { signer.public().id(): {
                "keytype": "ed25519",
                "scheme": "ed25519",
                "keyval": { "public": signer.public().to_string() },
            } },
            "roles": [{
                "name": name,
                "keyids": [signer.public().id()],
                "threshold": 1,
                "paths": ["domains/sales/modules/*/*"],
                "terminating": false,
            }],
        });
    });
    let mut role = json!({ "signed": {
        "_type": "targets",
        "spec_version": "1.0.33",
        "version": 1,
        "expires": expires,
        "targets": { path: target },
    } });
    sign(&mut role, &[signer]);
    let file = mesh.current("snapshot");
    let mut snapshot = mesh.read(&file);
    let bytes = role.to_string().into_bytes();
    snapshot["signed"]["meta"][format!("{name}.json")] = describe(&bytes, json!(1));
    mesh.write(&file, &snapshot);
    mesh.describe();
    (initialised(mesh), role)
}

#[test]
fn role_names_in_any_script() {
    for (name, file) in [
        ("Bücher", "1.B%C3%BCcher.json"),
        ("売上", "1.%E5%A3%B2%E4%B8%8A.json"),
        ("a/b", "1.a%2Fb.json"),
        ("..", "1....json"),
        ("50%", "1.50%25.json"),
    ] {
        let (mesh, signer) = (Mesh::new(), key());
        let (store, role) = delegated(&mesh, name, &signer, "2026-03-02T00:00:00Z");
        mesh.write(&format!("metadata/{file}"), &role);
        let folder = in_memory();
        let client = refresh(&mesh, &store).unwrap();
        let path = "domains/sales/modules/inner/1.0.0.wasm";
        let inner = client.download(path, folder.path()).unwrap();
        assert_eq!(fs::read(inner).unwrap(), b"inner", "{name}");
    }
}

#[test]
fn a_role_further_down_expires_like_any() {
    let (mesh, signer) = (Mesh::new(), key());
    let (store, role) = delegated(&mesh, "team", &signer, "2026-03-01T13:00:00Z");
    mesh.write("metadata/1.team.json", &role);
    let folder = in_memory();
    let at = |minutes: i64| {
        let now = start() + jiff::SignedDuration::from_mins(minutes);
        let client = Client::refresh(mesh.folder.path(), store.path(), now).unwrap();
        fs::remove_dir_all(folder.path()).unwrap();
        client.download("domains/sales/modules/inner/1.0.0.wasm", folder.path())
    };
    assert!(at(59).is_ok());
    insta::assert_snapshot!(at(60).unwrap_err(), @"what domain `team` signed expired at 2026-03-01T13:00:00Z and it is 2026-03-01T13:00:00Z; have the domain renew it");
}

#[test]
fn two_roles_that_delegate_to_each_other() {
    let (mesh, signer) = (Mesh::new(), key());
    let (store, mut role) = delegated(&mesh, "team", &signer, "2026-03-02T00:00:00Z");
    let mut back = mesh.read(&mesh.current("sales"))["signed"]["delegations"].clone();
    back["roles"][0]["name"] = json!("sales");
    back["roles"][0]["keyids"] = json!([mesh.sales.public().id()]);
    back["keys"] = json!({ mesh.sales.public().id(): {
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": { "public": mesh.sales.public().to_string() },
    } });
    role["signed"]["delegations"] = back;
    sign(&mut role, &[&signer]);
    mesh.write("metadata/1.team.json", &role);
    mesh.describe();
    let client = refresh(&mesh, &store).unwrap();
    let folder = in_memory();
    assert!(client.download("domains/sales/modules/inner/1.0.0.wasm", folder.path()).is_ok());
    let error =
        client.download("domains/sales/modules/none/1.0.0.wasm", folder.path()).unwrap_err();
    assert!(matches!(error, TrustError::UnknownDocument { .. }), "{error}");
}
