//! What a client trusted last (TUF 5.2): the metadata files themselves, so that nobody
//! can serve it an older repository, and nothing is fetched that is there.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use tough::schema::{Role, Root, Snapshot, Timestamp};

use crate::TrustError;
use crate::bounds::{MAX_ROOT_BYTES, MAX_SNAPSHOT_BYTES, MAX_TARGETS_BYTES, MAX_TIMESTAMP_BYTES};
use crate::directory::{Bounded, read_bounded};
use crate::durable::{self, Readers};
use crate::error::excerpt;
use crate::kept::KeptTarget;
use crate::layout;
use crate::metadata::{Parsed, parse, verify_by_root};

/// The store of one client: nothing that is kept, or a folder of its own with a file
/// for each role.
///
/// Each file is replaced as a whole and before what it says is relied on, in the order
/// of the workflow, so a stop at any moment leaves what was trusted until then.
#[derive(Debug, Default)]
pub(crate) struct Store {
    folder: Option<PathBuf>,
}

/// The timestamp and snapshot trusted last.
#[derive(Debug, Default)]
pub(crate) struct Former {
    pub(crate) timestamp: Option<Timestamp>,
    /// With its bytes: they count instead of a fetched file's if they are the same.
    pub(crate) snapshot: Option<(Snapshot, Vec<u8>)>,
}

impl Store {
    /// Keeps nothing.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// The store in a folder, which is made if it is not there.
    pub(crate) fn open(folder: &Path) -> Result<Self, TrustError> {
        let failed = failed("make", folder);
        durable::make_folder(folder).map_err(failed)?;
        Ok(Self { folder: Some(folder.to_owned()) })
    }

    /// Waits for other updates of the same store, then keeps them waiting until it is
    /// dropped: two at a time would overwrite what the other trusts.
    pub(crate) fn lock(&self) -> Result<Option<File>, TrustError> {
        let Some(folder) = &self.folder else { return Ok(None) };
        let file = folder.join("lock");
        durable::lock(&file).map(Some).map_err(failed("lock", &file))
    }

    /// The root to begin with (TUF 5.3.1): the newer of the one kept and the one given.
    pub(crate) fn first_root(&self, given: Option<&[u8]>) -> Result<Vec<u8>, TrustError> {
        let Some(kept) = self.read("root", MAX_ROOT_BYTES)? else {
            for role in ["timestamp", "snapshot"] {
                if self.file(role).is_some_and(|file| file.exists()) {
                    return Err(self.damaged("root", &format!("it is missing beside {role}.json")));
                }
            }
            return given.map(<[u8]>::to_vec).ok_or_else(|| TrustError::NoRoot {
                folder: self.folder.iter().map(|folder| folder.display().to_string()).collect(),
            });
        };
        let root: Parsed<Root> = self.parse("root", &kept)?;
        verify_by_root(&root.signed.role, &root, &self.shown("root"))
            .map_err(|error| self.damaged("root", &error))?;
        let Some(given) = given else { return Ok(kept) };
        let given_root: Parsed<Root> = parse(given, TRUSTED_ROOT)?;
        let (version, other) = (root.signed.version(), given_root.signed.version());
        if version == other && !root.signed.same(&given_root.signed) {
            let file = self.shown("root");
            return Err(TrustError::OtherRoot { file, version: version.get() });
        }
        Ok(if other > version { given.to_vec() } else { kept })
    }

