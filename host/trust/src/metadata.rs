//! Reading and verifying the file of one role.

use std::collections::HashMap;
use std::num::NonZeroU64;

use jiff::Timestamp as Time;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tough::schema::decoded::{Decoded, Hex};
use tough::schema::key::Key;
use tough::schema::{
    Error as SchemaError, Metafile, Role, RoleKeys, RoleType, Root, Signature, Signed,
};

use crate::TrustError;
use crate::error::excerpt;
use crate::key::public_bytes;
use crate::pattern;
use crate::targets::{Delegations, Targets};

/// What a role's file says, together with what was signed: signatures are verified
/// over the latter, so that nothing depends on writing the former in the same way.
#[derive(Debug, Clone)]
pub(crate) struct Content<T> {
    pub(crate) role: T,
    signed: Value,
}

impl<T> Content<T> {
    /// What was signed.
    pub(crate) fn value(&self) -> &Value {
        &self.signed
    }

    /// Whether both say the same.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.signed == other.signed
    }
}

impl<'de, T: Role + DeserializeOwned> Deserialize<'de> for Content<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let signed = Value::deserialize(deserializer)?;
        // The roles of one key holder must not pass for each other (TUF 4.2, `_type`).
        let expected = T::TYPE.to_string();
        if signed.get("_type").and_then(Value::as_str) != Some(expected.as_str()) {
            return Err(D::Error::custom(format!("its `_type` is not {expected:?}")));
        }
        let role = T::deserialize(&signed).map_err(D::Error::custom)?;
        Ok(Self { role, signed })
    }
}

impl<T> Serialize for Content<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.signed.serialize(serializer)
    }
}

impl<T: Role> Role for Content<T> {
    const TYPE: RoleType = T::TYPE;

    fn expires(&self) -> Time {
        self.role.expires()
    }

    fn version(&self) -> NonZeroU64 {
        self.role.version()
    }

    fn filename(&self, consistent_snapshot: bool) -> String {
        self.role.filename(consistent_snapshot)
    }
}

/// A role's file, parsed. Not to be trusted before its signatures are verified.
pub(crate) type Parsed<T> = Signed<Content<T>>;

fn malformed(file: &str, detail: impl ToString) -> TrustError {
    TrustError::Malformed { file: file.to_owned(), detail: excerpt(detail) }
}

/// Parses the metadata of a role.
pub(crate) fn parse<T: Role + DeserializeOwned>(
    bytes: &[u8],
    file: &str,
) -> Result<Parsed<T>, TrustError> {
    serde_json::from_slice(bytes).map_err(|error| malformed(file, error))
}

/// Parses the metadata of central governance or of a domain.
pub(crate) fn parse_targets(bytes: &[u8], file: &str) -> Result<Parsed<Targets>, TrustError> {
    let targets: Parsed<Targets> = parse(bytes, file)?;
    if let Some(delegations) = &targets.signed.role.delegations {
        pattern::check(delegations).map_err(|detail| malformed(file, detail))?;
        check_key_ids(&delegations.keys, file)?;
    }
    Ok(targets)
}

/// A key's id is the hash of the key (TUF 4.2): no two keys share one.
fn check_key_ids(keys: &HashMap<Decoded<Hex>, Key>, file: &str) -> Result<(), TrustError> {
    for (id, key) in keys {
        if key.key_id().ok().as_ref() != Some(id) {
            return Err(malformed(file, format!("key {} has another id", hex::encode(id))));
        }
    }
    Ok(())
}

/// The specification's version must be one that we know: 1.x (TUF 4.3, `spec_version`).
pub(crate) fn check_specification(version: &str, file: &str) -> Result<(), TrustError> {
    match version.split_once('.') {
        Some(("1", _)) => Ok(()),
        _ => Err(malformed(file, format!("it follows version {version:?} of TUF, expected 1.x"))),
    }
}

/// Verifies a top-level role with the keys in the root.
pub(crate) fn verify_by_root<T: Role>(
    root: &Root,
    role: &Signed<T>,
    file: &str,
) -> Result<(), TrustError> {
    if let Some(signers) = root.roles.get(&T::TYPE) {
        check_distinct(&signers.keyids, &root.keys, file, &T::TYPE.to_string())?;
    }
    root.verify_role(role).map_err(|error| refused(error, file, &T::TYPE.to_string()))
}

