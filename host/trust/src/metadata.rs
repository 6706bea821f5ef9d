//! Reading and verifying the file of one role.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tough::schema::decoded::{Decoded, Hex};
use tough::schema::key::Key;
use tough::schema::{Delegations, Error as SchemaError, Metafile, Role, Root, Signed, Targets};

use crate::TrustError;
use crate::error::excerpt;
use crate::key::public_bytes;
use crate::pattern;

fn malformed(file: &str, detail: impl ToString) -> TrustError {
    TrustError::Malformed { file: file.to_owned(), detail: excerpt(detail) }
}

/// Parses the metadata of a role. It is not trusted before its signatures are verified.
pub(crate) fn parse<T: Role + DeserializeOwned>(
    bytes: &[u8],
    file: &str,
) -> Result<Signed<T>, TrustError> {
    serde_json::from_slice(bytes).map_err(|error| malformed(file, error))
}

/// Parses the metadata of central governance or of a domain.
pub(crate) fn parse_targets(bytes: &[u8], file: &str) -> Result<Signed<Targets>, TrustError> {
    pattern::check(bytes).map_err(|detail| malformed(file, detail))?;
    parse(bytes, file)
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
    role: &Signed<Targets>,
    name: &str,
    file: &str,
) -> Result<(), TrustError> {
    // With two delegations of one name, which keys count would depend on the order.
    let mut named = delegations.roles.iter().filter(|role| role.name == name);
    if let Some(delegation) = named.next() {
        check_distinct(&delegation.keyids, &delegations.keys, file, name)?;
    }
    if named.next().is_some() {
        return Err(malformed(file, format!("role {name:?} is delegated twice by one role")));
    }
    delegations.verify_role(role, name).map_err(|error| refused(error, file, name))
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
        SchemaError::MissingRole { .. } | SchemaError::RoleNotFound { .. } => {
            format!("no keys are listed for role {role:?}")
        }
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