    /// What was trusted last, if the root still vouches for it. TUF 5.3.11: once the
    /// keys of one of them have changed, both are forgotten, since whoever had the old
    /// keys may have signed any version.
    pub(crate) fn former(&self, root: &Root) -> Result<Former, TrustError> {
        let timestamp = self.load::<Timestamp>("timestamp", MAX_TIMESTAMP_BYTES)?;
        let snapshot = self.load::<Snapshot>("snapshot", MAX_SNAPSHOT_BYTES)?;
        let mut kept = Vec::new();
        if let Some((timestamp, _)) = &timestamp {
            kept.push(("timestamp", verify_by_root(root, timestamp, "timestamp").is_ok()));
        }
        if let Some((snapshot, _)) = &snapshot {
            kept.push(("snapshot", verify_by_root(root, snapshot, "snapshot").is_ok()));
        }
        if kept.iter().all(|(_, vouched_for)| *vouched_for) {
            return Ok(Former {
                timestamp: timestamp.map(|(timestamp, _)| timestamp.signed.role),
                snapshot: snapshot.map(|(snapshot, bytes)| (snapshot.signed.role, bytes)),
            });
        }
        // The one that tells of the change goes last: a stop in between is made good
        // by the next update.
        kept.sort_by_key(|(_, vouched_for)| !vouched_for);
        for (role, _) in kept {
            self.forget(role)?;
        }
        Ok(Former::default())
    }

    /// The bytes kept of a targets role, if there are any. They are as untrusted as if
    /// they had just been fetched.
    pub(crate) fn targets(&self, role: &str) -> Option<Vec<u8>> {
        self.read(role, MAX_TARGETS_BYTES).ok().flatten()
    }

    /// Where a target that a server gave is kept, by its hash.
    pub(crate) fn kept_target(&self, hash: &[u8]) -> Option<KeptTarget> {
        self.folder.as_ref().map(|folder| KeptTarget::new(folder.join("targets"), hash))
    }

    /// Keeps the file of a role that was verified.
    pub(crate) fn keep(&self, role: &str, bytes: &[u8]) -> Result<(), TrustError> {
        let Some(file) = self.file(role) else { return Ok(()) };
        let there = read_bounded(&file, bytes.len() as u64);
        // What is there already need not be written again, only be there to stay.
        let kept = match there {
            Ok(Bounded::Whole(there)) if there == bytes => durable::settle(&file),
            _ => durable::replace(&file, bytes, Readers::Anyone),
        };
        kept.map_err(failed("write", &file))
    }

    fn forget(&self, role: &str) -> Result<(), TrustError> {
        let Some(file) = self.file(role) else { return Ok(()) };
        durable::remove(&file).map_err(failed("remove", &file))
    }

    fn load<T: Role + DeserializeOwned>(&self, role: &str, limit: u64) -> Loaded<T> {
        let Some(bytes) = self.read(role, limit)? else { return Ok(None) };
        let parsed = self.parse(role, &bytes)?;
        Ok(Some((parsed, bytes)))
    }

    fn parse<T: Role + DeserializeOwned>(
        &self,
        role: &str,
        bytes: &[u8],
    ) -> Result<Parsed<T>, TrustError> {
        serde_json::from_slice(bytes).map_err(|error| self.damaged(role, &error))
    }

    /// The file, if it is there: only one that never was means that nothing was trusted.
    fn read(&self, role: &str, limit: u64) -> Result<Option<Vec<u8>>, TrustError> {
        let Some(file) = self.file(role) else { return Ok(None) };
        match read_bounded(&file, limit) {
            Ok(Bounded::Whole(bytes)) => Ok(Some(bytes)),
            Ok(Bounded::Larger) => {
                Err(self.damaged(role, &format!("it is larger than {limit} bytes")))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(failed("read", &file)(source)),
        }
    }

    fn file(&self, role: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(layout::stored(role)))
    }

    fn shown(&self, role: &str) -> String {
        self.file(role).map(|file| file.display().to_string()).unwrap_or_default()
    }

    fn damaged(&self, role: &str, detail: &impl ToString) -> TrustError {
        TrustError::DamagedStore { file: self.shown(role), detail: excerpt(detail.to_string()) }
    }
}

/// A role's file, if it is there, and its bytes.
type Loaded<T> = Result<Option<(Parsed<T>, Vec<u8>)>, TrustError>;

/// What the root given by the user is called in errors.
pub(crate) const TRUSTED_ROOT: &str = "the trusted root";

fn failed(action: &'static str, file: &Path) -> impl FnOnce(io::Error) -> TrustError {
    let file = file.display().to_string();
    move |source| TrustError::Store { action, file, source }
}
