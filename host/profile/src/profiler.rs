//! A pass over a file for each column alone, and one for pairs of them.

use arrow_array::RecordBatch;
use bailiwick_governance::Format;
use bailiwick_pipeline::Table;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use crate::column::ColumnProfiler;
use crate::{Column, PROFILE_VERSION, Profile, ProfileError, keys};

/// What is asked of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Bytes that may be held to tell values apart, of all columns together. Past them,
    /// distinct counts are estimated; of each column a thousand values always are held. As
    /// many may be held after that to seek keys of two columns.
    pub memory_bytes: u64,
    /// Whether values are stated that are suspected to be personal data.
    pub show_values: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { memory_bytes: 512 << 20, show_values: false }
    }
}

/// Finds what a file holds. Its format is the one that its name ends in, unless stated.
///
/// # Errors
/// [`ProfileError::Input`] when it cannot be read; the others are defects of bailiwick.
pub fn profile(
    location: &str,
    format: Option<Format>,
    options: &Options,
) -> Result<Profile, ProfileError> {
    let table = Table::open(location, format)?;
    let memory_bytes = options.memory_bytes / (table.fields().len() as u64).max(1);
    let columns = table.fields().iter().map(|field| ColumnProfiler::new(field, memory_bytes));
    let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
    let mut rows = 0;
    table.for_each(|batch: &RecordBatch| {
        rows += batch.num_rows() as u64;
        // Columns know nothing of each other, so threads change nothing.
        columns
            .par_iter_mut()
            .zip(batch.columns())
            .try_for_each(|(column, values)| column.push(values))
    })?;
    let columns = columns.into_iter().map(|column| column.conclude(options.show_values));
    let columns: Vec<Column> = columns.collect::<Result<_, _>>()?;
    let keys = keys::pairs(&table, &columns, rows, options.memory_bytes)?;
    Ok(Profile {
        profile_version: PROFILE_VERSION.to_owned(),
        bailiwick: env!("CARGO_PKG_VERSION").to_owned(),
        input: table.file().clone(),
        rows,
        columns,
        keys,
    })
}
