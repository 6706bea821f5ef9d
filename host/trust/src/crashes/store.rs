//! An update of a client's store that is stopped: the client never goes back behind what
//! it trusted, and never stays where it is.

use std::fs;
use std::num::NonZeroU64;
use std::path::Path;

use tempfile::TempDir;
use tough::schema::{Role, RoleType, Root, Signature, Signed, Timestamp};

use super::machine::{Tree, empty, folder, tree};
use super::mesh::{Mesh, start};
use super::{failures, stops};
use crate::*;

/// A client with a store, which sees one repository now and another then.
struct Client<'a> {
    mesh: &'a Mesh,
    oldest: TempDir,
    former: TempDir,
    next: TempDir,
}

impl<'a> Client<'a> {
    fn new(mesh: &'a Mesh) -> Self {
        let [oldest, former, next] = [&mesh.oldest, &mesh.former, &mesh.next].map(folder);
        Self { mesh, oldest, former, next }
    }

    fn update(&self, seen: &TempDir, folder: &Path) -> Result<Versions, TrustError> {
        let seen = seen.path().join("repository");
        let store = folder.join("host/store");
        let repository = Repository::open_with_store(&seen, &self.mesh.root, store, start())?;
        Ok(repository.versions())
    }

    /// The store after an update to the former state.
    fn store(&self) -> Tree {
        let folder = empty();
        self.update(&self.former, folder.path()).unwrap();
        tree(folder.path())
    }

    /// An update from the former state to the next, stopped.
    fn survives(&self) {
        let update = |folder: &Path| {
            self.update(&self.next, folder).unwrap();
        };
        let stops = stops(&self.store(), update);
        assert!(stops.len() > 20, "{}", stops.len());
        for (tree, ended) in &stops {
            let folder = folder(tree);
            self.refused(&self.oldest, folder.path());
            if *ended {
                self.refused(&self.former, folder.path());
            }
            update(folder.path());
            self.refused(&self.former, folder.path());
        }
    }

    fn refused(&self, seen: &TempDir, folder: &Path) {
        let error = self.update(seen, folder).unwrap_err();
        let refused = matches!(error, TrustError::Rollback { .. } | TrustError::Threshold { .. });
        assert!(refused, "{error}");
    }
}

#[test]
fn a_stopped_update_never_goes_back() {
    Client::new(&Mesh::new()).survives();
}

#[test]
fn nor_does_one_in_which_the_keys_changed() {
    // What was trusted is then forgotten (TUF 5.3.11), in more than one step.
    let mesh = Mesh::new();
    let client = Client::new(&mesh);
    let new = SigningKey::generate().unwrap();
    let metadata = client.next.path().join("repository/metadata");

    let mut root: Signed<Root> = serde_json::from_slice(&mesh.root).unwrap();
    root.signed.version = NonZeroU64::new(2).unwrap();
    root.signed.keys.insert(new.public().tuf_id().clone(), new.public().tuf_key().clone());
    let signers = root.signed.roles.get_mut(&RoleType::Timestamp).unwrap();
    signers.keyids = vec![new.public().tuf_id().clone()];
    put(&metadata.join("2.root.json"), root, &mesh.central);

    let file = metadata.join("timestamp.json");
    let timestamp: Signed<Timestamp> = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    put(&file, timestamp, &new);
    client.survives();
}

fn put<T: Role>(file: &Path, mut role: Signed<T>, key: &SigningKey) {
    let sig = key.sign(&role.signed.canonical_form().unwrap()).into();
    role.signatures = vec![Signature { keyid: key.public().tuf_id().clone(), sig }];
    fs::write(file, serde_json::to_vec(&role).unwrap()).unwrap();
}

#[test]
fn the_first_update_can_be_repeated() {
    let mesh = Mesh::new();
    let client = Client::new(&mesh);
    let update = |folder: &Path| {
        client.update(&client.former, folder).unwrap();
    };
    for (tree, ended) in &stops(&Tree::new(), update) {
        let folder = folder(tree);
        if *ended {
            client.refused(&client.oldest, folder.path());
        }
        update(folder.path());
        client.refused(&client.oldest, folder.path());
    }
}

#[test]
fn an_update_on_a_failing_disk_trusts_nothing_that_it_could_not_keep() {
    let mesh = Mesh::new();
    let client = Client::new(&mesh);
    let update = |folder: &Path| client.update(&client.next, folder);
    failures(&client.store(), update, |folder, said| {
        assert!(matches!(said, Err(TrustError::Store { .. })), "{said:?}");
        client.refused(&client.oldest, folder);
        update(folder).unwrap();
        client.refused(&client.former, folder);
    });
}
