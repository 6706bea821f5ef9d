//! What one publish changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bailiwick_terms::{DomainName, ModuleDigest, ModuleName, ProductName};

use tough::schema::RoleType;

use super::Signers;
use crate::{Approval, PathPattern};

/// What one publish changes: any number of steps that become visible together.
///
/// An empty change renews snapshot and timestamp only, which is what keeps a
/// repository current.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub(super) framework: Option<Arc<[u8]>>,
    pub(super) approvals: Vec<Approval>,
    pub(super) withdrawn: BTreeSet<(ModuleName, ModuleDigest)>,
    pub(super) denied: BTreeMap<ModuleDigest, String>,
    pub(super) denied_modules: BTreeMap<ModuleName, String>,
    pub(super) denied_domains: BTreeMap<DomainName, String>,
    pub(super) onboarded: BTreeMap<DomainName, Signers>,
    pub(super) scopes: BTreeMap<DomainName, BTreeSet<PathPattern>>,
    pub(super) contracts: BTreeMap<ProductName, Arc<[u8]>>,
    pub(super) bindings: BTreeMap<ProductName, Arc<[u8]>>,
    pub(super) modules: BTreeMap<ModuleName, Arc<[u8]>>,
    pub(super) cases: BTreeMap<ModuleName, Arc<[u8]>>,
    pub(super) files: BTreeMap<(DomainName, String), Arc<[u8]>>,
    pub(super) renew_governance: bool,
    pub(super) renewed: BTreeSet<DomainName>,
    pub(super) rekeyed: Vec<(RoleType, Signers)>,
    pub(super) renew_root: bool,
}

impl Change {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Central governance: publishes the framework.
    pub fn framework(&mut self, yaml: impl Into<Arc<[u8]>>) -> &mut Self {
        self.framework = Some(yaml.into());
        self
    }

    /// Central governance: delegates a domain's contracts, bindings and modules to
    /// its keys. For a domain that is onboarded already, replaces its keys; what it
    /// published is then signed anew, so both sides' keys are needed. What else it is
    /// trusted with stays.
    pub fn onboard(&mut self, domain: DomainName, signers: Signers) -> &mut Self {
        self.onboarded.insert(domain, signers);
        self
    }

    /// Central governance: trusts a domain with files at further paths, these and no others.
    /// They can be neither central governance's nor another domain's.
    pub fn scope(
        &mut self,
        domain: DomainName,
        patterns: impl IntoIterator<Item = PathPattern>,
    ) -> &mut Self {
        self.scopes.insert(domain, patterns.into_iter().collect());
        self
    }

    /// Central governance: approves a module. Replaces an earlier approval of the
    /// same digest under the same name.
    pub fn approve(&mut self, approval: Approval) -> &mut Self {
        self.approvals.push(approval);
        self
    }

    /// Central governance: ends an approval.
    pub fn withdraw(&mut self, module: ModuleName, digest: ModuleDigest) -> &mut Self {
        self.withdrawn.insert((module, digest));
        self
    }

    /// Central governance: revokes a digest for good, under every name and approval.
    pub fn deny(&mut self, digest: ModuleDigest, reason: impl Into<String>) -> &mut Self {
        self.denied.insert(digest, reason.into());
        self
    }

    /// Central governance: revokes a version of a module for good, whatever its bytes.
    pub fn deny_module(&mut self, module: ModuleName, reason: impl Into<String>) -> &mut Self {
        self.denied_modules.insert(module, reason.into());
        self
    }

    /// Central governance: revokes a domain for good, with all that it signed.
    pub fn deny_domain(&mut self, domain: DomainName, reason: impl Into<String>) -> &mut Self {
        self.denied_domains.insert(domain, reason.into());
        self
    }

    /// Central governance: signs its metadata anew, for a later expiry.
    pub fn renew_governance(&mut self) -> &mut Self {
        self.renew_governance = true;
        self
    }

    /// A domain: publishes a product's contract.
    pub fn contract(&mut self, product: ProductName, yaml: impl Into<Arc<[u8]>>) -> &mut Self {
        self.contracts.insert(product, yaml.into());
        self
    }

    /// A domain: publishes a product's bindings.
    pub fn bindings(&mut self, product: ProductName, yaml: impl Into<Arc<[u8]>>) -> &mut Self {
        self.bindings.insert(product, yaml.into());
        self
    }

    /// A domain: publishes a version of a module. A published version never changes.
    pub fn module(&mut self, module: ModuleName, component: impl Into<Arc<[u8]>>) -> &mut Self {
        self.modules.insert(module, component.into());
        self
    }

    /// A domain: publishes the tests of a version of a module beside it, in place of those
    /// that were there.
    pub fn cases(&mut self, module: ModuleName, json: impl Into<Arc<[u8]>>) -> &mut Self {
        self.cases.insert(module, json.into());
        self
    }

    /// A domain: publishes a file at a further path that it is trusted with, in place of
    /// the one that was there.
    pub fn file(
        &mut self,
        domain: DomainName,
        path: impl Into<String>,
        bytes: impl Into<Arc<[u8]>>,
    ) -> &mut Self {
        self.files.insert((domain, path.into()), bytes.into());
        self
    }

    /// A domain: signs its metadata anew, for a later expiry.
    pub fn renew(&mut self, domain: DomainName) -> &mut Self {
        self.renewed.insert(domain);
        self
    }

    /// The root's signers: replaces those who may change who signs. Both the former and
    /// the new ones sign that (TUF 6.1).
    pub fn root_signers(&mut self, signers: Signers) -> &mut Self {
        self.rekey(RoleType::Root, signers)
    }

    /// The root's signers: replaces central governance's keys. What it published is then
    /// signed anew, by the former and by the new ones, so that no client is left behind.
    pub fn governance_signers(&mut self, signers: Signers) -> &mut Self {
        self.rekey(RoleType::Targets, signers)
    }

    /// The root's signers: replaces the keys of snapshot and timestamp.
    pub fn online_signers(&mut self, signers: Signers) -> &mut Self {
        self.rekey(RoleType::Snapshot, signers.clone()).rekey(RoleType::Timestamp, signers)
    }

    /// The root's signers: sign it anew, for a later expiry.
    pub fn renew_root(&mut self) -> &mut Self {
        self.renew_root = true;
        self
    }

    fn rekey(&mut self, role: RoleType, signers: Signers) -> &mut Self {
        self.rekeyed.retain(|(other, _)| *other != role);
        self.rekeyed.push((role, signers));
        self
    }

    /// The domains whose metadata this changes.
    pub(super) fn domains(&self) -> BTreeSet<DomainName> {
        let products = self.contracts.keys().chain(self.bindings.keys());
        products
            .map(ProductName::domain)
            .chain(self.modules.keys().chain(self.cases.keys()).map(ModuleName::domain))
            .chain(self.files.keys().map(|(domain, _)| domain))
            .chain(&self.renewed)
            .cloned()
            .collect()
    }
}
