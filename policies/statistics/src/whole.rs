//! Sums of integers that no number of rows can overflow.

use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{Column, DataType, Result, with_native};

/// The sum of integers of up to 128 bits.
#[derive(Debug)]
pub(crate) struct WholeSum {
    /// Of the upper halves of the values.
    upper: i128,
    /// Of the lower halves, as numbers without sign.
    lower: u128,
    /// Digits behind the point of a decimal; else 0.
    scale: i8,
}

impl WholeSum {
    /// Whether values of this type are integers as they are stored.
    pub(crate) fn is_of(data_type: &DataType) -> bool {
        data_type.is_integer() || matches!(data_type, DataType::Decimal128 { .. })
    }

    /// Nothing summed yet.
    pub(crate) fn of(data_type: &DataType) -> Self {
        let scale = match data_type {
            DataType::Decimal128 { scale, .. } => *scale,
            _ => 0,
        };
        Self { upper: 0, lower: 0, scale }
    }

    #[inline]
    pub(crate) fn add_one(&mut self, value: i128) {
        self.upper = self.upper.wrapping_add(value >> 64);
        self.lower = self.lower.wrapping_add(u128::from(value as u64));
    }

    /// Adds the values that are not null.
    pub(crate) fn add(&mut self, column: Column<'_>) -> Result<()> {
        if let DataType::Decimal128 { .. } = column.data_type() {
            column.as_decimal128()?.iter().flatten().for_each(|value| self.add_one(value));
            return Ok(());
        }
        with_native!(
            column.data_type(),
            T => {
                let values = column.as_primitive::<T>()?;
                match values.validity() {
                    None => values.values().iter().for_each(|value| self.add_one(*value as i128)),
                    Some(_) => values.iter().flatten().for_each(|value| self.add_one(value as i128)),
                }
                Ok(())
            },
            else Err(column.field().unexpected("an integer or decimal128"))
        )
    }

    /// The sum as the nearest float64; none past 128 bits.
    pub(crate) fn value(&self) -> Option<f64> {
        let carried = self.upper.checked_add((self.lower >> 64) as i128)?;
        let upper = carried.checked_mul(1 << 64)?;
        let sum = upper.checked_add(i128::from(self.lower as u64))?;
        Some(sum as f64 / 10_f64.powi(self.scale.into()))
    }

    pub(crate) fn write(&self, state: &mut Writer) {
        state.i128(self.upper);
        state.i128(self.lower as i128);
    }

    pub(crate) fn merge(&mut self, state: &mut Reader<'_>) -> Result<()> {
        self.upper = self.upper.wrapping_add(state.i128()?);
        self.lower = self.lower.wrapping_add(state.i128()? as u128);
        Ok(())
    }
}
