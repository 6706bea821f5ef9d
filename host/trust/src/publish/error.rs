//! Why something was not published.

use crate::TrustError;

/// Why nothing was published. The repository is then as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// What is there already is not trusted, so nothing is signed on top of it.
    #[error("what is published already is not trusted: {0}")]
    Trust(#[from] TrustError),
    /// There is a repository.
    #[error("{folder} already holds a repository; publish to it, or choose another folder")]
    Exists {
        /// The folder.
        folder: String,
    },
    /// Too few of a role's keys were given.
    #[error(
        "`{role}` must be signed by {threshold} of its keys and {given} of them are given; \
         its keys are {expected}"
    )]
    MissingKeys {
        /// The role.
        role: String,
        /// How many must sign.
        threshold: u64,
        /// How many were given.
        given: usize,
        /// The ids of the keys that count.
        expected: String,
    },
    /// The keys of snapshot and timestamp are replaced, and the former ones do not sign.
    #[error(
        "the online key is replaced, and the former one must sign once more, so that pipelines can \
         follow at every moment; give it too, or say that it is lost"
    )]
    FormerOnlineKey,
    /// A key is nobody's who signs a pending change.
    #[error("key {key} signs nothing of this change of `{roles}`; the keys that do are {expected}")]
    NotASigner {
        /// The key's id.
        key: String,
        /// The roles that the change is of.
        roles: String,
        /// The ids of the keys that count.
        expected: String,
    },
    /// The repository has moved on since a change was prepared.
    #[error(
        "the pending change makes version {version} of `{role}`, and the repository is at version \
         {found} with other content; prepare the change again on top of what is there"
    )]
    Stale {
        /// The role.
        role: String,
        /// The version that the change makes.
        version: u64,
        /// The version that the repository has.
        found: u64,
    },
    /// A folder is no pending change, or not a whole one.
    #[error("{folder} is not a pending change that can be used: {detail}")]
    NotPending {
        /// The folder.
        folder: String,
        /// What is wrong with it.
        detail: String,
    },
    /// What others than domains sign cannot be submitted.
    #[error(
        "the change is of `{role}` too, which is no domain's to submit; publish it, with the keys \
         of snapshot and timestamp"
    )]
    NotOfDomains {
        /// The role.
        role: String,
    },
    /// The signers of a role cannot be.
    #[error(
        "{threshold} of {keys} keys is not possible; give a threshold from 1 to the number of keys"
    )]
    Threshold {
        /// How many should sign.
        threshold: u32,
        /// How many keys there are.
        keys: usize,
    },
    /// A key is given twice.
    #[error("key {id} is given twice; each signer has a key of their own")]
    SameKey {
        /// The key's id.
        id: String,
    },
    /// The domain's name is that of a role which every repository has.
    #[error(
        "a domain cannot be named `{domain}`: the repository itself uses that name; choose another"
    )]
    ReservedName {
        /// The domain.
        domain: String,
    },
    /// The domain was not onboarded.
    #[error("domain `{domain}` is not onboarded; central governance must onboard it first")]
    UnknownDomain {
        /// The domain.
        domain: String,
    },
    /// A domain cannot be trusted with a path.
    #[error("domain `{domain}` cannot be trusted with {pattern:?}: {detail}")]
    Scope {
        /// The domain.
        domain: String,
        /// The pattern of paths.
        pattern: String,
        /// Why not.
        detail: String,
    },
    /// Two domains would be trusted with one path.
    #[error(
        "domain `{domain}` cannot be trusted with {pattern:?}: domain `{other}` is trusted with \
         {theirs:?}, and some path matches both; a path is one domain's"
    )]
    Overlap {
        /// The domain.
        domain: String,
        /// The pattern of its paths.
        pattern: String,
        /// The other domain.
        other: String,
        /// The pattern of the other's paths.
        theirs: String,
    },
    /// A domain is not trusted with the path of a file.
    #[error(
        "domain `{domain}` is not trusted with a file at {path:?}; besides contracts, bindings and \
         modules it may publish: {scope}"
    )]
    OutOfScope {
        /// The domain.
        domain: String,
        /// The file's path.
        path: String,
        /// The further patterns that it is trusted with.
        scope: String,
    },
    /// The version is taken.
    #[error(
        "module {module} is already published with other content (sha256 {published}); \
         a published version never changes: raise the version"
    )]
    ModuleExists {
        /// The module.
        module: String,
        /// The digest that is published.
        published: String,
    },
    /// Clients would refuse it for its size.
    #[error("{what} has {bytes} bytes and clients read at most {limit}; make it smaller")]
    TooLarge {
        /// What it is.
        what: String,
        /// Its size, bytes.
        bytes: u64,
        /// The limit, bytes.
        limit: u64,
    },
    /// More domains than clients read delegations for.
    #[error(
        "{patterns} path patterns are delegated and clients read at most {limit}; use fewer domains"
    )]
    TooManyDomains {
        /// How many patterns there would be.
        patterns: usize,
        /// The limit.
        limit: usize,
    },
    /// A lifetime is negative or beyond the calendar.
    #[error(
        "the lifetime of `{role}` does not end at a time in the future; give a shorter, positive one"
    )]
    Lifetime {
        /// The role.
        role: String,
    },
    /// The largest version number is used up.
    #[error("`{role}` has reached the last version number")]
    LastVersion {
        /// The role.
        role: String,
    },
    /// What is to be signed has no canonical form.
    #[error("cannot encode {what}: {detail}")]
    Encoding {
        /// What it is.
        what: String,
        /// Why it failed.
        detail: String,
    },
    /// A file could not be written.
    #[error(
        "cannot write {file}: {source}; the repository is in its former state or in the new one, \
         never between them: repeat when that is mended"
    )]
    Io {
        /// The file, within the repository.
        file: String,
        /// Why it failed.
        source: std::io::Error,
    },
}
