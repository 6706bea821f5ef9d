//! Where a repository is read from.

use std::path::{Path, PathBuf};

use url::Url;

use crate::TrustError;
use crate::directory::Directory;
use crate::downloads::Downloads;
use crate::error::excerpt;
use crate::http::Server;
use crate::layout;

/// Where a repository is: a folder, or static files on a server. Every byte that
/// comes from it is untrusted until verified.
///
/// A folder is made into one by [`From`], an address by [`Source::parse`].
#[derive(Debug, Clone)]
pub struct Source {
    metadata: Place,
    targets: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Directory(Directory),
    Server(Server),
    /// Nothing is there.
    Nowhere,
}

impl Source {
    /// The repository at an address, below which `metadata/` and `targets/` are:
    /// `https://…`, `http://…`, `file://…`, or the path of a folder.
    ///
    /// What is read is proven by signatures alone; `https` keeps others from seeing
    /// what is read. No redirect leads away from it.
    pub fn parse(address: &str) -> Result<Self, TrustError> {
        Self::parse_with(address, &Downloads::default())
    }

    /// The same, fetched as stated where it is on a server.
    pub fn parse_with(address: &str, downloads: &Downloads) -> Result<Self, TrustError> {
        // Before anything is put behind it: `http://` alone would become a host named so.
        Place::parse(address, downloads)?;
        let address = address.strip_suffix('/').unwrap_or(address);
        let place = |part| Place::parse(&format!("{address}/{part}"), downloads);
        Ok(Self { metadata: place("metadata")?, targets: place("targets")? })
    }

    /// The repository whose metadata and targets are at addresses of their own.
    pub fn parse_parts(metadata: &str, targets: &str) -> Result<Self, TrustError> {
        let place = |address| Place::parse(address, &Downloads::default());
        Ok(Self { metadata: place(metadata)?, targets: place(targets)? })
    }

    /// Has nothing.
    pub(crate) fn nowhere() -> Self {
        Self { metadata: Place::Nowhere, targets: Place::Nowhere }
    }

    /// Whether targets come from a server, so that one kept here saves the way there.
    pub(crate) fn is_served(&self) -> bool {
        matches!(self.targets, Place::Server(_))
    }

    /// The whole file, named as in `layout`; an error if it is larger than the limit
    /// or not there.
    pub(crate) fn read(&self, file: &str, limit: u64) -> Result<Vec<u8>, TrustError> {
        self.find(file, limit)?.ok_or_else(|| TrustError::Missing { file: file.to_owned() })
    }

    /// The whole file, if it is there; an error if it is larger than the limit.
    pub(crate) fn find(&self, file: &str, limit: u64) -> Result<Option<Vec<u8>>, TrustError> {
        let (part, name) = file.split_once('/').unwrap_or(("metadata", file));
        match if part == "targets" { &self.targets } else { &self.metadata } {
            Place::Nowhere => Ok(None),
            Place::Directory(directory) => directory.find(name, file, limit),
            // The names of metadata have their escapes already.
            Place::Server(server) if part == "metadata" => server.find(name, file, limit),
            Place::Server(server) => server.find(&layout::in_address(name), file, limit),
        }
    }
}

impl Place {
    fn parse(address: &str, downloads: &Downloads) -> Result<Self, TrustError> {
        let unknown = |detail: &str| TrustError::Address {
            address: excerpt(address),
            detail: detail.to_owned(),
        };
        match address.split_once("://") {
            None => Ok(Self::Directory(Directory::new(Path::new(address)))),
            Some(("http" | "https", _)) => {
                let url = Url::parse(address).map_err(|error| unknown(&error.to_string()))?;
                // A file's name would become part of them.
                if url.query().is_some() || url.fragment().is_some() {
                    return Err(unknown("it must end with a path, without `?` and `#`"));
                }
                Ok(Self::Server(Server::new(&url, downloads)))
            }
            Some(("file", _)) => {
                let url = Url::parse(address).map_err(|error| unknown(&error.to_string()))?;
                let path = url.to_file_path().map_err(|()| unknown("it names no local folder"))?;
                Ok(Self::Directory(Directory::new(&path)))
            }
            Some(_) => Err(unknown("expected https, http or file")),
        }
    }
}

impl From<&Directory> for Source {
    fn from(directory: &Directory) -> Self {
        let place = |part| Place::Directory(Directory::new(&directory.path(part)));
        Self { metadata: place("metadata"), targets: place("targets") }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Source {
    fn from(folder: &P) -> Self {
        Self::from(&Directory::new(folder.as_ref()))
    }
}

impl From<PathBuf> for Source {
    fn from(folder: PathBuf) -> Self {
        Self::from(folder.as_path())
    }
}
