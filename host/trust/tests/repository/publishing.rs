//! What publishing promises.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_trust::*;

use crate::mesh::{
    BOOKINGS, MASK, Mesh, TRIM, approval, component, copy, digest, hours, key, module, start,
};

/// Every file of a folder and its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let name = entry.strip_prefix(folder).unwrap().to_owned();
                files.insert(name, fs::read(entry).unwrap());
            }
        }
    }
    files
}

fn names(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    files.keys().map(|name| name.display().to_string()).collect()
}

#[test]
fn many_steps_are_one_publish() {
    let mesh = Mesh::new();
    let before = files(mesh.folder.path());
    let mut change = Change::new();
    for patch in 0..10 {
        let name = format!("sales/mask@2.0.{patch}");
        change.module(module(&name), component(&name)).approve(approval(&name));
    }
    let versions = mesh.commit(&change);
    assert_eq!((versions.timestamp, versions.snapshot, versions.targets), (3, 3, 3));
    let mut after = files(mesh.folder.path());
    after.retain(|name, _| !before.contains_key(name) && name.starts_with("metadata"));
    let expected = ["metadata/2.sales.json", "metadata/3.snapshot.json", "metadata/3.targets.json"];
    assert_eq!(names(&after), expected);
    for patch in 0..10 {
        assert!(mesh.module(&format!("sales/mask@2.0.{patch}")).is_ok());
    }
}

#[test]
fn the_same_change_again_renews_and_nothing_else() {
    let mesh = Mesh::new();
    let mut change = Change::new();
    change
        .framework(*b"labels: [pii]\n")
        .onboard("sales".parse().unwrap(), Signers::one(mesh.sales.public()))
        .contract(BOOKINGS.parse().unwrap(), *b"kind: DataContract\n")
        .module(module(MASK), component(MASK))
        .approve(approval(MASK))
        .deny(digest("x"), "test");
    let first = mesh.commit(&change);
    // Needs no key of central governance or a domain.
    let second = mesh.publisher.commit(&change, &[&mesh.online], start()).unwrap();
    assert_eq!(second.targets, first.targets);
    assert_eq!(second.domains, first.domains);
    assert_eq!(second.timestamp, first.timestamp + 1);
    assert!(mesh.module(MASK).is_ok());
}

#[test]
fn an_interrupted_publish_leaves_the_former_state() {
    let mesh = Mesh::new();
    let former = tempfile::tempdir().unwrap();
    copy(mesh.folder.path(), former.path());
    let before = files(former.path());
    let mut change = Change::new();
    change
        .framework(*b"labels: [pii, restricted]\n")
        .contract(BOOKINGS.parse().unwrap(), *b"kind: DataContract # 2\n")
        .deny(digest(TRIM), "leaks");
    mesh.commit(&change);
    let root = mesh.publisher.trusted_root();
    let expect_former = |folder: &Path| {
        let repository = Repository::open(folder, root, start()).unwrap();
        assert_eq!(repository.versions().timestamp, 2);
        assert_eq!(**repository.framework().unwrap().bytes(), *b"labels: [pii]\n");
        assert!(repository.module(&module(TRIM)).is_ok());
    };
    // Everything was written but the timestamp, and a file that never got its name.
    for (name, bytes) in files(mesh.folder.path()) {
        if before.get(&name) != Some(&bytes) && !name.ends_with("timestamp.json") {
            fs::create_dir_all(former.path().join(&name).parent().unwrap()).unwrap();
            fs::write(former.path().join(&name), bytes).unwrap();
            expect_former(former.path());
        }
    }
    fs::write(former.path().join("metadata/.new-x1Y2z3"), b"{\"sign").unwrap();
    // Half of a file that was being written, by a machine without atomic renames.
    fs::write(former.path().join("metadata/3.targets.json"), b"{\"sign").unwrap();
    expect_former(former.path());

    // It is taken up again, with another change.
    let publisher = Publisher::open(former.path(), root).unwrap();
    let mut other = Change::new();
    other.framework(*b"labels: [other]\n");
    publisher.commit(&other, &mesh.keys(), start()).unwrap();
    let repository = Repository::open(former.path(), root, start()).unwrap();
    assert_eq!(**repository.framework().unwrap().bytes(), *b"labels: [other]\n");
    assert!(repository.module(&module(TRIM)).is_ok());
    assert_eq!(repository.versions().targets, 3);
}

