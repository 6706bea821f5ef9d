//! Signs and writes the states of a repository.

use std::collections::BTreeSet;
use std::fs::File;
use std::num::NonZeroU64;
use std::path::Path;
use std::sync::Arc;

use bailiwick_terms::DomainName;
use jiff::Timestamp as Time;
use serde_json::Value;
use tough::schema::{Metafile, RoleType, Root};

use super::central::Delegated;
use super::draft::{Draft, PREPARED, ROOT, TARGETS, Wanted};
use super::online::Online;
use super::signers::expiry;
use super::staged::Staged;
use super::submitted::latest;
use super::{Change, Keyholders, Lifetimes, Pending, PublishError, Signers, central, domain, root};
use crate::bounds::MAX_ROOT_BYTES;
use crate::chain::{Chain, Clock};
use crate::client::Client;
use crate::directory::Directory;
use crate::durable::{self, Readers};
use crate::key::SigningKey;
use crate::source::Source;
use crate::store::Store;
use crate::{TrustError, layout, versions::Versions};

/// The version of the TUF specification that is followed.
pub(super) const SPECIFICATION: &str = "1.0.33";

/// Publishes to the repository in a folder.
///
/// What is signed offline (root, central governance, domains) is a [`Pending`] change until
/// it has its signatures; [`Publisher::commit`] is all of it in one step. Nothing is kept of
/// the keys given. Files are written so that a stop at any moment leaves the former state or
/// the new one: `timestamp.json` is the last, and clients follow nothing that it does not
/// lead to.
#[derive(Debug)]
pub struct Publisher {
    pub(super) directory: Directory,
    root: Arc<[u8]>,
    pub(super) lifetimes: Lifetimes,
    pub(super) online_key_lost: bool,
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
        let mut first = Pending::first(keyholders, lifetimes, now)?;
        sign_all(&mut first, keys)?;
        Self::begin(directory, &first, lifetimes, keys, now)
    }

    /// Makes the repository that a pending change begins, with the keys of snapshot and
    /// timestamp.
    ///
    /// # Errors
    /// [`PublishError::MissingKeys`] if it lacks signatures, [`PublishError::Exists`] if
    /// there is a repository.
    pub fn begin(
        directory: impl AsRef<Path>,
        first: &Pending,
        lifetimes: Lifetimes,
        keys: &[&SigningKey],
        now: Time,
    ) -> Result<Self, PublishError> {
        let folder = directory.as_ref();
        let directory = Directory::new(folder);
        let _lock = lock(&directory)?;
        let root_file = layout::metadata(ROOT, 1, true);
        let exists = Source::from(&directory).find(&root_file, MAX_ROOT_BYTES)?.is_some();
        let (Some(root), Some(_), false) = (first.next_root(), first.next_targets(), exists) else {
            return Err(PublishError::Exists { folder: folder.display().to_string() });
        };
        first.check_complete()?;
        let mut staged = first.files.clone();
        let mut meta = std::collections::HashMap::new();
        let mut signed_root = None;
        for draft in &first.drafts {
            let signed = draft.clone().with_valid_signatures(&first.wanted(draft)?);
            if draft.role() == ROOT {
                signed_root = Some(signed);
            } else {
                meta.insert(format!("{}.json", draft.role()), signed.stage(&mut staged)?);
            }
        }
        let online = Online { root, before: None, keys, lifetimes, now };
        let (_, described) = online.snapshot(None, meta, &mut staged)?;
        online.timestamp(None, described, &mut staged)?;
        // Here the root is the last: without it, there is no repository yet.
        if let Some(signed) = signed_root {
            signed.stage(&mut staged)?;
        }
        let root = staged.get(&root_file).cloned().unwrap_or_default();
        staged.write(&directory)?;
        Ok(Self { directory, root, lifetimes, online_key_lost: false })
    }

    /// Opens a repository to publish to, verified from a trusted root: nothing is
    /// signed on top of what others may have put there. Expiry does not count here,
    /// since publishing is what renews.
    pub fn open(directory: impl AsRef<Path>, trusted_root: &[u8]) -> Result<Self, PublishError> {
        let publisher = Self::continuing(directory, trusted_root);
        publisher.current()?;
        Ok(publisher)
    }

    /// Opens a repository without looking at it: to publish again a change whose publishing
    /// was interrupted, between a root that replaces lost keys and what the new keys sign.
    /// [`Publisher::publish`] verifies what it stands on.
    pub fn continuing(directory: impl AsRef<Path>, trusted_root: &[u8]) -> Self {
        Self {
            directory: Directory::new(directory.as_ref()),
            root: trusted_root.into(),
            lifetimes: Lifetimes::default(),
            online_key_lost: false,
        }
    }

    /// Signs with other lifetimes from now on.
    pub fn with_lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.lifetimes = lifetimes;
        self
    }

    /// Publishes from now on also what replaces the keys of snapshot and timestamp without
    /// their signature: they are lost, or stolen. Clients then refuse the repository for the
    /// moment between two writes.
    pub fn without_former_online_key(mut self) -> Self {
        self.online_key_lost = true;
        self
    }

    /// The root that a client needs to trust this repository: the content of a file to
    /// be handed out on a way of its own.
    pub fn trusted_root(&self) -> &[u8] {
        &self.root
    }

    /// Writes that root to a file, whole or not at all.
    ///
    /// # Errors
    /// [`PublishError::Io`].
    pub fn save_trusted_root(&self, file: impl AsRef<Path>) -> Result<(), PublishError> {
        let file = file.as_ref();
        durable::replace(file, &self.root, Readers::Anyone)
            .map_err(|source| PublishError::Io { file: file.display().to_string(), source })
    }

    /// Who signs the roles now.
    pub fn keyholders(&self) -> Result<Keyholders, PublishError> {
        root::keyholders(&self.current()?.chain.root)
    }

    /// Who signs for a domain now; none if it is not onboarded.
    pub fn domain_signers(&self, domain: &DomainName) -> Result<Option<Signers>, PublishError> {
        let client = self.current()?;
        let delegations = client.chain.targets.delegations.as_ref();
        let role = client.chain.targets.delegated().find(|role| role.name == domain.as_str());
        Ok(role
            .zip(delegations)
            .and_then(|(role, there)| Signers::of_keys(role.threshold, &role.keyids, &there.keys)))
    }

    /// Prepares a change: the very bytes that are to be signed, on top of what is there.
    /// Empty if all is there already. Writes nothing.
    pub fn prepare(&self, change: &Change, now: Time) -> Result<Pending, PublishError> {
        self.prepare_on(self.current()?, change, now)
    }

    /// Prepares, signs and publishes a change: all of it or nothing. Needs the keys of
    /// snapshot and timestamp, those of the root, of central governance and of each domain
    /// only if their metadata change. Keys that are not needed are ignored. The same change
    /// again is safe: only snapshot and timestamp are renewed.
    pub fn commit(
        &self,
        change: &Change,
        keys: &[&SigningKey],
        now: Time,
    ) -> Result<Versions, PublishError> {
        let _lock = lock(&self.directory)?;
        let client = self.current()?;
        let waiting = waiting(&client, change)?;
        let mut pending = self.prepare_on(client, change, now)?;
        sign_all(&mut pending, keys)?;
        Ok(self.publish_locked(&pending, waiting, keys, now)?.versions)
    }

    fn prepare_on(
        &self,
        client: Client,
        change: &Change,
        now: Time,
    ) -> Result<Pending, PublishError> {
        let chain = &client.chain;
        let (mut drafts, mut files) = (Vec::new(), Staged::default());
        let mut central_changed = change.renew_governance;
        if let Some(mut next) = root::apply(&chain.root, change)? {
            next.expires = expiry(now, self.lifetimes.root, ROOT)?;
            next._extra.extend([prepared(now)]);
            // The new keys sign what the former ones signed.
            central_changed |= signers_of(&next) != signers_of(&chain.root);
            drafts.push(Draft::root(&next)?);
        }
        let mut targets = chain.targets.clone();
        let Delegated { changed, rekeyed } = central::delegate(&mut targets, change)?;
        central_changed |= changed;
        central_changed |= central::apply(&mut targets, change, &client, &mut files)?;
        if central_changed {
            targets.version = following(targets.version, TARGETS)?;
            targets.expires = expiry(now, self.lifetimes.targets, TARGETS)?;
            targets.extra.extend([prepared(now)]);
            drafts.push(Draft::targets(TARGETS, &targets)?);
        }
        for name in change.domains().union(&rekeyed).cloned().collect::<BTreeSet<DomainName>>() {
            let signed = match &chain.targets.delegations {
                Some(there) if there.roles.iter().any(|role| role.name == name.as_str()) => {
                    latest(&client, there, name.as_str())?.metadata
                }
                _ => None,
            };
            // Nothing of it is signed that would have to be signed anew.
            if signed.is_none() && !change.domains().contains(&name) {
                continue;
            }
            Wanted::by_delegation(targets.delegations.as_ref(), name.as_str())?;
            let role = targets.delegated().find(|role| role.name == name.as_str());
            let renew = rekeyed.contains(&name) || change.renewed.contains(&name);
            let applied = domain::apply(&name, role, signed, change, &mut files)?;
            if let Some(mut role) = applied.into_changed(renew) {
                role.expires = expiry(now, self.lifetimes.domain, name.as_str())?;
                role.extra.extend([prepared(now)]);
                drafts.push(Draft::targets(name.as_str(), &role)?);
            }
        }
        Ok(Pending { base: Some(client), drafts, files })
    }

    pub(super) fn current(&self) -> Result<Client, PublishError> {
        self.current_below(None)
    }

    /// The state before a root's version.
    pub(super) fn current_below(&self, root: Option<NonZeroU64>) -> Result<Client, PublishError> {
        let source = Source::from(&self.directory);
        let (store, clock) = (Store::none(), Clock::Ignored);
        let chain = Chain::follow_below(&source, Some(&self.root), root, clock, &store)?;
        if chain.root.consistent_snapshot {
            return Ok(Client::of(source, store, chain, clock));
        }
        // Without them a stop in the midst would leave a mix of two states.
        Err(PublishError::Trust(TrustError::Malformed {
            file: "the root".to_owned(),
            detail: "consistent snapshots are off, and publishing needs them".to_owned(),
        }))
    }
}

