//! Bounded reads from the repository's folder.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::TrustError;

/// The folder that a repository is in. Every byte in it is untrusted until verified.
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

    /// The whole file; an error if it is larger than the limit or not there.
    pub(crate) fn read(&self, file: &str, limit: u64) -> Result<Vec<u8>, TrustError> {
        self.find(file, limit)?.ok_or_else(|| TrustError::Missing { file: file.to_owned() })
    }

    /// The whole file, if it is there; an error if it is larger than the limit.
    pub(crate) fn find(&self, file: &str, limit: u64) -> Result<Option<Vec<u8>>, TrustError> {
        match read_bounded(&self.path(file), limit) {
            Ok(Bounded::Whole(bytes)) => Ok(Some(bytes)),
            Ok(Bounded::Larger) => Err(TrustError::TooLarge { file: file.to_owned(), limit }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(TrustError::Unreadable { file: file.to_owned(), source }),
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
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Ok(Bounded::Larger) } else { Ok(Bounded::Whole(bytes)) }
}
