//! Who signed what is current, and until when it is.

use std::num::NonZeroU64;

use bailiwick_terms::DomainName;
use jiff::Timestamp as Time;
use tough::schema::{Role, RoleType, Snapshot, Timestamp};

use super::draft::{ROOT, TARGETS, Wanted};
use super::publisher::{Publisher, domains};
use super::submitted::latest;
use super::{PublishError, Signatures};
use crate::bounds::{MAX_ROOT_BYTES, MAX_SNAPSHOT_BYTES, MAX_TARGETS_BYTES, MAX_TIMESTAMP_BYTES};
use crate::chain::{Clock, listed_version};
use crate::listing::BrokenDomain;
use crate::metadata::{Parsed, parse, parse_targets};
use crate::{TrustError, layout};

/// The roles of a repository as they stand, expired or not.
#[derive(Debug)]
pub struct Overview {
    /// Root, central governance, snapshot, timestamp, then the domains.
    pub roles: Vec<RoleState>,
    /// The domains that handed in what no snapshot lists yet, and its version.
    pub submitted: Vec<(DomainName, u64)>,
    /// The domains whose metadata, or whose newest submission, is not vouched for.
    pub refused: Vec<BrokenDomain>,
}

/// One role as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleState {
    /// The role: `root`, `targets`, `snapshot`, `timestamp`, or a domain.
    pub role: String,
    /// The current version and when it expires; none: a domain that published nothing.
    pub current: Option<(u64, Time)>,
    /// Who signed it, of those who can now.
    pub signatures: Signatures,
}

impl Publisher {
    /// Who signed what is current, when it expires, and what waits for a refresh.
    ///
    /// # Errors
    /// [`PublishError::Trust`] if the repository as a whole is not trusted.
    pub fn overview(&self, now: Time) -> Result<Overview, PublishError> {
        let mut client = self.current()?;
        client.clock = Clock::At(now);
        let (chain, source) = (&client.chain, &client.source);
        let mut overview =
            Overview { roles: Vec::new(), submitted: Vec::new(), refused: Vec::new() };
        let file = layout::metadata(ROOT, chain.root.version.get(), true);
        // The trusted root may be the only copy of the first one.
        let bytes = match source.find(&file, MAX_ROOT_BYTES)? {
            Some(bytes) => bytes,
            None => self.trusted_root().to_vec(),
        };
        let wanted = |role| Wanted::by_root(&chain.root, role);
        let root: Parsed<tough::schema::Root> = parse(&bytes, &file)?;
        overview.roles.push(state(ROOT, &root, &wanted(RoleType::Root)));
        let file = layout::metadata(TARGETS, chain.targets.version.get(), true);
        let targets = parse_targets(&source.read(&file, MAX_TARGETS_BYTES)?, &file)?;
        overview.roles.push(state(TARGETS, &targets, &wanted(RoleType::Targets)));
        let file = layout::metadata("snapshot", chain.snapshot.version.get(), true);
        let snapshot: Parsed<Snapshot> = parse(&source.read(&file, MAX_SNAPSHOT_BYTES)?, &file)?;
        overview.roles.push(state("snapshot", &snapshot, &wanted(RoleType::Snapshot)));
        let file = layout::TIMESTAMP;
        let timestamp: Parsed<Timestamp> = parse(&source.read(file, MAX_TIMESTAMP_BYTES)?, file)?;
        overview.roles.push(state("timestamp", &timestamp, &wanted(RoleType::Timestamp)));

        for (domain, delegations) in domains(chain) {
            let wanted = Wanted::by_delegation(Some(delegations), domain.as_str())?;
            let listed = listed_version(&chain.snapshot, domain.as_str());
            let read = |version: NonZeroU64| -> Result<RoleState, TrustError> {
                let file = layout::metadata(domain.as_str(), version.get(), true);
                let targets = parse_targets(&source.read(&file, MAX_TARGETS_BYTES)?, &file)?;
                Ok(state(domain.as_str(), &targets, &wanted))
            };
            overview.roles.push(match listed.map(read) {
                Some(Ok(state)) => state,
                Some(Err(error)) => {
                    overview.refused.push(BrokenDomain { domain: domain.clone(), error });
                    unsigned(domain.as_str(), &wanted)
                }
                None => unsigned(domain.as_str(), &wanted),
            });
            match latest(&client, delegations, domain.as_str()) {
                Ok(latest) => {
                    if let Some(described) = latest.unlisted {
                        overview.submitted.push((domain.clone(), described.version.get()));
                    }
                    if let Some((_, error)) = latest.refused {
                        overview.refused.push(BrokenDomain { domain, error });
                    }
                }
                // That it expired is said by its time.
                Err(TrustError::DomainExpired { .. }) => {}
                Err(error) => overview.refused.push(BrokenDomain { domain, error }),
            }
        }
        Ok(overview)
    }
}

fn state<T: Role + Clone>(role: &str, metadata: &Parsed<T>, wanted: &Wanted) -> RoleState {
    let current = Some((metadata.signed.version().get(), metadata.signed.expires()));
    let signatures = wanted.signatures(wanted.signed_of(metadata));
    RoleState { role: role.to_owned(), current, signatures }
}

fn unsigned(role: &str, wanted: &Wanted) -> RoleState {
    let signatures = wanted.signatures(Vec::new());
    RoleState { role: role.to_owned(), current: None, signatures }
}
