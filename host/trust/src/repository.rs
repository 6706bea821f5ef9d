//! The verifying client.

use std::path::Path;
use std::sync::Arc;

use bailiwick_terms::{DomainName, ModuleDigest, ModuleName, ProductName};
use jiff::Timestamp;

use crate::bounds::{
    MAX_APPROVAL_BYTES, MAX_CASES_BYTES, MAX_DOCUMENT_BYTES, MAX_FILE_BYTES, MAX_MODULE_BYTES,
    MAX_TABLE_BYTES,
};
use crate::chain::Clock;
use crate::client::Client;
use crate::delegation::{self, Found};
use crate::deny::DenyList;
use crate::document::{self, SignedDocument};
use crate::error::{excerpt, names};
use crate::listing::{BrokenDomain, ListedModule, Listing};
use crate::module::{ApprovedModule, UnverifiedModule, VerifiedModule};
use crate::source::Source;
use crate::store::Store;
use crate::targets::{DelegatedRole, Target, Targets};
use crate::versions::Versions;
use crate::{Approval, TrustError, layout, pattern};

/// A repository in a folder, verified from a trusted root at one time.
///
/// Opening it reads and verifies root, timestamp, snapshot, the metadata of central
/// governance and the deny list. A domain's metadata is read and verified when
/// something of that domain is asked for.
///
/// The time given when it is opened counts for everything that is asked of it (TUF
/// 5.1), so that one run is judged by one state at one time. A process that lives
/// longer than a run opens it anew: only then does it learn of revocations, and only
/// then is expiry noticed.
#[derive(Debug)]
pub struct Repository {
    client: Client,
    deny: DenyList,
    now: Timestamp,
    unrefreshed: Option<TrustError>,
}

impl Repository {
    /// Opens a repository: a folder, or what an address leads to ([`Source::parse`]).
    /// `trusted_root` is the content of a root file that came to the user on a way of its
    /// own; `now` is the time that expiry is judged by.
    ///
    /// Without a store, an old repository passes as current until its timestamp
    /// expires: see [`Repository::open_with_store`].
    pub fn open(
        source: impl Into<Source>,
        trusted_root: &[u8],
        now: Timestamp,
    ) -> Result<Self, TrustError> {
        Self::open_keeping(source.into(), trusted_root, now, Store::none())
    }

    /// Opens the repository, refuses one older than was trusted before, and keeps what is
    /// trusted now in a folder of the user's own: one folder for each repository.
    ///
    /// Where a server does not answer, what was trusted last goes on counting until it
    /// expires, the timestamp first: see [`Repository::unrefreshed`].
    pub fn open_with_store(
        source: impl Into<Source>,
        trusted_root: &[u8],
        store: impl AsRef<Path>,
        now: Timestamp,
    ) -> Result<Self, TrustError> {
        Self::open_keeping(source.into(), trusted_root, now, Store::open(store.as_ref())?)
    }

    fn open_keeping(
        source: Source,
        trusted_root: &[u8],
        now: Timestamp,
        store: Store,
    ) -> Result<Self, TrustError> {
        let (client, unrefreshed) =
            Client::update_or_keep(source, trusted_root, store, Clock::At(now))?;
        let deny = read_deny_list(&client)?;
        Ok(Self { client, deny, now, unrefreshed })
    }

    /// Why this is the state that was trusted last and not the current one: the server
    /// did not answer. None: it is the current one.
    pub fn unrefreshed(&self) -> Option<&TrustError> {
        self.unrefreshed.as_ref()
    }

    /// When the first of the roles that all depends on expires. Until then this state
    /// counts without a server that answers.
    pub fn expires(&self) -> Timestamp {
        self.client.chain.expires()
    }

    /// The time that everything here is judged by.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The versions of all metadata.
    pub fn versions(&self) -> Versions {
        Versions::of(&self.client.chain)
    }

    /// The domains that central governance onboarded.
    pub fn domains(&self) -> Vec<DomainName> {
        let mut domains: Vec<_> =
            self.delegated().filter_map(|role| role.name.parse().ok()).collect();
        domains.sort();
        domains
    }

    /// Central governance's framework.
    pub fn framework(&self) -> Result<SignedDocument, TrustError> {
        self.central(layout::FRAMEWORK, MAX_DOCUMENT_BYTES)?.ok_or_else(|| {
            TrustError::UnknownDocument {
                path: layout::FRAMEWORK.to_owned(),
                remedy: "central governance must publish it first",
            }
        })
    }

