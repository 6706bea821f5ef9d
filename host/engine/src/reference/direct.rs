//! Lookups that are answered without a module that asks.

use arrow_array::RecordBatch;
use arrow_schema::FieldRef;
use bailiwick_columnar::{Lowered, Untrusted, WireBatch, lift_rows};
use bailiwick_terms::PartName;

use super::{Lookup, Lookups, NoAnswer, OpenLookup, References, TableError};

/// What a plan looks up in reference tables, opened as for a module: the same index gives
/// the same answers, and no sandbox is between. It is what looking up costs by itself.
#[derive(Debug, Clone)]
pub struct DirectLookups(Lookups);

/// The rows of some keys.
#[derive(Debug)]
pub struct DirectMatches {
    /// A set bit for each key that a row has.
    pub found: Vec<u8>,
    /// A set bit for each key that several have.
    pub several: Vec<u8>,
    /// The given columns of the first such row, a row for each key.
    pub columns: Lowered,
}

impl DirectLookups {
    /// Opens what a plan says.
    ///
    /// # Errors
    /// [`TableError`] if a table is missing, or is not as the plan says.
    pub fn open(lookups: &[Lookup], references: &References) -> Result<Self, TableError> {
        Lookups::open(lookups, references).map(Self).map_err(|(_, error)| error)
    }

    /// The tables and their fields, as a module is told of them.
    pub fn tables(&self) -> Vec<(PartName, Vec<FieldRef>)> {
        self.0.tables()
    }

    /// The rows of these keys.
    ///
    /// # Errors
    /// [`TableError`] if the plan finds no rows by such keys in that table.
    pub fn find(&self, table: &str, keys: WireBatch) -> Result<DirectMatches, TableError> {
        let lookup = self.of(table)?;
        let keys: RecordBatch = lift_rows(Untrusted::new(keys), &lookup.keys, u64::MAX)
            .map_err(|error| TableError::Arrow(error.to_string()))?;
        let matches = lookup.find(&keys, u64::MAX, || Ok(())).map_err(failed)?;
        let [found, several] = matches.bitmaps();
        Ok(DirectMatches { found, several, columns: matches.columns })
    }

    /// At most so many rows from that one on.
    ///
    /// # Errors
    /// [`TableError`] if the plan names no such table.
    pub fn rows(&self, table: &str, from: u64, most: u32) -> Result<Lowered, TableError> {
        self.of(table)?.rows(from, most, u64::MAX).map_err(failed)
    }

    fn of(&self, table: &str) -> Result<&OpenLookup, TableError> {
        self.0.get(table).map(AsRef::as_ref).ok_or(TableError::Missing)
    }
}

fn failed(error: NoAnswer) -> TableError {
    TableError::Arrow(match error {
        NoAnswer::Host(error) => error.to_string(),
        NoAnswer::Late(late) => late.to_string(),
        NoAnswer::TooLarge(bytes) => format!("an answer of {bytes} bytes"),
    })
}
