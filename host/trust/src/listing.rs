//! What all domains publish.

use bailiwick_terms::{DomainName, ModuleDigest, ModuleName};

use crate::TrustError;

/// What was found in all domains, and which domains could not be read: a broken
/// domain is reported beside the good ones.
#[derive(Debug)]
pub struct Listing<T> {
    /// What was found, in order.
    pub found: Vec<T>,
    /// What could not be listed.
    pub broken: Vec<BrokenDomain>,
}

/// A domain whose metadata is not trusted.
#[derive(Debug)]
pub struct BrokenDomain {
    /// The domain.
    pub domain: DomainName,
    /// Why.
    pub error: TrustError,
}

/// A module that a domain publishes. Whether it may run,
/// [`Repository::module`](crate::Repository::module) says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedModule {
    /// Its name and version.
    pub name: ModuleName,
    /// The digest that the domain signed.
    pub digest: ModuleDigest,
}
