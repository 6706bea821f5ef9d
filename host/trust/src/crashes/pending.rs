//! A change on its way from signer to signer: neither it nor a signature is lost.

use std::path::Path;

use super::machine::{folder, tree};
use super::mesh::{Mesh, State, later, next, start};
use super::{failures, stops};
use crate::*;

/// Puts the change into its folder, or finds it there.
fn save(mesh: &Mesh, folder: &Path) -> Result<(), PublishError> {
    let pending = folder.join("pending");
    match Pending::open(&pending, Some(&mesh.root)) {
        Ok(mut there) => there.update(&pending),
        Err(_) => {
            let publisher = Publisher::open(folder.join("repository"), &mesh.root)?;
            publisher.prepare(&next(), start())?.save(&pending)
        }
    }
}

/// Adds the signatures of all whose keys are not online.
fn sign(mesh: &Mesh, folder: &Path) -> Result<(), PublishError> {
    let folder = folder.join("pending");
    let mut pending = Pending::open(&folder, Some(&mesh.root))?;
    for key in [&mesh.central, &mesh.sales] {
        pending.sign(key)?;
    }
    pending.update(&folder)
}

/// Publishes it, with no more than the online key.
fn publish(mesh: &Mesh, folder: &Path) {
    let pending = Pending::open(folder.join("pending"), Some(&mesh.root)).unwrap();
    let publisher = Publisher::open(folder.join("repository"), &mesh.root).unwrap();
    publisher.publish(&pending, &[&mesh.online], later()).unwrap();
    assert_eq!(mesh.state(&mesh.open(folder).unwrap()), State::Next);
}

#[test]
fn a_change_is_there_whole_or_not_at_all() {
    let mesh = Mesh::new();
    for (tree, ended) in &stops(&mesh.former, |folder| save(&mesh, folder).unwrap()) {
        let folder = folder(tree);
        let there = folder.path().join("pending").exists();
        assert!(there || !ended, "a change that was saved is lost");
        if there {
            Pending::open(folder.path().join("pending"), Some(&mesh.root)).unwrap();
        }
        save(&mesh, folder.path()).unwrap();
        sign(&mesh, folder.path()).unwrap();
        publish(&mesh, folder.path());
    }
}

#[test]
fn a_signature_is_not_lost() {
    let mesh = Mesh::new();
    let begun = folder(&mesh.former);
    save(&mesh, begun.path()).unwrap();
    let begun = tree(begun.path());
    for (tree, ended) in &stops(&begun, |folder| sign(&mesh, folder).unwrap()) {
        let folder = folder(tree);
        if !ended {
            sign(&mesh, folder.path()).unwrap();
        }
        publish(&mesh, folder.path());
    }
    failures(
        &begun,
        |folder| sign(&mesh, folder),
        |folder, said| {
            assert!(matches!(said, Err(PublishError::Io { .. })), "{said:?}");
            sign(&mesh, folder).unwrap();
            publish(&mesh, folder);
        },
    );
}
