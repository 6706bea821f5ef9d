//! Pairs of columns that tell every row from every other, though neither does alone.
//!
//! They are sought in a second pass, among columns that the first one knows: a pair can only
//! be a key where as many different pairs are possible as there are rows. All tuples of a
//! pair are held until one comes twice, so that what is found is exact; a pair whose tuples
//! take more memory than there is for it is left out, and counted as that.

use std::collections::HashSet;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_row::{RowConverter, SortField};
use arrow_schema::{ArrowError, DataType};
use bailiwick_pipeline::{PipelineError, Table, parsed};
use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};

use crate::ProfileError;
use crate::profile::{Column, Keys};
use crate::suggest::type_of;

/// Pairs that are sought at most: those of the fewest possible pairs of values, for which it
/// is the least likely that no two rows are alike by chance.
const MOST_PAIRS: usize = 64;

/// What a tuple that is held costs besides its bytes.
const TUPLE_OVERHEAD: u64 = 48;

/// Seeks them; none where there is no pair that could be a key.
pub(crate) fn pairs(
    table: &Table,
    columns: &[Column],
    rows: u64,
    memory_bytes: u64,
) -> Result<Option<Keys>, ProfileError> {
    let mut pairs = candidates(columns, rows);
    if pairs.is_empty() {
        return Ok(None);
    }
    let mut left_out = pairs.len().saturating_sub(MOST_PAIRS) as u64;
    pairs.truncate(MOST_PAIRS);
    let memory_bytes = memory_bytes / pairs.len() as u64;
    let sought: Result<Vec<Pair>, ProfileError> =
        pairs.into_iter().map(|columns| Pair::new(columns, memory_bytes)).collect();
    let mut sought = sought?;
    let ended = table.for_each(|batch: &RecordBatch| {
        // Pairs know nothing of each other, so threads change nothing.
        sought.par_iter_mut().try_for_each(|pair| pair.push(batch))?;
        let open = sought.iter().any(|pair| matches!(pair.state, State::Open { .. }));
        if open { Ok(()) } else { Err(Ended::Decided) }
    });
    if let Err(Ended::Failed(error)) = ended {
        return Err(*error);
    }
    left_out += sought.iter().filter(|pair| matches!(pair.state, State::LeftOut)).count() as u64;
    let found = sought.iter().filter(|pair| matches!(pair.state, State::Open { .. }));
    let found = found.map(|pair| pair.columns.map(|column| column.name.clone()).to_vec());
    Ok(Some(Keys { found: found.collect(), left_out }))
}

/// The pairs that could be keys, those of the fewest possible pairs of values first.
fn candidates(columns: &[Column], rows: u64) -> Vec<[&Column; 2]> {
    let fit: Vec<(&Column, u64)> =
        columns.iter().filter_map(|column| Some((column, different(column, rows)?))).collect();
    let mut pairs = Vec::new();
    for (at, (first, of_first)) in fit.iter().enumerate() {
        for (second, of_second) in fit.iter().skip(at + 1) {
            let possible = u128::from(*of_first) * u128::from(*of_second);
            if possible >= u128::from(rows) {
                pairs.push((possible, [*first, *second]));
            }
        }
    }
    // The order of the columns stays among pairs that are alike.
    pairs.sort_by_key(|(possible, _)| *possible);
    pairs.into_iter().map(|(_, pair)| pair).collect()
}

/// How many different values a column has that may be part of a key: one of texts, whole
/// numbers, dates or times, without nulls, that is no key itself and not suspected to hold
/// personal data.
fn different(column: &Column, rows: u64) -> Option<u64> {
    let distinct = column.distinct.filter(|distinct| distinct.standard_error.is_none())?;
    let data_type = type_of(column.value_type())?;
    let fits = matches!(data_type, DataType::Utf8 | DataType::Date32 | DataType::Timestamp(..))
        || data_type.is_integer();
    let is_open = column.nulls == 0 && column.personal_data.is_empty();
    (fits && is_open && distinct.count > 1 && distinct.count < rows).then_some(distinct.count)
}

/// Why a pass ended before the file did.
enum Ended {
    /// Every pair is decided.
    Decided,
    /// It could not go on.
    Failed(Box<ProfileError>),
}

impl From<PipelineError> for Ended {
    fn from(error: PipelineError) -> Self {
        ProfileError::from(error).into()
    }
}

impl From<ProfileError> for Ended {
    fn from(error: ProfileError) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// What is known of a pair so far.
enum State {
    /// No tuple came twice: all that came, and the bytes that they take.
    Open { tuples: HashSet<Box<[u8]>>, bytes: u64 },
    /// One did.
    Repeated,
    /// Its tuples took too much memory.
    LeftOut,
}

/// A pair that is sought.
struct Pair<'c> {
    columns: [&'c Column; 2],
    /// What values are read as, where a text holds them.
    types: [DataType; 2],
    converter: RowConverter,
    memory_bytes: u64,
    state: State,
}

impl<'c> Pair<'c> {
    fn new(columns: [&'c Column; 2], memory_bytes: u64) -> Result<Self, ProfileError> {
        let types = columns.map(|column| type_of(column.value_type()).unwrap_or(DataType::Utf8));
        let fields = types.iter().cloned().map(SortField::new).collect();
        let converter = RowConverter::new(fields).map_err(|error| of_pair(&columns, error))?;
        let state = State::Open { tuples: HashSet::new(), bytes: 0 };
        Ok(Self { columns, types, converter, memory_bytes, state })
    }

    fn push(&mut self, batch: &RecordBatch) -> Result<(), ProfileError> {
        let State::Open { tuples, bytes } = &mut self.state else { return Ok(()) };
        let failed = |error| of_pair(&self.columns, error);
        let mut values: Vec<ArrayRef> = Vec::with_capacity(2);
        for (column, data_type) in self.columns.iter().zip(&self.types) {
            let found = batch.column_by_name(&column.name).ok_or_else(|| {
                failed(ArrowError::SchemaError(format!("no column {:?}", column.name)))
            })?;
            let read = match &column.holds {
                Some(_) => parsed(found, data_type),
                None => arrow_cast::cast(found, data_type).ok(),
            };
            // The first pass read all of them so.
            values.push(read.ok_or_else(|| {
                failed(ArrowError::CastError(format!("a value is no {data_type}")))
            })?);
        }
        for row in &self.converter.convert_columns(&values).map_err(failed)? {
            let tuple: Box<[u8]> = row.data().into();
            *bytes += tuple.len() as u64 + TUPLE_OVERHEAD;
            if !tuples.insert(tuple) {
                self.state = State::Repeated;
                return Ok(());
            }
        }
        if *bytes > self.memory_bytes {
            self.state = State::LeftOut;
        }
        Ok(())
    }
}

fn of_pair(columns: &[&Column; 2], source: ArrowError) -> ProfileError {
    let column = columns.map(|column| column.name.as_str()).join(", ");
    ProfileError::Arrow { column, source }
}
