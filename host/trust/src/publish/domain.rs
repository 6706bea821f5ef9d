//! What a change does to a domain's metadata.

use std::num::NonZeroU64;

use bailiwick_terms::{DomainName, ModuleDigest};
use jiff::Timestamp;
use tough::schema::Targets;

use super::publisher::{SPECIFICATION, following};
use super::staged::{Staged, list, name};
use super::{Change, PublishError};
use crate::bounds::{MAX_DOCUMENT_BYTES, MAX_MODULE_BYTES};
use crate::chain::{Chain, Clock, listed_version};
use crate::delegation::read_delegated;
use crate::directory::Directory;
use crate::layout;

/// A domain's metadata with a change applied.
pub(super) struct Applied {
    role: Targets,
    next: NonZeroU64,
    changed: bool,
}

impl Applied {
    /// The next version, if there is to be one.
    pub(super) fn into_changed(self, renew: bool) -> Option<Targets> {
        let Self { mut role, next, changed } = self;
        role.version = next;
        (changed || renew).then_some(role)
    }
}

/// Lists contracts, bindings and modules of one domain.
pub(super) fn apply(
    domain: &DomainName,
    change: &Change,
    directory: &Directory,
    chain: &Chain,
    staged: &mut Staged,
) -> Result<Applied, PublishError> {
    let role = domain.as_str();
    let published = listed_version(&chain.snapshot, role).is_some();
    let mut applied = match &chain.targets.delegations {
        Some(delegations) if published => {
            let role = read_delegated(directory, chain, Clock::Ignored, delegations, role)?;
            let next = following(role.version, domain.as_str())?;
            Applied { role, next, changed: false }
        }
        _ => Applied { role: first(), next: NonZeroU64::MIN, changed: false },
    };
    let mut put = |applied: &mut Applied, path: &str, bytes: &std::sync::Arc<[u8]>, limit| {
        let target = staged.target(path, bytes.clone(), limit)?;
        applied.changed |= list(&mut applied.role, path, target)?;
        Ok::<_, PublishError>(())
    };
    for (product, bytes) in change.contracts.iter().filter(|(p, _)| p.domain() == domain) {
        put(&mut applied, &layout::contract(product), bytes, MAX_DOCUMENT_BYTES)?;
    }
    for (product, bytes) in change.bindings.iter().filter(|(p, _)| p.domain() == domain) {
        put(&mut applied, &layout::bindings(product), bytes, MAX_DOCUMENT_BYTES)?;
    }
    for (module, bytes) in change.modules.iter().filter(|(m, _)| m.domain() == domain) {
        let path = layout::module(module)?;
        if let Some(there) = applied.role.targets.get(&name(&path)?)
            && *there.hashes.sha256 != *ModuleDigest::of(bytes).as_bytes()
        {
            return Err(PublishError::ModuleExists {
                module: module.to_string(),
                published: hex::encode(&there.hashes.sha256),
            });
        }
        put(&mut applied, &path, bytes, MAX_MODULE_BYTES)?;
    }
    Ok(applied)
}

/// Nothing yet. The expiry is set when it is signed.
fn first() -> Targets {
    Targets {
        delegations: None,
        ..Targets::new(SPECIFICATION.to_owned(), NonZeroU64::MIN, Timestamp::UNIX_EPOCH)
    }
}
