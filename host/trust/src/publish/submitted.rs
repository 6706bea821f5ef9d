//! What a domain signed last: what the snapshot lists, or what it handed in since.
//!
//! A domain hands in by putting the next version of its metadata into the folder. No
//! client looks at it there; the next refresh lists it.

use std::num::NonZeroU64;

use sha2::{Digest, Sha256};
use tough::schema::{Hashes, Metafile};

use crate::bounds::{MAX_MODULE_BYTES, MAX_SUBMITTED, MAX_TARGETS_BYTES};
use crate::chain::{Clock, listed_version};
use crate::client::Client;
use crate::delegation::read_delegated;
use crate::metadata::{check_specification, check_version, parse_targets, verify_by_delegation};
use crate::targets::{Delegations, Targets};
use crate::{TrustError, document, layout};

/// What a domain signed last.
pub(super) struct Latest {
    /// Its newest metadata that its delegation vouches for; none: it signed nothing yet.
    pub(super) metadata: Option<Targets>,
    /// What a snapshot says of it, if the present one does not list it yet.
    pub(super) unlisted: Option<Metafile>,
    /// The version behind that, which is in the folder and is not vouched for.
    pub(super) refused: Option<(u64, TrustError)>,
}

/// What a domain signed last, as of the client's time.
pub(super) fn latest(
    client: &Client,
    delegations: &Delegations,
    role: &str,
) -> Result<Latest, TrustError> {
    let listed = listed_version(&client.chain.snapshot, role);
    let former = match listed {
        Some(_) => read_delegated(client, delegations, role).map(Some),
        None => Ok(None),
    };
    // What is broken can be mended by handing in a newer version.
    let (mut metadata, mut broken) = match former {
        Ok(metadata) => (metadata, None),
        Err(error) => (None, Some(error)),
    };
    let (mut unlisted, mut refused) = (None, None);
    let mut version = listed;
    for _ in 0..MAX_SUBMITTED {
        let Some(next) = version.map_or(Some(NonZeroU64::MIN), |version| version.checked_add(1))
        else {
            break;
        };
        match submitted(client, delegations, role, next, metadata.as_ref()) {
            Ok(Some((targets, described))) => {
                (metadata, unlisted, broken) = (Some(targets), Some(described), None);
            }
            Ok(None) => break,
            Err(error) => {
                refused = Some((next.get(), error));
                break;
            }
        }
        version = Some(next);
    }
    match broken {
        Some(error) => Err(error),
        None => Ok(Latest { metadata, unlisted, refused }),
    }
}

/// One version, if it is in the folder. All that it lists anew must be there as well.
fn submitted(
    client: &Client,
    delegations: &Delegations,
    role: &str,
    version: NonZeroU64,
    former: Option<&Targets>,
) -> Result<Option<(Targets, Metafile)>, TrustError> {
    let file = layout::metadata(role, version.get(), true);
    let Some(bytes) = client.source.find(&file, MAX_TARGETS_BYTES)? else { return Ok(None) };
    let parsed = parse_targets(&bytes, &file)?;
    verify_by_delegation(delegations, &parsed, role, &file)?;
    let targets = parsed.signed.role;
    check_specification(&targets.spec_version, &file)?;
    check_version(targets.version.get(), version.get(), &file, "its name")?;
    if let Clock::At(now) = client.clock
        && targets.expires <= now
    {
        let (domain, expired) = (role.to_owned(), targets.expires);
        return Err(TrustError::DomainExpired { domain, expired, now });
    }
    for (path, target) in &targets.targets {
        if former.and_then(|former| former.targets.get(path)) != Some(target) {
            let content = document::read(client, path, target, MAX_MODULE_BYTES)?;
            document::verify(content, target).map_err(|wrong| wrong.of_document(path))?;
        }
    }
    let described = Metafile {
        length: Some(bytes.len() as u64),
        hashes: Some(Hashes {
            sha256: Sha256::digest(&bytes).to_vec().into(),
            _extra: std::collections::HashMap::new(),
        }),
        version,
        _extra: std::collections::HashMap::new(),
    };
    Ok(Some((targets, described)))
}