#[test]
fn an_interrupted_creation_can_be_repeated() {
    let mesh = Mesh::new();
    let half = tempfile::tempdir().unwrap();
    copy(mesh.folder.path(), half.path());
    fs::remove_file(half.path().join("metadata/1.root.json")).unwrap();
    let key = key();
    let one = || Signers::one(key.public());
    let keyholders = Keyholders { root: one(), targets: one(), snapshot: one(), timestamp: one() };
    let create =
        || Publisher::create(half.path(), &keyholders, Lifetimes::default(), &[&key], start());
    let publisher = create().unwrap();
    assert_eq!(
        fs::read(half.path().join("metadata/1.root.json")).unwrap(),
        publisher.trusted_root()
    );
    let repository = Repository::open(half.path(), publisher.trusted_root(), start()).unwrap();
    assert!(repository.domains().is_empty());
    insta::assert_snapshot!(repository.framework().unwrap_err(), @"framework.yaml is not published; central governance must publish it first");
    let exists = create().unwrap_err();
    assert!(matches!(exists, PublishError::Exists { .. }), "{exists}");
}

#[test]
fn without_enough_keys_nothing_is_written() {
    let mesh = Mesh::new();
    let before = files(mesh.folder.path());
    let commit = |change: &Change, keys: &[&SigningKey]| {
        let error = mesh.publisher.commit(change, keys, start()).unwrap_err();
        assert_eq!(files(mesh.folder.path()), before);
        match error {
            PublishError::MissingKeys { role, threshold, given, .. } => (role, threshold, given),
            other => panic!("{other}"),
        }
    };
    let [first, second, _] = &mesh.central;
    let mut change = Change::new();
    assert_eq!(commit(&change, &[]), ("snapshot".to_owned(), 1, 0));
    change.framework(*b"labels: []\n");
    assert_eq!(commit(&change, &[&mesh.online, first]), ("targets".to_owned(), 2, 1));
    assert_eq!(commit(&change, &[&mesh.online, first, first]), ("targets".to_owned(), 2, 1));
    change.renew("hr".parse().unwrap());
    let keys = [&mesh.online, first, second, &mesh.sales];
    assert_eq!(commit(&change, &keys), ("hr".to_owned(), 1, 0));
}

#[test]
fn a_published_version_never_changes() {
    let mesh = Mesh::new();
    let mut change = Change::new();
    change.module(module(MASK), component("other"));
    let error = mesh.publisher.commit(&change, &mesh.keys(), start()).unwrap_err();
    insta::assert_snapshot!(error.to_string().replace(&digest(MASK).to_string(), "…"), @"module sales/mask@1.0.0 is already published with other content (sha256 …); a published version never changes: raise the version");
}

#[test]
fn names_and_signers_that_cannot_be() {
    let mesh = Mesh::new();
    for name in ["root", "targets", "snapshot", "timestamp", "mirrors"] {
        let mut change = Change::new();
        change.onboard(name.parse().unwrap(), Signers::one(mesh.sales.public()));
        let error = mesh.publisher.commit(&change, &mesh.keys(), start()).unwrap_err();
        assert!(matches!(error, PublishError::ReservedName { .. }), "{error}");
    }
    let mut change = Change::new();
    change.module(module("nobody/x@1.0.0"), component("x"));
    let error = mesh.publisher.commit(&change, &mesh.keys(), start()).unwrap_err();
    assert!(matches!(error, PublishError::UnknownDomain { .. }), "{error}");

    let (a, b) = (key(), key());
    let signers = |threshold, keys: &[&SigningKey]| {
        Signers::of(threshold, keys.iter().map(|key| key.public())).err()
    };
    assert!(signers(2, &[&a, &b]).is_none());
    assert!(matches!(signers(3, &[&a, &b]), Some(PublishError::Threshold { .. })));
    assert!(matches!(signers(0, &[&a, &b]), Some(PublishError::Threshold { .. })));
    assert!(matches!(signers(2, &[&a, &a]), Some(PublishError::SameKey { .. })));
}

#[test]
fn the_longest_names_fit() {
    let mesh = Mesh::new();
    let long = "x".repeat(64);
    let version = format!("1.0.0-{}", "x".repeat(bounds::MAX_VERSION_BYTES - 6));
    let name = format!("{long}/{long}@{version}");
    let mut change = Change::new();
    change.onboard(long.parse().unwrap(), Signers::one(mesh.sales.public()));
    change.module(module(&name), component(&name)).approve(approval(&name));
    mesh.commit(&change);
    assert!(mesh.module(&name).is_ok());
    assert_eq!(mesh.open().unwrap().modules().found.len(), 3);
    change.module(module(&format!("{name}x")), component(&name));
    let error = mesh.publisher.commit(&change, &mesh.keys(), start()).unwrap_err();
    assert!(matches!(error, PublishError::Trust(TrustError::LongVersion { .. })), "{error}");
}

