//! What a version of a role says otherwise than the one before it.

use std::collections::BTreeSet;
use std::fmt;

use bailiwick_terms::DomainName;
use tough::schema::{RoleType, Root};

use crate::error::{escaped, excerpt};
use crate::layout;
use crate::targets::{DelegatedRole, Delegations, Target, Targets};

/// One thing that a version of a role says otherwise than the one before it. As text,
/// one line for people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// A file is listed.
    Listed {
        /// The target's path.
        path: String,
        /// SHA-256 of its content, hexadecimal; empty if none is stated.
        sha256: String,
    },
    /// A file is listed with other content.
    Replaced {
        /// The target's path.
        path: String,
        /// SHA-256 of its content from now on, hexadecimal.
        sha256: String,
        /// What it was before.
        former: String,
    },
    /// A file is not listed any more.
    Removed {
        /// The target's path.
        path: String,
    },
    /// The signers of a role are others.
    Signers {
        /// The role, or the domain.
        of: String,
        /// How many of its keys must sign, and their ids.
        now: (u64, Vec<String>),
        /// As it was before; none: it had none.
        former: Option<(u64, Vec<String>)>,
        /// The paths that a domain is trusted with, if they are other than its own.
        scope: Option<String>,
    },
    /// A domain is not delegated to any more.
    Ended {
        /// The domain.
        domain: String,
    },
    /// It is signed anew, for a later expiry.
    Renewed,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(approval) = self.approval() {
            return f.write_str(&approval);
        }
        match self {
            Self::Listed { path, sha256 } => {
                write!(f, "adds {}, sha256 {sha256}", subject(path))
            }
            Self::Replaced { path, sha256, former } => {
                write!(f, "replaces {}: sha256 {sha256}, before {}", subject(path), short(former))
            }
            Self::Removed { path } => write!(f, "removes {}", subject(path)),
            Self::Signers { of, now: (threshold, ids), former, scope } => {
                let of = excerpt(of);
                let keys: Vec<&str> = ids.iter().map(|id| short(id)).collect();
                let signers =
                    format!("{threshold} of {} keys sign: {}", ids.len(), keys.join(", "));
                match former {
                    None => write!(f, "{of}: {signers}")?,
                    Some((threshold, ids)) => {
                        let keys: Vec<&str> = ids.iter().map(|id| short(id)).collect();
                        write!(
                            f,
                            "{of}: {signers}; before, {threshold} of {}: {}",
                            ids.len(),
                            keys.join(", ")
                        )?;
                    }
                }
                match scope {
                    // All of it: what is cut off, nobody sees that they sign.
                    Some(scope) => write!(f, "; trusted with {}", escaped(scope)),
                    None => Ok(()),
                }
            }
            Self::Ended { domain } => {
                write!(f, "ends the delegation to domain {}", excerpt(domain))
            }
            Self::Renewed => f.write_str("says the same for longer"),
        }
    }
}

impl Difference {
    /// What it does to an approval, if it does: the module's digest counts, not the document's.
    fn approval(&self) -> Option<String> {
        let (says, path) = match self {
            Self::Listed { path, .. } => ("approves", path),
            Self::Replaced { path, .. } => ("approves in other words than before", path),
            Self::Removed { path } => ("ends the approval of", path),
            _ => return None,
        };
        let (module, digest) = layout::approval_of(path)?;
        Some(format!("{says} {module}, sha256 {digest}"))
    }
}

/// Enough of an id or a digest to tell it from others.
fn short(hex: &str) -> &str {
    hex.get(..12).unwrap_or(hex)
}

