//! The known values in terms of one column's type.

use std::cmp::Ordering;

use bailiwick_guest::{
    Bitmap, BoolColumn, Column, DataType, Error, Exact, Field, Native, Result, Scalar, with_native,
};

use crate::text::Texts;

/// Up to so many values, it is faster to compare each row with all of them, as
/// vector code, than to search.
const FEW: usize = 16;

/// The values that pass.
#[derive(Debug)]
pub(crate) enum Known {
    /// Of a bool column.
    Bools {
        /// Whether true passes.
        yes: bool,
        /// Whether false passes.
        no: bool,
    },
    /// Of an integer, date, time, timestamp, duration or decimal column, as it is
    /// stored.
    Integers(Vec<i128>),
    /// Of a text column.
    Texts(Texts),
}

impl Known {
    /// An error where there are none, or one of them is none of the column's type.
    pub(crate) fn new(values: &[Scalar], field: &Field) -> Result<Self> {
        use DataType as D;
        if matches!(field.data_type, D::Float16 | D::Float32 | D::Float64) {
            let hint = "text, bool, an integer, decimal128, a date or a time: bind `range` to it";
            return Err(field.unexpected(hint));
        }
        let is_text = field.data_type.is_text();
        let is_stored = with_native!(&field.data_type, T => T::DATA_TYPE.is_integer(), else {
            matches!(field.data_type, D::Bool | D::Decimal128 { .. })
        });
        if !is_text && !is_stored {
            return Err(field.unexpected("text, bool, an integer, decimal128, a date or a time"));
        }
        if values.is_empty() {
            return Err(Error::settings("`values` is empty: give at least one value"));
        }
        let (mut integers, mut texts) = (Vec::new(), Vec::new());
        let (mut yes, mut no) = (false, false);
        for value in values {
            match value.exact(field)? {
                Exact::Bool(true) => yes = true,
                Exact::Bool(false) => no = true,
                Exact::Integer(integer) if fits(integer, &field.data_type) => {
                    integers.push(integer);
                }
                Exact::Text(text) => texts.push(text),
                Exact::Integer(_) | Exact::Float(_) => {
                    return Err(Error::settings(format!(
                        "{value} is past what column {:?} of type {} can hold",
                        field.name, field.data_type
                    )));
                }
            }
        }
        integers.sort_unstable();
        integers.dedup();
        Ok(match field.data_type {
            D::Bool => Self::Bools { yes, no },
            D::Utf8 | D::LargeUtf8 => Self::Texts(Texts::new(texts)),
            _ => Self::Integers(integers),
        })
    }

    /// A set bit for each value that is not among them, whatever lies at a null.
    pub(crate) fn lacks(&self, column: Column<'_>) -> Result<Bitmap> {
        match self {
            Self::Bools { yes, no } => Ok(lacking_bools(column.as_bool()?, *yes, *no)),
            Self::Texts(texts) => Ok(texts.lacks(column.as_binary()?)),
            Self::Integers(known) => {
                if let DataType::Decimal128 { .. } = column.data_type() {
                    let values = column.as_fixed_binary()?.bytes().as_chunks::<16>().0;
                    let is_unknown =
                        |bytes| known.binary_search(&i128::from_le_bytes(bytes)).is_err();
                    return Ok(Bitmap::of(values, is_unknown));
                }
                with_native!(
                    column.data_type(),
                    T => {
                        let exact = known.iter().map(|value| Exact::Integer(*value));
                        let known: Vec<T> =
                            exact.filter_map(|value| T::of(&value)).collect();
                        Ok(lacking(column.as_primitive::<T>()?.values(), &known))
                    },
                    else Err(column.field().unexpected("an integer, a date or a time"))
                )
            }
        }
    }
}

fn fits(integer: i128, data_type: &DataType) -> bool {
    with_native!(
        data_type,
        T => T::of(&Exact::Integer(integer)).is_some(),
        else true
    )
}

/// A set bit for each value that is not among the known ones, which are in order.
fn lacking<T: Copy + PartialOrd + 'static>(values: &[T], known: &[T]) -> Bitmap {
    if known.len() > FEW {
        let order = |known: &T, value: &T| known.partial_cmp(value).unwrap_or(Ordering::Less);
        return Bitmap::of(values, |value| {
            known.binary_search_by(|known| order(known, &value)).is_err()
        });
    }
    let none = Bitmap::filled(values.len(), true);
    known.iter().fold(none, |lacking, known| {
        lacking.and(Bitmap::of(values, |value| value != *known).bits())
    })
}

fn lacking_bools(column: BoolColumn<'_>, yes: bool, no: bool) -> Bitmap {
    let word = |set: bool| if set { u64::MAX } else { 0 };
    let (yes, no) = (word(yes), word(no));
    let words = column.values().words().map(|values| (values & !yes) | (!values & !no));
    Bitmap::from_words(column.len(), words)
}
