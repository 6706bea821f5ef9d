//! The reference tables of a run: which files stand behind them, and what they hold.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Component, Path};
use std::sync::Arc;

use arrow_schema::{FieldRef, Schema};
use bailiwick_engine::{MemoryAccount, ReferenceTable, References, TableBuilder, TableError};
use bailiwick_governance::{PlannedReference, PlannedSource};
use bailiwick_terms::{PartName, ProductName};
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

use crate::error::{InputError, ReferenceError};
use crate::input::{InputFile, InputRead};
use crate::source::Source;
use crate::workers::Workers;
use crate::{Mesh, PipelineError, Prepared};

/// The files behind the reference tables of a plan, as they were when their digests were
/// taken.
pub(crate) struct ReferenceFiles<'p> {
    product: &'p ProductName,
    files: Vec<(&'p PlannedReference, InputFile)>,
}

impl<'p> ReferenceFiles<'p> {
    /// Finds them.
    pub(crate) fn find(mesh: &Mesh, prepared: &'p Prepared) -> Result<Self, PipelineError> {
        let (plan, product) = (&prepared.plan, &prepared.plan.product);
        let found = plan.references.iter().map(|reference| {
            let file = match &reference.source {
                PlannedSource::Location { location, format } => {
                    let file = within(mesh.references.as_deref(), location);
                    let file = file.and_then(|file| {
                        let shown = mesh.references.as_deref().unwrap_or(Path::new(""));
                        Ok(InputFile::opened(file, shown.join(location), location, *format)?)
                    });
                    file.map_err(|source| failed(product, &reference.name, source))?
                }
                PlannedSource::Product { product: producer, port, format, .. } => {
                    let reader = format!("reference {}", reference.name);
                    InputFile::delivered(mesh, (product, reader), (producer, port), *format)?
                }
                PlannedSource::Target { target, format, .. } => {
                    let file = prepared.tables.file(target, *format);
                    file.map_err(|source| failed(product, &reference.name, source.into()))?
                }
            };
            Ok((reference, file))
        });
        Ok(Self { product, files: found.collect::<Result<_, PipelineError>>()? })
    }

    /// What was read of each.
    pub(crate) fn read(&self) -> BTreeMap<PartName, InputRead> {
        let read = self.files.iter();
        read.map(|(planned, file)| (planned.name.clone(), file.read.clone())).collect()
    }

    /// Reads the columns that steps look up. What the tables hold is taken from that account.
    pub(crate) fn load(
        &self,
        memory: Option<&MemoryAccount>,
        workers: &Workers,
    ) -> Result<References, PipelineError> {
        let tables = self.files.iter().map(|(planned, file)| {
            let table = table(planned, file, memory, workers);
            let table = table.map_err(|source| failed(self.product, &planned.name, source))?;
            Ok((planned.name.clone(), Arc::new(table)))
        });
        tables.collect()
    }
}

fn failed(product: &ProductName, reference: &PartName, source: ReferenceError) -> PipelineError {
    match source {
        ReferenceError::Table(TableError::Memory { limit_bytes }) => {
            PipelineError::Memory { product: product.clone(), limit_bytes }
        }
        source => PipelineError::Reference {
            product: product.clone(),
            reference: reference.clone(),
            source,
        },
    }
}

fn table(
    planned: &PlannedReference,
    file: &InputFile,
    memory: Option<&MemoryAccount>,
    workers: &Workers,
) -> Result<ReferenceTable, ReferenceError> {
    let fields = planned.columns.iter().map(|column| Arc::new(column.field.clone()));
    let fields: Vec<FieldRef> = fields.collect();
    let mut source = Source::open(file, &fields, &planned.object, workers)?;
    let adapter = source.adapter();
    let mut table = TableBuilder::new(&Schema::new(fields));
    while let Some(raw) = source.next()? {
        table.push(&adapter.adapt(&raw)?)?;
    }
    // All rows are in memory: what becomes of the file from here on does not matter.
    file.check_unchanged()?;
    Ok(table.finish(memory)?)
}

/// Opens a file beneath the folder of references, whatever links are in it.
fn within(folder: Option<&Path>, location: &str) -> Result<File, ReferenceError> {
    let file = location.to_owned();
    let Some(folder) = folder else { return Err(ReferenceError::NoFolder { file }) };
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !Path::new(location).components().all(plain) {
        return Err(ReferenceError::Outside { file });
    }
    let unreadable = |error: Errno| InputError::Unreadable {
        file: folder.join(location).display().to_string(),
        reason: std::io::Error::from(error).to_string(),
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(folder, flags, Mode::empty()).map_err(unreadable)?;
    // A pipe in a file's place must not block.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    match openat2(&opened, location, flags, Mode::empty(), beneath) {
        Ok(opened) => Ok(File::from(opened)),
        Err(Errno::XDEV | Errno::LOOP) => Err(ReferenceError::Outside { file }),
        Err(error) => Err(unreadable(error).into()),
    }
}

#[cfg(test)]
mod tests;