/// What is at a target's path, in the words of governance.
fn subject(path: &str) -> String {
    if let Some(module) = layout::module_of(path) {
        return format!("module {module}");
    }
    if let Some(module) = layout::cases_of(path) {
        return format!("the tests of module {module}");
    }
    if let Some(product) = layout::product_of(path) {
        return format!("the contract of product {product}");
    }
    if let Some(product) = layout::bindings_of(path) {
        return format!("the bindings of product {product}");
    }
    match path {
        layout::FRAMEWORK => "the framework".to_owned(),
        layout::DENY_LIST => "the list of what is revoked".to_owned(),
        _ => format!("target {:?}", excerpt(path)),
    }
}

/// What a targets role says otherwise.
pub(crate) fn of_targets(former: Option<&Targets>, next: &Targets) -> Vec<Difference> {
    let none = std::collections::BTreeMap::new();
    let before = former.map_or(&none, |former| &former.targets);
    let sha256 = |target: &Target| target.hashes.in_name().map(hex::encode).unwrap_or_default();
    let mut differences = Vec::new();
    for (path, target) in &next.targets {
        let path = path.clone();
        match before.get(&path) {
            None => differences.push(Difference::Listed { path, sha256: sha256(target) }),
            Some(was) if was != target => differences.push(Difference::Replaced {
                path,
                sha256: sha256(target),
                former: sha256(was),
            }),
            Some(_) => {}
        }
    }
    for path in before.keys().filter(|path| !next.targets.contains_key(*path)) {
        differences.push(Difference::Removed { path: path.clone() });
    }
    delegations(former.and_then(|former| former.delegations.as_ref()), next, &mut differences);
    if former.is_some() && differences.is_empty() {
        differences.push(Difference::Renewed);
    }
    differences
}

fn delegations(former: Option<&Delegations>, next: &Targets, found: &mut Vec<Difference>) {
    let before: Vec<&DelegatedRole> = former.iter().flat_map(|former| &former.roles).collect();
    for role in next.delegated() {
        let was = before.iter().find(|was| was.name == role.name);
        if was.is_some_and(|was| *was == role) {
            continue;
        }
        found.push(Difference::Signers {
            of: format!("domain {}", role.name),
            now: signers(role.threshold.get(), &role.keyids),
            former: was.map(|was| signers(was.threshold.get(), &was.keyids)),
            scope: scope(role),
        });
    }
    for was in before {
        if next.delegated().all(|role| role.name != was.name) {
            found.push(Difference::Ended { domain: was.name.clone() });
        }
    }
}

/// The paths of a delegation, unless they are the domain's own and final.
fn scope(role: &DelegatedRole) -> Option<String> {
    let own = role.name.parse::<DomainName>().map(|domain| layout::patterns(&domain).to_vec());
    if role.terminating && own.is_ok() && role.paths == own.ok() {
        return None;
    }
    let paths = role.paths.iter().chain(&role.path_hash_prefixes).flatten();
    let paths = paths.cloned().collect::<Vec<_>>().join(", ");
    Some(if role.terminating { paths } else { format!("{paths}, not alone") })
}

/// What a root says otherwise.
pub(crate) fn of_root(former: Option<&Root>, next: &Root) -> Vec<Difference> {
    let roles = [RoleType::Root, RoleType::Targets, RoleType::Snapshot, RoleType::Timestamp];
    let of = |root: &Root, role: RoleType| {
        root.roles.get(&role).map(|keys| signers(keys.threshold.get(), &keys.keyids))
    };
    let mut differences = Vec::new();
    for role in roles {
        let was = former.and_then(|former| of(former, role));
        let Some(now) = of(next, role).filter(|now| was.as_ref() != Some(now)) else { continue };
        differences.push(Difference::Signers {
            of: format!("`{role}`"),
            now,
            former: was,
            scope: None,
        });
    }
    if former.is_some() && differences.is_empty() {
        differences.push(Difference::Renewed);
    }
    differences
}

fn signers(threshold: u64, ids: &[impl AsRef<[u8]>]) -> (u64, Vec<String>) {
    let ids: BTreeSet<String> = ids.iter().map(hex::encode).collect();
    (threshold, ids.into_iter().collect())
}