    /// A product's contract.
    pub fn contract(&self, product: &ProductName) -> Result<SignedDocument, TrustError> {
        self.product_document(product, layout::contract(product))
    }

    /// A product's bindings.
    pub fn bindings(&self, product: &ProductName) -> Result<SignedDocument, TrustError> {
        self.product_document(product, layout::bindings(product))
    }

    /// A file that a domain publishes at a further path that it is trusted with.
    pub fn file(&self, domain: &DomainName, path: &str) -> Result<SignedDocument, TrustError> {
        self.further(domain, path, MAX_FILE_BYTES)
    }

    /// A reference table that a domain publishes in the same way, and no larger file.
    pub fn table(&self, domain: &DomainName, path: &str) -> Result<SignedDocument, TrustError> {
        self.further(domain, path, MAX_TABLE_BYTES)
    }

    fn further(
        &self,
        domain: &DomainName,
        path: &str,
        limit: u64,
    ) -> Result<SignedDocument, TrustError> {
        layout::check_path(path)?;
        match self.find_in_domain(domain, path)? {
            Some(found) => self.open_document(path, found, limit),
            None => Err(TrustError::UnknownDocument {
                path: excerpt(path),
                remedy: "its domain must publish it first; is its path right?",
            }),
        }
    }

    /// A module that may run: signed by its domain, approved by central governance, not
    /// revoked. The only way to an [`ApprovedModule`].
    pub fn module(&self, name: &ModuleName) -> Result<ApprovedModule, TrustError> {
        let module = self.verified(name)?;
        module.check_denied(&self.deny)?;
        let path = layout::approval(name, &module.digest)?;
        let approval = self.central(&path, MAX_APPROVAL_BYTES)?.ok_or_else(|| {
            TrustError::Unapproved { module: name.to_string(), digest: module.digest.to_string() }
        })?;
        module.approve(&approval, self.now)
    }

    /// The bytes of a module as its domain signed them, approved or not, to be reviewed: what
    /// may run is [`Repository::module`].
    pub fn unapproved(&self, name: &ModuleName) -> Result<Arc<[u8]>, TrustError> {
        Ok(self.verified(name)?.bytes)
    }

    /// The tests of a module that its domain signed with it; none if it signed none.
    pub fn cases(&self, name: &ModuleName) -> Result<Option<SignedDocument>, TrustError> {
        let path = layout::cases(name)?;
        let Some(found) = self.find_in_domain(name.domain(), &path)? else { return Ok(None) };
        self.open_document(&path, found, MAX_CASES_BYTES).map(Some)
    }

    /// What central governance approves of a digest under a module's name, whether or not
    /// that holds now.
    pub fn approval(
        &self,
        name: &ModuleName,
        digest: &ModuleDigest,
    ) -> Result<Option<Approval>, TrustError> {
        let path = layout::approval(name, digest)?;
        let Some(document) = self.central(&path, MAX_APPROVAL_BYTES)? else { return Ok(None) };
        let approval = serde_json::from_slice(document.bytes())
            .map_err(|error| TrustError::Malformed { file: path, detail: excerpt(error) })?;
        Ok(Some(approval))
    }

    fn verified(&self, name: &ModuleName) -> Result<VerifiedModule, TrustError> {
        let path = layout::module(name)?;
        let found = self.find_in_domain(name.domain(), &path)?;
        let Some(Found { target, .. }) = found else {
            return Err(TrustError::UnknownModule {
                module: name.to_string(),
                published: names(self.versions_of(name)?),
            });
        };
        let content = document::read(&self.client, &path, &target, MAX_MODULE_BYTES)?;
        UnverifiedModule { name: name.clone(), target, content }.verify()
    }

    /// The products whose contracts the domains publish, and the domains that could
    /// not be read.
    pub fn products(&self) -> Listing<ProductName> {
        self.list(|path, _| layout::product_of(path))
    }

    /// The modules that the domains publish, approved or not, and the domains that
    /// could not be read.
    pub fn modules(&self) -> Listing<ListedModule> {
        self.list(|path, target| {
            let name = layout::module_of(path)?;
            let sha256 = target.hashes.sha256.as_ref()?;
            let digest = hex::encode(sha256).parse::<ModuleDigest>().ok()?;
            Some(ListedModule { name, digest })
        })
    }

    fn delegated(&self) -> impl Iterator<Item = &DelegatedRole> {
        self.client.chain.targets.delegated()
    }

