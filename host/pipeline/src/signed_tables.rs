//! Tables that domains signed into the repository: small, fetched with the documents that
//! name them, and read out of memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_schema::FieldRef;
use bailiwick_governance::{Bindings, Format, SignedTable, Source as BoundSource};
use bailiwick_terms::DomainName;
use bailiwick_trust::Repository;
use rustix::fs::{MemfdFlags, memfd_create};
use sha2::{Digest, Sha256};

use crate::PipelineError;
use crate::error::InputError;
use crate::input::{InputFile, SignedAs};
use crate::pipeline::Text;
use crate::source::Source;
use crate::workers::Workers;

/// The tables that a product's bindings name, verified.
#[derive(Debug, Default)]
pub(crate) struct SignedTables {
    /// What they are, for the planner.
    pub(crate) described: Vec<SignedTable>,
    /// What they hold, by their paths.
    bytes: BTreeMap<String, Arc<[u8]>>,
}

impl SignedTables {
    /// Fetches and verifies the tables that bindings name, and their contracts.
    pub(crate) fn fetch(
        repository: &Repository,
        bindings: &Bindings,
        text: &mut impl Text,
    ) -> Result<Self, PipelineError> {
        let mut tables = Self::default();
        let sources = std::iter::once(&bindings.input.source).chain(bindings.references.values());
        for source in sources {
            let BoundSource::Target { domain, target, .. } = source else { continue };
            if tables.bytes.contains_key(target) {
                continue;
            }
            let document = repository.table(domain, target)?;
            let contract = repository.file(domain, &SignedTable::contract_of(target))?;
            let (file, contract) = text(contract);
            let described =
                SignedTable::read(domain, target, document.sha256(), (&file, &contract))?;
            tables.described.push(described);
            tables.bytes.insert(target.clone(), Arc::clone(document.bytes()));
        }
        Ok(tables)
    }

    /// Their paths and the SHA-256 of their bytes, hexadecimal.
    pub(crate) fn digests(&self) -> impl Iterator<Item = (String, String)> {
        self.described.iter().map(|table| (table.target.clone(), table.sha256.clone()))
    }

    /// The file of a table that the plan names.
    pub(crate) fn file(&self, target: &str, format: Format) -> Result<InputFile, InputError> {
        let table = self.described.iter().find(|table| table.target == target);
        let (Some(table), Some(bytes)) = (table, self.bytes.get(target)) else {
            return Err(InputError::Unreadable {
                file: target.to_owned(),
                reason: "it is not among the tables of this plan; plan again".to_owned(),
            });
        };
        let mut file = in_memory(target, format, bytes)?;
        file.read.signed = Some(SignedAs {
            domain: table.domain.clone(),
            contract_version: table.contract_version.clone(),
        });
        Ok(file)
    }
}

/// Reads a table as runs will, with the contract that is to be signed with it: what is wrong
/// with either is told before anybody signs. Both files' names are for errors alone.
///
/// # Errors
/// [`PipelineError::Document`] if the contract does not describe one table,
/// [`PipelineError::Input`] if the table is not what it describes.
pub fn check_table(
    domain: &DomainName,
    target: &str,
    table: &[u8],
    contract: (&str, &str),
) -> Result<SignedTable, PipelineError> {
    let format = Format::of_location(target)
        .ok_or_else(|| InputError::Format { file: target.to_owned() })?;
    let sha256 = hex::encode(Sha256::digest(table));
    let described = SignedTable::read(domain, target, &sha256, contract)?;
    let properties = described.object.properties.iter();
    // One that has no type was refused just now.
    let fields = properties.filter_map(|property| property.field().ok()).map(Arc::new);
    let fields: Vec<FieldRef> = fields.collect();
    let file = in_memory(target, format, table)?;
    let workers = Workers::start(NonZeroUsize::MIN)?;
    let mut source = Source::open(&file, &fields, &described.object.name, &workers)?;
    let adapter = source.adapter();
    while let Some(raw) = source.next()? {
        adapter.adapt(&raw)?;
    }
    Ok(described)
}

/// Bytes as a file that nobody else has.
fn in_memory(name: &str, format: Format, bytes: &[u8]) -> Result<InputFile, InputError> {
    let unreadable = |error: std::io::Error| InputError::Unreadable {
        file: name.to_owned(),
        reason: error.to_string(),
    };
    let made = memfd_create("table", MemfdFlags::CLOEXEC).map_err(std::io::Error::from);
    let mut file = File::from(made.map_err(unreadable)?);
    file.write_all(bytes).and_then(|()| file.rewind()).map_err(unreadable)?;
    InputFile::opened(file, PathBuf::from(name), name, format)
}
