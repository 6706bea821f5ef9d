//! What a change does to a domain's metadata.

use std::num::NonZeroU64;

use bailiwick_terms::{DomainName, ModuleDigest};
use jiff::Timestamp;

use super::publisher::{SPECIFICATION, following};
use super::staged::{Staged, list};
use super::{Change, PublishError};
use crate::bounds::{MAX_CASES_BYTES, MAX_DOCUMENT_BYTES, MAX_FILE_BYTES, MAX_MODULE_BYTES};
use crate::error::{excerpt, names};
use crate::targets::{DelegatedRole, Targets};
use crate::{layout, pattern, scope};

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

/// Lists contracts, bindings, modules, their tests and further files of one domain, on top of
/// what it signed last.
pub(super) fn apply(
    domain: &DomainName,
    delegated: Option<&DelegatedRole>,
    latest: Option<Targets>,
    change: &Change,
    staged: &mut Staged,
) -> Result<Applied, PublishError> {
    let mut applied = match latest {
        Some(role) => {
            let next = following(role.version, domain.as_str())?;
            Applied { role, next, changed: false }
        }
        None => Applied { role: first(), next: NonZeroU64::MIN, changed: false },
    };
    let mut put = |applied: &mut Applied, path: &str, bytes: &std::sync::Arc<[u8]>, limit| {
        let target = staged.target(path, bytes.clone(), limit)?;
        applied.changed |= list(&mut applied.role, path, target);
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
        if let Some(there) = applied.role.targets.get(&path) {
            let published = there.hashes.sha256.as_ref().map(hex::encode).unwrap_or_default();
            if published != ModuleDigest::of(bytes).to_string() {
                let module = module.to_string();
                return Err(PublishError::ModuleExists { module, published });
            }
        }
        put(&mut applied, &path, bytes, MAX_MODULE_BYTES)?;
    }
    for (module, bytes) in change.cases.iter().filter(|(m, _)| m.domain() == domain) {
        put(&mut applied, &layout::cases(module)?, bytes, MAX_CASES_BYTES)?;
    }
    for ((_, path), bytes) in change.files.iter().filter(|((d, _), _)| d == domain) {
        let further: Vec<&String> =
            delegated.iter().flat_map(|role| scope::further(domain, role)).collect();
        let own = layout::patterns(domain);
        let fits = layout::check_path(path).is_ok()
            // A contract that comes as any file would be looked at by nobody.
            && !own.iter().any(|pattern| pattern::matches(pattern, path))
            && further.iter().any(|pattern| pattern::matches(pattern, path));
        if !fits {
            return Err(PublishError::OutOfScope {
                domain: domain.to_string(),
                path: excerpt(path),
                scope: names(further),
            });
        }
        put(&mut applied, path, bytes, MAX_FILE_BYTES)?;
    }
    Ok(applied)
}

/// Nothing yet. The expiry is set when it is signed.
fn first() -> Targets {
    Targets::new(SPECIFICATION, NonZeroU64::MIN, Timestamp::UNIX_EPOCH)
}
