//! What one opened module may look up, and the answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{BinaryType, ByteArrayType, LargeBinaryType, LargeUtf8Type, Utf8Type};
use arrow_array::{
    Array, ArrayRef, GenericByteArray, RecordBatch, RecordBatchOptions, UInt32Array,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use arrow_select::take::take;
use bailiwick_columnar::{ColumnarError, Lowered, Projection};
use bailiwick_terms::{PartName, Read};

use super::index::KeyIndex;
use super::{Lookup, ReferenceTable, References, TableError, TableSchemas, offered};

/// What a module may look up at that time.
#[derive(Debug, Clone, Default)]
pub(crate) enum Lookups {
    /// Nothing: it only says what it is.
    #[default]
    None,
    /// It plans: it is told which tables and columns there are.
    Planned(Arc<TableSchemas>),
    /// It is opened: it has what its plan said.
    Open(Arc<BTreeMap<PartName, Arc<OpenLookup>>>),
}

impl Lookups {
    /// Opens what a plan says in the tables of a run.
    pub(crate) fn open(
        lookups: &[Lookup],
        references: &References,
    ) -> Result<Self, (PartName, TableError)> {
        let open = lookups.iter().map(|lookup| {
            let name = &lookup.table;
            let table = references.get(name).ok_or(TableError::Missing);
            let opened = table.and_then(|table| OpenLookup::new(lookup, table));
            opened.map(|open| (name.clone(), Arc::new(open))).map_err(|error| (name.clone(), error))
        });
        Ok(Self::Open(Arc::new(open.collect::<Result<_, _>>()?)))
    }

    /// The tables and their fields, as a module is told of them.
    pub(crate) fn tables(&self) -> Vec<(PartName, Vec<FieldRef>)> {
        match self {
            Self::None => Vec::new(),
            Self::Planned(tables) => {
                let fields = |schema: &SchemaRef| offered(schema).map(|(_, field)| field).collect();
                tables.iter().map(|(name, schema)| (name.clone(), fields(schema))).collect()
            }
            Self::Open(open) => {
                open.iter().map(|(name, open)| (name.clone(), open.told.clone())).collect()
            }
        }
    }

    /// What can be looked up in a table of that name.
    pub(crate) fn get(&self, table: &str) -> Option<&Arc<OpenLookup>> {
        match self {
            Self::None | Self::Planned(_) => None,
            Self::Open(open) => open.get(&table.parse().ok()?),
        }
    }
}

/// One lookup of a plan, in a table with rows.
#[derive(Debug)]
pub(crate) struct OpenLookup {
    table: Arc<ReferenceTable>,
    /// The fields that keys come as.
    pub(crate) keys: SchemaRef,
    /// The types that the table has them in.
    stored_keys: Vec<DataType>,
    index: Option<Arc<KeyIndex>>,
    /// The given columns, by their places in the table.
    given: Vec<usize>,
    /// Their fields, in an answer.
    answer: SchemaRef,
    projection: Projection,
    /// What the module is told: the fields that it is given, and those that rows are found
    /// by besides, as the table has them.
    told: Vec<FieldRef>,
}

/// What was found.
pub(crate) struct Matches {
    /// A set bit for each key that has a row.
    pub(crate) found: BooleanBuffer,
    /// A set bit for each that has several.
    pub(crate) several: BooleanBuffer,
    /// The given columns of the first row.
    pub(crate) columns: Lowered,
}

impl Matches {
    /// Which keys have a row, and which several, as bitmaps that cross.
    pub(crate) fn bitmaps(&self) -> [Vec<u8>; 2] {
        [&self.found, &self.several].map(|bits| {
            let mut bytes = bits.sliced().to_vec();
            bytes.truncate(bits.len().div_ceil(8));
            bytes
        })
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// It would have so many bytes.
    TooLarge(u64),
    /// The module's time is up.
    Late(wasmtime::Error),
    /// Something of ours failed.
    Host(ColumnarError),
}

impl From<ArrowError> for NoAnswer {
    fn from(error: ArrowError) -> Self {
        Self::Host(error.into())
    }
}

impl From<ColumnarError> for NoAnswer {
    fn from(error: ColumnarError) -> Self {
        Self::Host(error)
    }
}

impl OpenLookup {
    fn new(lookup: &Lookup, table: &Arc<ReferenceTable>) -> Result<Self, TableError> {
        let schema = table.schema();
        let place = |name: &str| {
            schema.index_of(name).map_err(|_| TableError::Column { column: name.to_owned() })
        };
        let keys = lookup.on.iter().map(|field| place(field.name()));
        let keys = keys.collect::<Result<Vec<usize>, _>>()?;
        let stored = |at: &usize| schema.fields().get(*at).map(|field| field.data_type().clone());
        let stored_keys = keys.iter().filter_map(stored).collect();
        let given = lookup.columns.iter().map(|name| place(name));
        let given = given.collect::<Result<Vec<usize>, _>>()?;
        // What is not found is null, in every column.
        let nullable =
            |field: &FieldRef| Arc::new(Field::new(field.name(), field.data_type().clone(), true));
        let fields: Vec<FieldRef> =
            given.iter().filter_map(|at| schema.fields().get(*at)).map(nullable).collect();
        let reads: Vec<Read> = fields.iter().map(|field| Read::values(field.name())).collect();
        let answer = Arc::new(Schema::new(fields.clone()));
        let projection = Projection::new(&answer, &reads)
            .map_err(|error| TableError::Arrow(error.to_string()))?;
        let index = if keys.is_empty() { None } else { Some(table.index(&keys)?) };
        let found_by = keys.iter().filter(|at| !given.contains(at));
        let found_by = found_by.filter_map(|at| schema.fields().get(*at));
        let told = fields.iter().chain(found_by).cloned().collect();
        Ok(Self {
            table: Arc::clone(table),
            keys: Arc::new(Schema::new(lookup.on.clone())),
            stored_keys,
            index,
            given,
            answer,
            projection,
            told,
        })
    }

    /// Whether rows can be found by keys.
    pub(crate) fn has_keys(&self) -> bool {
        self.index.is_some()
    }

    /// The rows of these keys, in an answer of at most so many bytes.
    pub(crate) fn find(
        &self,
        keys: &RecordBatch,
        room_bytes: u64,
        in_time: impl Fn() -> wasmtime::Result<()>,
    ) -> Result<Matches, NoAnswer> {
        let in_time = || in_time().map_err(NoAnswer::Late);
        let Some(index) = &self.index else { return Err(NoAnswer::TooLarge(0)) };
        let stored = keys.columns().iter().zip(&self.stored_keys);
        let stored = stored.map(|(key, wanted)| as_stored(key, wanted));
        let stored = stored.collect::<Result<Vec<_>, _>>()?;
        let found = index.find(&stored, keys.num_rows(), in_time)?;
        let given = self.given.iter().filter_map(|at| self.table.rows.columns().get(*at));
        let mut bytes = 0_u64;
        for column in given.clone() {
            bytes = bytes.saturating_add(taken_bytes(column, &found.rows));
            in_time()?;
        }
        if bytes > room_bytes {
            return Err(NoAnswer::TooLarge(bytes));
        }
        let rows = found.rows.iter();
        let bits = BooleanBuffer::from_iter(rows.map(Option::is_some));
        let rows = UInt32Array::from(found.rows);
        let mut columns = Vec::with_capacity(self.given.len());
        for column in given {
            columns.push(take(column, &rows, None)?);
            in_time()?;
        }
        let columns = self.lowered(columns, rows.len())?;
        Ok(Matches { found: bits, several: found.several, columns })
    }

    /// At most so many rows from that one on, in an answer of at most so many bytes.
    pub(crate) fn rows(&self, from: u64, most: u32, room_bytes: u64) -> Result<Lowered, NoAnswer> {
        let all = self.table.num_rows();
        let from = usize::try_from(from).map_or(all, |from| from.min(all));
        let rows = (all - from).min(most as usize);
        let given = self.given.iter().filter_map(|at| self.table.rows.columns().get(*at));
        let given: Vec<ArrayRef> = given.map(|column| column.slice(from, rows)).collect();
        let lowered = self.lowered(given, rows)?;
        match lowered.bytes() as u64 {
            bytes if bytes > room_bytes => Err(NoAnswer::TooLarge(bytes)),
            _ => Ok(lowered),
        }
    }

    fn lowered(&self, columns: Vec<ArrayRef>, rows: usize) -> Result<Lowered, NoAnswer> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let answer = RecordBatch::try_new_with_options(self.answer.clone(), columns, &options)?;
        Ok(self.projection.lower(&answer)?)
    }
}

/// Keys in the type of the table's column. One that is out of its range becomes null, as
/// which nothing is found.
fn as_stored(key: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, ArrowError> {
    if key.data_type() == wanted {
        return Ok(Arc::clone(key));
    }
    cast_with_options(key, wanted, &CastOptions { safe: true, ..CastOptions::default() })
}

/// The bytes that these rows of a column take, and as many validities and offsets.
fn taken_bytes(column: &ArrayRef, rows: &[Option<u32>]) -> u64 {
    /// A validity, and an offset of any width.
    const BESIDES: u64 = 9;
    let count = rows.len() as u64;
    let values = match column.data_type() {
        DataType::Boolean => count,
        DataType::Utf8 => text_bytes(column.as_bytes::<Utf8Type>(), rows),
        DataType::LargeUtf8 => text_bytes(column.as_bytes::<LargeUtf8Type>(), rows),
        DataType::Binary => text_bytes(column.as_bytes::<BinaryType>(), rows),
        DataType::LargeBinary => text_bytes(column.as_bytes::<LargeBinaryType>(), rows),
        DataType::FixedSizeBinary(width) => count.saturating_mul(u64::from(width.unsigned_abs())),
        other => count.saturating_mul(other.primitive_width().unwrap_or_default() as u64),
    };
    values.saturating_add(count.saturating_mul(BESIDES))
}

fn text_bytes<T: ByteArrayType>(texts: &GenericByteArray<T>, rows: &[Option<u32>]) -> u64 {
    let length = |row: &u32| texts.value_length(*row as usize);
    let lengths = rows.iter().flatten().map(length);
    lengths.fold(0, |sum, length| sum.saturating_add(length.as_usize() as u64))
}