/// Verifies a delegated role with the keys in the delegation.
pub(crate) fn verify_by_delegation(
    delegations: &Delegations,
    role: &Parsed<Targets>,
    name: &str,
    file: &str,
) -> Result<(), TrustError> {
    let mut named = delegations.roles.iter().filter(|role| role.name == name);
    let Some(delegation) = named.next() else {
        return Err(malformed(file, format!("no keys are listed for role {name:?}")));
    };
    // With two delegations of one name, which keys count would depend on the order.
    if named.next().is_some() {
        return Err(malformed(file, format!("role {name:?} is delegated twice by one role")));
    }
    check_distinct(&delegation.keyids, &delegations.keys, file, name)?;
    let keys = delegation.keyids.iter().filter_map(|id| delegations.keys.get_key_value(id));
    keyring(
        RoleType::Targets,
        keys.map(|(id, key)| (id.clone(), key.clone())),
        &delegation.keyids,
        delegation.threshold,
    )
    .verify_role(role)
    .map_err(|error| refused(error, file, name))
}

/// Whether a signature of a role is the key's.
pub(crate) fn signed_by<T: Role + Clone>(
    role: &Signed<T>,
    signature: &Signature,
    key: &Key,
) -> bool {
    let alone = Signed { signed: role.signed.clone(), signatures: vec![signature.clone()] };
    let ids = [signature.keyid.clone()];
    let keys = ids.iter().map(|id| (id.clone(), key.clone()));
    keyring(T::TYPE, keys, &ids, NonZeroU64::MIN).verify_role(&alone).is_ok()
}

/// The keys of one role in the form that verifies signatures: a root that has no other
/// roles.
fn keyring(
    role: RoleType,
    keys: impl Iterator<Item = (Decoded<Hex>, Key)>,
    keyids: &[Decoded<Hex>],
    threshold: NonZeroU64,
) -> Root {
    let keyids = keyids.to_vec();
    let signers = RoleKeys { keyids, threshold, _extra: HashMap::new() };
    Root {
        spec_version: String::new(),
        consistent_snapshot: true,
        version: NonZeroU64::MIN,
        expires: Time::UNIX_EPOCH,
        keys: keys.collect(),
        roles: HashMap::from([(role, signers)]),
        _extra: HashMap::new(),
    }
}

/// A threshold counts keys, and one key can be listed under several ids by writing
/// it in several ways (TUF 4.2: "only one unique key has that KEYID" is about the
/// reverse). So a role may list a key once.
fn check_distinct(
    ids: &[Decoded<Hex>],
    keys: &HashMap<Decoded<Hex>, Key>,
    file: &str,
    role: &str,
) -> Result<(), TrustError> {
    let mut seen = HashMap::new();
    for id in ids {
        let Some(key) = keys.get(id) else { continue };
        if seen.insert(public_bytes(key), id).is_some_and(|other| other != id) {
            return Err(malformed(file, format!("role {role:?} lists one key under two ids")));
        }
    }
    Ok(())
}

fn refused(error: SchemaError, file: &str, role: &str) -> TrustError {
    let detail = match error {
        SchemaError::SignatureThreshold { threshold, valid, .. } => {
            return TrustError::Threshold {
                file: file.to_owned(),
                role: role.to_owned(),
                threshold,
                valid,
            };
        }
        SchemaError::DuplicateKeyId { .. } => "one key signed it twice".to_owned(),
        SchemaError::MissingRole { .. } => format!("no keys are listed for role {role:?}"),
        other => other.to_string(),
    };
    malformed(file, detail)
}

/// The file must be as long as its description says and have its hash (TUF 5.5.2, 5.6.2).
pub(crate) fn check_described(
    bytes: &[u8],
    described: &Metafile,
    file: &str,
    by: &'static str,
) -> Result<(), TrustError> {
    let mismatch = |what, found, expected| {
        Err(TrustError::Mismatch { file: file.to_owned(), by, what, found, expected })
    };
    if let Some(length) = described.length
        && bytes.len() as u64 != length
    {
        return mismatch("length", bytes.len().to_string(), length.to_string());
    }
    if let Some(hashes) = &described.hashes {
        let found = Sha256::digest(bytes);
        if found.as_slice() != &*hashes.sha256 {
            return mismatch("sha256", hex::encode(found), hex::encode(&hashes.sha256));
        }
    }
    Ok(())
}

/// The file must have the version that its description says (TUF 5.5.4, 5.6.4).
pub(crate) fn check_version(
    found: u64,
    expected: u64,
    file: &str,
    by: &'static str,
) -> Result<(), TrustError> {
    if found == expected {
        return Ok(());
    }
    Err(TrustError::Mismatch {
        file: file.to_owned(),
        by,
        what: "version",
        found: found.to_string(),
        expected: expected.to_string(),
    })
}
