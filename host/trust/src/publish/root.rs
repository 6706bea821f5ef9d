//! Who signs what: the root, its first version and those that replace keys.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroU64;

use jiff::Timestamp;
use tough::schema::{RoleType, Root};

use super::publisher::{SPECIFICATION, following};
use super::{Change, Keyholders, PublishError, Signers};

pub(super) fn first(keyholders: &Keyholders, expires: Timestamp) -> Root {
    let roles = keyholders.by_role();
    Root {
        spec_version: SPECIFICATION.to_owned(),
        consistent_snapshot: true,
        version: NonZeroU64::MIN,
        expires,
        keys: roles.iter().flat_map(|(_, signers)| signers.keys()).collect(),
        roles: roles.iter().map(|(role, signers)| (*role, signers.role_keys())).collect(),
        _extra: HashMap::new(),
    }
}

/// The next root, if the change asks for one. Its expiry is set when it is prepared.
pub(super) fn apply(root: &Root, change: &Change) -> Result<Option<Root>, PublishError> {
    let mut next = root.clone();
    for (role, signers) in &change.rekeyed {
        next.roles.insert(*role, signers.role_keys());
        next.keys.extend(signers.keys());
    }
    let used: BTreeSet<_> = next.roles.values().flat_map(|role| &role.keyids).cloned().collect();
    next.keys.retain(|id, _| used.contains(id));
    if next == *root && !change.renew_root {
        return Ok(None);
    }
    next.version = following(root.version, "root")?;
    Ok(Some(next))
}

/// Who signs the roles, as a root says.
pub(super) fn keyholders(root: &Root) -> Result<Keyholders, PublishError> {
    let of = |role: RoleType| {
        let found = root.roles.get(&role).and_then(|keys| Signers::of_role(keys, &root.keys));
        found.ok_or_else(|| PublishError::MissingKeys {
            role: role.to_string(),
            threshold: 1,
            given: 0,
            expected: crate::error::names([""; 0]),
        })
    };
    Ok(Keyholders {
        root: of(RoleType::Root)?,
        targets: of(RoleType::Targets)?,
        snapshot: of(RoleType::Snapshot)?,
        timestamp: of(RoleType::Timestamp)?,
    })
}
