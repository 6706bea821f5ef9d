//! From the trusted root to the targets of central governance: TUF's client
//! workflow, sections 5.2 to 5.6.

use std::collections::HashMap;
use std::num::NonZeroU64;

use jiff::Timestamp as Time;
use tough::schema::{Metafile, Role, Root, Snapshot, Timestamp};

use crate::TrustError;
use crate::bounds::{
    MAX_ROOT_BYTES, MAX_ROOT_UPDATES, MAX_SNAPSHOT_BYTES, MAX_TARGETS_BYTES, MAX_TIMESTAMP_BYTES,
};
use crate::error::excerpt;
use crate::layout;
use crate::metadata::{
    Parsed, check_described, check_specification, check_version, parse, parse_targets,
    verify_by_root,
};
use crate::source::Source;
use crate::store::{Former, Store, TRUSTED_ROOT};
use crate::targets::Targets;

/// What time it is for the metadata.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    /// The start of the update: fixed, so that one update judges all roles alike (TUF 5.1).
    At(Time),
    /// Expiry does not count: who publishes renews what has expired.
    Ignored,
}

impl Clock {
    /// When the metadata expired, if it has (TUF 5.3.10, 5.4.4, 5.5.6, 5.6.5: the expiry
    /// must be higher than the time).
    pub(crate) fn expired(self, role: &impl Role) -> Option<(Time, Time)> {
        match self {
            Clock::At(now) if role.expires() <= now => Some((role.expires(), now)),
            _ => None,
        }
    }

    fn check(self, role: &impl Role, name: &'static str) -> Result<(), TrustError> {
        match self.expired(role) {
            Some((expired, now)) => Err(TrustError::Expired { role: name, expired, now }),
            None => Ok(()),
        }
    }
}

/// The four top-level roles, each verified.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) root: Root,
    pub(crate) timestamp: Timestamp,
    pub(crate) snapshot: Snapshot,
    pub(crate) targets: Targets,
}

impl Chain {
    /// Follows the chain from the trusted root, which is the one in the store if that
    /// is newer than the one given.
    pub(crate) fn follow(
        source: &Source,
        trusted_root: Option<&[u8]>,
        clock: Clock,
        store: &Store,
    ) -> Result<Self, TrustError> {
        Self::follow_below(source, trusted_root, None, clock, store)
    }

    /// Follows the chain as if a root's version and those after it were not there.
    pub(crate) fn follow_below(
        source: &Source,
        trusted_root: Option<&[u8]>,
        below: Option<NonZeroU64>,
        clock: Clock,
        store: &Store,
    ) -> Result<Self, TrustError> {
        let _lock = store.lock()?;
        let root = follow_roots(source, &store.first_root(trusted_root)?, below, store)?;
        // 5.3.10: only the last root's expiry counts.
        clock.check(&root, "root")?;
        let former = store.former(&root)?; // 5.3.11
        let timestamp = read_timestamp(source, &root, clock, &former, store)?;
        Self::below(source, root, timestamp, clock, &former, store)
    }

    /// The chain as it was trusted last, out of the store alone, if there is one: it
    /// counts until the first of its roles expires.
    pub(crate) fn kept(
        trusted_root: Option<&[u8]>,
        clock: Clock,
        store: &Store,
    ) -> Result<Option<Self>, TrustError> {
        let _lock = store.lock()?;
        let root = check_first_root(&store.first_root(trusted_root)?)?;
        clock.check(&root, "root")?;
        let former = store.former(&root)?;
        let Some(timestamp) = former.timestamp.clone() else { return Ok(None) };
        clock.check(&timestamp, "timestamp")?;
        Self::below(&Source::nowhere(), root, timestamp, clock, &former, store).map(Some)
    }

    /// What follows from a timestamp that counts.
    fn below(
        source: &Source,
        root: Root,
        timestamp: Timestamp,
        clock: Clock,
        former: &Former,
        store: &Store,
    ) -> Result<Self, TrustError> {
        let snapshot = read_snapshot(source, &root, &timestamp, clock, former, store)?;
        // 5.6, for the top-level targets.
        let targets = read_listed(source, &root, &snapshot, store, "targets", |targets, file| {
            verify_by_root(&root, targets, file)?; // 5.6.3
            clock.check(&targets.signed, "targets") // 5.6.5
        })?;
        Ok(Self { root, timestamp, snapshot, targets })
    }

