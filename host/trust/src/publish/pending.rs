//! A change on its way through the hands of its signers.

mod folder;

use jiff::Timestamp;
use tough::schema::{RoleType, Root};

use super::central;
use super::draft::{Draft, ROOT, TARGETS, Wanted};
use super::publisher::{SPECIFICATION, prepared};
use super::signers::expiry;
use super::staged::Staged;
use super::{Keyholders, Lifetimes, PublishError, root};
use crate::client::Client;
use crate::error::names;
use crate::key::SigningKey;
use crate::scope;
use crate::targets::{Delegations, Targets};
use crate::versions::Versions;

/// A change of what is signed offline: the next version of the root, of central
/// governance's metadata, of domains'. It holds the very bytes to be signed, the
/// signatures that they have so far, the files that they list, and what they stand on,
/// so that it can be judged and signed on a machine that has nothing but the root of
/// trust.
///
/// One mechanism for every role: [`Publisher::prepare`](super::Publisher::prepare) makes
/// it, [`Pending::save`] puts it into a folder that can be carried, each signer opens it
/// with [`Pending::open`] and [signs](Pending::sign), and
/// [`Publisher::publish`](super::Publisher::publish) or, for what domains sign alone,
/// [`Publisher::submit`](super::Publisher::submit) puts it into the repository.
#[derive(Debug)]
pub struct Pending {
    /// The repository that it stands on; none where it begins one.
    pub(super) base: Option<Client>,
    /// Root, central governance, domains by name: no role twice.
    pub(super) drafts: Vec<Draft>,
    /// The files of targets.
    pub(super) files: Staged,
}

/// What a key did to a pending change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// The roles whose signer it is.
    pub roles: Vec<String>,
    /// Whether it had not signed all of them before.
    pub added: bool,
}

impl Pending {
    /// The beginning of a repository: its root and central governance's first metadata,
    /// with an empty deny list and no domains.
    ///
    /// # Errors
    /// [`PublishError::Lifetime`] for lifetimes that cannot be.
    pub fn first(
        keyholders: &Keyholders,
        lifetimes: Lifetimes,
        now: Timestamp,
    ) -> Result<Self, PublishError> {
        let mut files = Staged::default();
        let mut first = root::first(keyholders, expiry(now, lifetimes.root, ROOT)?);
        first._extra.extend([prepared(now)]);
        let expires = expiry(now, lifetimes.targets, TARGETS)?;
        let mut targets = Targets::new(SPECIFICATION, std::num::NonZeroU64::MIN, expires);
        targets.extra.extend([prepared(now)]);
        central::found(&mut targets, &mut files)?;
        let drafts = vec![Draft::root(&first)?, Draft::targets(TARGETS, &targets)?];
        Ok(Self { base: None, drafts, files })
    }

    /// Whether there is nothing to sign: the repository says all of it already.
    pub fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    /// Whether it begins a repository.
    pub fn is_first(&self) -> bool {
        self.base.is_none()
    }

    /// The state that it stands on, and when that state's timestamp expires: one that expired
    /// long ago says that the change was prepared on an old copy. None where it begins a
    /// repository.
    pub fn stands_on(&self) -> Option<(Versions, Timestamp)> {
        let chain = &self.base.as_ref()?.chain;
        Some((Versions::of(chain), chain.timestamp.expires))
    }

    /// Whether only domains sign it, so that it can be submitted.
    pub fn is_of_domains(&self) -> bool {
        self.drafts.iter().all(|draft| !matches!(draft.role(), ROOT | TARGETS))
    }

    /// A name for its folder: its first role with the version that it becomes.
    pub fn name(&self) -> String {
        let first = self.drafts.first();
        first.map_or_else(String::new, |draft| format!("{}-{}", draft.role(), draft.version()))
    }

    /// Whether both change the same in the same roles, whenever they were prepared.
    pub fn same_change(&self, other: &Self) -> bool {
        self.drafts.len() == other.drafts.len()
            && self.drafts.iter().zip(&other.drafts).all(|(a, b)| a.same_but_times(b))
    }