#[test]
fn publishers_at_the_same_time_wait_for_each_other() {
    let mesh = Mesh::new();
    std::thread::scope(|scope| {
        for name in ["a", "b", "c"] {
            let mesh = &mesh;
            scope.spawn(move || {
                for patch in 0..3 {
                    let name = module(&format!("sales/{name}@1.0.{patch}"));
                    mesh.commit(Change::new().module(name, component("x")));
                }
            });
        }
    });
    let repository = mesh.open().unwrap();
    assert_eq!(repository.versions().timestamp, 2 + 9);
    assert_eq!(repository.modules().found.len(), 2 + 9);
}

#[test]
fn what_clients_would_refuse_is_not_published() {
    let mesh = Mesh::new();
    let mut change = Change::new();
    change.framework(vec![b' '; bounds::MAX_DOCUMENT_BYTES as usize]);
    mesh.commit(&change);
    assert!(mesh.open().unwrap().framework().is_ok());
    change.framework(vec![b' '; bounds::MAX_DOCUMENT_BYTES as usize + 1]);
    let error = mesh.publisher.commit(&change, &mesh.keys(), start()).unwrap_err();
    insta::assert_snapshot!(error, @"framework.yaml has 4194305 bytes and clients read at most 4194304; make it smaller");

    let tests = |bytes| {
        let mut change = Change::new();
        change.cases(module(MASK), vec![b' '; bytes]);
        mesh.publisher.commit(&change, &mesh.keys(), start())
    };
    tests(bounds::MAX_CASES_BYTES as usize).unwrap();
    assert!(mesh.open().unwrap().cases(&module(MASK)).is_ok());
    let error = tests(bounds::MAX_CASES_BYTES as usize + 1).unwrap_err();
    insta::assert_snapshot!(error, @"domains/sales/modules/mask/1.0.0.cases.json has 1048577 bytes and clients read at most 1048576; make it smaller");

    let lifetimes = Lifetimes { snapshot: hours(0), ..Lifetimes::default() };
    let publisher = Publisher::open(mesh.folder.path(), mesh.publisher.trusted_root()).unwrap();
    let publisher = publisher.with_lifetimes(lifetimes);
    let error = publisher.commit(&Change::new(), &mesh.keys(), start()).unwrap_err();
    assert!(matches!(error, PublishError::Lifetime { .. }), "{error}");
}

#[test]
fn a_domains_keys_can_be_replaced() {
    let mesh = Mesh::new();
    let new = key();
    let mut change = Change::new();
    change.onboard("sales".parse().unwrap(), Signers::one(new.public()));
    // What was published is signed anew, so the new key is needed.
    let error = mesh.publisher.commit(&change, &mesh.keys(), start()).unwrap_err();
    assert!(matches!(error, PublishError::MissingKeys { .. }), "{error}");
    let keys = [&mesh.central[1], &mesh.central[2], &mesh.online, &new];
    mesh.publisher.commit(&change, &keys, start()).unwrap();
    assert!(mesh.module(MASK).is_ok());
    assert!(mesh.module(TRIM).is_ok());
    // The old key signs nothing any more.
    let mut change = Change::new();
    change.renew("sales".parse().unwrap());
    let error = mesh.publisher.commit(&change, &mesh.keys(), start()).unwrap_err();
    assert!(matches!(error, PublishError::MissingKeys { .. }), "{error}");
    mesh.craft("sales", &[&mesh.sales], |_| {});
    assert!(matches!(mesh.module(MASK).unwrap_err(), TrustError::Threshold { .. }));
}

#[test]
fn nothing_is_signed_on_top_of_what_others_changed() {
    let mesh = Mesh::new();
    mesh.craft("targets", &[&mesh.central[0]], |signed| {
        signed["targets"].as_object_mut().unwrap().remove("deny.json");
    });
    let error = mesh.publisher.commit(&Change::new(), &mesh.keys(), start()).unwrap_err();
    insta::assert_snapshot!(error, @"what is published already is not trusted: metadata/2.targets.json has 1 of the 2 valid signatures that role `targets` needs; it was changed after it was signed, or too few of its key holders signed");
    assert!(Publisher::open(mesh.folder.path(), mesh.publisher.trusted_root()).is_err());
}

#[test]
fn a_damaged_target_is_mended_by_publishing_it_again() {
    let mesh = Mesh::new();
    fs::write(mesh.component_file(MASK), b"damaged").unwrap();
    assert!(mesh.module(MASK).is_err());
    mesh.commit(Change::new().module(module(MASK), component(MASK)));
    assert!(mesh.module(MASK).is_ok());
}

#[cfg(unix)]
#[test]
fn published_files_can_be_served() {
    use std::os::unix::fs::PermissionsExt;
    let mesh = Mesh::new();
    for file in ["metadata/timestamp.json", "metadata/1.root.json"] {
        let mode = fs::metadata(mesh.path(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o400, 0o400);
        assert_eq!(mode & 0o111, 0);
    }
}
