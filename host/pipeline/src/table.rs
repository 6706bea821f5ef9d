//! A file that is read as it is, without a contract.

use std::fs::File;
use std::io::BufReader;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, FieldRef};
use bailiwick_governance::Format;

use crate::error::InputError;
use crate::input::{InputFile, InputRead, local_path};
use crate::source::{Source, columns_of, unreadable};
use crate::workers::Workers;
use crate::{PipelineError, source};

/// A file whose columns are known by the file itself: their names and types, in its order.
///
/// Values of a CSV file are text, and no text stands for no value. The columns of NDJSON
/// are found by reading all of it once before.
pub struct Table {
    file: InputFile,
    fields: Vec<FieldRef>,
    workers: Workers,
}

impl Table {
    /// Opens the file at a location, relative to the working folder, and digests it. Its
    /// format is the one that its name ends in, unless stated.
    ///
    /// # Errors
    /// [`PipelineError::Input`] when it is not there, of no format that runs read, or holds
    /// no columns that could be told apart.
    pub fn open(location: &str, format: Option<Format>) -> Result<Self, PipelineError> {
        let format = format
            .or_else(|| Format::of_location(location))
            .ok_or_else(|| InputError::Format { file: location.to_owned() })?;
        let path = local_path(location, Path::new("."))?;
        let file = InputFile::open(path, location, format, None)?;
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let workers = Workers::start(threads)?;
        let fields = match format {
            Format::Ndjson => ndjson_fields(&file)?,
            Format::Parquet | Format::Csv | Format::Arrow => columns_of(&file, &workers)?,
        };
        let mut names = std::collections::BTreeSet::new();
        if let Some(twice) = fields.iter().find(|field| !names.insert(field.name())) {
            let column = twice.name().clone();
            return Err(InputError::DuplicateColumn { file: file.name(), column }.into());
        }
        Ok(Self { file, fields, workers })
    }

    /// Which file it is.
    pub fn file(&self) -> &InputRead {
        &self.file.read
    }

    /// Its columns, in order.
    pub fn fields(&self) -> &[FieldRef] {
        &self.fields
    }

    /// Gives all rows to a function, a batch after the other.
    ///
    /// # Errors
    /// [`PipelineError::Input`] when the file cannot be read to its end or changed since it
    /// was opened; and what the function says.
    pub fn for_each<E: From<PipelineError>>(
        &self,
        mut each: impl FnMut(&RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: InputError| E::from(PipelineError::from(error));
        let mut source =
            Source::open(&self.file, &self.fields, "the file", &self.workers).map_err(failed)?;
        let adapter = source.adapter();
        while let Some(raw) = source.next().map_err(failed)? {
            each(&adapter.adapt(&raw).map_err(failed)?)?;
        }
        self.file.check_unchanged().map_err(failed)
    }
}

/// Texts as values of another type, as a run reads CSV; none where one of them is no such
/// value.
pub fn parsed(texts: &ArrayRef, wanted: &DataType) -> Option<ArrayRef> {
    source::parse_text(texts, wanted).ok()
}

/// The members of the objects in the file, with the types that hold all of their values.
fn ndjson_fields(file: &InputFile) -> Result<Vec<FieldRef>, InputError> {
    let name = file.name();
    let reader = File::open(&file.path).map_err(|error| unreadable(&name, &error))?;
    let (schema, _) = arrow_json::reader::infer_json_schema(BufReader::new(reader), None)
        .map_err(|error| unreadable(&name, &error))?;
    // A member that is null throughout is a text that nobody wrote.
    let field = |field: &FieldRef| match field.data_type() {
        DataType::Null => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8)),
        _ => Arc::clone(field),
    };
    Ok(schema.fields().iter().map(field).collect())
}
