//! Keys that are replaced, and clients that follow.

use bailiwick_trust::*;

use crate::crafted::put;
use crate::mesh::{MASK, Mesh, copy, key, start};

/// A client that has seen the repository before.
struct Follower {
    store: tempfile::TempDir,
}

impl Follower {
    fn of(mesh: &Mesh) -> Self {
        let follower = Self { store: tempfile::tempdir().unwrap() };
        follower.follow(mesh).unwrap();
        follower
    }

    fn follow(&self, mesh: &Mesh) -> Result<Versions, TrustError> {
        let root = mesh.publisher.trusted_root();
        let opened =
            Repository::open_with_store(mesh.folder.path(), root, self.store.path(), start())?;
        opened.module(&MASK.parse().unwrap())?;
        Ok(opened.versions())
    }
}

#[test]
fn the_roots_signers_are_replaced_by_both_thresholds() {
    let mesh = Mesh::new();
    let follower = Follower::of(&mesh);
    let new = [key(), key()];
    let mut change = Change::new();
    change.root_signers(Signers::of(2, new.iter().map(SigningKey::public)).unwrap());
    let mut pending = mesh.publisher.prepare(&change, start()).unwrap();
    let publish = |pending: &Pending| mesh.publisher.publish(pending, &[], start());
    let [first, second, _] = &mesh.central;
    // The new ones alone, the former ones alone, one of each: too few.
    for signer in [&new[0], &new[1], first] {
        pending.sign(signer).unwrap();
        assert!(matches!(publish(&pending), Err(PublishError::MissingKeys { .. })));
    }
    pending.sign(second).unwrap();
    // Nothing else is signed anew: no other key is needed.
    let published = publish(&pending).unwrap();
    assert_eq!((published.versions.root, published.versions.targets), (2, 2));
    assert!(publish(&pending).unwrap().before);
    assert_eq!(follower.follow(&mesh).unwrap().root, 2);
    // From here on the former ones say nothing.
    let mut pending = mesh.publisher.prepare(Change::new().renew_root(), start()).unwrap();
    assert!(matches!(pending.sign(first), Err(PublishError::NotASigner { .. })));
    pending.sign(&new[0]).unwrap();
    pending.sign(&new[1]).unwrap();
    publish(&pending).unwrap();
    assert_eq!(follower.follow(&mesh).unwrap().root, 3);
}

#[test]
fn governances_keys_are_replaced_without_a_gap() {
    let mesh = Mesh::new();
    let follower = Follower::of(&mesh);
    let new = key();
    let mut change = Change::new();
    change.governance_signers(Signers::one(new.public()));
    let mut pending = mesh.publisher.prepare(&change, start()).unwrap();
    let roles: Vec<_> = pending.changes().unwrap().into_iter().map(|c| c.role).collect();
    assert_eq!(roles, ["root", "targets"]);
    pending.sign(&mesh.central[0]).unwrap();
    pending.sign(&mesh.central[1]).unwrap();
    assert!(!pending.is_complete().unwrap());
    pending.sign(&new).unwrap();
    let before = tempfile::tempdir().unwrap();
    copy(mesh.folder.path(), before.path());
    mesh.publisher.publish(&pending, &[&mesh.online], start()).unwrap();
    let versions = follower.follow(&mesh).unwrap();
    assert_eq!((versions.root, versions.targets), (2, 3));
    // Stopped before its last write, the root, clients of the former root follow.
    let root = mesh.path("metadata/2.root.json");
    let written = std::fs::read(&root).unwrap();
    std::fs::remove_file(&root).unwrap();
    assert_eq!(Follower::of(&mesh).follow(&mesh).unwrap().targets, 3);
    // It is published again, and goes on.
    assert!(!mesh.publisher.publish(&pending, &[&mesh.online], start()).unwrap().before);
    assert_eq!(std::fs::read(&root).unwrap(), written);
    assert_eq!(follower.follow(&mesh).unwrap().root, 2);
    let mut change = Change::new();
    change.framework(*b"labels: []\n");
    let former = [&mesh.central[0], &mesh.central[1], &mesh.online];
    assert!(mesh.publisher.commit(&change, &former, start()).is_err());
    mesh.publisher.commit(&change, &[&new, &mesh.online], start()).unwrap();
}

