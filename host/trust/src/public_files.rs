//! Which files of a repository's folder anyone may read.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use percent_encoding::percent_decode_str;
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

use crate::layout;

/// A repository's folder as a server of static files shows it: metadata and targets where
/// [`Source::parse`](crate::Source::parse) looks for them, and nothing else. Locks, files
/// that are being written and what links lead to outside the folder are not there.
#[derive(Debug)]
pub struct PublicFiles {
    folder: OwnedFd,
}

impl PublicFiles {
    /// Those of a folder, which stays the same one if it is renamed.
    ///
    /// # Errors
    /// When the folder is not there, or is not readable.
    pub fn open(folder: impl AsRef<Path>) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(folder.as_ref(), flags, Mode::empty())?;
        Ok(Self { folder })
    }

    /// The file at an address below the server's own, such as
    /// `/metadata/timestamp.json`; none: there is no such file, or it is not for everyone.
    ///
    /// # Errors
    /// When the file is there and cannot be opened.
    pub fn find(&self, address: &str) -> io::Result<Option<File>> {
        let Some(name) = named(address) else { return Ok(None) };
        // A pipe in a file's place must not block.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let within = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        match openat2(&self.folder, name, flags, Mode::empty(), within) {
            Ok(file) => {
                let file = File::from(file);
                Ok(file.metadata()?.is_file().then_some(file))
            }
            Err(Errno::NOENT | Errno::NOTDIR | Errno::XDEV | Errno::LOOP | Errno::NAMETOOLONG) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The path within the folder of what is at an address.
fn named(address: &str) -> Option<String> {
    let (part, name) = address.strip_prefix('/')?.split_once('/')?;
    let name = match part {
        // The names of metadata are the escaped ones.
        "metadata" if !name.contains('/') && name.ends_with(".json") => name.to_owned(),
        "targets" => percent_decode_str(name).decode_utf8().ok()?.into_owned(),
        _ => return None,
    };
    layout::check_path(&name).ok()?;
    let hidden = name.split('/').any(|part| part.starts_with('.'));
    (!hidden).then(|| format!("{part}/{name}"))
}
