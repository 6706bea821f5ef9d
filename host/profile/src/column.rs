//! One column while it is read.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field};
use bailiwick_columnar::normalised;
use bailiwick_governance::type_name;
use bailiwick_guest::keys::has_key;
use bailiwick_guest::{Batch, Check};
use bailiwick_policy_distinct::{Distinct, Kind, Nulls, Options as Counted};
use bailiwick_policy_personal_data::{Kind as Personal, Options as Sought, PersonalData};
use serde_json::Value;

use crate::ProfileError;
use crate::common::{Often, stated};
use crate::module::{Crossing, value};
use crate::numbers::Numbers;
use crate::profile::{self, Column, FormatFound};
use crate::texts::Texts;
use crate::{names, suspicion};

/// What a value costs while it is told apart, beside its own bytes.
const BYTES_OF_VALUE: u64 = 64;

/// Different values that are counted exactly at least, and at most.
const EXACT: std::ops::RangeInclusive<u64> = 1_000..=1_000_000;

/// The standard error of the module `distinct` where it estimates.
const STANDARD_ERROR: f64 = 0.0081;

/// Whole numbers from here on can be those of cards.
const LEAST_CARD: i128 = 1_000_000_000_000;

/// What is being found of one column.
pub(crate) struct ColumnProfiler {
    name: String,
    data_type: DataType,
    rows: u64,
    nulls: u64,
    memory_bytes: u64,
    /// None for what no module is given: nested values and the like.
    measured: Option<Measured>,
}

struct Measured {
    crossing: Crossing,
    distinct: Distinct,
    is_exact: bool,
    /// Bytes of texts since it was last seen what `distinct` holds.
    unweighed: u64,
    often: Option<Often>,
    numbers: Option<Numbers>,
    texts: Option<Texts>,
    cards: Option<Cards>,
}

/// Whole numbers that could be those of cards.
struct Cards {
    crossing: Crossing,
    personal: PersonalData,
    values: u64,
}

impl ColumnProfiler {
    /// Begins with a column of a file, of which so many bytes may be held.
    pub(crate) fn new(field: &Field, memory_bytes: u64) -> Result<Self, ProfileError> {
        let name = field.name().clone();
        let data_type = plain_type(field.data_type());
        let measured = Measured::new(&name, &data_type, memory_bytes)?;
        Ok(Self { name, data_type, rows: 0, nulls: 0, memory_bytes, measured })
    }

    pub(crate) fn push(&mut self, values: &ArrayRef) -> Result<(), ProfileError> {
        self.rows += values.len() as u64;
        self.nulls += values.logical_null_count() as u64;
        let Some(measured) = &mut self.measured else { return Ok(()) };
        let columns = |source| ProfileError::Columns { column: self.name.clone(), source };
        let mut values = normalised(values).map_err(columns)?;
        if *values.data_type() != self.data_type {
            let arrow = |source| ProfileError::Arrow { column: self.name.clone(), source };
            values = arrow_cast::cast(&values, &self.data_type).map_err(arrow)?;
        }
        measured.push(&values, self.memory_bytes)
    }

    /// What was found. Values are left out where personal data is suspected, unless they
    /// are to be shown.
    pub(crate) fn conclude(self, show_values: bool) -> Result<Column, ProfileError> {
        let mut column = Column {
            name: self.name,
            data_type: type_name(&self.data_type),
            nulls: self.nulls,
            ..Column::default()
        };
        if self.data_type != DataType::Boolean {
            column.personal_data = names::suspicions(&column.name);
        }
        let Some(measured) = self.measured else { return Ok(column) };
        measured.conclude(&self.data_type, self.rows - self.nulls, show_values, &mut column)?;
        column.personal_data = suspicion::joined(std::mem::take(&mut column.personal_data));
        if !column.personal_data.is_empty() && !show_values {
            column.withheld = true;
            (column.min, column.max, column.values) = (None, None, None);
            column.figures.clear();
            column.quantiles.clear();
        }
        Ok(column)
    }
}

/// The type in which a column is looked at: dictionaries decoded, texts of one kind.
fn plain_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => plain_type(values),
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        other => other.clone(),
    }
}

impl Measured {
    fn new(
        name: &str,
        data_type: &DataType,
        memory_bytes: u64,
    ) -> Result<Option<Self>, ProfileError> {
        let Some(crossing) = Crossing::of(name, data_type) else { return Ok(None) };
        let keyed = crossing.schema()?.only().is_ok_and(|field| has_key(&field.data_type));
        if !keyed {
            return Ok(None);
        }
        let exact = (memory_bytes / BYTES_OF_VALUE).clamp(*EXACT.start(), *EXACT.end());
        let is_text = *data_type == DataType::Utf8;
        let texts = is_text.then(|| Texts::of(name, &crossing)).transpose()?;
        let cards = matches!(data_type, DataType::Int64 | DataType::UInt64);
        Ok(Some(Self {
            distinct: crossing.open(counting(exact as u32))?,
            is_exact: true,
            unweighed: 0,
            often: Often::new(),
            numbers: Numbers::of(name, data_type)?,
            texts,
            cards: if cards { Cards::of(name)? } else { None },
            crossing,
        }))
    }

