//! What a targets role says (TUF 4.5): which files count, and who else may say so.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tough::schema::decoded::{Decoded, Hex};
use tough::schema::key::Key;
use tough::schema::{Role, RoleType};

/// The metadata of central governance, of a domain, or of whom it delegated to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Targets {
    #[serde(rename = "_type")]
    kind: Kind,
    pub(crate) spec_version: String,
    pub(crate) version: NonZeroU64,
    pub(crate) expires: Timestamp,
    /// By path.
    pub(crate) targets: BTreeMap<String, Target>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delegations: Option<Delegations>,
    /// What others wrote beside it: it was signed, so it is kept.
    #[serde(flatten)]
    pub(crate) extra: Map<String, Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Targets,
}

impl Targets {
    /// Lists nothing and delegates to nobody.
    pub(crate) fn new(specification: &str, version: NonZeroU64, expires: Timestamp) -> Self {
        Self {
            kind: Kind::Targets,
            spec_version: specification.to_owned(),
            version,
            expires,
            targets: BTreeMap::new(),
            delegations: None,
            extra: Map::new(),
        }
    }

    /// The roles delegated to, in the order in which they are asked.
    pub(crate) fn delegated(&self) -> impl Iterator<Item = &DelegatedRole> {
        self.delegations.iter().flat_map(|delegations| &delegations.roles)
    }
}

impl Role for Targets {
    const TYPE: RoleType = RoleType::Targets;

    fn expires(&self) -> Timestamp {
        self.expires
    }

    fn version(&self) -> NonZeroU64 {
        self.version
    }

    fn filename(&self, consistent_snapshot: bool) -> String {
        crate::layout::metadata("targets", self.version.get(), consistent_snapshot)
    }
}

/// What is signed of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Target {
    /// Bytes.
    pub(crate) length: u64,
    pub(crate) hashes: Hashes,
    #[serde(flatten)]
    pub(crate) extra: Map<String, Value>,
}

/// Hashes of a file. Those that this release cannot compute prove nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hashes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<Decoded<Hex>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha512: Option<Decoded<Hex>>,
    #[serde(flatten)]
    pub(crate) extra: Map<String, Value>,
}

impl Hashes {
    /// The hash that consistent snapshots put into the file's name.
    pub(crate) fn in_name(&self) -> Option<&Decoded<Hex>> {
        self.sha256.as_ref().or(self.sha512.as_ref())
    }
}

/// Whom a role delegates to, and the keys they sign with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Delegations {
    pub(crate) keys: HashMap<Decoded<Hex>, Key>,
    pub(crate) roles: Vec<DelegatedRole>,
    #[serde(flatten)]
    pub(crate) extra: Map<String, Value>,
}

/// One role delegated to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DelegatedRole {
    pub(crate) name: String,
    pub(crate) keyids: Vec<Decoded<Hex>>,
    pub(crate) threshold: NonZeroU64,
    /// After a terminating delegation that covers a target, no later one is asked.
    pub(crate) terminating: bool,
    /// Patterns of the paths that it is trusted with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) paths: Option<Vec<String>>,
    /// Instead of `paths`: how SHA-256 of such a path begins, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path_hash_prefixes: Option<Vec<String>>,
    #[serde(flatten)]
    pub(crate) extra: Map<String, Value>,
}
