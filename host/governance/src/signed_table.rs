//! Tables in the signed repository, and the contracts that describe them.

use bailiwick_terms::DomainName;

use crate::contract::{Contract, SchemaObject};
use crate::document::{DocumentError, Problems};

/// A table that a domain signed into the repository.
///
/// Who publishes it says what its columns are and how they are classified, in a contract of
/// its own: whoever reads it cannot leave a label out.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedTable {
    /// The domain that signed both.
    pub domain: DomainName,
    /// The table's path in the repository.
    pub target: String,
    /// SHA-256 of the table's bytes, hexadecimal.
    pub sha256: String,
    /// The version that its contract states.
    pub contract_version: String,
    /// The one object of its contract: its columns.
    pub object: SchemaObject,
}

impl SignedTable {
    /// The path of the contract that describes the table at a path: of
    /// `reference/countries.csv` it is `reference/countries.odcs.yaml`.
    pub fn contract_of(target: &str) -> String {
        let name = target.rfind('/').map_or(0, |slash| slash + 1);
        // A name that begins with its only dot has no extension.
        let dot = target.rfind('.').filter(|dot| *dot > name).unwrap_or(target.len());
        format!("{}.odcs.yaml", target.get(..dot).unwrap_or(target))
    }

    /// Of the table of a domain at a path, with these bytes, and the text of its contract. The
    /// contract's file is for errors alone.
    ///
    /// # Errors
    /// If the text is no contract, or not one that describes one table: by one object, whose
    /// columns are of types that there are here.
    pub fn read(
        domain: &DomainName,
        target: &str,
        sha256: &str,
        (file, contract): (&str, &str),
    ) -> Result<Self, DocumentError> {
        let contract = Contract::read(file, contract)?;
        let mut problems = Problems::default();
        let objects = contract.objects.len();
        let mut only = contract.objects.into_iter();
        let (Some(object), None) = (only.next(), only.next()) else {
            problems.add(
                "/schema",
                format!("found {objects} objects, expected the one that describes the table"),
            );
            return Err(DocumentError::Invalid { file: file.to_owned(), problems });
        };
        if object.properties.is_empty() {
            problems.add("/schema/0", "found no properties, expected the table's columns");
        }
        for (i, property) in object.properties.iter().enumerate() {
            if let Err(error) = property.field() {
                problems.add(
                    format!("/schema/0/properties/{i}"),
                    format!("column `{}` {}; {}", error.column, error.found, error.remedy),
                );
            }
        }
        let table = Self {
            domain: domain.clone(),
            target: target.to_owned(),
            sha256: sha256.to_owned(),
            contract_version: contract.version,
            object,
        };
        problems.or(file, table)
    }
}
