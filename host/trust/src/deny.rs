//! What central governance took back.

use std::collections::BTreeMap;

use bailiwick_terms::{DomainName, ModuleDigest, ModuleName};
use serde::{Deserialize, Serialize};

use crate::TrustError;
use crate::error::excerpt;

/// What never runs again, whatever approves it, and why.
///
/// A repository has one from its beginning, so that its absence is an error and not
/// an empty list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DenyList {
    /// Bytes, under every name.
    pub(crate) denied: BTreeMap<ModuleDigest, String>,
    /// Versions of modules, whatever their bytes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) modules: BTreeMap<ModuleName, String>,
    /// Domains, with all that they signed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) domains: BTreeMap<DomainName, String>,
}

impl DenyList {
    /// Nothing that a denied domain signed counts.
    pub(crate) fn check_domain(&self, domain: &DomainName) -> Result<(), TrustError> {
        match self.domains.get(domain) {
            Some(reason) => Err(TrustError::DeniedDomain {
                domain: domain.to_string(),
                reason: excerpt(reason),
            }),
            None => Ok(()),
        }
    }

    /// Neither the version nor the bytes are denied.
    pub(crate) fn check_module(
        &self,
        module: &ModuleName,
        digest: &ModuleDigest,
    ) -> Result<(), TrustError> {
        match self.denied.get(digest).or_else(|| self.modules.get(module)) {
            Some(reason) => Err(TrustError::Denied {
                module: module.to_string(),
                digest: digest.to_string(),
                reason: excerpt(reason),
            }),
            None => Ok(()),
        }
    }
}
