//! Which file stands behind an input port, and what exactly it holds.

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bailiwick_governance::{Format, Plan, PlannedSource};
use bailiwick_terms::{DomainName, PortName, ProductName};
use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::InputError;
use crate::report::Report;
use crate::signed_tables::SignedTables;
use crate::staging::{ProductFolder, REPORT};
use crate::{Mesh, PipelineError};

/// What a run read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRead {
    /// The location, as the bindings or the command line name it.
    pub location: String,
    /// How it is written.
    pub format: Format,
    /// The SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Its size, bytes.
    pub bytes: u64,
    /// For another product's port: the run that delivered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_run: Option<String>,
    /// For a table in the signed repository: who signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedAs>,
}

/// Who signed a table in the repository, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedAs {
    /// The domain.
    pub domain: DomainName,
    /// The version that the table's contract states.
    pub contract_version: String,
}

/// The file behind an input port, as it was when its digest was taken.
#[derive(Debug)]
pub(crate) struct InputFile {
    pub(crate) path: PathBuf,
    pub(crate) read: InputRead,
    modified: Option<SystemTime>,
    /// What messages call it.
    shown: PathBuf,
    /// Kept open, where `path` leads to the open file itself.
    _held: Option<File>,
}

impl InputFile {
    /// Finds the file of a plan's input, or of the location given in its place.
    pub(crate) fn find(
        mesh: &Mesh,
        plan: &Plan,
        tables: &SignedTables,
        instead: Option<&str>,
    ) -> Result<Self, PipelineError> {
        match (&plan.input.source, instead) {
            (
                PlannedSource::Location { format, .. }
                | PlannedSource::Product { format, .. }
                | PlannedSource::Target { format, .. },
                Some(location),
            ) => {
                let format = Format::of_location(location).unwrap_or(*format);
                // Named on the command line: relative to where that was typed.
                Ok(Self::open(local_path(location, Path::new("."))?, location, format, None)?)
            }
            (PlannedSource::Location { location, format }, None) => {
                Ok(Self::open(local_path(location, &mesh.data)?, location, *format, None)?)
            }
            (PlannedSource::Product { product, port, format, .. }, None) => {
                let reader = format!("input port {}", plan.input.port);
                Self::delivered(mesh, (&plan.product, reader), (product, port), *format)
            }
            (PlannedSource::Target { target, format, .. }, None) => {
                Ok(tables.file(target, *format)?)
            }
        }
    }

    /// The file that a product's port has delivered, for another product's `reader`: an
    /// input port or a reference.
    pub(crate) fn delivered(
        mesh: &Mesh,
        (product, reader): (&ProductName, String),
        (producer, port): (&ProductName, &PortName),
        format: Format,
    ) -> Result<Self, PipelineError> {
        let folder = ProductFolder::new(&mesh.output, producer);
        let nothing = || PipelineError::NoUpstream {
            product: product.clone(),
            reader: reader.clone(),
            producer: producer.clone(),
            directory: folder.path().to_owned(),
        };
        let current = folder.current().ok_or_else(nothing)?;
        let report = fs::read_to_string(current.join(REPORT)).map_err(|_| nothing())?;
        let report: Report = serde_json::from_str(&report).map_err(|_| nothing())?;
        let delivered = report.output.as_ref().ok_or_else(nothing)?;
        let location = format!("{producer}#{port}");
        let path = current.join(&delivered.file);
        let file = Self::open(path, &location, format, Some(report.run.clone()))?;
        if file.read.sha256 != delivered.sha256 {
            let producer = producer.clone();
            return Err(InputError::NotDelivered { file: file.name(), producer }.into());
        }
        Ok(file)
    }

    /// Digests the file.
    pub(crate) fn open(
        path: PathBuf,
        location: &str,
        format: Format,
        upstream_run: Option<String>,
    ) -> Result<Self, InputError> {
        // Without waiting for whoever writes, should it be a pipe: that is told below.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = rustix::fs::open(&path, flags, Mode::empty());
        let file = opened.map(File::from).map_err(|error| InputError::Unreadable {
            file: path.display().to_string(),
            reason: std::io::Error::from(error).to_string(),
        })?;
        let (modified, mut read) = Self::digested(file, &path, location, format)?;
        read.upstream_run = upstream_run;
        Ok(Self { modified, shown: path.clone(), path, read, _held: None })
    }

    /// Digests a file that is open already, and is read as that very file from now on,
    /// whatever becomes of its name.
    pub(crate) fn opened(
        file: File,
        shown: PathBuf,
        location: &str,
        format: Format,
    ) -> Result<Self, InputError> {
        let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        let unreadable = |error: std::io::Error| InputError::Unreadable {
            file: shown.display().to_string(),
            reason: error.to_string(),
        };
        let copy = file.try_clone().map_err(unreadable)?;
        let (modified, read) = Self::digested(copy, &shown, location, format)?;
        Ok(Self { modified, shown, path, read, _held: Some(file) })
    }

    fn digested(
        mut file: File,
        shown: &Path,
        location: &str,
        format: Format,
    ) -> Result<(Option<SystemTime>, InputRead), InputError> {
        let unreadable =
            |reason: String| InputError::Unreadable { file: shown.display().to_string(), reason };
        let metadata = file.metadata().map_err(|error| unreadable(error.to_string()))?;
        if !metadata.is_file() {
            return Err(unreadable("it is not a file; name one file".into()));
        }
        let (sha256, bytes) = digest(&mut file).map_err(|error| unreadable(error.to_string()))?;
        let location = location.to_owned();
        let read = InputRead { location, format, sha256, bytes, upstream_run: None, signed: None };
        Ok((metadata.modified().ok(), read))
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> String {
        self.shown.display().to_string()
    }

    /// Whether it is still as it was, so that the digest speaks of what was read.
    pub(crate) fn check_unchanged(&self) -> Result<(), InputError> {
        let same = fs::metadata(&self.path)
            .is_ok_and(|now| now.len() == self.read.bytes && now.modified().ok() == self.modified);
        if same { Ok(()) } else { Err(InputError::Changed { file: self.name() }) }
    }
}

pub(crate) fn local_path(location: &str, folder: &Path) -> Result<PathBuf, InputError> {
    let elsewhere = || InputError::Location { location: location.to_owned() };
    match location.split_once("://") {
        Some(("file", _)) => {
            let url = url::Url::parse(location).map_err(|_| elsewhere())?;
            url.to_file_path().map_err(|()| elsewhere())
        }
        Some(_) => Err(elsewhere()),
        None => Ok(folder.join(location)),
    }
}

/// The SHA-256 and the length of a file, or none where it cannot be read.
pub(crate) fn sha256_of(path: &Path) -> Option<(String, u64)> {
    digest(&mut File::open(path).ok()?).ok()
}

fn digest(file: &mut File) -> std::io::Result<(String, u64)> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex::encode(digest.finalize()), bytes));
        }
        digest.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}
