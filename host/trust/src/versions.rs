//! Which state of the repository something was decided by.

use std::collections::BTreeMap;

use bailiwick_terms::DomainName;
use serde::Serialize;

use crate::chain::{Chain, listed_version};

/// The versions of all metadata, for reports and receipts: they name one state of
/// the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// The root's.
    pub root: u64,
    /// The timestamp's: it grows with every publish.
    pub timestamp: u64,
    /// The snapshot's.
    pub snapshot: u64,
    /// Central governance's.
    pub targets: u64,
    /// Each domain's that has published.
    pub domains: BTreeMap<DomainName, u64>,
}

impl Versions {
    pub(crate) fn of(chain: &Chain) -> Self {
        let domains = chain.targets.delegated().filter_map(|role| {
            let version = listed_version(&chain.snapshot, &role.name)?;
            Some((role.name.parse().ok()?, version.get()))
        });
        Self {
            root: chain.root.version.get(),
            timestamp: chain.timestamp.version.get(),
            snapshot: chain.snapshot.version.get(),
            targets: chain.targets.version.get(),
            domains: domains.collect(),
        }
    }
}