#[test]
fn the_online_key_is_replaced_with_the_former_one() {
    let mesh = Mesh::new();
    let follower = Follower::of(&mesh);
    let new = key();
    let pending = rekeyed_online(&mesh, &new);
    let publish = |keys: &[&SigningKey]| mesh.publisher.publish(&pending, keys, start());
    assert!(matches!(publish(&[&mesh.online]), Err(PublishError::MissingKeys { .. })));
    assert_eq!(follower.follow(&mesh).unwrap().root, 1);
    publish(&[&mesh.online, &new]).unwrap();
    // Stopped before its last write, the root.
    let root = mesh.path("metadata/2.root.json");
    std::fs::remove_file(&root).unwrap();
    assert_eq!(follower.follow(&mesh).unwrap().timestamp, 3);
    publish(&[&mesh.online, &new]).unwrap();
    assert_eq!(follower.follow(&mesh).unwrap().root, 2);
    // From here on the new one alone.
    assert!(mesh.publisher.refresh(&[&mesh.online], start()).is_err());
    mesh.publisher.refresh(&[&new], start()).unwrap();
    assert_eq!(follower.follow(&mesh).unwrap().timestamp, 5);
    assert!(publish(&[&new]).unwrap().before);
}

#[test]
fn the_online_key_is_replaced_without_the_former_one() {
    let mesh = Mesh::new();
    let follower = Follower::of(&mesh);
    let new = key();
    let pending = rekeyed_online(&mesh, &new);
    let timestamp = std::fs::read(mesh.path("metadata/timestamp.json")).unwrap();
    let error = mesh.publisher.publish(&pending, &[&new], start()).unwrap_err();
    insta::assert_snapshot!(error, @"the online key is replaced, and the former one must sign once more, so that pipelines can follow at every moment; give it too, or say that it is lost");
    assert_eq!(follower.follow(&mesh).unwrap().root, 1);
    let root = mesh.publisher.trusted_root();
    let lost = || Publisher::continuing(mesh.folder.path(), root).without_former_online_key();
    lost().publish(&pending, &[&new], start()).unwrap();
    assert_eq!(follower.follow(&mesh).unwrap().root, 2);
    // Stopped right between the root and what the new key signs: clients refuse, and
    // publishing goes on where it was, with the new key.
    put(&mesh.path("metadata/timestamp.json"), &timestamp);
    assert!(matches!(follower.follow(&mesh), Err(TrustError::Threshold { .. })));
    assert!(Publisher::open(mesh.folder.path(), mesh.publisher.trusted_root()).is_err());
    lost().publish(&pending, &[&new], start()).unwrap();
    assert_eq!(follower.follow(&mesh).unwrap().root, 2);
}

fn rekeyed_online(mesh: &Mesh, new: &SigningKey) -> Pending {
    let mut change = Change::new();
    change.online_signers(Signers::one(new.public()));
    let mut pending = mesh.publisher.prepare(&change, start()).unwrap();
    pending.sign(&mesh.central[0]).unwrap();
    pending.sign(&mesh.central[1]).unwrap();
    pending
}

#[test]
fn a_domains_keys_are_replaced_by_central_governance_and_the_new_ones() {
    let mesh = Mesh::new();
    let follower = Follower::of(&mesh);
    let new = [key(), key()];
    let mut change = Change::new();
    let signers = Signers::of(2, new.iter().map(SigningKey::public)).unwrap();
    change.onboard("sales".parse().unwrap(), signers);
    let mut pending = mesh.publisher.prepare(&change, start()).unwrap();
    assert_eq!(pending.sign(&new[0]).unwrap().roles, ["sales"]);
    pending.sign(&mesh.central[0]).unwrap();
    pending.sign(&mesh.central[2]).unwrap();
    assert!(matches!(pending.sign(&mesh.sales), Err(PublishError::NotASigner { .. })));
    assert!(!pending.is_complete().unwrap());
    pending.sign(&new[1]).unwrap();
    mesh.publisher.publish(&pending, &[&mesh.online], start()).unwrap();
    assert_eq!(follower.follow(&mesh).unwrap().targets, 3);
}

#[test]
fn two_rotations_at_once_cannot_both_be_the_next_root() {
    let mesh = Mesh::new();
    let (a, b) = (rekeyed_online(&mesh, &key()), key());
    let b = rekeyed_online(&mesh, &b);
    let [first, second, _] = &mesh.central;
    let mut change = Change::new();
    change.root_signers(Signers::one(first.public()));
    mesh.publisher.commit(&change, &[first, second], start()).unwrap();
    for pending in [a, b] {
        let error = mesh.publisher.publish(&pending, &[&mesh.online], start()).unwrap_err();
        assert!(!matches!(error, PublishError::Trust(_)), "{error}");
    }
    assert_eq!(mesh.open().unwrap().versions().root, 2);
}
