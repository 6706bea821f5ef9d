//! What a change does to central governance's metadata.

use std::collections::BTreeSet;

use bailiwick_terms::DomainName;

use super::staged::{Staged, list};
use super::{Change, PublishError};
use crate::bounds::{MAX_APPROVAL_BYTES, MAX_DOCUMENT_BYTES, MAX_PATTERNS};
use crate::client::Client;
use crate::deny::DenyList;
use crate::error::excerpt;
use crate::layout;
use crate::repository::read_deny_list;
use crate::targets::{Delegations, Targets};

/// What every repository has from its beginning.
pub(super) fn found(targets: &mut Targets, staged: &mut Staged) -> Result<(), PublishError> {
    list_deny_list(targets, &DenyList::default(), staged).map(|_| ())
}

/// Delegates to the domains onboarded; gives those whose delegation is new or changed.
pub(super) fn onboard(
    targets: &mut Targets,
    change: &Change,
) -> Result<BTreeSet<DomainName>, PublishError> {
    let mut changed = BTreeSet::new();
    if change.onboarded.is_empty() {
        return Ok(changed);
    }
    let delegations = targets.delegations.get_or_insert_default();
    for (domain, signers) in &change.onboarded {
        if layout::TOP_LEVEL_ROLES.contains(&domain.as_str()) {
            return Err(PublishError::ReservedName { domain: domain.to_string() });
        }
        let delegated = signers.delegated(domain.as_str(), layout::patterns(domain));
        match delegations.roles.iter_mut().find(|role| role.name == delegated.name) {
            Some(same) if *same == delegated => continue,
            Some(other) => *other = delegated,
            None => delegations.roles.push(delegated),
        }
        delegations.keys.extend(signers.keys());
        changed.insert(domain.clone());
    }
    let Delegations { keys, roles, .. } = delegations;
    keys.retain(|id, _| roles.iter().any(|role| role.keyids.contains(id)));
    let patterns = roles.iter().flat_map(|role| &role.paths).map(Vec::len).sum();
    if patterns > MAX_PATTERNS {
        return Err(PublishError::TooManyDomains { patterns, limit: MAX_PATTERNS });
    }
    Ok(changed)
}

/// Lists framework, approvals and deny list; whether that changed anything.
pub(super) fn apply(
    targets: &mut Targets,
    change: &Change,
    client: &Client,
    staged: &mut Staged,
) -> Result<bool, PublishError> {
    let mut changed = false;
    if let Some(framework) = &change.framework {
        let target = staged.target(layout::FRAMEWORK, framework.clone(), MAX_DOCUMENT_BYTES)?;
        changed |= list(targets, layout::FRAMEWORK, target);
    }
    for (module, digest) in &change.withdrawn {
        let path = layout::approval(module, digest)?;
        changed |= targets.targets.remove(&path).is_some();
    }
    for approval in &change.approvals {
        let path = layout::approval(&approval.module, &approval.digest)?;
        let bytes = json(&path, approval)?;
        let target = staged.target(&path, bytes.into(), MAX_APPROVAL_BYTES)?;
        changed |= list(targets, &path, target);
    }
    let Change { denied, denied_modules, denied_domains, .. } = change;
    if !(denied.is_empty() && denied_modules.is_empty() && denied_domains.is_empty()) {
        let mut deny = read_deny_list(client)?;
        deny.denied.extend(denied.clone());
        deny.modules.extend(denied_modules.clone());
        deny.domains.extend(denied_domains.clone());
        changed |= list_deny_list(targets, &deny, staged)?;
    }
    Ok(changed)
}

fn list_deny_list(
    targets: &mut Targets,
    deny: &DenyList,
    staged: &mut Staged,
) -> Result<bool, PublishError> {
    let bytes = json(layout::DENY_LIST, deny)?;
    let target = staged.target(layout::DENY_LIST, bytes.into(), MAX_DOCUMENT_BYTES)?;
    Ok(list(targets, layout::DENY_LIST, target))
}

fn json(what: &str, value: &impl serde::Serialize) -> Result<Vec<u8>, PublishError> {
    serde_json::to_vec_pretty(value)
        .map_err(|error| PublishError::Encoding { what: what.to_owned(), detail: excerpt(error) })
}
