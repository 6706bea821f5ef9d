//! Bounded reads from a folder.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::TrustError;

/// A folder that a repository, or one part of it, is in.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    root: PathBuf,
}

impl Directory {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// The whole file, if it is there; an error, which calls the file `shown`, if it
    /// is larger than the limit.
    pub(crate) fn find(
        &self,
        file: &str,
        shown: &str,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, TrustError> {
        let shown = shown.to_owned();
        match read_bounded(&self.path(file), limit) {
            Ok(Bounded::Whole(bytes)) => Ok(Some(bytes)),
            Ok(Bounded::Larger) => Err(TrustError::TooLarge { file: shown, limit }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(TrustError::Unreadable { file: shown, source }),
        }
    }
}

/// A file's bytes, or the fact that there are more than were asked for.
pub(crate) enum Bounded {
    Whole(Vec<u8>),
    Larger,
}

/// Reads a file of at most `limit` bytes.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> io::Result<Bounded> {
    // A pipe or a device in the place of a file would block or never end.
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    // At once what it takes: growing to it would touch twice the memory.
    let expected = usize::try_from(metadata.len().min(limit)).unwrap_or(0);
    fill_bounded(Vec::with_capacity(expected), File::open(path)?, limit)
}

/// Reads at most `limit` bytes of what may never end.
pub(crate) fn take_bounded(reader: impl Read, limit: u64) -> io::Result<Bounded> {
    fill_bounded(Vec::new(), reader, limit)
}

fn fill_bounded(mut bytes: Vec<u8>, reader: impl Read, limit: u64) -> io::Result<Bounded> {
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Ok(Bounded::Larger) } else { Ok(Bounded::Whole(bytes)) }
}
