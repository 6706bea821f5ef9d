//! From signed changes to the state that clients see.

use std::num::NonZeroU64;

use bailiwick_terms::DomainName;
use jiff::Timestamp as Time;
use tough::schema::{Metafile, RoleType, Root};

use super::draft::{Draft, ROOT, TARGETS};
use super::online::{Online, Refreshed, versions};
use super::publisher::{Publisher, domains, lock};
use super::staged::Staged;
use super::submitted::{Latest, latest};
use super::{Pending, PublishError};
use crate::bounds::{MAX_ROOT_BYTES, MAX_TARGETS_BYTES};
use crate::chain::{Chain, Clock, listed_version};
use crate::client::Client;
use crate::key::SigningKey;
use crate::listing::BrokenDomain;
use crate::source::Source;
use crate::versions::Versions;
use crate::{durable, layout};

/// What came of publishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The versions that are current now.
    pub versions: Versions,
    /// Whether the change had been published before, so that nothing was written.
    pub before: bool,
}

impl Publisher {
    /// Publishes a change that has its signatures: all of it or nothing. Needs the keys of
    /// snapshot and timestamp, unless it only says who signs the root. Safe to repeat.
    ///
    /// Where it replaces those keys, the former ones sign once more, so that clients can
    /// follow at every moment. Only a publisher [without them](Self::without_former_online_key)
    /// does without; if it is interrupted between the two writes, repeat it.
    ///
    /// # Errors
    /// [`PublishError::MissingKeys`] if signatures or keys are missing,
    /// [`PublishError::FormerOnlineKey`] if the former ones are,
    /// [`PublishError::Stale`] if the repository has moved on since it was prepared.
    pub fn publish(
        &self,
        pending: &Pending,
        keys: &[&SigningKey],
        now: Time,
    ) -> Result<Published, PublishError> {
        let _lock = lock(&self.directory)?;
        self.publish_locked(pending, Vec::new(), keys, now)
    }

    /// Hands in what domains signed, without any other key: the next
    /// [`Publisher::refresh`] makes it current. Whether it had been handed in before.
    ///
    /// # Errors
    /// [`PublishError::NotOfDomains`], [`PublishError::MissingKeys`],
    /// [`PublishError::Stale`].
    pub fn submit(&self, pending: &Pending) -> Result<bool, PublishError> {
        let _lock = lock(&self.directory)?;
        if let Some(draft) = pending.drafts.iter().find(|d| matches!(d.role(), ROOT | TARGETS)) {
            return Err(PublishError::NotOfDomains { role: draft.role().to_owned() });
        }
        let client = self.current()?;
        let mut staged = pending.files.clone();
        let mut before = true;
        pending.check_complete()?;
        for draft in &pending.drafts {
            if self.is_there(draft)? && newest(draft, &client)? >= draft.version().get() {
                continue;
            }
            before = false;
            self.check_fresh(draft, &client)?;
            let signed = draft.clone().with_valid_signatures(&pending.wanted(draft)?);
            signed.stage(&mut staged)?;
        }
        if before {
            self.settle()?;
        } else {
            staged.write(&self.directory)?;
        }
        Ok(before)
    }

    /// Renews snapshot and timestamp, with their keys alone, and makes current what domains
    /// submitted and their delegations vouch for.
    pub fn refresh(&self, keys: &[&SigningKey], now: Time) -> Result<Refreshed, PublishError> {
        let _lock = lock(&self.directory)?;
        let mut client = self.current()?;
        client.clock = Clock::At(now);
        let chain = &client.chain;
        let mut meta = chain.snapshot.meta.clone();
        let (mut taken, mut refused) = (Vec::new(), Vec::new());
        for (domain, delegations) in domains(chain) {
            let listed = listed_version(&chain.snapshot, domain.as_str()).map(NonZeroU64::get);
            match latest(&client, delegations, domain.as_str()) {
                Ok(Latest { unlisted, refused: behind, .. }) => {
                    if let Some(described) = unlisted {
                        taken.push((domain.clone(), listed, described.version.get()));
                        meta.insert(format!("{domain}.json"), described);
                    }
                    if let Some((_, error)) = behind {
                        refused.push(BrokenDomain { domain, error });
                    }
                }
                Err(error) => refused.push(BrokenDomain { domain, error }),
            }
        }
        let lifetimes = self.lifetimes;
        let online = Online { root: &chain.root, before: None, keys, lifetimes, now };
        let mut staged = Staged::default();
        let (snapshot, described) = online.snapshot(Some(&chain.snapshot), meta, &mut staged)?;
        let timestamp = online.timestamp(Some(&chain.timestamp), described, &mut staged)?;
        staged.write(&self.directory)?;
        Ok(Refreshed { versions: versions(chain, snapshot, timestamp), taken, refused })
    }

    /// Whether the repository is still where a change was prepared: else nobody need sign it.
    ///
    /// # Errors
    /// [`PublishError::Stale`].
    pub fn check_current(&self, pending: &Pending) -> Result<(), PublishError> {
        let client = self.current_below(pending.next_root().map(|root| root.version))?;
        for draft in &pending.drafts {
            if !self.is_listed(draft, &client)? {
                self.check_fresh(draft, &client)?;
            }
        }
        Ok(())
    }

