//! The options by which every command finds its mesh and its keys.

use std::path::PathBuf;

use anyhow::Context;
use bailiwick_pipeline::{Mesh, Pipeline};
use bailiwick_trust::{Publisher, SigningKey};
use clap::Args;
use jiff::Timestamp;

#[derive(Args)]
pub(crate) struct MeshFile {
    /// The file that says where the repository, its root of trust, data and output are
    #[arg(long, value_name = "FILE", default_value = "mesh.yaml", env = "BAILIWICK_MESH")]
    mesh: PathBuf,
}

impl MeshFile {
    pub(crate) fn read(&self) -> anyhow::Result<Mesh> {
        Ok(Mesh::read(&self.mesh)?)
    }

    /// Verified as of now.
    pub(crate) fn open(&self) -> anyhow::Result<Pipeline> {
        Ok(Pipeline::open(self.read()?, Timestamp::now())?)
    }

    /// The repository, to publish to.
    pub(crate) fn publisher(&self) -> anyhow::Result<Publisher> {
        let mesh = self.read()?;
        let root = std::fs::read(&mesh.root).with_context(|| {
            format!(
                "cannot read the root of trust {}; make a repository with `bailiwick init`",
                mesh.root.display()
            )
        })?;
        Ok(Publisher::open(&mesh.repository, &root)?)
    }
}

/// Says why the next start will not be a quick one, where that is so.
pub(crate) fn warn_of_cache(pipeline: &Pipeline) {
    if let Some(trouble) = pipeline.cache_usage().trouble {
        eprintln!("warning: {trouble}; modules are compiled anew at each start");
    }
}

#[derive(Args)]
pub(crate) struct Keys {
    /// A private key to sign with; give the signer's own and those of snapshot and
    /// timestamp. Keys that are not needed are ignored
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
}

impl Keys {
    pub(crate) fn load(&self) -> anyhow::Result<Vec<SigningKey>> {
        self.keys.iter().map(load_key).collect()
    }
}

pub(crate) fn load_key(file: &PathBuf) -> anyhow::Result<SigningKey> {
    SigningKey::load(file).with_context(|| format!("key {}", file.display()))
}
