//! A signed repository as a run needs one, its keys thrown away once it is written.

use std::path::Path;

use bailiwick_terms::{Grants, ModuleDigest, ModuleName, ProductName};
use bailiwick_trust::{Approval, Change, Keyholders, Lifetimes, Publisher, Signers, SigningKey};
use jiff::{SignedDuration, Timestamp};

/// The domain that publishes everything.
const DOMAIN: &str = "bench";
/// The one key that values may be hashed under; without any, those that can would not be
/// admitted.
pub(crate) const KEY: &str = "bench";
/// The modules that can.
const HASHING: [&str; 3] = ["mask", "restrict", "shift-dates"];
/// The modules that look rows up.
const LOOKING_UP: [&str; 3] = ["foreign-key", "join", "reconcile"];

/// A repository in the making.
#[derive(Debug, Default)]
pub(crate) struct Content {
    change: Change,
}

impl Content {
    /// Publishes a component, and approves it for a day.
    pub(crate) fn module(&mut self, name: &str, component: &[u8]) -> anyhow::Result<ModuleName> {
        let module: ModuleName =
            format!("{DOMAIN}/{name}@{}", env!("CARGO_PKG_VERSION")).parse()?;
        let until = Timestamp::now() + SignedDuration::from_hours(24);
        let mut grants = Grants::default();
        if HASHING.contains(&name) {
            grants.services.pseudonym.insert(KEY.parse()?);
        }
        grants.services.lookup = LOOKING_UP.contains(&name);
        if name == "encrypt" {
            grants.services.encryption.insert(KEY.parse()?);
        }
        self.change.module(module.clone(), component);
        self.change.approve(Approval {
            grants,
            ..Approval::new(module.clone(), ModuleDigest::of(component), until)
        });
        Ok(module)
    }

    /// Publishes a product, and a framework that asks nothing of it.
    pub(crate) fn product(
        &mut self,
        name: &str,
        contract: &str,
        bindings: &str,
    ) -> anyhow::Result<()> {
        let product: ProductName = format!("{DOMAIN}/{name}").parse()?;
        self.change.contract(product.clone(), contract.as_bytes());
        self.change.bindings(product, bindings.as_bytes());
        self.change.framework(&b"apiVersion: bailiwick/v1\n"[..]);
        Ok(())
    }

    /// Signs it and writes it into a folder; gives the root to trust it by.
    pub(crate) fn write(mut self, folder: &Path) -> anyhow::Result<Vec<u8>> {
        let now = Timestamp::now();
        let (central, domain) = (SigningKey::generate()?, SigningKey::generate()?);
        let keyholders = Keyholders {
            root: Signers::one(central.public()),
            targets: Signers::one(central.public()),
            snapshot: Signers::one(central.public()),
            timestamp: Signers::one(central.public()),
        };
        let keys = [&central, &domain];
        let lifetimes = Lifetimes::default();
        let publisher = Publisher::create(folder, &keyholders, lifetimes, &keys, now)?;
        self.change.onboard(DOMAIN.parse()?, Signers::one(domain.public()));
        publisher.commit(&self.change, &keys, now)?;
        Ok(publisher.trusted_root().to_vec())
    }
}
