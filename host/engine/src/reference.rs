//! Reference tables: rows that the host holds for modules to look up.
//!
//! A table is held once, whatever the number of lanes and steps that use it, and so is
//! each index into it. None of it changes once it is there, so an answer depends on
//! nothing but the table and what was asked.

mod direct;
mod fields;
mod index;
mod open;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use bailiwick_columnar::normalised;
use bailiwick_terms::PartName;

use crate::{Held, MemoryAccount};

pub use direct::{DirectLookups, DirectMatches};
pub use fields::{Lookup, TableSchemas};
pub(crate) use fields::{checked_lookups, offered};
use index::KeyIndex;
pub(crate) use open::{Lookups, NoAnswer, OpenLookup};

/// The most bytes that one table may have in memory: it is held whole, and offsets of 32
/// bits must reach all of a column's texts.
pub const MAX_TABLE_BYTES: u64 = 1 << 30;

/// Why a reference table cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// There is none of that name.
    #[error("there is no such table")]
    Missing,
    /// It is not as it was when the plan was made.
    #[error("it has no column {column:?} of the planned type")]
    Column {
        /// The column.
        column: String,
    },
    /// It is larger than a table may be.
    #[error(
        "it has more than {limit} {what}, the most a reference table may have; \
         leave out what is never looked up"
    )]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The most there may be.
        limit: u64,
    },
    /// The run may not hold so much.
    #[error("it does not fit into the {limit_bytes} bytes of memory of the whole run")]
    Memory {
        /// The bound, bytes.
        limit_bytes: u64,
    },
    /// Arrow refused an operation on its columns.
    #[error("arrow refused: {0}")]
    Arrow(String),
}

impl From<arrow_schema::ArrowError> for TableError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::Arrow(error.to_string())
    }
}

/// A table that modules look rows up in.
#[derive(Debug)]
pub struct ReferenceTable {
    /// In the types in which columns cross; only those that can be looked up.
    rows: RecordBatch,
    /// By the columns of their keys.
    indexes: Mutex<BTreeMap<Vec<usize>, Arc<KeyIndex>>>,
    memory: Option<MemoryAccount>,
    /// What the rows take of the run's memory.
    _held: Option<Held>,
}

/// A table that is being put together out of batches.
#[derive(Debug)]
pub struct TableBuilder {
    schema: SchemaRef,
    columns: Vec<usize>,
    batches: Vec<RecordBatch>,
    rows: u64,
    bytes: u64,
}

impl TableBuilder {
    /// For batches of this schema. Columns that cannot be looked up are left out.
    pub fn new(schema: &Schema) -> Self {
        let (columns, fields): (Vec<_>, Vec<_>) = offered(schema).unzip();
        let schema = Arc::new(Schema::new(fields));
        Self { schema, columns, batches: Vec::new(), rows: 0, bytes: 0 }
    }

    /// Adds rows behind the others.
    ///
    /// # Errors
    /// [`TableError::TooLarge`] past [`MAX_TABLE_BYTES`] or 2^32 - 1 rows.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        let columns = batch.project(&self.columns)?;
        let columns = columns.columns().iter().map(normalised).collect::<Result<Vec<_>, _>>();
        let columns = columns.map_err(|error| TableError::Arrow(error.to_string()))?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
        self.rows += batch.num_rows() as u64;
        if self.rows > u64::from(u32::MAX) {
            return Err(TableError::TooLarge { what: "rows", limit: u64::from(u32::MAX) });
        }
        self.bytes += batch.get_array_memory_size() as u64;
        if self.bytes > MAX_TABLE_BYTES {
            return Err(TableError::TooLarge { what: "bytes", limit: MAX_TABLE_BYTES });
        }
        self.batches.push(batch);
        Ok(())
    }

    /// The table. What it and its indexes hold is taken from that account.
    ///
    /// # Errors
    /// [`TableError::Memory`] where the account has not so much left.
    pub fn finish(self, memory: Option<&MemoryAccount>) -> Result<ReferenceTable, TableError> {
        let rows = concat_batches(&self.schema, &self.batches)?;
        let _held = held(memory, rows.get_array_memory_size())?;
        let (indexes, memory) = (Mutex::default(), memory.cloned());
        Ok(ReferenceTable { rows, indexes, memory, _held })
    }
}

