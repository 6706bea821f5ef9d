//! What a pending change says, computed from the bytes that are signed.

use std::fmt::Write;
use std::sync::Arc;

use jiff::Timestamp;

use super::difference::{Difference, of_root, of_targets};
use super::draft::Draft;
use super::{Pending, PublishError};
use crate::bounds::MAX_DOCUMENT_BYTES;
use crate::client::Client;
use crate::delegation::Found;
use crate::{document, layout};

/// What a pending change does to one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChange {
    /// The role: `root`, `targets` for central governance, or a domain.
    pub role: String,
    /// The version that it becomes.
    pub version: u64,
    /// When that version expires.
    pub expires: Timestamp,
    /// SHA-256 of the bytes that are signed, hexadecimal: signers on different machines
    /// compare it.
    pub digest: String,
    /// What it says otherwise than the version before it.
    pub differences: Vec<Difference>,
    /// Whose signatures it needs: of every entry its threshold.
    pub signatures: Vec<Signatures>,
}

/// Who signed, of those who can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatures {
    /// Whose keys they are.
    pub of: String,
    /// How many must sign.
    pub threshold: u64,
    /// The ids of the keys that did.
    pub signed: Vec<String>,
    /// The ids of those that did not.
    pub open: Vec<String>,
}

impl Signatures {
    /// How many signatures are missing.
    pub fn missing(&self) -> u64 {
        self.threshold.saturating_sub(self.signed.len() as u64)
    }
}

/// A document that a pending change lists with new content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedDocument {
    /// Its path in the repository.
    pub path: String,
    /// What it says from now on.
    pub bytes: Arc<[u8]>,
    /// What it said before; none: it was not there.
    pub former: Option<Arc<[u8]>>,
}

impl Pending {
    /// What it does, role by role: computed from the bytes that are signed and from what
    /// they stand on.
    ///
    /// # Errors
    /// [`PublishError::Trust`] if what they stand on cannot be read.
    pub fn changes(&self) -> Result<Vec<RoleChange>, PublishError> {
        self.drafts.iter().map(|draft| self.change(draft)).collect()
    }

    fn change(&self, draft: &Draft) -> Result<RoleChange, PublishError> {
        let differences = match draft {
            Draft::Root(next) => {
                of_root(self.base.as_ref().map(|base| &base.chain.root), &next.signed.role)
            }
            Draft::Targets(role, next) => {
                of_targets(self.former_targets(role)?.as_ref(), &next.signed.role)
            }
        };
        let signatures =
            self.wanted(draft)?.into_iter().map(|wanted| wanted.signatures(wanted.signed(draft)));
        Ok(RoleChange {
            role: draft.role().to_owned(),
            version: draft.version().get(),
            expires: draft.expires(),
            digest: draft.digest()?,
            differences,
            signatures: signatures.collect(),
        })
    }

    /// The documents that it lists with new content: all but modules.
    ///
    /// # Errors
    /// [`PublishError::Trust`] if a former one is not what was signed.
    pub fn documents(&self) -> Result<Vec<ChangedDocument>, PublishError> {
        let mut changed = Vec::new();
        for draft in &self.drafts {
            let Draft::Targets(role, next) = draft else { continue };
            let former = self.former_targets(role)?;
            for (path, target) in &next.signed.role.targets {
                let was = former.as_ref().and_then(|former| former.targets.get(path));
                if was == Some(target) || layout::module_of(path).is_some() {
                    continue;
                }
                let file = target.hashes.in_name().map(|hash| layout::target(path, hash, true));
                let Some(bytes) = file.and_then(|file| self.files.get(&file).cloned()) else {
                    continue;
                };
                let former = match (&self.base, was) {
                    (Some(base), Some(was)) => Some(read_former(base, role, path, was)?),
                    _ => None,
                };
                changed.push(ChangedDocument { path: path.clone(), bytes, former });
            }
        }
        Ok(changed)
    }

    /// The same as a text for people, which is put beside it.
    pub(super) fn statement(&self) -> Result<String, PublishError> {
        let mut text = "What this pending change does. Nothing reads this text: `bailiwick sign` \
                        shows the same, computed from what is signed.\n"
            .to_owned();
        for change in self.changes()? {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "\n{} version {}, expires {}\n  sha256 of what is signed {}",
                change.role, change.version, change.expires, change.digest
            );
            for difference in &change.differences {
                let _ = writeln!(text, "  {difference}");
            }
            for Signatures { of, threshold, .. } in &change.signatures {
                let _ = writeln!(text, "  must be signed by {threshold} of the keys of {of}");
            }
        }
        Ok(text)
    }
}

fn read_former(
    base: &Client,
    role: &str,
    path: &str,
    was: &crate::targets::Target,
) -> Result<Arc<[u8]>, PublishError> {
    let found =
        Found { target: was.clone(), role: role.to_owned(), version: 0, delegated_to: None };
    Ok(document::open(base, path, found, MAX_DOCUMENT_BYTES)?.bytes().clone())
}
