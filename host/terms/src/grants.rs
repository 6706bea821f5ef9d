//! What central governance lets one module do.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Label, PartName};

/// What an approval lets a module have. Nothing is granted that is not named here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// Labels whose columns it may read. A column without labels needs no grant.
    pub read: BTreeSet<Label>,
    /// Labels that are gone from what it writes: it is trusted to have removed
    /// what made them necessary.
    pub remove: BTreeSet<Label>,
    /// Host services that it may import.
    pub services: Services,
}

/// The host services that a module may import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Services {
    /// Names of the keys that it may have values hashed under; none: no import
    /// of `pseudonym`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub pseudonym: BTreeSet<PartName>,
    /// Names of the keys that it may have values encrypted under, in their format; none: no
    /// import of `encryption`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub encryption: BTreeSet<PartName>,
    /// Whether it may import `lookup`: reference tables, of which it may have the columns
    /// whose labels it may read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lookup: bool,
    /// Whether it may import `log`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub log: bool,
}
