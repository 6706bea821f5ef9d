//! The cache's folder: its owner's alone, and held open, so that what was looked at
//! is what is used, whatever its path comes to mean later.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use super::CacheError;
use super::seal::random;

/// The permissions of the folder: its owner's alone.
const FOLDER_MODE: u32 = 0o700;
/// The permissions of a file in it.
const FILE_MODE: u32 = 0o600;
/// What the name of a file begins with that is being written.
const UNFINISHED: &str = ".new-";

/// Why the folder is not used.
pub(super) enum Unusable {
    /// Others could get in.
    Unsafe(CacheError),
    /// It cannot be made, read or written.
    Io(io::Error),
}

impl From<io::Error> for Unusable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

#[derive(Debug)]
pub(super) struct Folder {
    opened: OwnedFd,
    path: PathBuf,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, Unusable> {
        match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(metadata) => {
                let found = if metadata.is_symlink() { "a symbolic link" } else { "not a folder" };
                let path = path.to_owned();
                return Err(Unusable::Unsafe(CacheError::NotAFolder { path, found }));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(path)?,
            Err(error) => return Err(error.into()),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(io_error)?);
        let metadata = opened.metadata()?;
        let folder = Self { opened: opened.into(), path: path.to_owned() };
        folder.check_private(path, &metadata, FOLDER_MODE)?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The whole of a file of at most `limit` bytes, in place of what is in `into`.
    pub(super) fn read(&self, name: &str, limit: u64, into: &mut Vec<u8>) -> io::Result<()> {
        read_bounded(self.open_file(name)?, limit, into)
    }

    /// The whole of a file of at most `limit` bytes that only its owner can reach.
    pub(super) fn read_private(&self, name: &str, limit: u64) -> Result<Vec<u8>, Unusable> {
        let file = self.open_file(name)?;
        self.check_private(&self.path.join(name), &file.metadata()?, FILE_MODE)?;
        let mut bytes = Vec::new();
        read_bounded(file, limit, &mut bytes)?;
        Ok(bytes)
    }

    /// Puts a file in its place, whatever is there. A machine that stops then may
    /// leave half of it: entries are verified when they are read.
    pub(super) fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.written(bytes, false, |unfinished| {
            rustix::fs::renameat(&self.opened, unfinished, &self.opened, name).map_err(io_error)
        })
    }

    /// Puts a file in its place for good, unless one is there.
    pub(super) fn create(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.written(bytes, true, |unfinished| {
            let (at, flags) = (&self.opened, AtFlags::empty());
            rustix::fs::linkat(at, unfinished, at, name, flags).map_err(io_error)?;
            self.remove(unfinished)
        })
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        rustix::fs::unlinkat(&self.opened, name, AtFlags::empty()).map_err(io_error)
    }

    /// Removes what was written longest ago, until the files together have at most
    /// `limit` bytes. The key is spared, for without it nothing else is worth anything.
    pub(super) fn prune(&self, limit: u64) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in Dir::read_from(&self.opened).map_err(io_error)? {
            let entry = entry.map_err(io_error)?;
            let name = entry.file_name().to_owned();
            let stat = rustix::fs::statat(&self.opened, &name, AtFlags::SYMLINK_NOFOLLOW);
            // What is gone by now takes no room.
            let Ok(stat) = stat else { continue };
            let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
            if is_file && name.to_bytes() != super::seal::KEY_FILE.as_bytes() {
                let bytes = u64::try_from(stat.st_size).unwrap_or(0);
                files.push(((stat.st_mtime, stat.st_mtime_nsec), name, bytes));
            }
        }
        files.sort();
        let mut total: u64 = files.iter().map(|(_, _, bytes)| bytes).sum();
        for (_, name, bytes) in &files {
            if total <= limit {
                break;
            }
            match rustix::fs::unlinkat(&self.opened, name, AtFlags::empty()) {
                // Another process prunes too.
                Ok(()) | Err(rustix::io::Errno::NOENT) => total -= bytes,
                Err(error) => return Err(io_error(error)),
            }
        }
        Ok(())
    }

    fn open_file(&self, name: &str) -> io::Result<File> {
        // Opening a pipe would wait for a writer.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.opened, name, flags, Mode::empty());
        Ok(File::from(file.map_err(io_error)?))
    }

    /// Writes a file under a name of its own, and gives it the one it is to have.
    fn written(
        &self,
        bytes: &[u8],
        durably: bool,
        finish: impl FnOnce(&str) -> io::Result<()>,
    ) -> io::Result<()> {
        let unfinished = format!("{UNFINISHED}{}", hex::encode(random::<16>()?));
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(FILE_MODE);
        let file = rustix::fs::openat(&self.opened, &unfinished, flags, mode);
        let mut file = File::from(file.map_err(io_error)?);
        let done = file
            .write_all(bytes)
            .and_then(|()| if durably { file.sync_all() } else { Ok(()) })
            .and_then(|()| finish(&unfinished));
        if done.is_err() {
            // Where even this fails, it is pruned with what is old.
            drop(self.remove(&unfinished));
        }
        done
    }

    fn check_private(
        &self,
        path: &Path,
        metadata: &fs::Metadata,
        expected: u32,
    ) -> Result<(), Unusable> {
        let (path, folder) = (path.to_owned(), self.path.clone());
        let (owner, user) = (metadata.uid(), rustix::process::geteuid().as_raw());
        let mode = metadata.mode() & 0o7777;
        if owner != user {
            return Err(Unusable::Unsafe(CacheError::OtherOwner { path, folder, owner, user }));
        }
        if mode & 0o077 != 0 {
            let error = CacheError::OpenToOthers { path, folder, mode, expected };
            return Err(Unusable::Unsafe(error));
        }
        Ok(())
    }
}

fn make(path: &Path) -> io::Result<()> {
    if let Some(above) = path.parent() {
        fs::create_dir_all(above)?;
    }
    match DirBuilder::new().mode(FOLDER_MODE).create(path) {
        // Another process made it: it is looked at like any other.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn read_bounded(file: File, limit: u64, into: &mut Vec<u8>) -> io::Result<()> {
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > limit {
        return Err(io::ErrorKind::InvalidData.into());
    }
    into.clear();
    into.reserve(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(limit).read_to_end(into)?;
    Ok(())
}

fn io_error(error: rustix::io::Errno) -> io::Error {
    error.into()
}