    /// When the first of the four roles expires.
    pub(crate) fn expires(&self) -> Time {
        let Self { root, timestamp, snapshot, targets } = self;
        root.expires.min(timestamp.expires).min(snapshot.expires).min(targets.expires)
    }
}

/// TUF 5.2 and 5.3.
fn follow_roots(
    source: &Source,
    first: &[u8],
    below: Option<NonZeroU64>,
    store: &Store,
) -> Result<Root, TrustError> {
    let mut trusted = check_first_root(first)?;
    store.keep("root", first)?;
    for _ in 0..=MAX_ROOT_UPDATES {
        // 5.3.2, 5.3.3: the next version, until there is none.
        let Some(version) = trusted.version.checked_add(1) else { break };
        if below == Some(version) {
            return Ok(trusted);
        }
        let file = layout::metadata("root", version.get(), true);
        let Some(bytes) = source.find(&file, MAX_ROOT_BYTES)? else { return Ok(trusted) };
        let next = check_root(Some(&trusted), parse(&bytes, &file)?, &file)?;
        // 5.3.5: the very next version.
        check_version(next.version.get(), version.get(), &file, "its name")?;
        store.keep("root", &bytes)?; // 5.3.8
        trusted = next;
    }
    Err(TrustError::TooManyRoots { limit: MAX_ROOT_UPDATES })
}

/// The root that all begins with is one at all, and its own keys signed it.
pub(crate) fn check_first_root(bytes: &[u8]) -> Result<Root, TrustError> {
    check_root(None, parse(bytes, TRUSTED_ROOT)?, TRUSTED_ROOT)
}

/// TUF 5.3.4: a root is signed by the keys of the one before it and by its own.
fn check_root(trusted: Option<&Root>, root: Parsed<Root>, file: &str) -> Result<Root, TrustError> {
    check_specification(&root.signed.role.spec_version, file)?;
    if let Some(trusted) = trusted {
        verify_by_root(trusted, &root, file)?;
    }
    verify_by_root(&root.signed.role, &root, file)?;
    Ok(root.signed.role)
}

/// TUF 5.4.
fn read_timestamp(
    source: &Source,
    root: &Root,
    clock: Clock,
    former: &Former,
    store: &Store,
) -> Result<Timestamp, TrustError> {
    let file = layout::TIMESTAMP;
    let bytes = source.read(file, MAX_TIMESTAMP_BYTES)?; // 5.4.1
    let timestamp: Parsed<Timestamp> = parse(&bytes, file)?;
    verify_by_root(root, &timestamp, file)?; // 5.4.2
    let timestamp = timestamp.signed.role;
    check_specification(&timestamp.spec_version, file)?;
    let snapshot = described(&timestamp.meta, "snapshot", file)?.version;
    if let Some(former) = &former.timestamp {
        not_below("timestamp", timestamp.version, former.version)?; // 5.4.3.1
        if timestamp.version == former.version {
            // The same version again says nothing new, whatever it says.
            clock.check(former, "timestamp")?;
            return Ok(former.clone());
        }
        let seen = described(&former.meta, "snapshot", file)?.version;
        not_below("snapshot", snapshot, seen)?; // 5.4.3.2
    }
    clock.check(&timestamp, "timestamp")?; // 5.4.4
    store.keep("timestamp", &bytes)?; // 5.4.5
    Ok(timestamp)
}

