//! A contract and bindings that a profile suggests.
//!
//! What is written is a beginning, for people to read and correct: each guess says beside
//! it what it was made of. Facts (a column without nulls, a key) become checks that block;
//! what is guessed with a margin (ranges, lengths, shares) becomes one that warns. The
//! profiled file meets all of them.
//!
//! A column that is suspected to hold personal data, with at least medium confidence, is
//! labelled, masked, and judged only behind its mask: so no check needs a grant to read it.

mod bindings;
mod bounds;
mod contract;
mod keys;
mod policies;
mod yaml;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use arrow_schema::DataType;
use bailiwick_governance::named_type;
use bailiwick_terms::{DomainName, ProductName};

use crate::profile::{Column, Confidence, Profile};
use crate::{ProfileError, Suspicion};

/// What a suggestion is for.
#[derive(Debug, Clone)]
pub struct SuggestOptions {
    /// The product.
    pub product: ProductName,
    /// The input's location, as bindings name it: relative to the mesh's folder of data.
    pub location: String,
    /// The domain that the standard modules are signed by.
    pub modules: DomainName,
    /// The label of personal data, as the framework calls it.
    pub label: String,
}

/// The texts of two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// `contract.yaml`, in ODCS 3.1.
    pub contract: String,
    /// `bindings.yaml`.
    pub bindings: String,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote {
    /// It is new.
    New,
    /// It was there, with the same text.
    Same,
}

/// Suggests a contract and bindings.
pub fn suggest(profile: &Profile, options: &SuggestOptions) -> Suggestion {
    let mut notes = Vec::new();
    let columns: Vec<Described<'_>> = profile
        .columns
        .iter()
        .filter_map(|column| Described::of(column, profile, &mut notes))
        .collect();
    let policies = policies::of(profile, &columns);
    Suggestion {
        contract: contract::text(profile, &columns, options),
        bindings: bindings::text(profile, &policies, options),
        notes,
    }
}

impl Suggestion {
    /// Writes the documents into a folder, which is made where it is not there. What is
    /// there stays: both are written, or neither.
    ///
    /// # Errors
    /// [`ProfileError::Exists`] where one is there that says something else.
    pub fn write(&self, folder: &Path) -> Result<Vec<(PathBuf, Wrote)>, ProfileError> {
        let documents = [("contract.yaml", &self.contract), ("bindings.yaml", &self.bindings)];
        let failed = |file: &Path, error: &std::io::Error| ProfileError::Write {
            file: file.to_owned(),
            reason: error.to_string(),
        };
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let mut wrote = Vec::new();
        for (name, text) in documents {
            let file = folder.join(name);
            wrote.push(match fs::read(&file) {
                Ok(before) if before == text.as_bytes() => (file, Wrote::Same),
                Ok(_) => return Err(ProfileError::Exists { file }),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => (file, Wrote::New),
                Err(error) => return Err(failed(&file, &error)),
            });
        }
        for ((file, wrote), (_, text)) in wrote.iter().zip(documents) {
            if *wrote == Wrote::New {
                File::create_new(file)
                    .and_then(|mut file| file.write_all(text.as_bytes()))
                    .map_err(|error| failed(file, &error))?;
            }
        }
        Ok(wrote)
    }
}

/// A column that a contract can describe.
struct Described<'a> {
    column: &'a Column,
    /// The type that the contract gives it.
    data_type: DataType,
    /// The type in the words of contracts.
    type_text: &'a str,
    /// The suspicion that labels it.
    labelled: Option<&'a Suspicion>,
}

impl<'a> Described<'a> {
    /// None where a contract has no such type: a note says so.
    fn of(column: &'a Column, profile: &Profile, notes: &mut Vec<String>) -> Option<Self> {
        // Of CSV the contract says as what its texts are read.
        let is_csv = profile.input.format == bailiwick_governance::Format::Csv;
        let type_text = if is_csv { column.value_type() } else { &column.data_type };
        let Some(data_type) = type_of(type_text).filter(|_| !column.name.is_empty()) else {
            notes.push(format!(
                "column {:?} of type {type_text} is left out: a contract has no such column",
                column.name
            ));
            return None;
        };
        let labelled = column.suspicion();
        let labelled = labelled.filter(|suspicion| suspicion.confidence >= Confidence::Medium);
        Some(Self { column, data_type, type_text, labelled })
    }

    /// Whether every row has a value, and keeps it behind the mask.
    fn is_complete(&self, profile: &Profile) -> bool {
        let nulled = self.labelled.is_some() && policies::mask_is_null(&self.data_type);
        profile.rows > 0 && self.column.nulls == 0 && !nulled
    }
}

/// The type that a contract means by a text; none where it means none.
pub(crate) fn type_of(text: &str) -> Option<DataType> {
    named_type(text).ok()
}
