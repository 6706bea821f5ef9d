//! Where a repository is.

use std::fmt;
use std::path::{Path, PathBuf};

use bailiwick_trust::{Downloads, Source, TrustError};
use url::Url;

/// Where a repository is: it can be read from either, and written to in a folder.
#[derive(Debug, Clone)]
pub enum Location {
    /// A folder that this machine sees.
    Folder(PathBuf),
    /// A server of static files.
    Server {
        /// `https://…` or `http://…`, as the user wrote it.
        address: String,
        /// What is read from there.
        source: Source,
    },
}

impl Location {
    /// A path, relative to `folder`; or an address, `file://…`, `https://…`, `http://…`, whose
    /// files are fetched as stated.
    ///
    /// # Errors
    /// [`TrustError::Address`] for any other address.
    pub fn parse(text: &str, folder: &Path, downloads: &Downloads) -> Result<Self, TrustError> {
        let Some((scheme, _)) = text.split_once("://") else {
            return Ok(Self::Folder(folder.join(text)));
        };
        if scheme == "file"
            && let Some(path) = Url::parse(text).ok().and_then(|url| url.to_file_path().ok())
        {
            return Ok(Self::Folder(path));
        }
        Ok(Self::Server { address: text.to_owned(), source: Source::parse_with(text, downloads)? })
    }

    /// What the repository is read from.
    pub fn source(&self) -> Source {
        match self {
            Self::Folder(folder) => Source::from(folder),
            Self::Server { source, .. } => source.clone(),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Server { address, .. } => f.write_str(address),
        }
    }
}
