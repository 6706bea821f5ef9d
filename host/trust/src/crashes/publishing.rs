//! A publish that is stopped: the former state or the next, which can be gone on with.

use std::path::Path;

use super::machine::{empty, folder};
use super::mesh::{Mesh, State, later, next, start};
use super::{failures, stops};
use crate::*;

/// What must be possible whatever was found.
fn goes_on(mesh: &Mesh, folder: &Path) {
    mesh.commit(folder, &next(), later()).unwrap();
    assert_eq!(mesh.state(&mesh.open(folder).unwrap()), State::Next);
}

#[test]
fn a_stopped_publish_is_done_or_can_be_repeated() {
    let mesh = Mesh::new();
    let stops = stops(&mesh.former, |folder| {
        mesh.commit(folder, &next(), start()).unwrap();
    });
    let mut seen = [0, 0];
    for (tree, ended) in &stops {
        let folder = folder(tree);
        let state = mesh.state(&mesh.open(folder.path()).unwrap());
        assert!(!ended || state == State::Next, "a publish that had ended is lost");
        seen[state as usize] += 1;
        goes_on(&mesh, folder.path());
    }
    assert!(seen.iter().all(|found| *found > 10), "{seen:?}");
}

#[test]
fn clients_go_on_after_a_stopped_publish() {
    let mesh = Mesh::new();
    let stops = stops(&mesh.former, |folder| {
        mesh.commit(folder, &next(), start()).unwrap();
    });
    for tree in stops.keys() {
        let found = folder(tree);
        let repository = found.path().join("repository");
        // One of them has even seen what the stop took back again.
        let stores = [&mesh.former, &mesh.next].map(|seen| {
            let (seen, store) = (folder(seen), empty());
            let seen = seen.path().join("repository");
            Repository::open_with_store(&seen, &mesh.root, store.path(), start()).unwrap();
            store
        });
        goes_on(&mesh, found.path());
        mesh.commit(found.path(), &Change::new(), later()).unwrap();
        for store in stores {
            let client =
                Repository::open_with_store(&repository, &mesh.root, store.path(), later());
            assert_eq!(mesh.state(&client.unwrap()), State::Next);
        }
    }
}

#[test]
fn a_stopped_creation_can_be_repeated() {
    let mesh = Mesh::new();
    let create = |folder: &Path| match mesh.create(folder) {
        Ok(_) | Err(PublishError::Exists { .. }) => {}
        Err(other) => panic!("{other}"),
    };
    for (tree, ended) in &stops(&Default::default(), create) {
        let folder = folder(tree);
        assert!(!ended || mesh.open(folder.path()).is_ok());
        create(folder.path());
        mesh.open(folder.path()).unwrap();
        mesh.commit(folder.path(), Change::new().framework(*b"first"), later()).unwrap();
    }
}

#[test]
fn a_publish_on_a_failing_disk_says_so_and_can_be_repeated() {
    let mesh = Mesh::new();
    let publish = |folder: &Path| mesh.commit(folder, &next(), start());
    failures(&mesh.former, publish, |folder, said| {
        assert!(matches!(said, Err(PublishError::Io { .. })), "{said:?}");
        mesh.state(&mesh.open(folder).unwrap());
        goes_on(&mesh, folder);
    });
}
