//! Modules as a run has them: signed by a domain, approved by central governance,
//! read from a repository, compiled.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use bailiwick_engine::{Engine, Module};
use bailiwick_trust::{ApprovedModule, Repository};
use jiff::Timestamp;

use crate::repository::Content;

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
        let component = component(&self.folder, name)?;
        let module = self.engine.load(&approved(name, &component)?)?;
        loaded.insert(name.to_owned(), module.clone());
        Ok(module)
    }
}

/// The component of that name in a folder.
///
/// # Errors
/// Where it is not there.
pub(crate) fn component(folder: &Path, name: &str) -> anyhow::Result<Vec<u8>> {
    let path = folder.join(format!("{name}.wasm"));
    fs::read(&path).with_context(|| format!("{}: run `cargo xtask guests` first", path.display()))
}

/// The component out of a repository of its own, whose keys are gone afterwards.
fn approved(name: &str, component: &[u8]) -> anyhow::Result<ApprovedModule> {
    let folder = tempfile::tempdir()?;
    let mut content = Content::default();
    let module = content.module(name, component)?;
    let root = content.write(folder.path())?;
    let repository = Repository::open(folder.path(), &root, Timestamp::now())?;
    Ok(repository.module(&module)?)
}
