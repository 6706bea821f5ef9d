//! Which file stands behind an input port, and what exactly it holds.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bailiwick_governance::{Format, Plan, PlannedSource};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::InputError;
use crate::report::Report;
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
}

/// The file behind an input port, as it was when its digest was taken.
#[derive(Debug)]
pub(crate) struct InputFile {
    pub(crate) path: PathBuf,
    pub(crate) read: InputRead,
    modified: Option<SystemTime>,
}

impl InputFile {
    /// Finds the file of a plan's input, or of the location given in its place.
    pub(crate) fn find(
        mesh: &Mesh,
        plan: &Plan,
        instead: Option<&str>,
    ) -> Result<Self, PipelineError> {
        match (&plan.input.source, instead) {
            (
                PlannedSource::Location { format, .. } | PlannedSource::Product { format, .. },
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
                let folder = ProductFolder::new(&mesh.output, product);
                let nothing = || PipelineError::NoUpstream {
                    product: plan.product.clone(),
                    port: plan.input.port.to_string(),
                    producer: product.clone(),
                    directory: folder.path().to_owned(),
                };
                let current = folder.current().ok_or_else(nothing)?;
                let report = fs::read_to_string(current.join(REPORT)).map_err(|_| nothing())?;
                let report: Report = serde_json::from_str(&report).map_err(|_| nothing())?;
                let delivered = report.output.as_ref().ok_or_else(nothing)?;
                let location = format!("{product}#{port}");
                let path = current.join(&delivered.file);
                let file = Self::open(path, &location, *format, Some(report.run.clone()))?;
                if file.read.sha256 != delivered.sha256 {
                    let producer = product.clone();
                    return Err(InputError::NotDelivered { file: file.name(), producer }.into());
                }
                Ok(file)
            }
        }
    }

    /// Digests the file.
    pub(crate) fn open(
        path: PathBuf,
        location: &str,
        format: Format,
        upstream_run: Option<String>,
    ) -> Result<Self, InputError> {
        let unreadable =
            |reason: String| InputError::Unreadable { file: path.display().to_string(), reason };
        let metadata = fs::metadata(&path).map_err(|error| unreadable(error.to_string()))?;
        if !metadata.is_file() {
            return Err(unreadable("it is not a file; name one file".into()));
        }
        let mut file = File::open(&path).map_err(|error| unreadable(error.to_string()))?;
        let (sha256, bytes) = digest(&mut file).map_err(|error| unreadable(error.to_string()))?;
        let read = InputRead { location: location.to_owned(), format, sha256, bytes, upstream_run };
        Ok(Self { modified: metadata.modified().ok(), path, read })
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
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