    /// Lists what domains sign themselves. What a domain delegated further is found
    /// when it is asked for by name.
    fn list<T: Ord>(&self, item: impl Fn(&str, &Target) -> Option<T>) -> Listing<T> {
        let mut listing = Listing { found: Vec::new(), broken: Vec::new() };
        for delegation in self.delegated() {
            let Ok(domain) = delegation.name.parse::<DomainName>() else { continue };
            match self.domain(&domain) {
                Ok(targets) => listing.found.extend(
                    targets
                        .targets
                        .iter()
                        // A domain can list what it likes; what it was not trusted
                        // with is nothing that could be asked for.
                        .filter(|(path, _)| pattern::covers(delegation, path))
                        .filter_map(|(path, target)| item(path, target)),
                ),
                Err(TrustError::NothingPublished { .. }) => {}
                Err(error) => listing.broken.push(BrokenDomain { domain, error }),
            }
        }
        listing.found.sort();
        listing.broken.sort_by(|a, b| a.domain.cmp(&b.domain));
        listing
    }

    /// The verified metadata of one domain.
    fn domain(&self, domain: &DomainName) -> Result<Arc<Targets>, TrustError> {
        let delegations = self.client.chain.targets.delegations.as_ref();
        let known = delegations
            .filter(|delegations| delegations.roles.iter().any(|r| r.name == domain.as_str()));
        let Some(delegations) = known else { return Err(self.unknown(domain)) };
        self.deny.check_domain(domain)?;
        self.client.delegated(delegations, domain.as_str())
    }

    fn unknown(&self, domain: &DomainName) -> TrustError {
        TrustError::UnknownDomain { domain: domain.to_string(), onboarded: names(self.domains()) }
    }

    /// The other versions of a module that its domain signs.
    fn versions_of(&self, name: &ModuleName) -> Result<Vec<semver::Version>, TrustError> {
        let targets = self.domain(name.domain())?;
        let mut versions: Vec<_> = targets
            .targets
            .keys()
            .filter_map(|path| layout::module_of(path))
            .filter(|other| other.unversioned() == name.unversioned())
            .map(|other| other.version().clone())
            .collect();
        versions.sort();
        Ok(versions)
    }

    fn product_document(
        &self,
        product: &ProductName,
        path: String,
    ) -> Result<SignedDocument, TrustError> {
        match self.find_in_domain(product.domain(), &path)? {
            Some(found) => self.open_document(&path, found, MAX_DOCUMENT_BYTES),
            None => Err(TrustError::UnknownDocument {
                path,
                remedy: "its domain must publish it first; is the product's name right?",
            }),
        }
    }

    /// The target, if the domain or who it delegated to vouches for it.
    fn find_in_domain(&self, domain: &DomainName, path: &str) -> Result<Option<Found>, TrustError> {
        if !self.delegated().any(|role| role.name == domain.as_str()) {
            return Err(self.unknown(domain));
        }
        self.deny.check_domain(domain)?;
        match delegation::find(&self.client, path)? {
            Some(found) if found.delegated_to.as_deref() != Some(domain.as_str()) => {
                Err(TrustError::NotSignedByDomain {
                    path: path.to_owned(),
                    role: excerpt(found.role),
                    domain: domain.to_string(),
                })
            }
            found => Ok(found),
        }
    }

    fn central(&self, path: &str, limit: u64) -> Result<Option<SignedDocument>, TrustError> {
        central(&self.client, path, limit)
    }

    fn open_document(
        &self,
        path: &str,
        found: Found,
        limit: u64,
    ) -> Result<SignedDocument, TrustError> {
        document::open(&self.client, path, found, limit)
    }
}

/// A target that central governance itself lists: never one that was delegated.
fn central(client: &Client, path: &str, limit: u64) -> Result<Option<SignedDocument>, TrustError> {
    let targets = &client.chain.targets;
    let Some(target) = targets.targets.get(path) else { return Ok(None) };
    let found = Found {
        target: target.clone(),
        role: "targets".to_owned(),
        version: targets.version.get(),
        delegated_to: None,
    };
    document::open(client, path, found, limit).map(Some)
}

/// The deny list of a verified repository. That there is none is an error: it would be
/// the way to hide a revocation.
pub(crate) fn read_deny_list(client: &Client) -> Result<DenyList, TrustError> {
    let document = central(client, layout::DENY_LIST, MAX_DOCUMENT_BYTES)?.ok_or_else(|| {
        TrustError::UnknownDocument {
            path: layout::DENY_LIST.to_owned(),
            remedy: "central governance must sign one, even if it is empty",
        }
    })?;
    serde_json::from_slice(document.bytes()).map_err(|error| TrustError::Malformed {
        file: layout::DENY_LIST.to_owned(),
        detail: excerpt(error),
    })
}
