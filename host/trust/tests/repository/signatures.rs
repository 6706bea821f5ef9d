//! Whose signatures count, and how many.

use std::fs;

use bailiwick_trust::*;
use serde_json::{Value, json};

use crate::crafted::{sign, signature};
use crate::mesh::{MASK, Mesh, TRIM, key, start};

fn valid_signatures(error: TrustError) -> (String, u64, u64) {
    match error {
        TrustError::Threshold { role, threshold, valid, .. } => (role, threshold, valid),
        other => panic!("{other}"),
    }
}

#[test]
fn a_threshold_not_met() {
    let mesh = Mesh::new();
    mesh.craft("targets", &[&mesh.central[0]], |_| {});
    let error = mesh.open().unwrap_err();
    insta::assert_snapshot!(error, @"metadata/2.targets.json has 1 of the 2 valid signatures that role `targets` needs; it was changed after it was signed, or too few of its key holders signed");
    assert_eq!(valid_signatures(error), ("targets".to_owned(), 2, 1));
    // Someone else's signature does not count.
    mesh.craft("targets", &[&mesh.central[0], &mesh.online, &mesh.sales], |_| {});
    assert_eq!(valid_signatures(mesh.open().unwrap_err()).2, 1);
    mesh.craft("targets", &[&mesh.central[2], &mesh.central[1]], |_| {});
    assert!(mesh.open().is_ok());
}

#[test]
fn one_key_that_signs_twice() {
    let mesh = Mesh::new();
    mesh.craft("targets", &[&mesh.central[0], &mesh.central[0]], |_| {});
    insta::assert_snapshot!(mesh.open().unwrap_err(), @"metadata/2.targets.json is malformed: one key signed it twice; fetch the repository again or ask its publisher");
}

