//! What was done to a repository: made of its own metadata, which stay in the folder.
//!
//! No part of it is taken from the folder's times: whoever can write there can set them.
//! When a version was prepared is what those who signed it state; that it was in force
//! before another follows from the snapshots, which list versions that only grow.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use jiff::Timestamp as Time;
use serde_json::Value;
use tough::schema::{Role, RoleType, Root, Snapshot};

use super::difference::{Difference, of_root, of_targets};
use super::draft::{Draft, PREPARED, ROOT, TARGETS, Wanted};
use super::publisher::Publisher;
use super::{PublishError, Signatures};
use crate::bounds::{MAX_ROOT_BYTES, MAX_SNAPSHOT_BYTES, MAX_TARGETS_BYTES};
use crate::error::excerpt;
use crate::layout;
use crate::metadata::{Parsed, parse, parse_targets, verify_by_root};
use crate::source::Source;
use crate::targets::Targets;

/// What was done to a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The versions of the root, which say who signs, in order.
    pub roots: Vec<Event>,
    /// The versions of central governance's and the domains' metadata, in the order in
    /// which they came into force.
    pub events: Vec<Event>,
    /// What cannot be told, and why: metadata that are not in the folder any more, or that
    /// nobody vouches for.
    pub gaps: Vec<String>,
}

/// A version of a role that came into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The role: `root`, `targets` for central governance, or a domain.
    pub role: String,
    /// The version.
    pub version: u64,
    /// When it was prepared, as those who signed it state; none: they state nothing.
    pub prepared: Option<Time>,
    /// When it expired, or will.
    pub expires: Time,
    /// The snapshot that first listed it; none: a root is listed by none.
    pub snapshot: Option<u64>,
    /// Who signed it.
    pub signatures: Vec<Signatures>,
    /// What it said otherwise than the version in force before.
    pub differences: Vec<Difference>,
}

impl Publisher {
    /// What was done to the repository since its beginning.
    ///
    /// # Errors
    /// [`PublishError::Trust`] if the repository as it stands is not trusted.
    pub fn history(&self) -> Result<History, PublishError> {
        let client = self.current()?;
        let mut walk = Walk {
            source: &client.source,
            roots: Vec::new(),
            vouching: 0,
            in_force: BTreeMap::new(),
            history: History { roots: Vec::new(), events: Vec::new(), gaps: Vec::new() },
        };
        walk.roots(client.chain.root.version, self.trusted_root())?;
        for version in 1..=client.chain.snapshot.version.get() {
            walk.snapshot(version)?;
        }
        Ok(walk.history)
    }
}

struct Walk<'a> {
    source: &'a Source,
    roots: Vec<Root>,
    /// The index of the root whose keys vouched for central governance last.
    vouching: usize,
    in_force: BTreeMap<String, Targets>,
    history: History,
}

