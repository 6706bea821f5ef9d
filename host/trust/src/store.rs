//! What a client has seen before, so that nobody can serve it an older repository.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tough::schema::{RoleType, Root, Snapshot};

use crate::TrustError;
use crate::bounds::MAX_STORE_BYTES;
use crate::directory::{Bounded, read_bounded};
use crate::durable::{self, Readers};
use crate::error::excerpt;

/// The versions last seen. Zero and empty: nothing yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    root: u64,
    timestamp_keys: BTreeSet<String>,
    snapshot_keys: BTreeSet<String>,
    timestamp: u64,
    snapshot: u64,
    /// By the name in the snapshot, `targets.json` and the like.
    targets: BTreeMap<String, u64>,
}

/// The store of one client: nothing that is kept, or one file in a folder of its own.
///
/// Every state is written as a whole and before it is relied on, so a stop at any
/// moment leaves the last one.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    seen: Seen,
    file: Option<PathBuf>,
    /// Two clients with one store would overwrite what the other saw.
    _lock: Option<File>,
}

impl Memory {
    /// Remembers nothing before and after.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// What the folder remembers; it is made if it is not there. Other users of the
    /// same folder wait until this one is dropped.
    pub(crate) fn open(folder: &Path) -> Result<Self, TrustError> {
        let file = folder.join("last-seen.json");
        let failed = |action| {
            let file = file.display().to_string();
            move |source| TrustError::Store { action, file, source }
        };
        durable::make_folder(folder).map_err(failed("make the folder of"))?;
        let lock = durable::lock(&folder.join("lock")).map_err(failed("lock"))?;
        let damaged = |detail: String| TrustError::DamagedStore {
            file: file.display().to_string(),
            detail: excerpt(detail),
        };
        let seen = match read_bounded(&file, MAX_STORE_BYTES) {
            Ok(Bounded::Whole(bytes)) => {
                serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?
            }
            Ok(Bounded::Larger) => {
                return Err(damaged(format!("it is larger than {MAX_STORE_BYTES} bytes")));
            }
            // Only a file that never was means that nothing was seen.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::default(),
            Err(source) => return Err(failed("read")(source)),
        };
        Ok(Self { seen, file: Some(file), _lock: Some(lock) })
    }

    /// TUF 5.3.5 and 5.3.8: roots only go forward. 5.3.11: after a change of the
    /// timestamp's or snapshot's keys their versions begin anew, since whoever had
    /// the old keys may have signed any number.
    pub(crate) fn remember_root(&mut self, root: &Root) -> Result<(), TrustError> {
        not_below("root", root.version.get(), self.seen.root)?;
        let mut next = self.seen.clone();
        next.root = root.version.get();
        next.timestamp_keys = key_ids(root, RoleType::Timestamp);
        next.snapshot_keys = key_ids(root, RoleType::Snapshot);
        let rotated = next.timestamp_keys != self.seen.timestamp_keys
            || next.snapshot_keys != self.seen.snapshot_keys;
        if rotated {
            next.timestamp = 0;
            next.snapshot = 0;
            next.targets.clear();
        }
        self.keep(next)
    }

    /// TUF 5.4.3: neither the timestamp nor the snapshot that it names goes back.
    pub(crate) fn check_timestamp(
        &self,
        timestamp: NonZeroU64,
        snapshot: NonZeroU64,
    ) -> Result<(), TrustError> {
        not_below("timestamp", timestamp.get(), self.seen.timestamp)?;
        not_below("snapshot", snapshot.get(), self.seen.snapshot)
    }

    /// TUF 5.4.5.
    pub(crate) fn remember_timestamp(
        &mut self,
        timestamp: NonZeroU64,
        snapshot: NonZeroU64,
    ) -> Result<(), TrustError> {
        let mut next = self.seen.clone();
        next.timestamp = timestamp.get();
        next.snapshot = snapshot.get();
        self.keep(next)
    }

    /// TUF 5.5.5: every role listed before is still listed, and none goes back.
    pub(crate) fn check_snapshot(&self, snapshot: &Snapshot) -> Result<(), TrustError> {
        for (name, &seen) in &self.seen.targets {
            let found = snapshot.meta.get(name).map_or(0, |described| described.version.get());
            not_below(name.strip_suffix(".json").unwrap_or(name), found, seen)?;
        }
        Ok(())
    }

    /// TUF 5.5.7.
    pub(crate) fn remember_snapshot(&mut self, snapshot: &Snapshot) -> Result<(), TrustError> {
        let mut next = self.seen.clone();
        next.targets = snapshot
            .meta
            .iter()
            .map(|(name, described)| (name.clone(), described.version.get()))
            .collect();
        self.keep(next)
    }

    fn keep(&mut self, next: Seen) -> Result<(), TrustError> {
        if next == self.seen {
            return Ok(());
        }
        if let Some(file) = &self.file {
            serde_json::to_vec_pretty(&next)
                .map_err(io::Error::other)
                .and_then(|bytes| durable::replace(file, &bytes, Readers::Anyone))
                .map_err(|source| TrustError::Store {
                    action: "write",
                    file: file.display().to_string(),
                    source,
                })?;
        }
        self.seen = next;
        Ok(())
    }
}

fn not_below(role: &str, found: u64, seen: u64) -> Result<(), TrustError> {
    if found < seen {
        return Err(TrustError::Rollback { role: excerpt(role), seen, found });
    }
    Ok(())
}

fn key_ids(root: &Root, role: RoleType) -> BTreeSet<String> {
    root.roles
        .get(&role)
        .map(|keys| keys.keyids.iter().map(hex::encode).collect())
        .unwrap_or_default()
}
