//! What central governance says of a module.

use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName, WIT_VERSION};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::TrustError;
use crate::error::excerpt;

/// Central governance's signed statement that a module's digest may run, with which
/// grants, until when. A domain signs its module; only this grants it anything.
///
/// In the repository it is JSON; times are RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The module and version that were reviewed.
    pub module: ModuleName,
    /// The bytes that were reviewed.
    pub digest: ModuleDigest,
    /// The version of the WIT package that they were reviewed for.
    pub wit: String,
    /// What the module may have.
    #[serde(default)]
    pub grants: Grants,
    /// How much it may use.
    #[serde(default)]
    pub limits: Limits,
    /// When the approval begins; none: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When it ends: from then on the module does not run.
    pub expires: Timestamp,
    /// What the reviewer wants known: who, what was looked at, why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Approval {
    /// An approval for this release's WIT version that grants nothing, with the
    /// limits that are the default.
    pub fn new(module: ModuleName, digest: ModuleDigest, expires: Timestamp) -> Self {
        Self {
            module,
            digest,
            wit: WIT_VERSION.to_owned(),
            grants: Grants::default(),
            limits: Limits::default(),
            not_before: None,
            expires,
            note: String::new(),
        }
    }

    /// Whether it lets exactly this module run at this time.
    pub(crate) fn check(
        &self,
        module: &ModuleName,
        digest: &ModuleDigest,
        now: Timestamp,
    ) -> Result<(), TrustError> {
        let name = module.to_string();
        if self.module != *module {
            let (found, expected) = (self.module.to_string(), name.clone());
            return Err(TrustError::OtherApproval {
                module: name,
                what: "module",
                found,
                expected,
            });
        }
        if self.digest != *digest {
            let (found, expected) = (self.digest.to_string(), digest.to_string());
            return Err(TrustError::OtherApproval {
                module: name,
                what: "digest",
                found,
                expected,
            });
        }
        if self.expires <= now {
            return Err(TrustError::ApprovalExpired { module: name, expired: self.expires, now });
        }
        if let Some(not_before) = self.not_before.filter(|&begin| now < begin) {
            return Err(TrustError::ApprovalNotYetValid { module: name, not_before, now });
        }
        if self.wit != WIT_VERSION {
            let found = excerpt(&self.wit);
            return Err(TrustError::OtherWit { module: name, found, expected: WIT_VERSION });
        }
        Ok(())
    }
}
