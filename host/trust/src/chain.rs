//! From the trusted root to the targets of central governance: TUF's client
//! workflow, sections 5.2 to 5.6.

use std::num::NonZeroU64;

use jiff::Timestamp as Time;
use tough::schema::{Metafile, Role, RoleType, Root, Signed, Snapshot, Targets, Timestamp};

use crate::TrustError;
use crate::bounds::{
    MAX_ROOT_BYTES, MAX_ROOT_UPDATES, MAX_SNAPSHOT_BYTES, MAX_TARGETS_BYTES, MAX_TIMESTAMP_BYTES,
};
use crate::directory::Directory;
use crate::layout;
use crate::metadata::{
    check_described, check_specification, check_version, parse, parse_targets, verify_by_root,
};
use crate::store::Memory;

/// What the root given by the user is called in errors.
const TRUSTED_ROOT: &str = "the trusted root";

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
    /// Follows the chain from the trusted root, against what was seen before.
    pub(crate) fn follow(
        directory: &Directory,
        trusted_root: &[u8],
        clock: Clock,
        memory: &mut Memory,
    ) -> Result<Self, TrustError> {
        let root = follow_roots(directory, trusted_root)?;
        memory.remember_root(&root)?;
        // 5.3.10: only the last root's expiry counts.
        clock.check(&root, "root")?;
        let timestamp = read_timestamp(directory, &root, clock, memory)?;
        let snapshot = read_snapshot(directory, &root, &timestamp, clock, memory)?;
        let targets = read_targets(directory, &root, &snapshot, clock)?;
        Ok(Self { root, timestamp, snapshot, targets })
    }
}

/// TUF 5.2 and 5.3.
fn follow_roots(directory: &Directory, trusted_root: &[u8]) -> Result<Root, TrustError> {
    let mut trusted: Signed<Root> = parse(trusted_root, TRUSTED_ROOT)?;
    check_specification(&trusted.signed.spec_version, TRUSTED_ROOT)?;
    verify_by_root(&trusted.signed, &trusted, TRUSTED_ROOT)?;
    for _ in 0..=MAX_ROOT_UPDATES {
        // 5.3.2, 5.3.3: the next version, until there is none.
        let Some(version) = trusted.signed.version.checked_add(1) else { break };
        let file = layout::metadata("root", version.get(), true);
        let Some(bytes) = directory.find(&file, MAX_ROOT_BYTES)? else {
            return Ok(trusted.signed);
        };
        let next: Signed<Root> = parse(&bytes, &file)?;
        check_specification(&next.signed.spec_version, &file)?;
        // 5.3.4: signed by the keys of the trusted root and by its own.
        verify_by_root(&trusted.signed, &next, &file)?;
        verify_by_root(&next.signed, &next, &file)?;
        // 5.3.5: the very next version.
        check_version(next.signed.version.get(), version.get(), &file, "its name")?;
        trusted = next;
    }
    Err(TrustError::TooManyRoots { limit: MAX_ROOT_UPDATES })
}

/// TUF 5.4.
fn read_timestamp(
    directory: &Directory,
    root: &Root,
    clock: Clock,
    memory: &mut Memory,
) -> Result<Timestamp, TrustError> {
    let file = layout::TIMESTAMP;
    let bytes = directory.read(file, MAX_TIMESTAMP_BYTES)?;
    let timestamp: Signed<Timestamp> = parse(&bytes, file)?;
    verify_by_root(root, &timestamp, file)?; // 5.4.2
    let timestamp = timestamp.signed;
    check_specification(&timestamp.spec_version, file)?;
    let snapshot = described(&timestamp.meta, "snapshot", file)?.version;
    memory.check_timestamp(timestamp.version, snapshot)?; // 5.4.3
    clock.check(&timestamp, "timestamp")?; // 5.4.4
    memory.remember_timestamp(timestamp.version, snapshot)?; // 5.4.5
    Ok(timestamp)
}

/// TUF 5.5.
fn read_snapshot(
    directory: &Directory,
    root: &Root,
    timestamp: &Timestamp,
    clock: Clock,
    memory: &mut Memory,
) -> Result<Snapshot, TrustError> {
    let described = described(&timestamp.meta, "snapshot", layout::TIMESTAMP)?;
    let file = layout::metadata("snapshot", described.version.get(), root.consistent_snapshot);
    let bytes = directory.read(&file, MAX_SNAPSHOT_BYTES)?; // 5.5.1
    check_described(&bytes, described, &file, "the timestamp")?; // 5.5.2
    let snapshot: Signed<Snapshot> = parse(&bytes, &file)?;
    verify_by_root(root, &snapshot, &file)?; // 5.5.3
    let snapshot = snapshot.signed;
    check_specification(&snapshot.spec_version, &file)?;
    check_version(snapshot.version.get(), described.version.get(), &file, "the timestamp")?; // 5.5.4
    memory.check_snapshot(&snapshot)?; // 5.5.5
    clock.check(&snapshot, "snapshot")?; // 5.5.6
    memory.remember_snapshot(&snapshot)?; // 5.5.7
    Ok(snapshot)
}

/// TUF 5.6, for the top-level targets.
fn read_targets(
    directory: &Directory,
    root: &Root,
    snapshot: &Snapshot,
    clock: Clock,
) -> Result<Targets, TrustError> {
    let (targets, file) = read_listed(directory, root, snapshot, "targets")?;
    verify_by_root(root, &targets, &file)?; // 5.6.3
    let targets = targets.signed;
    clock.check(&targets, "targets")?; // 5.6.5
    Ok(targets)
}

/// TUF 5.6.1, 5.6.2 and 5.6.4, for any targets role: what is read is what the
/// snapshot lists. The signatures are still to be verified.
pub(crate) fn read_listed(
    directory: &Directory,
    root: &Root,
    snapshot: &Snapshot,
    role: &str,
) -> Result<(Signed<Targets>, String), TrustError> {
    let snapshot_file = || {
        layout::metadata(
            &RoleType::Snapshot.to_string(),
            snapshot.version.get(),
            root.consistent_snapshot,
        )
    };
    let described = described(&snapshot.meta, role, &snapshot_file())?;
    let file = layout::metadata(role, described.version.get(), root.consistent_snapshot);
    let bytes = directory.read(&file, MAX_TARGETS_BYTES)?;
    check_described(&bytes, described, &file, "the snapshot")?;
    let targets = parse_targets(&bytes, &file)?;
    check_specification(&targets.signed.spec_version, &file)?;
    check_version(targets.signed.version.get(), described.version.get(), &file, "the snapshot")?;
    Ok((targets, file))
}

/// The entry of a role in a timestamp or snapshot.
fn described<'a>(
    meta: &'a std::collections::HashMap<String, Metafile>,
    role: &str,
    file: &str,
) -> Result<&'a Metafile, TrustError> {
    meta.get(&format!("{role}.json")).ok_or_else(|| TrustError::Malformed {
        file: file.to_owned(),
        detail: crate::error::excerpt(format!("it does not list role {role:?}")),
    })
}

/// The version that a snapshot lists for a role.
pub(crate) fn listed_version(snapshot: &Snapshot, role: &str) -> Option<NonZeroU64> {
    snapshot.meta.get(&format!("{role}.json")).map(|described| described.version)
}
