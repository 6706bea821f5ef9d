//! Who signs, and for how long.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use jiff::{SignedDuration, Timestamp};
use serde_json::Map;
use tough::schema::decoded::{Decoded, Hex};
use tough::schema::key::Key;
use tough::schema::{Role, RoleKeys, RoleType, Root, Signature, Signed};

use super::PublishError;
use crate::error::{excerpt, names};
use crate::key::{PublicKey, SigningKey};
use crate::targets::DelegatedRole;

/// The keys of one role, and how many of them must sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signers {
    threshold: NonZeroU64,
    keys: Vec<PublicKey>,
}

impl Signers {
    /// One key, which signs alone.
    pub fn one(key: &PublicKey) -> Self {
        Self { threshold: NonZeroU64::MIN, keys: vec![key.clone()] }
    }

    /// `threshold` of these keys.
    pub fn of<'a>(
        threshold: u32,
        keys: impl IntoIterator<Item = &'a PublicKey>,
    ) -> Result<Self, PublishError> {
        let mut distinct = BTreeMap::new();
        for key in keys {
            if distinct.insert(key.id(), key.clone()).is_some() {
                return Err(PublishError::SameKey { id: key.id() });
            }
        }
        let keys: Vec<_> = distinct.into_values().collect();
        match NonZeroU64::new(threshold.into()) {
            Some(needed) if threshold as usize <= keys.len() => {
                Ok(Self { threshold: needed, keys })
            }
            _ => Err(PublishError::Threshold { threshold, keys: keys.len() }),
        }
    }

    /// How many must sign.
    pub fn threshold(&self) -> u64 {
        self.threshold.get()
    }

    /// Those who may.
    pub fn public_keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The signers that metadata list; none if a key is missing.
    pub(super) fn of_role(role: &RoleKeys, keys: &HashMap<Decoded<Hex>, Key>) -> Option<Self> {
        Self::of_keys(role.threshold, &role.keyids, keys)
    }

    pub(super) fn of_keys(
        threshold: NonZeroU64,
        ids: &[Decoded<Hex>],
        keys: &HashMap<Decoded<Hex>, Key>,
    ) -> Option<Self> {
        let listed: Option<BTreeMap<String, PublicKey>> = ids
            .iter()
            .map(|id| Some((hex::encode(id), PublicKey::new(keys.get(id)?.clone())?)))
            .collect();
        Some(Self { threshold, keys: listed?.into_values().collect() })
    }

    fn ids(&self) -> Vec<Decoded<Hex>> {
        self.keys.iter().map(|key| key.tuf_id().clone()).collect()
    }

    pub(super) fn role_keys(&self) -> RoleKeys {
        RoleKeys { keyids: self.ids(), threshold: self.threshold, _extra: HashMap::new() }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = (Decoded<Hex>, Key)> {
        self.keys.iter().map(|key| (key.tuf_id().clone(), key.tuf_key().clone()))
    }

    /// A terminating delegation: what it covers is up to the domain alone.
    pub(super) fn delegated(
        &self,
        role: &str,
        patterns: impl IntoIterator<Item = String>,
    ) -> DelegatedRole {
        DelegatedRole {
            name: role.to_owned(),
            keyids: self.ids(),
            threshold: self.threshold,
            paths: Some(patterns.into_iter().collect()),
            path_hash_prefixes: None,
            terminating: true,
            extra: Map::new(),
        }
    }
}

/// Who signs the roles of a new repository. One key may serve several roles; the
/// keys of root and targets belong offline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyholders {
    /// Who may change who signs.
    pub root: Signers,
    /// Central governance.
    pub targets: Signers,
    /// Says which metadata belong together.
    pub snapshot: Signers,
    /// Says which snapshot is current.
    pub timestamp: Signers,
}

impl Keyholders {
    pub(super) fn by_role(&self) -> [(RoleType, &Signers); 4] {
        [
            (RoleType::Root, &self.root),
            (RoleType::Targets, &self.targets),
            (RoleType::Snapshot, &self.snapshot),
            (RoleType::Timestamp, &self.timestamp),
        ]
    }
}

/// How long what is signed counts, from the moment it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of the root. Default 365 days: key holders have to meet.
    pub root: SignedDuration,
    /// Of central governance's metadata. Default 90 days.
    pub targets: SignedDuration,
    /// Of a domain's metadata. Default 90 days.
    pub domain: SignedDuration,
    /// Of the snapshot. Default 7 days.
    pub snapshot: SignedDuration,
    /// Of the timestamp. Default 24 hours: the longest that a host may stay
    /// ignorant of a revocation.
    pub timestamp: SignedDuration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Self {
            root: days(365),
            targets: days(90),
            domain: days(90),
            snapshot: days(7),
            timestamp: days(1),
        }
    }
}

/// When something signed now ends, in whole seconds (TUF 4.2.1).
pub(super) fn expiry(
    now: Timestamp,
    lifetime: SignedDuration,
    role: &str,
) -> Result<Timestamp, PublishError> {
    let end = now.checked_add(lifetime).ok();
    end.and_then(|end| Timestamp::from_second(end.as_second()).ok())
        .filter(|end| *end > now)
        .ok_or_else(|| PublishError::Lifetime { role: role.to_owned() })
}

/// Signs with those of the keys given that count for the role by the current root; an
/// error if they are too few. Keys that counted by the root before it sign as well, so
/// that clients of either root follow.
pub(super) fn sign<T: Role>(
    signed: T,
    root: &Root,
    before: Option<&Root>,
    keys: &[&SigningKey],
) -> Result<Signed<T>, PublishError> {
    let role = T::TYPE.to_string();
    let message = signed.canonical_form().map_err(|error| PublishError::Encoding {
        what: format!("`{role}`"),
        detail: excerpt(error),
    })?;
    let ids =
        |root: &Root| root.roles.get(&T::TYPE).map(|role| role.keyids.clone()).unwrap_or_default();
    let (now, then) = (ids(root), before.map(ids).unwrap_or_default());
    let threshold = root.roles.get(&T::TYPE).map_or(1, |role| role.threshold.get());
    let signers: BTreeMap<String, &SigningKey> =
        keys.iter().map(|key| (key.public().id(), *key)).collect();
    let counts = |ids: &[Decoded<Hex>], key: &SigningKey| ids.contains(key.public().tuf_id());
    let given = signers.values().filter(|key| counts(&now, key)).count();
    if (given as u64) < threshold {
        let expected = names(now.iter().map(hex::encode));
        return Err(PublishError::MissingKeys { role, threshold, given, expected });
    }
    let signatures = signers
        .into_values()
        .filter(|key| counts(&now, key) || counts(&then, key))
        .map(|key| Signature {
            keyid: key.public().tuf_id().clone(),
            sig: key.sign(&message).into(),
        })
        .collect();
    Ok(Signed { signed, signatures })
}
