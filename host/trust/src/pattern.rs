//! Which targets a delegation covers (TUF 4.5, `paths` and `path_hash_prefixes`).

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tough::schema::{DelegatedRole, PathSet};

use crate::bounds::{MAX_PATTERN_BYTES, MAX_PATTERNS};

/// Whether the role is trusted with the target.
pub(crate) fn covers(role: &DelegatedRole, target: &str) -> bool {
    match &role.paths {
        PathSet::Paths(patterns) => patterns.iter().any(|p| matches(p.value(), target)),
        PathSet::PathHashPrefixes(prefixes) => {
            let hash = hex::encode(Sha256::digest(target));
            prefixes.iter().any(|prefix| hash.starts_with(prefix.value()))
        }
    }
}

/// Shell-style: `*` is any text and `?` any character, neither of them a slash.
pub(crate) fn matches(pattern: &str, target: &str) -> bool {
    let mut patterns = pattern.split('/');
    let mut parts = target.split('/');
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if part_matches(pattern, part) => {}
            _ => return false,
        }
    }
}

fn part_matches(pattern: &str, part: &str) -> bool {
    let (mut pattern, mut rest) = (pattern.chars(), part.chars());
    // Where to go on if what follows the last `*` does not fit: let it take one more.
    let mut last_star = None;
    loop {
        let at_rest = rest.clone();
        match (pattern.next(), rest.next()) {
            (Some('*'), _) => {
                rest = at_rest;
                last_star = Some((pattern.clone(), rest.clone()));
                if pattern.as_str().is_empty() {
                    return true;
                }
            }
            (Some('?'), Some(_)) => {}
            (Some(expected), Some(found)) if expected == found => {}
            (None, None) => return true,
            _ => {
                let Some((after_star, mut taken)) = last_star.take() else { return false };
                if taken.next().is_none() {
                    return false;
                }
                pattern = after_star.clone();
                rest = taken.clone();
                last_star = Some((after_star, taken));
            }
        }
    }
}

/// Just enough of a targets role to count its patterns.
#[derive(Deserialize)]
struct Signed {
    signed: Role,
}

#[derive(Deserialize)]
struct Role {
    delegations: Option<Delegations>,
}

#[derive(Deserialize)]
struct Delegations {
    #[serde(default)]
    roles: Vec<Delegation>,
}

#[derive(Deserialize)]
struct Delegation {
    #[serde(default)]
    paths: Vec<String>,
}

/// Refuses what would be costly or ambiguous to compile, before anything is
/// compiled: reading the metadata builds a matcher out of every pattern, and it
/// does so before signatures can be checked.
pub(crate) fn check(metadata: &[u8]) -> Result<(), String> {
    let Signed { signed } = serde_json::from_slice(metadata).map_err(|error| error.to_string())?;
    let roles = signed.delegations.map(|delegations| delegations.roles).unwrap_or_default();
    let patterns: usize = roles.iter().map(|role| role.paths.len()).sum();
    if patterns > MAX_PATTERNS {
        return Err(format!(
            "it delegates {patterns} path patterns, at most {MAX_PATTERNS} are read"
        ));
    }
    for pattern in roles.iter().flat_map(|role| &role.paths) {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(format!("a path pattern is longer than {MAX_PATTERN_BYTES} bytes"));
        }
        // Implementations differ in what else is special; where they differ, one
        // of them trusts what another does not.
        if pattern.contains(['[', ']', '{', '}', '\\']) || pattern.contains("**") {
            return Err(format!("path pattern {pattern:?} has wildcards other than `*` and `?`"));
        }
    }
    Ok(())
}