/// What the domains of a change signed and no snapshot lists: such as their part of the same
/// change, if publishing it was interrupted. The change is in force when that is, too.
fn waiting(client: &Client, change: &Change) -> Result<Vec<(DomainName, Metafile)>, PublishError> {
    let mut waiting = Vec::new();
    let changed = change.domains();
    for (domain, delegations) in domains(&client.chain) {
        if changed.contains(&domain)
            && let Some(described) = latest(client, delegations, domain.as_str())?.unlisted
        {
            waiting.push((domain, described));
        }
    }
    Ok(waiting)
}

fn sign_all(pending: &mut Pending, keys: &[&SigningKey]) -> Result<(), PublishError> {
    for key in keys {
        match pending.sign(key) {
            Ok(_) | Err(PublishError::NotASigner { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whom central governance's metadata must be signed by.
fn signers_of(root: &Root) -> Option<&tough::schema::RoleKeys> {
    root.roles.get(&RoleType::Targets)
}

/// The domains that are delegated to.
pub(super) fn domains(chain: &Chain) -> Vec<(DomainName, &crate::targets::Delegations)> {
    let delegations = chain.targets.delegations.as_ref();
    let named = chain.targets.delegated().filter_map(|role| role.name.parse().ok());
    delegations.map_or_else(Vec::new, |there| named.map(|name| (name, there)).collect())
}

/// When a version was prepared, to be signed with it.
pub(super) fn prepared(now: Time) -> (String, Value) {
    let second = Time::from_second(now.as_second()).unwrap_or(now);
    (PREPARED.to_owned(), Value::String(second.to_string()))
}

pub(super) fn following(version: NonZeroU64, role: &str) -> Result<NonZeroU64, PublishError> {
    version.checked_add(1).ok_or_else(|| PublishError::LastVersion { role: role.to_owned() })
}

/// Two publishers at once would each build on a state that the other replaces.
pub(super) fn lock(directory: &Directory) -> Result<File, PublishError> {
    let path = directory.path(".lock");
    durable::make_folder(&directory.path(""))
        .and_then(|()| durable::lock(&path))
        .map_err(|source| PublishError::Io { file: ".lock".to_owned(), source })
}
