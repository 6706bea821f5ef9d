//! The steps from bytes in a folder to a module that may run. Each step is a type,
//! and only the last leaves this crate.

use std::sync::Arc;

use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName};
use jiff::Timestamp;

use crate::deny::DenyList;
use crate::document::{self, Content, Difference};
use crate::targets::Target;
use crate::{Approval, SignedDocument, TrustError};

/// Bytes found where the domain's signed metadata points.
pub(crate) struct UnverifiedModule {
    pub(crate) name: ModuleName,
    pub(crate) target: Target,
    pub(crate) content: Content,
}

impl UnverifiedModule {
    /// The domain signed exactly these bytes.
    pub(crate) fn verify(self) -> Result<VerifiedModule, TrustError> {
        let Self { name, target, content } = self;
        // What was signed is the digest, where the bytes have been held to it.
        let signed = target.hashes.sha256.as_ref().map(hex::encode);
        let signed = signed.and_then(|digits| digits.parse::<ModuleDigest>().ok());
        let bytes = document::verify(content, &target).map_err(
            |Difference { what, found, expected }| TrustError::TamperedModule {
                module: name.to_string(),
                what,
                found,
                expected,
            },
        )?;
        let digest = signed.unwrap_or_else(|| ModuleDigest::of(&bytes));
        Ok(VerifiedModule { name, digest, bytes: bytes.into() })
    }
}

/// A module as its domain signed it. That alone grants it nothing.
pub(crate) struct VerifiedModule {
    pub(crate) name: ModuleName,
    pub(crate) digest: ModuleDigest,
    pub(crate) bytes: Arc<[u8]>,
}

impl VerifiedModule {
    /// Central governance did not take it back.
    pub(crate) fn check_denied(&self, deny: &DenyList) -> Result<(), TrustError> {
        deny.check_module(&self.name, &self.digest)
    }

    /// Central governance approved it, by name and digest, and for now.
    pub(crate) fn approve(
        self,
        document: &SignedDocument,
        now: Timestamp,
    ) -> Result<ApprovedModule, TrustError> {
        let approval: Approval =
            serde_json::from_slice(document.bytes()).map_err(|error| TrustError::Malformed {
                file: document.path().to_owned(),
                detail: crate::error::excerpt(error),
            })?;
        approval.check(&self.name, &self.digest, now)?;
        let Self { name, digest, bytes } = self;
        let approval_sha256 = document.sha256().to_owned();
        Ok(ApprovedModule { name, digest, bytes, approval, approval_sha256 })
    }
}

/// A module that may run: its domain signed these bytes, central governance approved
/// them under this name, and did not take that back. Only this crate can make one.
#[derive(Debug, Clone)]
pub struct ApprovedModule {
    name: ModuleName,
    digest: ModuleDigest,
    bytes: Arc<[u8]>,
    approval: Approval,
    approval_sha256: String,
}

impl ApprovedModule {
    /// Its name and version.
    pub fn name(&self) -> &ModuleName {
        &self.name
    }

    /// The digest of its bytes.
    pub fn digest(&self) -> &ModuleDigest {
        &self.digest
    }

    /// The component.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// What it was granted.
    pub fn grants(&self) -> &Grants {
        &self.approval.grants
    }

    /// How much it may use.
    pub fn limits(&self) -> &Limits {
        &self.approval.limits
    }

    /// The whole approval.
    pub fn approval(&self) -> &Approval {
        &self.approval
    }

    /// SHA-256 of the approval as signed, 64 hexadecimal digits.
    pub fn approval_sha256(&self) -> &str {
        &self.approval_sha256
    }
}
