//! The steps that durable writes are made of, one function each. In the tests of this
//! crate each step is noted before it is taken, or refused.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::Readers;
#[cfg(test)]
use crate::crashes::journal::{Step, note};

/// Writes a file that has no name yet which anyone looks for.
pub(super) fn write(folder: &Path, bytes: &[u8], readers: Readers) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".new-");
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt;
        fs::Permissions::from_mode(match readers {
            Readers::Anyone => 0o644,
            Readers::Owner => 0o600,
        })
    };
    #[cfg(unix)]
    builder.permissions(permissions);
    #[cfg(not(unix))]
    let _ = readers;
    let mut file = builder.tempfile_in(folder)?;
    #[cfg(test)]
    note(Step::Write { file: file.path().to_owned(), bytes: bytes.to_vec() })?;
    file.write_all(bytes)?;
    Ok(file)
}

/// Makes a file's bytes durable, not its name.
pub(super) fn sync_file(file: &NamedTempFile) -> io::Result<()> {
    #[cfg(test)]
    note(Step::SyncFile(file.path().to_owned()))?;
    file.as_file().sync_all()
}

/// Gives a file its name, in place of the one that had it.
pub(super) fn rename(file: NamedTempFile, to: &Path) -> io::Result<()> {
    #[cfg(test)]
    note(Step::Rename { from: file.path().to_owned(), to: to.to_owned() })?;
    file.persist(to).map(|_| ()).map_err(|error| error.error)
}

/// Gives a file its name, unless another has it.
pub(super) fn rename_new(file: NamedTempFile, to: &Path) -> io::Result<()> {
    #[cfg(test)]
    note(Step::Rename { from: file.path().to_owned(), to: to.to_owned() })?;
    file.persist_noclobber(to).map(|_| ()).map_err(|error| error.error)
}

/// Gives a folder its name.
pub(super) fn name_folder(folder: &Path, to: &Path) -> io::Result<()> {
    #[cfg(test)]
    note(Step::Rename { from: folder.to_owned(), to: to.to_owned() })?;
    fs::rename(folder, to)
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    note(Step::Remove(path.to_owned()))?;
    fs::remove_file(path)
}

pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    note(Step::MakeFolder(path.to_owned()))?;
    fs::create_dir(path)
}

/// Makes the names in a folder durable: a rename is only once the folder is.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(test)]
    note(Step::SyncFolder(folder.to_owned()))?;
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
