//! Columns of numbers, whatever their type, as float64.

use crate::{Column, DataType, Native, Result, lanes, with_native};

/// The types that are numbers, in words.
pub const NUMBERS: &str = "an integer, float32, float64 or decimal128";

/// Whether values of this type are numbers that [`floats`] reads: all integers, float32,
/// float64 and decimal128.
pub fn is_number(data_type: &DataType) -> bool {
    use DataType as D;
    data_type.is_integer() || matches!(data_type, D::Float32 | D::Float64 | D::Decimal128 { .. })
}

/// The values of a column of numbers as the nearest float64, one for each row; at a null,
/// any number. Integers up to 2⁵³ and all of float32 are exact; a decimal is its integer,
/// rounded, divided by a power of ten.
///
/// ```
/// use bailiwick_guest::numbers::floats;
/// use bailiwick_guest::testing::Rows;
///
/// let rows = Rows::new().column("delay", [-3_i16, 12]);
/// assert_eq!(floats(rows.batch().column("delay")?)?, [-3.0, 12.0]);
/// # Ok::<(), bailiwick_guest::Error>(())
/// ```
///
/// # Errors
/// If the column holds no numbers.
pub fn floats(column: Column<'_>) -> Result<Vec<f64>> {
    let refused = || column.field().unexpected(NUMBERS);
    if let DataType::Decimal128 { scale, .. } = column.data_type() {
        let power = 10_f64.powi((*scale).into());
        let values = column.as_fixed_binary()?.bytes().as_chunks::<16>().0;
        return Ok(values.iter().map(|bytes| i128::from_le_bytes(*bytes) as f64 / power).collect());
    }
    if !is_number(column.data_type()) {
        return Err(refused());
    }
    with_native!(
        column.data_type(),
        T => {
            let values = column.as_primitive::<T>()?.values();
            let mut out = vec![0.0; values.len()];
            lanes::set(&mut out, values, T::to_f64);
            Ok(out)
        },
        else Err(refused())
    )
}