    /// `waiting`: what domains signed before and is to be in force with it.
    pub(super) fn publish_locked(
        &self,
        pending: &Pending,
        waiting: Vec<(DomainName, Metafile)>,
        keys: &[&SigningKey],
        now: Time,
    ) -> Result<Published, PublishError> {
        pending.check_complete()?;
        if !pending.is_empty()
            && let Ok(client) = self.current()
            && self.is_published(pending, &client)?
        {
            self.settle()?;
            return Ok(Published { versions: Versions::of(&client.chain), before: true });
        }
        let next_root = pending.next_root();
        // Publishing that was interrupted may have written the next root already.
        let client = self.current_below(next_root.map(|root| root.version))?;
        let chain = &client.chain;
        let mut staged = pending.files.clone();
        let mut meta = chain.snapshot.meta.clone();
        meta.extend(waiting.into_iter().map(|(domain, there)| (format!("{domain}.json"), there)));
        let mut signed_root = None;
        for draft in pending.drafts.iter().rev() {
            if !self.is_listed(draft, &client)? {
                self.check_fresh(draft, &client)?;
            }
            let signed = draft.clone().with_valid_signatures(&pending.wanted(draft)?);
            if draft.role() == ROOT {
                signed_root = Some(signed);
            } else {
                meta.insert(format!("{}.json", draft.role()), signed.stage(&mut staged)?);
            }
        }
        let mut root_alone = Staged::default();
        if let Some(signed) = &signed_root {
            signed.stage(&mut root_alone)?;
        }
        let root = next_root.unwrap_or(&chain.root);
        // Only who signs the root changes: the rest stands as it is.
        if signed_root.is_some() && pending.drafts.len() == 1 && same_online(root, &chain.root) {
            root_alone.write(&self.directory)?;
            let root = root.clone();
            let versions = Versions::of(&Chain { root, ..chain.clone() });
            return Ok(Published { versions, before: false });
        }
        let before = next_root.map(|_| &chain.root);
        let online = Online { root, before, keys, lifetimes: self.lifetimes, now };
        let (snapshot, described) = online.snapshot(Some(&chain.snapshot), meta, &mut staged)?;
        let mut current = Staged::default();
        let timestamp = online.timestamp(Some(&chain.timestamp), described, &mut current)?;
        let mut both = staged.clone();
        both.append(&current);
        let serves_both = online.serves_both(&snapshot, &both)?;
        if !serves_both && !self.online_key_lost {
            return Err(PublishError::FormerOnlineKey);
        }
        staged.write(&self.directory)?;
        // The root is what makes clients ask for signatures of the new keys, the timestamp
        // what makes them ask for the new state. If the former keys vouch for that too, no
        // moment in between is one at which a client is refused.
        if serves_both {
            current.write(&self.directory)?;
            root_alone.write(&self.directory)?;
        } else {
            root_alone.write(&self.directory)?;
            current.write(&self.directory)?;
        }
        let chain = Chain {
            root: root.clone(),
            targets: pending.next_targets().unwrap_or(&chain.targets).clone(),
            ..chain.clone()
        };
        Ok(Published { versions: versions(&chain, snapshot, timestamp), before: false })
    }

    /// Makes sure of metadata that were written before: that may have been interrupted when
    /// the last of them was there and not durable yet.
    fn settle(&self) -> Result<(), PublishError> {
        let file = layout::TIMESTAMP;
        durable::settle(&self.directory.path(file))
            .map_err(|source| PublishError::Io { file: file.to_owned(), source })
    }

    /// Whether a role's very content is in the folder under its version.
    fn is_there(&self, draft: &Draft) -> Result<bool, PublishError> {
        let source = Source::from(&self.directory);
        let file = draft.file();
        let there = source.find(&file, MAX_TARGETS_BYTES)?;
        let there = there.and_then(|bytes| Draft::parse(draft.role(), &bytes, &file).ok());
        Ok(there.is_some_and(|there| there.same(draft)))
    }

    /// Whether clients are led to a role's version, or to one after it.
    fn is_listed(&self, draft: &Draft, client: &Client) -> Result<bool, PublishError> {
        let chain = &client.chain;
        let current = match draft.role() {
            ROOT => Some(chain.root.version),
            TARGETS => Some(chain.targets.version),
            domain => listed_version(&chain.snapshot, domain),
        };
        Ok(current.is_some_and(|current| current >= draft.version()) && self.is_there(draft)?)
    }

    fn is_published(&self, pending: &Pending, client: &Client) -> Result<bool, PublishError> {
        for draft in &pending.drafts {
            if !self.is_listed(draft, client)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A role must be the very next version after what is there, or that one submitted.
    fn check_fresh(&self, draft: &Draft, client: &Client) -> Result<(), PublishError> {
        let version = draft.version().get();
        let mut found = newest(draft, client)?;
        let is_there = self.is_there(draft)?;
        // A root that is written is followed, whatever lists it.
        if draft.role() == ROOT
            && !is_there
            && Source::from(&self.directory).find(&draft.file(), MAX_ROOT_BYTES)?.is_some()
        {
            found = version;
        }
        let submitted = found == version && is_there && !matches!(draft.role(), ROOT | TARGETS);
        if found + 1 == version || submitted {
            return Ok(());
        }
        Err(PublishError::Stale { role: draft.role().to_owned(), version, found })
    }
}

/// The newest version of a role that its signers made, be it in force or submitted; 0: none.
fn newest(draft: &Draft, client: &Client) -> Result<u64, PublishError> {
    let chain = &client.chain;
    let version = match draft.role() {
        ROOT => Some(chain.root.version),
        TARGETS => Some(chain.targets.version),
        domain => match &chain.targets.delegations {
            Some(there) if there.roles.iter().any(|role| role.name == domain) => {
                latest(client, there, domain)?.metadata.map(|metadata| metadata.version)
            }
            _ => None,
        },
    };
    Ok(version.map_or(0, NonZeroU64::get))
}

fn same_online(a: &Root, b: &Root) -> bool {
    [RoleType::Snapshot, RoleType::Timestamp]
        .iter()
        .all(|role| a.roles.get(role) == b.roles.get(role))
}
