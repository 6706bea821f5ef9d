//! The module `shift-dates`: moves dates by as many days as an entity's key says.
//!
//! ```json
//! {"entity": "patient_id", "key": "patient@product", "days": 365}
//! ```
//!
//! All other columns of the binding are dates or timestamps; each is moved by the same
//! number of whole days, which is between `-days` and `days` and depends on the entity
//! alone. So the time between two dates of one entity stays what it was, and on what day
//! anything happened cannot be told. Within so few days the shift can be found by trying,
//! where one true date of the entity is known.
//!
//! The number is taken of the first 8 bytes of HMAC-SHA-256 of the entity, text or
//! bytes as they are, of an integer its bytes. The module does not see the key: its
//! approval must grant the service `pseudonym` with it. Where the entity is null, so are
//! its dates. A date that would leave its type's range is an error.

use bailiwick_guest::{
    About, Array, Batch, Bitmap, Column, DataType, Error, Field, Map, Plan, Result, Schema, Scope,
    Settings, about, pseudonym,
};
use serde::Deserialize;

const SECONDS_PER_DAY: i64 = 86_400;

/// By what dates are moved.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// The column that says whose dates they are: text, bytes or an integer.
    pub entity: String,
    /// The key's name, with its scope.
    pub key: String,
    /// The most days by which dates are moved, either way.
    #[settings(minimum = 1, maximum = 36_500)]
    pub days: u32,
}

/// The opened module.
#[derive(Debug)]
pub struct Shifting {
    shift: Shift,
    /// The columns that are moved.
    dates: Vec<Field>,
}

fn dates(shift: &Shift, input: &Schema) -> Result<Vec<Field>> {
    let entity = input.field(&shift.entity)?;
    let is_key = entity.data_type.is_integer()
        || entity.data_type.is_text()
        || matches!(entity.data_type, DataType::Binary | DataType::LargeBinary);
    if !is_key {
        return Err(entity.unexpected("text, bytes or an integer"));
    }
    let dates: Vec<Field> =
        input.fields.iter().filter(|field| field.name != shift.entity).cloned().collect();
    for field in &dates {
        let dated = matches!(
            field.data_type,
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)
        );
        if !dated {
            return Err(field.unexpected("date32, date64 or timestamp"));
        }
    }
    if dates.is_empty() {
        return Err(Error::fields("no column to move: bind the dates beside the entity"));
    }
    Ok(dates)
}

impl Map for Shifting {
    type Settings = Shift;
    const ABOUT: About = about!(
        "shift-dates",
        Scope::Columns,
        "Moves dates by as many days as an entity's key says."
    );

    fn plan(shift: &Shift, input: &Schema) -> Result<Plan> {
        let dates = dates(shift, input)?;
        let writes = dates.into_iter().map(Field::optional);
        Ok(Plan::reading(input.names()).writing(writes))
    }

    fn open(shift: Shift, reads: &Schema) -> Result<Self> {
        let dates = dates(&shift, reads)?;
        Ok(Self { shift, dates })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let entity = rows.column(&self.shift.entity)?;
        let days = self.days(entity)?;
        self.dates.iter().map(|field| moved(rows.column(&field.name)?, entity, &days)).collect()
    }
}

impl Shifting {
    /// By how many days each row's dates are moved.
    fn days(&self, entity: Column<'_>) -> Result<Vec<i64>> {
        let (offsets, bytes) = entity.value_bytes()?;
        let hashes = pseudonym::hash(&self.shift.key, &offsets, bytes)?;
        let most = u64::from(self.shift.days);
        let (hashes, _) = hashes.as_chunks::<32>();
        Ok(hashes
            .iter()
            .map(|hash| {
                let word = hash.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
                // Of 2⁶⁴ numbers, a few more make the first of so few days: by less than
                // one in 10¹⁴.
                (word % (2 * most + 1)) as i64 - self.shift.days as i64
            })
            .collect())
    }
}

/// The dates of a column, each moved by its row's days.
fn moved(column: Column<'_>, entity: Column<'_>, days: &[i64]) -> Result<Array> {
    let field = column.field();
    let beyond = || {
        Error::data(format!(
            "a date of column \"{}\" would leave the range of its type: clamp it before",
            field.name
        ))
    };
    let mut valid = match column.validity() {
        Some(bits) => bits.to_bitmap(),
        None => Bitmap::filled(column.len(), true),
    };
    if let Some(bits) = entity.validity() {
        valid = valid.and(bits);
    }
    let valid = valid.bits();
    let array = if field.data_type == DataType::Date32 {
        let values = column.as_primitive::<i32>()?.values().iter().zip(days).enumerate();
        let values = values.map(|(row, (value, days))| {
            let moved = i32::try_from(i64::from(*value) + days);
            if valid.get(row) { moved.map_err(|_| beyond()) } else { Ok(0) }
        });
        Array::from_slice(&values.collect::<Result<Vec<i32>>>()?)
    } else {
        let per_day = match &field.data_type {
            DataType::Timestamp(unit, _) => SECONDS_PER_DAY * unit.per_second(),
            _ => SECONDS_PER_DAY * 1_000,
        };
        let values = column.as_primitive::<i64>()?.values().iter().zip(days).enumerate();
        let values = values.map(|(row, (value, days))| {
            let moved = days.checked_mul(per_day).and_then(|days| value.checked_add(days));
            if valid.get(row) { moved.ok_or_else(beyond) } else { Ok(0) }
        });
        Array::from_slice(&values.collect::<Result<Vec<i64>>>()?)
    };
    Ok(array.as_type(&field.data_type)?.with_validity(Some(valid)))
}

bailiwick_guest::export_map!(Shifting);
