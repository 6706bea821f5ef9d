//! An update of a client's store that is stopped: the client never goes back behind what
//! it trusted, and never stays where it is.

use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tough::schema::{Role, RoleType, Root, Signature, Signed, Snapshot, Timestamp};

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
    fn survives(&self, fewest_stops: usize) {
        let update = |folder: &Path| {
            self.update(&self.next, folder).unwrap();
        };
        let stops = stops(&self.store(), update);
        assert!(stops.len() > fewest_stops, "{}", stops.len());
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
    Client::new(&Mesh::new()).survives(20);
}

#[test]
fn nor_does_one_of_the_timestamp_alone() {
    // Nothing is written behind it that would make it durable by the way.
    let mesh = Mesh::new();
    let client = Client { next: folder(&mesh.former), ..Client::new(&mesh) };
    let file = client.next.path().join("repository/metadata/timestamp.json");
    let mut timestamp: Signed<Timestamp> = read(&file);
    timestamp.signed.version = following(timestamp.signed.version);
    put(&file, timestamp, &mesh.online);
    client.survives(5);
}

#[test]
fn nor_does_one_in_which_the_keys_changed() {
    // What was trusted is then forgotten (TUF 5.3.11), in more than one step.
    let mesh = Mesh::new();
    let client = Client::new(&mesh);
    let new = SigningKey::generate().unwrap();
    let metadata = rekeyed(&client, RoleType::Timestamp, &new);
    let file = metadata.join("timestamp.json");
    let timestamp: Signed<Timestamp> = read(&file);
    put(&file, timestamp, &new);
    client.survives(20);
}

/// The metadata of the next state, with a root behind it that has another key for a role.
fn rekeyed(client: &Client<'_>, role: RoleType, new: &SigningKey) -> PathBuf {
    let metadata = client.next.path().join("repository/metadata");
    let mut root: Signed<Root> = serde_json::from_slice(&client.mesh.root).unwrap();
    root.signed.version = NonZeroU64::new(2).unwrap();
    root.signed.keys.insert(new.public().tuf_id().clone(), new.public().tuf_key().clone());
    let signers = root.signed.roles.get_mut(&role).unwrap();
    signers.keyids = vec![new.public().tuf_id().clone()];
    put(&metadata.join("2.root.json"), root, &client.mesh.central);
    metadata
}

#[test]
fn what_a_thief_ran_ahead_with_is_forgotten_wherever_it_stops() {
    // A thief of the online key signed versions that nobody reaches for years. Once the key
    // of either role is another, both are forgotten: a store in which one is left would
    // refuse what is honest for ever.
    for role in [RoleType::Timestamp, RoleType::Snapshot] {
        let mesh = Mesh::new();
        let client = Client::new(&mesh);
        run_ahead(&mesh, &client.former.path().join("repository/metadata"));
        let new = SigningKey::generate().unwrap();
        let metadata = rekeyed(&client, role, &new);
        let file = metadata.join("timestamp.json");
        let mut timestamp: Signed<Timestamp> = read(&file);
        if role == RoleType::Snapshot {
            let version = timestamp.signed.meta["snapshot.json"].version;
            let file = metadata.join(format!("{version}.snapshot.json"));
            let snapshot: Signed<Snapshot> = read(&file);
            put(&file, snapshot, &new);
            describe(&mut timestamp, &fs::read(&file).unwrap(), version);
            put(&metadata.join("timestamp.json"), timestamp, &mesh.online);
        } else {
            put(&file, timestamp, &new);
        }
        let update = |folder: &Path| {
            client.update(&client.next, folder).unwrap();
        };
        for tree in stops(&client.store(), update).keys() {
            update(folder(tree).path());
        }
    }
}

/// Timestamp, snapshot, and what that lists of a domain, all far ahead.
fn run_ahead(mesh: &Mesh, metadata: &Path) {
    let far = NonZeroU64::new(1_000_000).unwrap();
    let file = metadata.join("timestamp.json");
    let mut timestamp: Signed<Timestamp> = read(&file);
    let version = timestamp.signed.meta["snapshot.json"].version;
    let mut snapshot: Signed<Snapshot> = read(&metadata.join(format!("{version}.snapshot.json")));
    snapshot.signed.version = far;
    snapshot.signed.meta.get_mut("sales.json").unwrap().version = far;
    let ahead = metadata.join(format!("{far}.snapshot.json"));
    put(&ahead, snapshot, &mesh.online);
    timestamp.signed.version = far;
    describe(&mut timestamp, &fs::read(&ahead).unwrap(), far);
    put(&file, timestamp, &mesh.online);
}

fn describe(timestamp: &mut Signed<Timestamp>, snapshot: &[u8], version: NonZeroU64) {
    let described = timestamp.signed.meta.get_mut("snapshot.json").unwrap();
    described.version = version;
    described.length = Some(snapshot.len() as u64);
    described.hashes.as_mut().unwrap().sha256 = Sha256::digest(snapshot).to_vec().into();
}

fn following(version: NonZeroU64) -> NonZeroU64 {
    version.checked_add(1).unwrap()
}

fn read<T: Role + DeserializeOwned>(file: &Path) -> Signed<T> {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
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
