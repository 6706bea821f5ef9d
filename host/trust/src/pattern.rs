//! Which targets a delegation covers (TUF 4.5, `paths` and `path_hash_prefixes`).

use sha2::{Digest, Sha256};

use crate::bounds::{MAX_PATTERN_BYTES, MAX_PATTERNS};
use crate::layout::TOP_LEVEL_ROLES;
use crate::targets::{DelegatedRole, Delegations};

/// Whether the role is trusted with the target.
pub(crate) fn covers(role: &DelegatedRole, target: &str) -> bool {
    let by_path = role.paths.iter().flatten().any(|pattern| matches(pattern, target));
    let prefixes = role.path_hash_prefixes.as_deref().unwrap_or_default();
    by_path
        || (!prefixes.is_empty() && {
            let hash = hex::encode(Sha256::digest(target));
            prefixes.iter().any(|prefix| hash.starts_with(prefix.as_str()))
        })
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

/// Whether some path matches both.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    let mut parts = one.split('/');
    let mut others = other.split('/');
    loop {
        match (parts.next(), others.next()) {
            (None, None) => return true,
            (Some(part), Some(other)) if parts_overlap(part, other) => {}
            _ => return false,
        }
    }
}

fn parts_overlap(one: &str, other: &str) -> bool {
    let other: Vec<char> = other.chars().collect();
    // Whether what is read so far of `one` and the first so many of `other` can be the same.
    let mut same: Vec<bool> = Vec::with_capacity(other.len() + 1);
    same.push(true);
    for (i, there) in other.iter().enumerate() {
        same.push(*there == '*' && same.get(i) == Some(&true));
    }
    for here in one.chars() {
        let before = |at: usize| same.get(at) == Some(&true);
        let mut next = Vec::with_capacity(same.len());
        next.push(here == '*' && before(0));
        for (i, there) in other.iter().enumerate() {
            next.push(if here == '*' || *there == '*' {
                // It is done, or takes one more of the other.
                before(i + 1) || next.get(i) == Some(&true)
            } else {
                before(i) && (here == *there || here == '?' || *there == '?')
            });
        }
        same = next;
    }
    same.last() == Some(&true)
}

/// Whether a pattern has what others may understand as wildcards, besides `*` and `?`.
pub(crate) fn has_other_wildcards(pattern: &str) -> bool {
    pattern.contains(['[', ']', '{', '}', '\\']) || pattern.contains("**")
}

/// Refuses delegations that are costly to try or that others may understand otherwise.
pub(crate) fn check(delegations: &Delegations) -> Result<(), String> {
    let patterns =
        || delegations.roles.iter().flat_map(|role| [&role.paths, &role.path_hash_prefixes]);
    let count: usize = patterns().flatten().map(Vec::len).sum();
    if count > MAX_PATTERNS {
        return Err(format!("it delegates {count} path patterns, at most {MAX_PATTERNS} are read"));
    }
    if patterns().flatten().flatten().any(|pattern| pattern.len() > MAX_PATTERN_BYTES) {
        return Err(format!("a path pattern is longer than {MAX_PATTERN_BYTES} bytes"));
    }
    for role in &delegations.roles {
        if TOP_LEVEL_ROLES.contains(&role.name.as_str()) {
            return Err(format!(
                "it delegates to role {:?}, a name of the repository's",
                role.name
            ));
        }
        if role.paths.is_some() == role.path_hash_prefixes.is_some() {
            return Err(format!(
                "role {:?} needs either `paths` or `path_hash_prefixes`, and not both",
                role.name
            ));
        }
        for pattern in role.paths.iter().flatten() {
            // Implementations differ in what else is special; where they differ, one
            // of them trusts what another does not.
            if has_other_wildcards(pattern) {
                return Err(format!(
                    "path pattern {pattern:?} has wildcards other than `*` and `?`"
                ));
            }
        }
    }
    Ok(())
}