    fn push(&mut self, values: &ArrayRef, memory_bytes: u64) -> Result<(), ProfileError> {
        let batch = self.crossing.batch(values)?;
        self.count(&batch, values, memory_bytes)?;
        if let Some(numbers) = &mut self.numbers {
            numbers.push(values)?;
        }
        if let Some(cards) = &mut self.cards {
            cards.push(values)?;
        }
        if let (Some(texts), Some(array)) = (&mut self.texts, values.as_string_opt::<i32>()) {
            if let Some(often) = &mut self.often {
                array.iter().flatten().for_each(|text| often.add(text));
            }
            return texts.push(&self.crossing, array, &batch);
        }
        if let Some(often) = self.often.as_mut().filter(|_| !values.data_type().is_binary()) {
            often.add_values(values);
        }
        Ok(())
    }

    /// Counts different values: exactly, until what is held of them is too much.
    fn count(
        &mut self,
        batch: &Batch,
        values: &ArrayRef,
        memory_bytes: u64,
    ) -> Result<(), ProfileError> {
        self.crossing.push(&mut self.distinct, batch)?;
        let is_long = values.data_type().is_binary() || *values.data_type() == DataType::Utf8;
        if !self.is_exact || !is_long {
            return Ok(());
        }
        self.unweighed += values.get_buffer_memory_size() as u64;
        if self.unweighed > memory_bytes / 2 {
            self.unweighed = 0;
            let state = self.distinct.state().map_err(|error| self.crossing.refused(error))?;
            if state.len() as u64 > memory_bytes {
                // A check that may keep but one value estimates what it merges.
                self.distinct = self.crossing.open(counting(1))?;
                self.distinct.merge(&state).map_err(|error| self.crossing.refused(error))?;
                self.is_exact = false;
            }
        }
        Ok(())
    }

    fn conclude(
        mut self,
        data_type: &DataType,
        values: u64,
        show_values: bool,
        column: &mut Column,
    ) -> Result<(), ProfileError> {
        let measures = self.distinct.conclude().map_err(|e| self.crossing.refused(e))?;
        let count = value(&measures, "distinct-count").unwrap_or_default();
        let once = value(&measures, "once-count").map(|once| once as u64);
        let standard_error = once.is_none().then_some(STANDARD_ERROR);
        let count = count.round() as u64;
        column.distinct = Some(profile::Distinct { count, standard_error, once });
        let common = self.often.map(|often| often.all());
        if let Some(texts) = self.texts {
            texts.conclude(&self.crossing, common.as_ref(), show_values, column)?;
        }
        if let Some(numbers) = self.numbers {
            numbers.conclude(column)?;
        }
        column.formats.extend(coordinate(data_type, values, column));
        if let Some(cards) = self.cards {
            cards.conclude(column)?;
        }
        column.values = common.and_then(|common| stated(common, data_type));
        Ok(())
    }
}

/// Degrees of latitude or longitude: floats within, in a column that is named so.
fn coordinate(data_type: &DataType, values: u64, column: &Column) -> Option<FormatFound> {
    let ends = [&column.min, &column.max].map(|end| end.as_ref().and_then(Value::as_f64));
    let [Some(min), Some(max)] = ends else { return None };
    let (format, most) = match names::coordinate(&column.name)? {
        names::Coordinate::Latitude => ("latitude", 90.0),
        names::Coordinate::Longitude => ("longitude", 180.0),
    };
    (data_type.is_floating() && -most <= min && max <= most && values > 0)
        .then(|| FormatFound { format: format.to_owned(), rows: values })
}

fn counting(exact_up_to: u32) -> Counted {
    let rules = vec![Kind::DistinctCount, Kind::OnceCount];
    Counted { rules, nulls: Nulls::Ignore, exact_up_to }
}

impl Cards {
    fn of(column: &str) -> Result<Option<Self>, ProfileError> {
        let Some(crossing) = Crossing::of(column, &DataType::Utf8) else { return Ok(None) };
        let sought = Sought { kinds: Some(vec![Personal::CardNumber]), ..Sought::default() };
        Ok(Some(Self { personal: crossing.open(sought)?, crossing, values: 0 }))
    }

    fn push(&mut self, values: &ArrayRef) -> Result<(), ProfileError> {
        let (nulls, rows) = (values.null_count(), values.len());
        let texts = arrow_cast::cast(values, &DataType::Utf8);
        let Some(texts) = texts.ok().filter(|_| is_long(values)) else {
            self.values += (rows - nulls) as u64;
            return Ok(());
        };
        self.values += (rows - nulls) as u64;
        let texts: ArrayRef = Arc::clone(&texts);
        let batch = self.crossing.batch(&texts)?;
        self.crossing.push(&mut self.personal, &batch)
    }

    fn conclude(mut self, column: &mut Column) -> Result<(), ProfileError> {
        let measures = self.personal.conclude().map_err(|error| self.crossing.refused(error))?;
        column.personal_data.extend(suspicion::recognised(&measures, self.values));
        Ok(())
    }
}

/// Whether some of the whole numbers have as many digits as that of a card.
fn is_long(values: &ArrayRef) -> bool {
    use arrow_array::types::{Int64Type, UInt64Type};
    let long = |value: i128| value >= LEAST_CARD;
    match values.data_type() {
        DataType::Int64 => {
            values.as_primitive::<Int64Type>().iter().flatten().any(|v| long(v.into()))
        }
        DataType::UInt64 => {
            values.as_primitive::<UInt64Type>().iter().flatten().any(|v| long(v.into()))
        }
        _ => false,
    }
}
