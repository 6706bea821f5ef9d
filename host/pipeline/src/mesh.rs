//! Where a mesh is on this machine.

use std::path::{Path, PathBuf};

use bailiwick_engine::Keyring;
use bailiwick_trust::Downloads;
use serde::Deserialize;

use crate::{Location, PipelineError};

/// Where the parts of a mesh are: what `mesh.yaml` says, with its relative paths resolved
/// against the folder that it is in.
#[derive(Debug, Clone)]
pub struct Mesh {
    /// The signed repository: a folder, or the address that it is served at.
    pub repository: Location,
    /// The root of trust: a root metadata file that came by another way than the
    /// repository (TUF 1.0, section 5.2).
    pub root: PathBuf,
    /// Where this machine remembers the newest metadata it saw, against rollback.
    pub store: PathBuf,
    /// Where compiled modules are kept, so that the next run starts sooner: a folder
    /// of this user's own, which can be removed at any time. `<store>/compiled` unless
    /// stated.
    pub cache: PathBuf,
    /// Where changes of the repository wait for their signers: `pending` unless stated.
    pub pending: PathBuf,
    /// What relative locations of inputs are relative to.
    pub data: PathBuf,
    /// The one folder that reference tables are read from; none: no files of them.
    pub references: Option<PathBuf>,
    /// Where products are delivered: `<output>/<domain>/<product>/current/`.
    pub output: PathBuf,
    /// Keys for `pseudonym` and `encryption`, one file `<name>.key` each; none: no keys.
    pub keys: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    repository: String,
    certificates: Option<PathBuf>,
    root: PathBuf,
    #[serde(default = "default_store")]
    store: PathBuf,
    cache: Option<PathBuf>,
    #[serde(default = "default_pending")]
    pending: PathBuf,
    data: PathBuf,
    references: Option<PathBuf>,
    output: PathBuf,
    keys: Option<PathBuf>,
}

fn default_pending() -> PathBuf {
    "pending".into()
}

fn default_store() -> PathBuf {
    ".bailiwick".into()
}

/// How a repository is fetched: from a server that the authorities of a file vouch for, or,
/// without one, the public authorities.
fn downloads(certificates: Option<PathBuf>) -> Result<Downloads, PipelineError> {
    let downloads = Downloads::default();
    let Some(file) = certificates else { return Ok(downloads) };
    let pem = std::fs::read(&file).map_err(|error| error.to_string());
    pem.and_then(|pem| downloads.trusting(&pem).map_err(|error| error.to_string()))
        .map_err(|reason| PipelineError::Mesh { file, reason: format!("certificates: {reason}") })
}

impl Mesh {
    /// Reads a `mesh.yaml`.
    ///
    /// # Errors
    /// [`PipelineError::Mesh`] when there is no such file, it is not of that form, or the
    /// repository's address is none that can be read from.
    pub fn read(file: &Path) -> Result<Self, PipelineError> {
        let unusable = |reason| PipelineError::Mesh { file: file.to_owned(), reason };
        let text = std::fs::read_to_string(file).map_err(|error| {
            unusable(format!(
                "{error}; name the mesh file with --mesh, or run in the folder that holds mesh.yaml"
            ))
        })?;
        let document: Document =
            serde_norway::from_str(&text).map_err(|error| unusable(error.to_string()))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let downloads = downloads(document.certificates.map(|file| folder.join(file)))?;
        let repository = Location::parse(&document.repository, folder, &downloads)
            .map_err(|error| unusable(format!("repository: {error}")))?;
        let cache = document.cache.unwrap_or_else(|| document.store.join("compiled"));
        Ok(Self {
            repository,
            root: folder.join(document.root),
            store: folder.join(document.store),
            cache: folder.join(cache),
            pending: folder.join(document.pending),
            data: folder.join(document.data),
            references: document.references.map(|references| folder.join(references)),
            output: folder.join(document.output),
            keys: document.keys.map(|keys| folder.join(keys)),
        })
    }

    /// The repository's folder, for who writes to it.
    ///
    /// # Errors
    /// [`PipelineError::ServedRepository`] when the repository is at an address.
    pub fn repository_folder(&self) -> Result<&Path, PipelineError> {
        match &self.repository {
            Location::Folder(folder) => Ok(folder),
            Location::Server { address, .. } => {
                Err(PipelineError::ServedRepository { address: address.clone() })
            }
        }
    }

    /// Reads the keys: each file `<name>.key` of the keys folder, its bytes the key.
    ///
    /// # Errors
    /// [`PipelineError::Mesh`] when the folder cannot be read or a file's name is no
    /// name, [`PipelineError::Key`] when a key is too short.
    pub fn keyring(&self) -> Result<Keyring, PipelineError> {
        let mut keyring = Keyring::default();
        let Some(folder) = &self.keys else { return Ok(keyring) };
        let unreadable = |file: &Path, error: std::io::Error| PipelineError::Mesh {
            file: file.to_owned(),
            reason: format!("the keys cannot be read: {error}"),
        };
        for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
            let path = entry.map_err(|error| unreadable(folder, error))?.path();
            if path.extension().is_none_or(|extension| extension != "key") {
                continue;
            }
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let name = stem.parse().map_err(|error| PipelineError::Mesh {
                file: path.clone(),
                reason: format!("the file's name is the key's name: {error}"),
            })?;
            let key = std::fs::read(&path).map_err(|error| unreadable(&path, error))?;
            keyring
                .insert(name, &key)
                .map_err(|source| PipelineError::Key { file: path.clone(), source })?;
        }
        Ok(keyring)
    }
}
