//! Signs and writes the states of a repository.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::num::NonZeroU64;
use std::path::Path;
use std::sync::Arc;

use bailiwick_terms::DomainName;
use jiff::Timestamp as Time;
use tough::schema::{Metafile, RoleType, Root, Snapshot, Timestamp};

use super::signers::{expiry, sign};
use super::staged::Staged;
use super::{Change, Keyholders, Lifetimes, PublishError, central, domain};
use crate::bounds::{MAX_ROOT_BYTES, MAX_SNAPSHOT_BYTES, MAX_TARGETS_BYTES, MAX_TIMESTAMP_BYTES};
use crate::chain::{Chain, Clock, listed_version};
use crate::client::Client;
use crate::directory::Directory;
use crate::error::names;
use crate::key::SigningKey;
use crate::source::Source;
use crate::store::Store;
use crate::targets::Targets;
use crate::{TrustError, durable, layout, versions::Versions};

/// The version of the TUF specification that is followed.
pub(super) const SPECIFICATION: &str = "1.0.33";

/// Publishes to the repository in a folder.
///
/// Every publish takes the keys it signs with; nothing is kept of them. Files are
/// written so that a stop at any moment leaves the former state or the new one:
/// `timestamp.json` is the last, and clients follow nothing that it does not lead to.
#[derive(Debug)]
pub struct Publisher {
    directory: Directory,
    root: Arc<[u8]>,
    lifetimes: Lifetimes,
}

impl Publisher {
    /// Makes a repository with an empty deny list and no domains. The keys must be
    /// enough to sign every role.
    pub fn create(
        directory: impl AsRef<Path>,
        keyholders: &Keyholders,
        lifetimes: Lifetimes,
        keys: &[&SigningKey],
        now: Time,
    ) -> Result<Self, PublishError> {
        let folder = directory.as_ref();
        let directory = Directory::new(folder);
        let _lock = lock(&directory)?;
        let root_file = layout::metadata("root", 1, true);
        if Source::from(&directory).find(&root_file, MAX_ROOT_BYTES)?.is_some() {
            return Err(PublishError::Exists { folder: folder.display().to_string() });
        }
        let root = first_root(keyholders, expiry(now, lifetimes.root, "root")?);
        let mut state = Unsigned {
            root: &root,
            keys,
            lifetimes,
            now,
            staged: Staged::default(),
            meta: HashMap::new(),
        };
        let expires = expiry(now, lifetimes.targets, "targets")?;
        let mut targets = Targets::new(SPECIFICATION, NonZeroU64::MIN, expires);
        central::found(&mut targets, &mut state.staged)?;
        state.targets(targets)?;
        let (_, described) = state.snapshot(NonZeroU64::MIN)?;
        state.timestamp(NonZeroU64::MIN, described)?;
        // Here the root is the last: without it, there is no repository yet.
        let Unsigned { mut staged, .. } = state;
        let signers = role_keys(&root, RoleType::Root)?;
        let signed = sign(root.clone(), "root", &signers.keyids, signers.threshold, keys)?;
        staged.role(root_file, &signed, MAX_ROOT_BYTES)?;
        let root = staged.last().cloned().unwrap_or_default();
        staged.write(&directory)?;
        Ok(Self { directory, root, lifetimes })
    }

    /// Opens a repository to publish to, verified from a trusted root: nothing is
    /// signed on top of what others may have put there. Expiry does not count here,
    /// since publishing is what renews.
    pub fn open(directory: impl AsRef<Path>, trusted_root: &[u8]) -> Result<Self, PublishError> {
        let publisher = Self {
            directory: Directory::new(directory.as_ref()),
            root: trusted_root.into(),
            lifetimes: Lifetimes::default(),
        };
        publisher.current()?;
        Ok(publisher)
    }

    /// Signs with other lifetimes from now on.
    pub fn with_lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.lifetimes = lifetimes;
        self
    }

    /// The root that a client needs to trust this repository: the content of a file to
    /// be handed out on a way of its own.
    pub fn trusted_root(&self) -> &[u8] {
        &self.root
    }

    /// Publishes a change: all of it or nothing. Needs the keys of snapshot and
    /// timestamp, those of central governance and of each domain only if their
    /// metadata change. Keys that are not needed are ignored. The same change again is
    /// safe: only snapshot and timestamp are renewed.
    pub fn commit(
        &self,
        change: &Change,
        keys: &[&SigningKey],
        now: Time,
    ) -> Result<Versions, PublishError> {
        let _lock = lock(&self.directory)?;
        let client = self.current()?;
        let chain = &client.chain;
        let mut state = Unsigned {
            root: &chain.root,
            keys,
            lifetimes: self.lifetimes,
            now,
            staged: Staged::default(),
            meta: chain.snapshot.meta.clone(),
        };
        let mut targets = chain.targets.clone();
        let rekeyed = central::onboard(&mut targets, change)?;
        let mut central_changed = !rekeyed.is_empty() || change.renew_governance;
        central_changed |= central::apply(&mut targets, change, &client, &mut state.staged)?;

        let published =
            |domain: &DomainName| listed_version(&chain.snapshot, domain.as_str()).is_some();
        let rekeyed: BTreeSet<_> = rekeyed.into_iter().filter(published).collect();
        for name in change.domains().union(&rekeyed) {
            let renew = rekeyed.contains(name) || change.renewed.contains(name);
            let next = domain::apply(name, change, &client, &mut state.staged)?;
            if let Some(role) = next.into_changed(renew) {
                state.domain(name, role, &targets)?;
            }
        }
        if central_changed {
            targets.version = following(targets.version, "targets")?;
            targets.expires = expiry(now, self.lifetimes.targets, "targets")?;
            targets = state.targets(targets)?;
        }
        let (snapshot, described) =
            state.snapshot(following(chain.snapshot.version, "snapshot")?)?;
        let timestamp =
            state.timestamp(following(chain.timestamp.version, "timestamp")?, described)?;
        let Unsigned { staged, .. } = state;
        staged.write(&self.directory)?;
        Ok(Versions::of(&Chain { root: chain.root.clone(), timestamp, snapshot, targets }))
    }

    fn current(&self) -> Result<Client, PublishError> {
        let source = Source::from(&self.directory);
        let client = Client::update(source, Some(&self.root), Store::none(), Clock::Ignored)?;
        if client.chain.root.consistent_snapshot {
            return Ok(client);
        }
        // Without them a stop in the midst would leave a mix of two states.
        Err(PublishError::Trust(TrustError::Malformed {
            file: "the root".to_owned(),
            detail: "consistent snapshots are off, and publishing needs them".to_owned(),
        }))
    }
}

