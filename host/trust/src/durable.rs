//! Writes that survive a crash: a file is there in full, in its old state or in
//! its new one, whenever the machine stops.
//!
//! All that this crate writes goes through here, step by step through [`disk`]; the
//! tests in `crashes` stop it after each of them.

mod disk;

use std::fs::File;
use std::io;
use std::path::Path;

/// Who may read a new file.
#[derive(Clone, Copy)]
pub(crate) enum Readers {
    /// Everyone that the umask lets.
    Anyone,
    /// Only the user who wrote it.
    Owner,
}

/// Puts `bytes` at `path`, replacing what is there.
pub(crate) fn replace(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let folder = folder_of(path);
    let file = disk::write(folder, bytes, readers)?;
    disk::sync_file(&file)?;
    disk::rename(file, path)?;
    disk::sync_folder(folder)
}

/// Puts `bytes` at `path`; fails if something is there.
pub(crate) fn create(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let folder = folder_of(path);
    let file = disk::write(folder, bytes, readers)?;
    disk::sync_file(&file)?;
    let renamed = disk::rename_new(file, path);
    // Also where another has the name: that it is there is relied on from now on.
    disk::sync_folder(folder)?;
    renamed
}

/// Makes sure of a file that [`replace`] or [`create`] wrote earlier: that may have been
/// stopped when its name was there and not durable yet.
pub(crate) fn settle(path: &Path) -> io::Result<()> {
    disk::sync_folder(folder_of(path))
}

/// Removes the file, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match disk::remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    disk::sync_folder(folder_of(path))
}

/// Gives a folder that is written its name; fails if something is there.
pub(crate) fn name_folder(folder: &Path, path: &Path) -> io::Result<()> {
    disk::name_folder(folder, path)?;
    disk::sync_folder(folder_of(path))
}

/// Makes the folder and those above it.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.parent().is_none() {
        return Ok(());
    }
    let above = folder_of(path);
    if path.is_dir() {
        // Whoever made it may have been stopped before its name was durable. A folder
        // in one that we cannot read was made by someone else.
        return match disk::sync_folder(above) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            done => done,
        };
    }
    make_folder(above)?;
    match disk::make_folder(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    disk::sync_folder(above)
}

/// Waits for, then holds the lock at `path` until the file is dropped. The file itself
/// says nothing, so it need not survive.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let file = File::options().create(true).write(true).truncate(false).open(path)?;
    file.lock()?;
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
