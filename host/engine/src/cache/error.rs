//! Why a cache's folder is not touched.

use std::path::PathBuf;

/// Others than the user could decide what runs here: the folder is refused.
///
/// A cache can be removed at any time, so that is a remedy for each.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// Something else than a folder stands there.
    #[error(
        "{path}, where the cache of compiled code is to be, is {found}; remove it, or name a folder of its own"
    )]
    NotAFolder {
        /// The folder.
        path: PathBuf,
        /// What stands there.
        found: &'static str,
    },
    /// The folder, or the key in it, belongs to another user.
    #[error(
        "{path}, of the cache of compiled code, belongs to user {owner}, not to {user}, who runs this; name another folder, or run `rm -r {folder}`: it is made anew"
    )]
    OtherOwner {
        /// The folder, or the key in it.
        path: PathBuf,
        /// The cache's folder.
        folder: PathBuf,
        /// Whose it is, a user id.
        owner: u32,
        /// Who runs this, a user id.
        user: u32,
    },
    /// The folder, or the key in it, can be reached by others than its owner.
    #[error(
        "{path}, of the cache of compiled code, is open to others (mode {mode:o}), who could run code here through it; run `chmod {expected:o} {path}`, or, if others did get in, `rm -r {folder}`: it is made anew"
    )]
    OpenToOthers {
        /// The folder, or the key in it.
        path: PathBuf,
        /// The cache's folder.
        folder: PathBuf,
        /// Its permissions.
        mode: u32,
        /// What they should be.
        expected: u32,
    },
}