/// A state in the making: signed and staged role by role, from the leaves up.
struct Unsigned<'a> {
    root: &'a Root,
    keys: &'a [&'a SigningKey],
    lifetimes: Lifetimes,
    now: Time,
    staged: Staged,
    meta: HashMap<String, Metafile>,
}

impl Unsigned<'_> {
    /// Signs a domain's role with the keys that the new central metadata delegate to.
    fn domain(
        &mut self,
        domain: &DomainName,
        mut role: Targets,
        central: &Targets,
    ) -> Result<(), PublishError> {
        let name = domain.as_str();
        let Some(delegation) = central.delegated().find(|role| role.name == name) else {
            return Err(PublishError::UnknownDomain { domain: domain.to_string() });
        };
        role.expires = expiry(self.now, self.lifetimes.domain, name)?;
        let signed = sign(role, name, &delegation.keyids, delegation.threshold, self.keys)?;
        let file = layout::metadata(name, signed.signed.version.get(), true);
        let described = self.staged.role(file, &signed, MAX_TARGETS_BYTES)?;
        self.meta.insert(format!("{name}.json"), described);
        Ok(())
    }

    fn targets(&mut self, targets: Targets) -> Result<Targets, PublishError> {
        let signers = role_keys(self.root, RoleType::Targets)?;
        let signed = sign(targets, "targets", &signers.keyids, signers.threshold, self.keys)?;
        let file = layout::metadata("targets", signed.signed.version.get(), true);
        let described = self.staged.role(file, &signed, MAX_TARGETS_BYTES)?;
        self.meta.insert("targets.json".to_owned(), described);
        Ok(signed.signed)
    }

    fn snapshot(&mut self, version: NonZeroU64) -> Result<(Snapshot, Metafile), PublishError> {
        let expires = expiry(self.now, self.lifetimes.snapshot, "snapshot")?;
        let mut snapshot = Snapshot::new(SPECIFICATION.to_owned(), version, expires);
        snapshot.meta = self.meta.clone();
        let signers = role_keys(self.root, RoleType::Snapshot)?;
        let signed = sign(snapshot, "snapshot", &signers.keyids, signers.threshold, self.keys)?;
        let file = layout::metadata("snapshot", version.get(), true);
        let described = self.staged.role(file, &signed, MAX_SNAPSHOT_BYTES)?;
        Ok((signed.signed, described))
    }

    fn timestamp(
        &mut self,
        version: NonZeroU64,
        snapshot: Metafile,
    ) -> Result<Timestamp, PublishError> {
        let expires = expiry(self.now, self.lifetimes.timestamp, "timestamp")?;
        let mut timestamp = Timestamp::new(SPECIFICATION.to_owned(), version, expires);
        timestamp.meta.insert("snapshot.json".to_owned(), snapshot);
        let signers = role_keys(self.root, RoleType::Timestamp)?;
        let signed = sign(timestamp, "timestamp", &signers.keyids, signers.threshold, self.keys)?;
        self.staged.role(layout::TIMESTAMP.to_owned(), &signed, MAX_TIMESTAMP_BYTES)?;
        Ok(signed.signed)
    }
}

fn first_root(keyholders: &Keyholders, expires: Time) -> Root {
    let Keyholders { root, targets, snapshot, timestamp } = keyholders;
    let roles = [
        (RoleType::Root, root),
        (RoleType::Targets, targets),
        (RoleType::Snapshot, snapshot),
        (RoleType::Timestamp, timestamp),
    ];
    Root {
        spec_version: SPECIFICATION.to_owned(),
        consistent_snapshot: true,
        version: NonZeroU64::MIN,
        expires,
        keys: roles.iter().flat_map(|(_, signers)| signers.keys()).collect(),
        roles: roles.iter().map(|(role, signers)| (*role, signers.role_keys())).collect(),
        _extra: HashMap::new(),
    }
}

fn role_keys(root: &Root, role: RoleType) -> Result<&tough::schema::RoleKeys, PublishError> {
    root.roles.get(&role).ok_or_else(|| PublishError::MissingKeys {
        role: role.to_string(),
        threshold: 1,
        given: 0,
        expected: names([""; 0]),
    })
}

pub(super) fn following(version: NonZeroU64, role: &str) -> Result<NonZeroU64, PublishError> {
    version.checked_add(1).ok_or_else(|| PublishError::LastVersion { role: role.to_owned() })
}

/// Two publishers at once would each build on a state that the other replaces.
fn lock(directory: &Directory) -> Result<File, PublishError> {
    let path = directory.path(".lock");
    durable::make_folder(&directory.path(""))
        .and_then(|()| durable::lock(&path))
        .map_err(|source| PublishError::Io { file: ".lock".to_owned(), source })
}