    /// Signs with a key all roles whose signer it is. Safe to repeat: a key signs once.
    ///
    /// # Errors
    /// [`PublishError::NotASigner`] if it is nobody's here.
    pub fn sign(&mut self, key: &SigningKey) -> Result<Signing, PublishError> {
        let id = key.public().id();
        let mut signing = Signing { roles: Vec::new(), added: false };
        let wanted = self.drafts.iter().map(|draft| self.wanted(draft));
        let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
        for (draft, wanted) in self.drafts.iter_mut().zip(&wanted) {
            if wanted.iter().any(|wanted| wanted.counts(&id)) {
                signing.added |= draft.sign(key)?;
                signing.roles.push(draft.role().to_owned());
            }
        }
        if signing.roles.is_empty() {
            let mut expected: Vec<&str> = wanted.iter().flatten().flat_map(Wanted::ids).collect();
            expected.sort_unstable();
            expected.dedup();
            let roles = names(self.drafts.iter().map(Draft::role));
            return Err(PublishError::NotASigner { key: id, roles, expected: names(expected) });
        }
        Ok(signing)
    }

    /// Whether all roles have the signatures that they need.
    ///
    /// # Errors
    /// [`PublishError::UnknownDomain`] if a domain's signers are not known.
    pub fn is_complete(&self) -> Result<bool, PublishError> {
        match self.check_complete() {
            Ok(()) => Ok(true),
            Err(PublishError::MissingKeys { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(super) fn check_complete(&self) -> Result<(), PublishError> {
        // The domains' signers last, as people say it: theirs is what is asked for first.
        for draft in self.drafts.iter().rev() {
            for wanted in self.wanted(draft)? {
                wanted.check(draft)?;
            }
        }
        Ok(())
    }

    /// Whose signatures a role needs: of every entry its threshold.
    pub(super) fn wanted(&self, draft: &Draft) -> Result<Vec<Wanted>, PublishError> {
        let base = self.base.as_ref().map(|base| &base.chain);
        let wanted = match draft {
            // TUF 6.1: a root is signed by its own signers and by those of the one before.
            Draft::Root(next) => {
                let roots = base.map(|base| &base.root).into_iter().chain([&next.signed.role]);
                roots.map(|root| Wanted::by_root(root, RoleType::Root)).collect()
            }
            // By those of both roots, so that clients of either can follow.
            Draft::Targets(role, _) if role == TARGETS => {
                let roots = base.map(|base| &base.root).into_iter().chain(self.next_root());
                roots.map(|root| Wanted::by_root(root, RoleType::Targets)).collect()
            }
            Draft::Targets(domain, _) => {
                vec![Wanted::by_delegation(self.delegations(), domain)?]
            }
        };
        Ok(distinct(wanted))
    }

    /// The root that it makes, if it makes one.
    pub(super) fn next_root(&self) -> Option<&Root> {
        self.drafts.iter().find_map(|draft| match draft {
            Draft::Root(root) => Some(&root.signed.role),
            Draft::Targets(..) => None,
        })
    }

    pub(super) fn next_targets(&self) -> Option<&Targets> {
        self.drafts.iter().find_map(|draft| match draft {
            Draft::Targets(role, targets) if role == TARGETS => Some(&targets.signed.role),
            _ => None,
        })
    }

    /// Nobody is asked to sign delegations by which domains would be in each other's way.
    fn check_scopes(&self) -> Result<(), PublishError> {
        let before = self.base.as_ref().map(|base| &base.chain.targets.delegations);
        match self.next_targets().map(|next| &next.delegations) {
            Some(next) if before != Some(next) => {
                scope::check(next.as_ref().map_or(&[], |next| next.roles.as_slice()))
            }
            _ => Ok(()),
        }
    }

    /// The delegations that hold once it is published.
    fn delegations(&self) -> Option<&Delegations> {
        let base = self.base.as_ref().map(|base| &base.chain.targets);
        self.next_targets().or(base).and_then(|targets| targets.delegations.as_ref())
    }
}

/// Two roots with the same signers ask for nothing more than one.
fn distinct(mut wanted: Vec<Wanted>) -> Vec<Wanted> {
    if let [first, second] = wanted.as_slice()
        && first.threshold == second.threshold
        && first.ids().eq(second.ids())
    {
        wanted.truncate(1);
    }
    wanted
}
