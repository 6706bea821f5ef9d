//! The search for one target through the delegations (TUF 5.6.7).
//!
//! A delegated role is read and verified only if it is on the way to the target
//! that was asked for: what one domain signs cannot disturb another's.

use std::collections::HashSet;

use tough::TargetName;
use tough::schema::{Delegations, Target, Targets};

use crate::TrustError;
use crate::bounds::MAX_ROLES_VISITED;
use crate::chain::{Chain, Clock, listed_version, read_listed};
use crate::directory::Directory;
use crate::error::excerpt;
use crate::metadata::verify_by_delegation;
use crate::pattern;

/// A target and the roles that vouch for it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) target: Target,
    /// The role that lists it.
    pub(crate) role: String,
    /// The version of that role's metadata.
    pub(crate) version: u64,
    /// The role that central governance delegated to on the way; none if it lists
    /// the target itself.
    pub(crate) delegated_to: Option<String>,
}

/// A role to visit, and who trusts it.
struct Visit {
    role: String,
    delegations: Delegations,
    delegated_to: String,
}

/// Reads and verifies a delegated role (TUF 5.6.1 to 5.6.5).
pub(crate) fn read_delegated(
    directory: &Directory,
    chain: &Chain,
    clock: Clock,
    delegations: &Delegations,
    role: &str,
) -> Result<Targets, TrustError> {
    if listed_version(&chain.snapshot, role).is_none() {
        return Err(TrustError::NothingPublished { domain: excerpt(role) });
    }
    let (targets, file) = read_listed(directory, &chain.root, &chain.snapshot, role)?;
    verify_by_delegation(delegations, &targets, role, &file)?;
    match clock.expired(&targets.signed) {
        Some((expired, now)) => {
            Err(TrustError::DomainExpired { domain: excerpt(role), expired, now })
        }
        None => Ok(targets.signed),
    }
}

/// TUF 5.6.7: depth first, in the order of the delegations, each role once; after a
/// terminating delegation that covers the target, no other is considered.
pub(crate) fn find(
    directory: &Directory,
    chain: &Chain,
    clock: Clock,
    path: &str,
) -> Result<Option<Found>, TrustError> {
    let Ok(name) = TargetName::new(path) else { return Ok(None) };
    if let Some(target) = chain.targets.targets.get(&name) {
        return Ok(Some(Found {
            target: target.clone(),
            role: "targets".to_owned(),
            version: chain.targets.version.get(),
            delegated_to: None,
        }));
    }
    let mut visited = HashSet::new();
    let mut to_visit = Vec::new();
    push_covering(&mut to_visit, chain.targets.delegations.as_ref(), path, None);
    while let Some(Visit { role, delegations, delegated_to }) = to_visit.pop() {
        // 5.6.7.1: each role once, and not without end.
        if !visited.insert(role.clone()) {
            continue;
        }
        if visited.len() > MAX_ROLES_VISITED {
            return Err(TrustError::TooManyRoles {
                path: path.to_owned(),
                limit: MAX_ROLES_VISITED,
            });
        }
        let targets = read_delegated(directory, chain, clock, &delegations, &role)?;
        if let Some(target) = targets.targets.get(&name) {
            return Ok(Some(Found {
                target: target.clone(),
                role,
                version: targets.version.get(),
                delegated_to: Some(delegated_to),
            }));
        }
        // 5.6.7.2
        push_covering(&mut to_visit, targets.delegations.as_ref(), path, Some(&delegated_to));
    }
    Ok(None)
}

/// Adds the delegations that cover the target, so that the first is popped first.
fn push_covering(
    to_visit: &mut Vec<Visit>,
    delegations: Option<&Delegations>,
    path: &str,
    delegated_to: Option<&str>,
) {
    let Some(delegations) = delegations else { return };
    let mut covering = Vec::new();
    for role in delegations.roles.iter().filter(|role| pattern::covers(role, path)) {
        covering.push(Visit {
            role: role.name.clone(),
            delegations: keys_of(delegations, &role.name),
            delegated_to: delegated_to.unwrap_or(&role.name).to_owned(),
        });
        if role.terminating {
            to_visit.clear();
            break;
        }
    }
    to_visit.extend(covering.into_iter().rev());
}

/// What is needed to verify one role: it alone, not every other domain's keys.
fn keys_of(delegations: &Delegations, role: &str) -> Delegations {
    let roles: Vec<_> = delegations.roles.iter().filter(|r| r.name == role).cloned().collect();
    let keys = delegations
        .keys
        .iter()
        .filter(|(id, _)| roles.iter().any(|role| role.keyids.contains(id)))
        .map(|(id, key)| (id.clone(), key.clone()))
        .collect();
    Delegations { keys, roles }
}