impl ReferenceTable {
    /// Its columns, but for those that cannot be looked up.
    pub fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }

    /// How many rows it has.
    pub fn num_rows(&self) -> usize {
        self.rows.num_rows()
    }

    /// The values of a column, if it has that.
    pub fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.rows.column_by_name(name)
    }

    /// The same rows with other values in one column, to see what depends on it.
    ///
    /// # Errors
    /// [`TableError::Column`] where there is no such column, [`TableError::Arrow`] where
    /// there are not as many values, of its type.
    pub fn replacing(&self, name: &str, values: ArrayRef) -> Result<Self, TableError> {
        let missing = |_| TableError::Column { column: name.to_owned() };
        let at = self.rows.schema().index_of(name).map_err(missing)?;
        let mut columns = self.rows.columns().to_vec();
        if let Some(column) = columns.get_mut(at) {
            *column = values;
        }
        let rows = RecordBatch::try_new(self.rows.schema(), columns)?;
        let memory = self.memory.clone();
        let _held = held(memory.as_ref(), rows.get_array_memory_size())?;
        Ok(Self { rows, indexes: Mutex::default(), memory, _held })
    }

    /// The index by these columns: made by who asks first, while the others wait.
    fn index(&self, columns: &[usize]) -> Result<Arc<KeyIndex>, TableError> {
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = indexes.get(columns) {
            return Ok(Arc::clone(index));
        }
        let index = Arc::new(KeyIndex::new(&self.rows, columns, self.memory.as_ref())?);
        indexes.insert(columns.to_vec(), Arc::clone(&index));
        Ok(index)
    }
}

/// So many bytes of the account, if there is one.
fn held(memory: Option<&MemoryAccount>, bytes: usize) -> Result<Option<Held>, TableError> {
    let Some(memory) = memory else { return Ok(None) };
    match memory.take(bytes as u64) {
        Some(held) => Ok(Some(held)),
        None => Err(TableError::Memory { limit_bytes: memory.limit_bytes() }),
    }
}

/// The reference tables of a run, by name. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct References(BTreeMap<PartName, Arc<ReferenceTable>>);

impl References {
    /// The table of that name.
    pub fn get(&self, name: &PartName) -> Option<&Arc<ReferenceTable>> {
        self.0.get(name)
    }

    /// The names of the tables, in order.
    pub fn names(&self) -> impl Iterator<Item = &PartName> {
        self.0.keys()
    }

    /// The same tables with another one of that name.
    pub fn with(&self, name: PartName, table: Arc<ReferenceTable>) -> Self {
        let mut tables = self.0.clone();
        tables.insert(name, table);
        Self(tables)
    }
}

impl FromIterator<(PartName, Arc<ReferenceTable>)> for References {
    fn from_iter<I: IntoIterator<Item = (PartName, Arc<ReferenceTable>)>>(tables: I) -> Self {
        Self(tables.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::Int8Array;
    use arrow_schema::{DataType, Field};

    use super::*;

    /// Rows that count as so many bytes, with what Arrow itself takes for them.
    fn rows(bytes: usize) -> RecordBatch {
        let of = |values: usize| {
            let schema = Schema::new(vec![Field::new("value", DataType::Int8, false)]);
            let values: ArrayRef = Arc::new(Int8Array::from(vec![0_i8; values]));
            RecordBatch::try_new(Arc::new(schema), vec![values]).unwrap()
        };
        let rows = of(bytes - of(0).get_array_memory_size());
        assert_eq!(rows.get_array_memory_size(), bytes);
        rows
    }

    #[test]
    fn a_table_may_have_so_many_bytes_and_not_one_more() {
        let limit = usize::try_from(MAX_TABLE_BYTES).unwrap();
        // The same buffer again and again: it counts each time, and is there once.
        let part = rows(limit / 16);
        let mut table = TableBuilder::new(&part.schema());
        for _ in 0..15 {
            table.push(&part).unwrap();
        }
        let left = limit - 15 * part.get_array_memory_size();
        let more = TableError::TooLarge { what: "bytes", limit: MAX_TABLE_BYTES };
        assert_eq!(table.push(&rows(left + 1)), Err(more.clone()));

        let mut table = TableBuilder::new(&part.schema());
        for _ in 0..15 {
            table.push(&part).unwrap();
        }
        table.push(&rows(left)).unwrap();
        assert_eq!(table.push(&rows(100)), Err(more));
    }
}
