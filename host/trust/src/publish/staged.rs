//! What a publish is about to write, and the order in which it does.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Map;
use sha2::{Digest, Sha256};
use tough::schema::{Hashes as FileHashes, Metafile, Role, Signed};

use super::PublishError;
use crate::directory::{Bounded, Directory, read_bounded};
use crate::durable::{self, Readers};
use crate::error::excerpt;
use crate::layout;
use crate::targets::{Hashes, Target, Targets};

/// Files in the order in which they are written: each only refers to those before.
#[derive(Debug, Clone, Default)]
pub(super) struct Staged {
    files: Vec<(String, Arc<[u8]>)>,
}

impl Staged {
    /// Adds a target's file and gives what is signed of it.
    pub(super) fn target(
        &mut self,
        path: &str,
        bytes: Arc<[u8]>,
        limit: u64,
    ) -> Result<Target, PublishError> {
        check_size(path, &bytes, limit)?;
        let sha256 = Sha256::digest(&bytes).to_vec();
        let target = Target {
            length: bytes.len() as u64,
            hashes: Hashes { sha256: Some(sha256.clone().into()), ..Hashes::default() },
            extra: Map::new(),
        };
        self.files.push((layout::target(path, &sha256, true), bytes));
        Ok(target)
    }

    /// Adds a role's file and gives what the role above it says of it.
    pub(super) fn role<T: Role>(
        &mut self,
        file: String,
        role: &Signed<T>,
        limit: u64,
    ) -> Result<Metafile, PublishError> {
        // Sorted, so that the same metadata is the same bytes.
        let encoded = serde_json::to_value(role).and_then(|mut value| {
            value.sort_all_objects();
            serde_json::to_vec_pretty(&value)
        });
        let bytes: Arc<[u8]> = encoded
            .map_err(|error| PublishError::Encoding { what: file.clone(), detail: excerpt(error) })?
            .into();
        check_size(&file, &bytes, limit)?;
        let described = Metafile {
            length: Some(bytes.len() as u64),
            hashes: Some(FileHashes {
                sha256: Sha256::digest(&bytes).to_vec().into(),
                _extra: HashMap::new(),
            }),
            version: role.signed.version(),
            _extra: HashMap::new(),
        };
        self.files.push((file, bytes));
        Ok(described)
    }

    /// Adds a target's file that was read from a folder.
    pub(super) fn file(&mut self, file: String, bytes: Vec<u8>) {
        self.files.push((file, bytes.into()));
    }

    /// Adds what is staged elsewhere.
    pub(super) fn append(&mut self, other: &Self) {
        self.files.extend_from_slice(&other.files);
    }

    /// The bytes of a file, if it is staged.
    pub(super) fn get(&self, file: &str) -> Option<&Arc<[u8]>> {
        self.files.iter().find(|(name, _)| name == file).map(|(_, bytes)| bytes)
    }

    /// Writes everything, each file durable before the next. The last file makes the
    /// others current; before it, they are files that nothing refers to.
    pub(super) fn write(&self, directory: &Directory) -> Result<(), PublishError> {
        for (file, bytes) in &self.files {
            let path = directory.path(file);
            // A target's name holds its hash: the same content need not be written
            // again. What is there is compared, since it may be damaged.
            let there = read_bounded(&path, bytes.len() as u64);
            path.parent()
                .map_or(Ok(()), durable::make_folder)
                .and_then(|()| match there {
                    Ok(Bounded::Whole(there)) if *there == **bytes => durable::settle(&path),
                    _ => durable::replace(&path, bytes, Readers::Anyone),
                })
                .map_err(|source| PublishError::Io { file: file.clone(), source })?;
        }
        Ok(())
    }
}

fn check_size(what: &str, bytes: &[u8], limit: u64) -> Result<(), PublishError> {
    let size = bytes.len() as u64;
    if size > limit {
        return Err(PublishError::TooLarge { what: what.to_owned(), bytes: size, limit });
    }
    Ok(())
}

/// Lists a target in a role; whether that changed the role.
pub(super) fn list(role: &mut Targets, path: &str, target: Target) -> bool {
    let changed = role.targets.get(path) != Some(&target);
    role.targets.insert(path.to_owned(), target);
    changed
}