/// TUF 5.5.
fn read_snapshot(
    source: &Source,
    root: &Root,
    timestamp: &Timestamp,
    clock: Clock,
    former: &Former,
    store: &Store,
) -> Result<Snapshot, TrustError> {
    let described = described(&timestamp.meta, "snapshot", layout::TIMESTAMP)?;
    let file = layout::metadata("snapshot", described.version.get(), root.consistent_snapshot);
    if let Some((former, bytes)) = &former.snapshot
        && former.version == described.version
        && check_described(bytes, described, &file, "the timestamp").is_ok()
    {
        clock.check(former, "snapshot")?;
        return Ok(former.clone());
    }
    let bytes = source.read(&file, MAX_SNAPSHOT_BYTES)?; // 5.5.1
    check_described(&bytes, described, &file, "the timestamp")?; // 5.5.2
    let snapshot: Parsed<Snapshot> = parse(&bytes, &file)?;
    verify_by_root(root, &snapshot, &file)?; // 5.5.3
    let snapshot = snapshot.signed.role;
    check_specification(&snapshot.spec_version, &file)?;
    check_version(snapshot.version.get(), described.version.get(), &file, "the timestamp")?; // 5.5.4
    if let Some((former, _)) = &former.snapshot {
        none_below(&snapshot, former)?; // 5.5.5
    }
    clock.check(&snapshot, "snapshot")?; // 5.5.6
    store.keep("snapshot", &bytes)?; // 5.5.7
    Ok(snapshot)
}

/// TUF 5.6.1 to 5.6.6, for any targets role: what is read is what the snapshot lists.
/// `check` verifies its signatures and its expiry.
pub(crate) fn read_listed(
    source: &Source,
    root: &Root,
    snapshot: &Snapshot,
    store: &Store,
    role: &str,
    check: impl Fn(&Parsed<Targets>, &str) -> Result<(), TrustError>,
) -> Result<Targets, TrustError> {
    let by = || layout::metadata("snapshot", snapshot.version.get(), root.consistent_snapshot);
    let described = described(&snapshot.meta, role, &by())?;
    let file = layout::metadata(role, described.version.get(), root.consistent_snapshot);
    let verified = |bytes: &[u8]| {
        check_described(bytes, described, &file, "the snapshot")?; // 5.6.2
        let targets = parse_targets(bytes, &file)?;
        let (found, expected) = (targets.signed.role.version, described.version);
        check_version(found.get(), expected.get(), &file, "the snapshot")?; // 5.6.4
        check_specification(&targets.signed.role.spec_version, &file)?;
        check(&targets, &file)?;
        Ok(targets.signed.role)
    };
    // What is kept is verified as what is fetched: another role may vouch for it now.
    if let Some(targets) = store.targets(role).and_then(|bytes| verified(&bytes).ok()) {
        return Ok(targets);
    }
    let bytes = source.read(&file, MAX_TARGETS_BYTES)?; // 5.6.1
    let targets = verified(&bytes)?;
    store.keep(role, &bytes)?; // 5.6.6
    Ok(targets)
}

/// The entry of a role in a timestamp or snapshot.
fn described<'a>(
    meta: &'a HashMap<String, Metafile>,
    role: &str,
    file: &str,
) -> Result<&'a Metafile, TrustError> {
    meta.get(&format!("{role}.json")).ok_or_else(|| TrustError::Malformed {
        file: file.to_owned(),
        detail: excerpt(format!("it does not list role {role:?}")),
    })
}

/// The version that a snapshot lists for a role.
pub(crate) fn listed_version(snapshot: &Snapshot, role: &str) -> Option<NonZeroU64> {
    snapshot.meta.get(&format!("{role}.json")).map(|described| described.version)
}

/// TUF 5.5.5: every role listed before is still listed, and none goes back.
fn none_below(snapshot: &Snapshot, former: &Snapshot) -> Result<(), TrustError> {
    for (name, seen) in &former.meta {
        let role = name.strip_suffix(".json").unwrap_or(name);
        let Some(described) = snapshot.meta.get(name) else {
            let (role, seen) = (excerpt(role), seen.version.get());
            return Err(TrustError::Rollback { role, seen, found: 0 });
        };
        not_below(role, described.version, seen.version)?;
    }
    Ok(())
}

fn not_below(role: &str, found: NonZeroU64, seen: NonZeroU64) -> Result<(), TrustError> {
    if found < seen {
        let (seen, found) = (seen.get(), found.get());
        return Err(TrustError::Rollback { role: excerpt(role), seen, found });
    }
    Ok(())
}