impl Walk<'_> {
    fn roots(&mut self, last: NonZeroU64, trusted: &[u8]) -> Result<(), PublishError> {
        for version in 1..=last.get() {
            let file = layout::metadata(ROOT, version, true);
            let bytes = self.source.find(&file, MAX_ROOT_BYTES)?;
            let root = bytes.as_deref().map(|bytes| parse::<Root>(bytes, &file)).transpose()?;
            let trusted = || parse::<Root>(trusted, &file).ok();
            let root = root.or_else(|| trusted().filter(|it| it.signed.version().get() == version));
            let Some(root) = root else {
                self.history.gaps.push(format!("{file} is not in the folder"));
                continue;
            };
            let former = self.roots.last();
            let signers: Vec<&Root> = former.into_iter().chain([&root.signed.role]).collect();
            let signatures = signers.iter().map(|signer| {
                let wanted = Wanted::by_root(signer, RoleType::Root);
                wanted.signatures(wanted.signed_of(&root))
            });
            self.history.roots.push(Event {
                role: ROOT.to_owned(),
                version,
                prepared: stated(root.signed.value()),
                expires: root.signed.expires(),
                snapshot: None,
                signatures: signatures.collect(),
                differences: of_root(former, &root.signed.role),
            });
            self.roots.push(root.signed.role);
        }
        Ok(())
    }

    fn snapshot(&mut self, version: u64) -> Result<(), PublishError> {
        let file = layout::metadata("snapshot", version, true);
        let Some(bytes) = self.source.find(&file, MAX_SNAPSHOT_BYTES)? else {
            self.history.gaps.push(format!("{file} is not in the folder"));
            return Ok(());
        };
        let snapshot: Parsed<Snapshot> = match parse(&bytes, &file) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                self.history.gaps.push(error.to_string());
                return Ok(());
            }
        };
        if !self.roots.iter().any(|root| verify_by_root(root, &snapshot, &file).is_ok()) {
            self.history.gaps.push(format!("{file} is signed by no root's keys"));
            return Ok(());
        }
        let mut listed: Vec<(&str, NonZeroU64)> = snapshot
            .signed
            .role
            .meta
            .iter()
            .filter_map(|(file, described)| Some((file.strip_suffix(".json")?, described.version)))
            .collect();
        // Central governance first: it says whose the domains' signatures are.
        listed.sort_by_key(|(role, _)| (*role != TARGETS, role.to_string()));
        for (role, listed) in listed {
            if self.in_force.get(role).is_none_or(|there| there.version != listed) {
                self.role(role, listed, version)?;
            }
        }
        Ok(())
    }

    fn role(&mut self, role: &str, version: NonZeroU64, by: u64) -> Result<(), PublishError> {
        let file = layout::metadata(role, version.get(), true);
        let Some(bytes) = self.source.find(&file, MAX_TARGETS_BYTES)? else {
            self.gap(format!("{file} is not in the folder"));
            return Ok(());
        };
        let metadata = match parse_targets(&bytes, &file) {
            Ok(metadata) => metadata,
            Err(error) => {
                self.gap(error.to_string());
                return Ok(());
            }
        };
        let prepared = stated(metadata.signed.value());
        let expires = metadata.signed.expires();
        let next = metadata.signed.role.clone();
        let draft = Draft::Targets(role.to_owned(), metadata);
        let Some(wanted) = self.signers(role, &draft) else {
            self.gap(format!("{file} is not signed by enough of anybody's keys"));
            return Ok(());
        };
        self.history.events.push(Event {
            role: excerpt(role),
            version: version.get(),
            prepared,
            expires,
            snapshot: Some(by),
            signatures: vec![wanted.signatures(wanted.signed(&draft))],
            differences: of_targets(self.in_force.get(role), &next),
        });
        self.in_force.insert(role.to_owned(), next);
        Ok(())
    }

    /// Whose keys vouch for a version: the domain's, or those of the first root that does.
    /// Once a later root was needed, an earlier one vouches for nothing.
    fn signers(&mut self, role: &str, draft: &Draft) -> Option<Wanted> {
        let enough = |wanted: &Wanted| wanted.check(draft).is_ok();
        if role == TARGETS {
            let roots = self.roots.iter().enumerate().skip(self.vouching);
            let mut wanted = roots.map(|(at, root)| (at, Wanted::by_root(root, RoleType::Targets)));
            let (at, wanted) = wanted.find(|(_, wanted)| enough(wanted))?;
            self.vouching = at;
            return Some(wanted);
        }
        let delegations = self.in_force.get(TARGETS)?.delegations.as_ref();
        Wanted::by_delegation(delegations, role).ok().filter(enough)
    }

    fn gap(&mut self, gap: String) {
        if !self.history.gaps.contains(&gap) {
            self.history.gaps.push(gap);
        }
    }
}

fn stated(signed: &Value) -> Option<Time> {
    signed.get(PREPARED)?.as_str()?.parse().ok()
}