#[test]
fn one_key_under_two_ids() {
    // A domain of two key holders, whose second key is the first written otherwise: in
    // upper case it has another id.
    let mesh = Mesh::new();
    let public = mesh.sales.public().to_string();
    let other = json!({
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": { "public": public.to_uppercase() },
    });
    let other_id = ModuleDigest::of(&crate::crafted::canonical(&other)).to_string();
    let central = [&mesh.central[0], &mesh.central[1]];
    mesh.craft("targets", &central, |signed| {
        signed["delegations"]["keys"][&other_id] = other;
        for role in signed["delegations"]["roles"].as_array_mut().unwrap() {
            if role["name"] == "sales" {
                role["threshold"] = json!(2);
                role["keyids"].as_array_mut().unwrap().push(json!(other_id));
            }
        }
    });
    mesh.craft("sales", &[&mesh.sales], |_| {});
    let file = mesh.current("sales");
    let mut twice = mesh.read(&file);
    let mut second = signature(&twice["signed"], &mesh.sales);
    second["keyid"] = json!(other_id);
    twice["signatures"].as_array_mut().unwrap().push(second);
    mesh.write(&file, &twice);
    mesh.describe();
    insta::assert_snapshot!(mesh.module(MASK).unwrap_err(), @r#"metadata/1.sales.json is malformed: role "sales" lists one key under two ids; fetch the repository again or ask its publisher"#);
    assert!(mesh.module(TRIM).is_ok());
}

#[test]
fn a_domain_signed_by_another() {
    let mesh = Mesh::new();
    mesh.craft("sales", &[&mesh.hr], |_| {});
    assert_eq!(valid_signatures(mesh.module(MASK).unwrap_err()), ("sales".to_owned(), 1, 0));
    assert!(mesh.module(TRIM).is_ok());
}

#[test]
fn metadata_changed_after_it_was_signed() {
    for role in ["timestamp", "snapshot", "targets"] {
        let mesh = Mesh::new();
        let file = mesh.current(role);
        let mut document = mesh.read(&file);
        document["signed"]["expires"] = json!("2030-01-01T00:00:00Z");
        mesh.write(&file, &document);
        match (role, mesh.open().unwrap_err()) {
            ("timestamp", error) => assert_eq!(valid_signatures(error).2, 0),
            (_, error) => assert!(matches!(error, TrustError::Mismatch { .. }), "{error}"),
        }
    }
    // What is described but not signed.
    let mesh = Mesh::new();
    let file = mesh.current("sales");
    let mut document = mesh.read(&file);
    document["signed"]["expires"] = json!("2030-01-01T00:00:00Z");
    mesh.write(&file, &document);
    mesh.describe();
    assert_eq!(valid_signatures(mesh.module(MASK).unwrap_err()).2, 0);
}

#[test]
fn a_version_other_than_described() {
    let mesh = Mesh::new();
    mesh.craft("sales", &[&mesh.sales], |signed| signed["version"] = json!(7));
    let error = mesh.module(MASK).unwrap_err();
    insta::assert_snapshot!(error, @"metadata/1.sales.json is not the file that the snapshot describes: version is 7, expected 1; fetch the repository again");
}

#[test]
fn a_specification_that_is_not_known() {
    let mesh = Mesh::new();
    mesh.craft("sales", &[&mesh.sales], |signed| signed["spec_version"] = json!("2.0.0"));
    insta::assert_snapshot!(mesh.module(MASK).unwrap_err(), @r#"metadata/1.sales.json is malformed: it follows version "2.0.0" of TUF, expected 1.x; fetch the repository again or ask its publisher"#);
}

#[test]
fn a_root_that_is_not_the_repositorys() {
    let (mesh, other) = (Mesh::new(), Mesh::new());
    let open = |root: &[u8]| Repository::open(mesh.folder.path(), root, start());
    assert!(open(mesh.publisher.trusted_root()).is_ok());
    assert_eq!(valid_signatures(open(other.publisher.trusted_root()).unwrap_err()).2, 0);
    assert!(matches!(open(b"").unwrap_err(), TrustError::Malformed { .. }));
    let elsewhere = Repository::open("/nonexistent", mesh.publisher.trusted_root(), start());
    insta::assert_snapshot!(elsewhere.unwrap_err(), @"metadata/timestamp.json is missing; check that this is the repository's folder and a whole copy of it");
}

#[test]
fn a_chain_of_roots_is_bounded() {
    let mesh = Mesh::new();
    let mut root = mesh.read("metadata/1.root.json");
    let newest = bounds::MAX_ROOT_UPDATES + 1;
    for version in 2..=newest {
        root["signed"]["version"] = json!(version);
        sign(&mut root, &[&mesh.central[0], &mesh.central[1]]);
        mesh.write(&format!("metadata/{version}.root.json"), &root);
    }
    assert_eq!(mesh.open().unwrap().versions().root, newest as u64);
    root["signed"]["version"] = json!(newest + 1);
    sign(&mut root, &[&mesh.central[0], &mesh.central[1]]);
    mesh.write(&format!("metadata/{}.root.json", newest + 1), &root);
    insta::assert_snapshot!(mesh.open().unwrap_err(), @"the repository offers more than 256 roots after the trusted one; obtain a newer trusted root from central governance");
    // A newer trusted root is the way on.
    let newer = fs::read(mesh.path("metadata/2.root.json")).unwrap();
    assert!(Repository::open(mesh.folder.path(), &newer, start()).is_ok());
}

/// The next root: one central key is replaced.
fn next_root(mesh: &Mesh, new: &SigningKey) -> Value {
    let mut root = mesh.read("metadata/1.root.json");
    let old = mesh.central[2].public().id();
    let signed = &mut root["signed"];
    signed["version"] = json!(2);
    signed["keys"].as_object_mut().unwrap().remove(&old);
    signed["keys"][new.public().id()] = json!({
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": { "public": new.public().to_string() },
    });
    for role in ["root", "targets"] {
        for id in signed["roles"][role]["keyids"].as_array_mut().unwrap() {
            if *id == old {
                *id = json!(new.public().id());
            }
        }
    }
    root
}

#[test]
fn a_new_root_is_followed_if_old_and_new_key_holders_signed() {
    let mesh = Mesh::new();
    let new = key();
    let mut root = next_root(&mesh, &new);
    let [first, second, third] = &mesh.central;
    let mut open_signed = |keys: &[&SigningKey]| {
        sign(&mut root, keys);
        mesh.write("metadata/2.root.json", &root);
        mesh.open().map(|repository| repository.versions().root)
    };
    assert_eq!(open_signed(&[first, second]).unwrap(), 2);
    assert_eq!(open_signed(&[first, third, &new]).unwrap(), 2);
    // Enough of the old, too few of the new; and the reverse.
    assert_eq!(valid_signatures(open_signed(&[first, third]).unwrap_err()).2, 1);
    assert_eq!(valid_signatures(open_signed(&[first, &new]).unwrap_err()).2, 1);
    assert_eq!(valid_signatures(open_signed(&[]).unwrap_err()).2, 0);
}

#[test]
fn a_root_under_another_versions_name() {
    let mesh = Mesh::new();
    let mut root = next_root(&mesh, &key());
    root["signed"]["version"] = json!(3);
    sign(&mut root, &[&mesh.central[0], &mesh.central[1]]);
    mesh.write("metadata/2.root.json", &root);
    insta::assert_snapshot!(mesh.open().unwrap_err(), @"metadata/2.root.json is not the file that its name describes: version is 3, expected 2; fetch the repository again");
    // The first root again, as the second.
    fs::copy(mesh.path("metadata/1.root.json"), mesh.path("metadata/2.root.json")).unwrap();
    assert!(matches!(mesh.open().unwrap_err(), TrustError::Mismatch { .. }));
}
