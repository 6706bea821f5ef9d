//! What a domain may be trusted with besides its own contracts, bindings and modules.

use std::fmt;
use std::str::FromStr;

use bailiwick_terms::DomainName;

use crate::bounds::MAX_PATTERN_BYTES;
use crate::error::excerpt;
use crate::pattern::{has_other_wildcards, overlap};
use crate::targets::DelegatedRole;
use crate::{PublishError, layout};

/// A pattern of the paths of files that a domain may publish, such as
/// `reference/rates/*.csv`. `*` is any text and `?` any character within one part of the
/// path: neither is a slash (TUF 4.5).
///
/// It has at least two parts, for what lies at the top is central governance's; and the
/// first is a name without wildcards, so that it is plain whose files are below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathPattern(String);

/// Why a text is no path pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pattern:?} is not the pattern of a domain's files: {detail}")]
pub struct PathPatternError {
    pattern: String,
    detail: String,
}

impl PathPattern {
    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PathPattern {
    type Err = PathPatternError;

    fn from_str(text: &str) -> Result<Self, PathPatternError> {
        let wrong = |detail: &str| {
            Err(PathPatternError { pattern: excerpt(text), detail: detail.to_owned() })
        };
        if text.len() > MAX_PATTERN_BYTES {
            return wrong(&format!("it is longer than {MAX_PATTERN_BYTES} bytes"));
        }
        if layout::check_path(text).is_err() {
            return wrong(
                "its parts must be names, none of them empty, `.` or `..`, without backslashes, \
                 colons and control characters",
            );
        }
        if has_other_wildcards(text) {
            return wrong("its wildcards can be `*` and `?`, within one part of the path");
        }
        let Some((first, _)) = text.split_once('/') else {
            return wrong("what lies at the top is central governance's; begin with a folder");
        };
        if first.contains(['*', '?']) {
            return wrong("its first part must be a name without wildcards");
        }
        Ok(Self(text.to_owned()))
    }
}

/// Refuses delegations by which a domain could speak for central governance or for another
/// domain: what one is trusted with, no other may be, for the first that lists a path would
/// hide what the others say.
pub(crate) fn check(roles: &[DelegatedRole]) -> Result<(), PublishError> {
    for role in roles {
        let Ok(domain) = role.name.parse::<DomainName>() else { continue };
        for pattern in further(&domain, role) {
            check_one(&domain, pattern)?;
            for other in roles.iter().filter(|other| other.name != role.name) {
                let theirs = other.paths.iter().flatten();
                if let Some(theirs) = theirs.into_iter().find(|theirs| overlap(pattern, theirs)) {
                    return Err(PublishError::Overlap {
                        domain: domain.to_string(),
                        pattern: excerpt(pattern),
                        other: excerpt(&other.name),
                        theirs: excerpt(theirs),
                    });
                }
            }
        }
    }
    Ok(())
}

fn check_one(domain: &DomainName, pattern: &str) -> Result<(), PublishError> {
    let wrong = |detail: String| PublishError::Scope {
        domain: domain.to_string(),
        pattern: excerpt(pattern),
        detail,
    };
    pattern.parse::<PathPattern>().map_err(|error| wrong(error.detail))?;
    let mut parts = pattern.split('/');
    match (parts.next(), parts.next()) {
        (Some("approvals"), _) => Err(wrong("approvals are central governance's".to_owned())),
        (Some("domains"), Some(of)) if of != domain.as_str() => {
            Err(wrong(format!("below `domains/` its own are `domains/{domain}/`")))
        }
        _ => Ok(()),
    }
}

/// What a domain's delegation holds besides what every domain's does.
pub(crate) fn further<'r>(
    domain: &DomainName,
    role: &'r DelegatedRole,
) -> impl Iterator<Item = &'r String> {
    let own = layout::patterns(domain);
    role.paths.iter().flatten().filter(move |pattern| !own.contains(pattern))
}
