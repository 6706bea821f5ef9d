//! The search for one target through the delegations (TUF 5.6.7).
//!
//! A delegated role is read and verified only if it is on the way to the target
//! that was asked for: what one domain signs cannot disturb another's.

use std::collections::HashSet;
use std::rc::Rc;

use crate::bounds::MAX_ROLES_VISITED;
use crate::chain::{listed_version, read_listed};
use crate::client::Client;
use crate::error::excerpt;
use crate::metadata::verify_by_delegation;
use crate::targets::{Delegations, Target, Targets};
use crate::{TrustError, pattern};

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
    /// Those of the role that delegates to it.
    delegations: Rc<Delegations>,
    delegated_to: String,
}

/// Reads and verifies a delegated role (TUF 5.6.1 to 5.6.6).
pub(crate) fn read_delegated(
    client: &Client,
    delegations: &Delegations,
    role: &str,
) -> Result<Targets, TrustError> {
    let Client { source, store, chain, clock, .. } = client;
    if listed_version(&chain.snapshot, role).is_none() {
        return Err(TrustError::NothingPublished { domain: excerpt(role) });
    }
    read_listed(source, &chain.root, &chain.snapshot, store, role, |targets, file| {
        verify_by_delegation(delegations, targets, role, file)?;
        match clock.expired(&targets.signed) {
            Some((expired, now)) => {
                Err(TrustError::DomainExpired { domain: excerpt(role), expired, now })
            }
            None => Ok(()),
        }
    })
}

/// TUF 5.6.7: pre-order and depth first, in the order of the delegations, each role
/// once; after a terminating delegation that covers the target, no other is considered.
pub(crate) fn find(client: &Client, path: &str) -> Result<Option<Found>, TrustError> {
    let top = &client.chain.targets;
    if let Some(target) = top.targets.get(path) {
        return Ok(Some(Found {
            target: target.clone(),
            role: "targets".to_owned(),
            version: top.version.get(),
            delegated_to: None,
        }));
    }
    let mut visited = HashSet::new();
    let mut to_visit = Vec::new();
    push_covering(&mut to_visit, top, path, None);
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
        let targets = client.delegated(&delegations, &role)?;
        if let Some(target) = targets.targets.get(path) {
            return Ok(Some(Found {
                target: target.clone(),
                role,
                version: targets.version.get(),
                delegated_to: Some(delegated_to),
            }));
        }
        // 5.6.7.2
        push_covering(&mut to_visit, &targets, path, Some(&delegated_to));
    }
    Ok(None)
}

/// Adds the roles that are trusted with the target, so that the first is popped first.
fn push_covering(
    to_visit: &mut Vec<Visit>,
    targets: &Targets,
    path: &str,
    delegated_to: Option<&str>,
) {
    let mut covering = Vec::new();
    for role in targets.delegated().filter(|role| pattern::covers(role, path)) {
        covering.push(role);
        if role.terminating {
            to_visit.clear();
            break;
        }
    }
    let Some(delegations) = targets.delegations.as_ref().filter(|_| !covering.is_empty()) else {
        return;
    };
    let delegations = Rc::new(only(delegations, &covering));
    to_visit.extend(covering.into_iter().rev().map(|role| Visit {
        role: role.name.clone(),
        delegations: Rc::clone(&delegations),
        delegated_to: delegated_to.unwrap_or(&role.name).to_owned(),
    }));
}

/// What is needed to verify some roles: not every other domain's keys. All delegations
/// of their names are among them, since two of one name are an error.
fn only(delegations: &Delegations, roles: &[&crate::targets::DelegatedRole]) -> Delegations {
    let named = |name: &str| roles.iter().any(|role| role.name == name);
    let roles: Vec<_> =
        delegations.roles.iter().filter(|role| named(&role.name)).cloned().collect();
    let keys = delegations
        .keys
        .iter()
        .filter(|(id, _)| roles.iter().any(|role| role.keyids.contains(id)))
        .map(|(id, key)| (id.clone(), key.clone()))
        .collect();
    Delegations { keys, roles, ..Delegations::default() }
}
