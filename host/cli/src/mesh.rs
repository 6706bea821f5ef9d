//! The option by which every command finds its mesh.

use std::path::PathBuf;

use anyhow::Context;
use bailiwick_pipeline::{Mesh, Pipeline};
use bailiwick_trust::Publisher;
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
        let pipeline = Pipeline::open(self.read()?, Timestamp::now())?;
        let repository = pipeline.repository();
        if let Some(reason) = repository.unrefreshed() {
            let until = repository.expires();
            errln!("warning: {reason}; what was trusted before goes on counting until {until}");
        }
        Ok(pipeline)
    }

    /// The repository, to publish to.
    pub(crate) fn publisher(&self) -> anyhow::Result<Publisher> {
        let mesh = self.read()?;
        let folder = mesh.repository_folder()?;
        let root = std::fs::read(&mesh.root).with_context(|| {
            format!(
                "cannot read the root of trust {}; make a repository with `bailiwick init`",
                mesh.root.display()
            )
        })?;
        Ok(Publisher::open(folder, &root)?)
    }
}

impl MeshFile {
    /// The root of trust: of a file given, or the mesh's. None if there is none yet, as on
    /// a machine where a repository begins.
    pub(crate) fn trusted_root(&self, given: Option<&PathBuf>) -> anyhow::Result<Option<Vec<u8>>> {
        if let Some(file) = given {
            let root = std::fs::read(file)
                .with_context(|| format!("cannot read the root of trust {}", file.display()))?;
            return Ok(Some(root));
        }
        if !self.mesh.exists() {
            return Ok(None);
        }
        let file = self.read()?.root;
        match std::fs::read(&file) {
            Ok(root) => Ok(Some(root)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error)
                .with_context(|| format!("cannot read the root of trust {}", file.display())),
        }
    }
}

/// Says why the next start will not be a quick one, where that is so.
pub(crate) fn warn_of_cache(pipeline: &Pipeline) {
    if let Some(trouble) = pipeline.cache_usage().trouble {
        errln!("warning: {trouble}; modules are compiled anew at each start");
    }
}
