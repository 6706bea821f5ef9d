//! What a change does to central governance's metadata.

use std::collections::BTreeSet;

use bailiwick_terms::DomainName;

use super::staged::{Staged, list};
use super::{Change, PublishError};
use crate::bounds::{MAX_APPROVAL_BYTES, MAX_DOCUMENT_BYTES, MAX_PATTERNS};
use crate::client::Client;
use crate::deny::DenyList;
use crate::error::excerpt;
use crate::repository::read_deny_list;
use crate::targets::{Delegations, Targets};
use crate::{layout, scope};

/// What every repository has from its beginning.
pub(super) fn found(targets: &mut Targets, staged: &mut Staged) -> Result<(), PublishError> {
    list_deny_list(targets, &DenyList::default(), staged).map(|_| ())
}

/// What became of the delegations.
#[derive(Default)]
pub(super) struct Delegated {
    /// Whether anything changed.
    pub(super) changed: bool,
    /// The domains whose keys are new or others.
    pub(super) rekeyed: BTreeSet<DomainName>,
}

/// Delegates to the domains onboarded, and trusts domains with further paths.
pub(super) fn delegate(targets: &mut Targets, change: &Change) -> Result<Delegated, PublishError> {
    let mut delegated = Delegated::default();
    if change.onboarded.is_empty() && change.scopes.is_empty() {
        return Ok(delegated);
    }
    let delegations = targets.delegations.get_or_insert_default();
    for (domain, signers) in &change.onboarded {
        if layout::TOP_LEVEL_ROLES.contains(&domain.as_str()) {
            return Err(PublishError::ReservedName { domain: domain.to_string() });
        }
        let there = delegations.roles.iter_mut().find(|role| role.name == domain.as_str());
        let further = there.iter().flat_map(|role| scope::further(domain, role)).cloned();
        let patterns = layout::patterns(domain).into_iter().chain(further);
        let role = signers.delegated(domain.as_str(), patterns);
        match there {
            Some(same) if *same == role => continue,
            Some(other) => *other = role,
            None => delegations.roles.push(role),
        }
        delegations.keys.extend(signers.keys());
        delegated.rekeyed.insert(domain.clone());
    }
    for (domain, patterns) in &change.scopes {
        let there = delegations.roles.iter_mut().find(|role| role.name == domain.as_str());
        let Some(role) = there else {
            return Err(PublishError::UnknownDomain { domain: domain.to_string() });
        };
        let own = layout::patterns(domain).into_iter();
        let further = patterns.iter().map(|pattern| pattern.as_str().to_owned());
        let mut paths: Vec<String> = own.chain(further).collect();
        paths.dedup();
        delegated.changed |= role.paths.as_ref() != Some(&paths);
        role.paths = Some(paths);
    }
    delegated.changed |= !delegated.rekeyed.is_empty();
    let Delegations { keys, roles, .. } = delegations;
    keys.retain(|id, _| roles.iter().any(|role| role.keyids.contains(id)));
    let patterns = roles.iter().flat_map(|role| &role.paths).map(Vec::len).sum();
    if patterns > MAX_PATTERNS {
        return Err(PublishError::TooManyDomains { patterns, limit: MAX_PATTERNS });
    }
    if delegated.changed {
        scope::check(roles)?;
    }
    Ok(delegated)
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
