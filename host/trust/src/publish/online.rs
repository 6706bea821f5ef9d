//! Snapshot and timestamp: what the online key signs.

use std::collections::HashMap;
use std::num::NonZeroU64;

use bailiwick_terms::DomainName;
use jiff::Timestamp as Time;
use tough::schema::{Metafile, Root, Snapshot, Timestamp};

use super::publisher::{SPECIFICATION, following, prepared};
use super::signers::{expiry, sign};
use super::staged::Staged;
use super::{Lifetimes, PublishError};
use crate::bounds::{MAX_SNAPSHOT_BYTES, MAX_TIMESTAMP_BYTES};
use crate::chain::Chain;
use crate::key::SigningKey;
use crate::layout;
use crate::listing::BrokenDomain;
use crate::metadata::{Parsed, parse, verify_by_root};
use crate::versions::Versions;

/// What a refresh made current.
#[derive(Debug)]
pub struct Refreshed {
    /// The versions that are current now.
    pub versions: Versions,
    /// The domains whose submissions are current now, with the version before, if there
    /// was one, and the version now.
    pub taken: Vec<(DomainName, Option<u64>, u64)>,
    /// The domains whose newest submission was not taken up, and why. What they published
    /// before stays.
    pub refused: Vec<BrokenDomain>,
}

/// The snapshot and the timestamp of a new state, signed.
pub(super) struct Online<'a> {
    /// The root that is current with the new state.
    pub(super) root: &'a Root,
    /// The root before it, if the state changes it.
    pub(super) before: Option<&'a Root>,
    pub(super) keys: &'a [&'a SigningKey],
    pub(super) lifetimes: Lifetimes,
    pub(super) now: Time,
}

impl Online<'_> {
    /// Stages the snapshot and gives it with what the timestamp says of it.
    pub(super) fn snapshot(
        &self,
        former: Option<&Snapshot>,
        meta: HashMap<String, Metafile>,
        staged: &mut Staged,
    ) -> Result<(Snapshot, Metafile), PublishError> {
        let version = next(former.map(|former| former.version), "snapshot")?;
        let expires = expiry(self.now, self.lifetimes.snapshot, "snapshot")?;
        let mut snapshot = Snapshot::new(SPECIFICATION.to_owned(), version, expires);
        snapshot.meta = meta;
        snapshot._extra.extend([prepared(self.now)]);
        let signed = sign(snapshot, self.root, self.before, self.keys)?;
        let file = layout::metadata("snapshot", version.get(), true);
        let described = staged.role(file, &signed, MAX_SNAPSHOT_BYTES)?;
        Ok((signed.signed, described))
    }

    pub(super) fn timestamp(
        &self,
        former: Option<&Timestamp>,
        snapshot: Metafile,
        staged: &mut Staged,
    ) -> Result<Timestamp, PublishError> {
        let version = next(former.map(|former| former.version), "timestamp")?;
        let expires = expiry(self.now, self.lifetimes.timestamp, "timestamp")?;
        let mut timestamp = Timestamp::new(SPECIFICATION.to_owned(), version, expires);
        timestamp.meta.insert("snapshot.json".to_owned(), snapshot);
        let signed = sign(timestamp, self.root, self.before, self.keys)?;
        staged.role(layout::TIMESTAMP.to_owned(), &signed, MAX_TIMESTAMP_BYTES)?;
        Ok(signed.signed)
    }

    /// Whether clients that know only the former root follow what was staged.
    pub(super) fn serves_both(
        &self,
        snapshot: &Snapshot,
        staged: &Staged,
    ) -> Result<bool, PublishError> {
        let Some(before) = self.before else { return Ok(true) };
        let file = layout::metadata("snapshot", snapshot.version.get(), true);
        let verifies = |bytes: &[u8], file: &str| {
            let signed: Parsed<Snapshot> = parse(bytes, file)?;
            verify_by_root(before, &signed, file)
        };
        let snapshot = staged.get(&file).is_some_and(|bytes| verifies(bytes, &file).is_ok());
        let file = layout::TIMESTAMP;
        let verifies = |bytes: &[u8]| {
            let signed: Parsed<Timestamp> = parse(bytes, file)?;
            verify_by_root(before, &signed, file)
        };
        Ok(snapshot && staged.get(file).is_some_and(|bytes| verifies(bytes).is_ok()))
    }
}

fn next(version: Option<NonZeroU64>, role: &str) -> Result<NonZeroU64, PublishError> {
    version.map_or(Ok(NonZeroU64::MIN), |version| following(version, role))
}

/// The versions of a state.
pub(super) fn versions(chain: &Chain, snapshot: Snapshot, timestamp: Timestamp) -> Versions {
    Versions::of(&Chain { snapshot, timestamp, ..chain.clone() })
}
