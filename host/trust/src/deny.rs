//! What central governance took back.

use std::collections::BTreeMap;

use bailiwick_terms::ModuleDigest;
use serde::{Deserialize, Serialize};

/// Digests that never run again, whatever approves them, and why.
///
/// A repository has one from its beginning, so that its absence is an error and not
/// an empty list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DenyList {
    pub(crate) denied: BTreeMap<ModuleDigest, String>,
}
