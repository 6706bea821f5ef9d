//! Targets that a server gave, kept beside the store: they need not be fetched again, and
//! are there while the server is not.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::bounds::MAX_KEPT_BYTES;
use crate::directory::{Bounded, read_bounded};
use crate::durable::{self, Readers};

/// One target. Its bytes are as untrusted as if they had just been fetched.
///
/// Keeping it is no promise: a disk that is full costs time and not a run.
pub(crate) struct KeptTarget {
    folder: PathBuf,
    file: PathBuf,
}

impl KeptTarget {
    pub(crate) fn new(folder: PathBuf, hash: &[u8]) -> Self {
        let file = folder.join(hex::encode(hash));
        Self { folder, file }
    }

    /// What is kept, if that is so and not longer than `limit`.
    pub(crate) fn read(&self, limit: u64) -> Option<Vec<u8>> {
        match read_bounded(&self.file, limit) {
            Ok(Bounded::Whole(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// Keeps it, and gives up what was written longest ago for it.
    pub(crate) fn write(&self, bytes: &[u8]) {
        let written = durable::make_folder(&self.folder)
            .and_then(|()| make_room(&self.folder, bytes.len() as u64))
            .and_then(|()| durable::replace(&self.file, bytes, Readers::Anyone));
        // It will be fetched again.
        let _ = written;
    }
}

/// Removes files, oldest first, until what is there and what is to come fits.
fn make_room(folder: &Path, bytes: u64) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        files.push((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len(), entry.path()));
    }
    files.sort();
    let mut all = bytes + files.iter().map(|(_, length, _)| length).sum::<u64>();
    for (_, length, file) in files {
        if all <= MAX_KEPT_BYTES {
            break;
        }
        durable::remove(&file)?;
        all -= length;
    }
    Ok(())
}
