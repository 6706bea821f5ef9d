//! Rows of a table by their keys.

use std::hash::{BuildHasher, RandomState};

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use arrow_row::{RowConverter, Rows, SortField};
use arrow_schema::ArrowError;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::{TableError, held};
use crate::{Held, MemoryAccount};

/// The first row of each key, and which keys have more than one.
///
/// Which row is found does not depend on how keys are hashed, so the hashes can be other
/// ones in every process: nobody can make a table whose keys all have the same.
pub(super) struct KeyIndex {
    converter: RowConverter,
    keys: Rows,
    first: HashTable<u32>,
    /// A set bit for each row that is the first of several with its key.
    several: BooleanBuffer,
    hasher: RandomState,
    /// What it takes of the run's memory.
    _held: Option<Held>,
}

impl std::fmt::Debug for KeyIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyIndex").field("keys", &self.first.len()).finish_non_exhaustive()
    }
}

/// The row of each key: none where there is no such row.
pub(super) struct FoundRows {
    pub(super) rows: Vec<Option<u32>>,
    /// A set bit for each key that several rows have.
    pub(super) several: BooleanBuffer,
}

impl KeyIndex {
    /// Of the rows of a table, which are no more than fit into 32 bits.
    pub(super) fn new(
        table: &RecordBatch,
        columns: &[usize],
        memory: Option<&MemoryAccount>,
    ) -> Result<Self, TableError> {
        let columns = table.project(columns)?.columns().to_vec();
        let of = |column: &ArrayRef| SortField::new(column.data_type().clone());
        let converter = RowConverter::new(columns.iter().map(of).collect())?;
        let keys = converter.convert_columns(&columns)?;
        let hasher = RandomState::new();
        let mut first: HashTable<u32> = HashTable::with_capacity(table.num_rows());
        let mut several = BooleanBufferBuilder::new(table.num_rows());
        several.append_n(table.num_rows(), false);
        for (row, at) in (0..table.num_rows()).zip(0_u32..) {
            // A key of which a part is null is no row's (SQL: null is equal to nothing).
            if columns.iter().any(|column| column.is_null(row)) {
                continue;
            }
            let key = keys.row(row).data();
            let of = |other: &u32| keys.row(*other as usize).data();
            let entry = first.entry(
                hasher.hash_one(key),
                |other| of(other) == key,
                |other| hasher.hash_one(of(other)),
            );
            match entry {
                Entry::Occupied(before) => several.set_bit(*before.get() as usize, true),
                Entry::Vacant(free) => drop(free.insert(at)),
            }
        }
        let bytes = keys.size() + first.allocation_size() + several.capacity() / 8;
        let several = several.finish();
        let _held = held(memory, bytes)?;
        Ok(Self { converter, keys, first, several, hasher, _held })
    }

    /// The rows of keys in the types of the table's columns. `in_time` is asked now and
    /// then, and what it says ends the search.
    pub(super) fn find<E: From<ArrowError>>(
        &self,
        keys: &[ArrayRef],
        count: usize,
        in_time: impl Fn() -> Result<(), E>,
    ) -> Result<FoundRows, E> {
        /// Keys between two looks at the time: well below a millisecond's work.
        const FOUND_AT_A_TIME: usize = 1 << 12;
        let asked = self.converter.convert_columns(keys)?;
        in_time()?;
        let mut rows = Vec::with_capacity(count);
        let mut several = BooleanBufferBuilder::new(count);
        for row in 0..count {
            if row % FOUND_AT_A_TIME == 0 {
                in_time()?;
            }
            let found = if keys.iter().any(|column| column.is_null(row)) {
                None
            } else {
                let key = asked.row(row).data();
                let same = |other: &u32| self.keys.row(*other as usize).data() == key;
                self.first.find(self.hasher.hash_one(key), same).copied()
            };
            several.append(found.is_some_and(|found| self.several.value(found as usize)));
            rows.push(found);
        }
        Ok(FoundRows { rows, several: several.finish() })
    }
}
