//! Modules as a run has them: signed by a domain, approved by central governance,
//! read from a repository, compiled.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use bailiwick_engine::{Engine, Module};
use bailiwick_terms::{Grants, ModuleDigest, ModuleName};
use bailiwick_trust::{
    Approval, ApprovedModule, Change, Keyholders, Lifetimes, Publisher, Repository, Signers,
    SigningKey,
};
use jiff::{SignedDuration, Timestamp};

/// The one key that `mask` may hash under; without any, it would not be admitted.
const KEY: &str = "bench";

/// The components of a folder, loaded when they are first asked for.
#[derive(Debug)]
pub struct Modules {
    folder: PathBuf,
    engine: Engine,
    loaded: Mutex<BTreeMap<String, Module>>,
}

impl Modules {
    /// Those of a folder, such as `target/guests/components`.
    ///
    /// # Errors
    /// Where the sandbox cannot be set up.
    pub fn of(folder: impl Into<PathBuf>) -> anyhow::Result<Self> {
        Ok(Self { folder: folder.into(), engine: Engine::new()?, loaded: Mutex::default() })
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The module of that name.
    ///
    /// # Errors
    /// Where its component is not there, or is refused.
    pub fn module(&self, name: &str) -> anyhow::Result<Module> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = loaded.get(name) {
            return Ok(module.clone());
        }
        let path = self.folder.join(format!("{name}.wasm"));
        let component = fs::read(&path)
            .with_context(|| format!("{}: run `cargo xtask guests` first", path.display()))?;
        let module = self.engine.load(&approved(name, &component)?)?;
        loaded.insert(name.to_owned(), module.clone());
        Ok(module)
    }
}

/// The component out of a repository of its own, whose keys are gone afterwards.
fn approved(name: &str, component: &[u8]) -> anyhow::Result<ApprovedModule> {
    let folder = tempfile::tempdir()?;
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
    let publisher = Publisher::create(folder.path(), &keyholders, lifetimes, &keys, now)?;
    let module: ModuleName = format!("bench/{name}@{}", env!("CARGO_PKG_VERSION")).parse()?;
    let until = now + SignedDuration::from_hours(24);
    let mut grants = Grants::default();
    if name == "mask" {
        grants.services.pseudonym.insert(KEY.parse()?);
    }
    let mut change = Change::new();
    change.onboard("bench".parse()?, Signers::one(domain.public()));
    change.module(module.clone(), component);
    change.approve(Approval {
        grants,
        ..Approval::new(module.clone(), ModuleDigest::of(component), until)
    });
    publisher.commit(&change, &keys, now)?;
    let repository = Repository::open(folder.path(), publisher.trusted_root(), now)?;
    Ok(repository.module(&module)?)
}
