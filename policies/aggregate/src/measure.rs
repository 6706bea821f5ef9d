//! One measure of one group, as rows come.

use bailiwick_guest::keys::{self, KeyColumn, has_key};
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{
    Array, Bits, Column, DataType, DecimalBuilder, Error, Field, PrimitiveBuilder, Result,
    with_native,
};

use crate::exact::ExactSum;
use crate::{Function, Measure};

/// Digits of a decimal sum: all that fit.
const SUM_PRECISION: u8 = 38;

/// The field that a measure writes.
pub(crate) fn written(measure: &Measure, field: Option<&Field>) -> Result<Field> {
    let Some(field) = field else {
        return match measure.function {
            Function::Count => Ok(Field::new(&measure.r#as, DataType::Int64).required()),
            _ => Err(Error::settings(format!(
                "measure {:?} needs a column: only `count` does without",
                measure.r#as
            ))),
        };
    };
    let is_number = field.data_type.is_integer()
        || field.data_type.is_float()
        || matches!(field.data_type, DataType::Decimal128 { .. });
    let data_type = match (measure.function, &field.data_type) {
        (Function::Count, _) => return Ok(Field::new(&measure.r#as, DataType::Int64).required()),
        (Function::Min | Function::Max, of) if has_key(of) => of.clone(),
        (Function::Min | Function::Max, _) => return Err(field.unexpected("of a type with order")),
        _ if !is_number => return Err(field.unexpected("a number")),
        (Function::Mean, _) => DataType::Float64,
        (Function::Sum, DataType::Decimal128 { scale, .. }) => {
            DataType::Decimal128 { precision: SUM_PRECISION, scale: *scale }
        }
        (Function::Sum, of) if of.is_integer() => DataType::Int64,
        (Function::Sum, _) => DataType::Float64,
    };
    Ok(Field::new(&measure.r#as, data_type))
}

/// A column of a batch, ready to be added row by row.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    validity: Option<Bits<'a>>,
    values: Values<'a>,
}

#[derive(Debug)]
enum Values<'a> {
    /// Only that they are there.
    Presence,
    Integers(Vec<i128>),
    Floats(Vec<f64>),
    Keys(KeyColumn<'a>),
}

impl<'a> Input<'a> {
    #[expect(clippy::unnecessary_cast, reason = "one arm of the macro is of that very type")]
    pub(crate) fn new(function: Function, column: Option<Column<'a>>) -> Result<Self> {
        let Some(column) = column else {
            return Ok(Self { validity: None, values: Values::Presence });
        };
        let data_type = column.data_type();
        let values = match function {
            Function::Count => Values::Presence,
            Function::Min | Function::Max => Values::Keys(KeyColumn::new(column)?),
            Function::Sum | Function::Mean if matches!(data_type, DataType::Decimal128 { .. }) => {
                let decimals = column.as_decimal128()?;
                Values::Integers(decimals.iter().map(Option::unwrap_or_default).collect())
            }
            Function::Sum | Function::Mean => with_native!(data_type, T => {
                let given = column.as_primitive::<T>()?.values();
                if data_type.is_float() {
                    Values::Floats(given.iter().map(|value| *value as f64).collect())
                } else {
                    Values::Integers(given.iter().map(|value| *value as i128).collect())
                }
            }, else return Err(column.field().unexpected("a number"))),
        };
        Ok(Self { validity: column.validity(), values })
    }
}

/// What a measure has come to.
#[derive(Debug, Clone)]
pub(crate) enum Accumulator {
    Count(u64),
    /// A sum of integers, or of decimals times 10 to the power of the scale; and for
    /// a mean, of how many.
    Integers {
        sum: i128,
        count: u64,
    },
    Floats {
        sum: ExactSum,
        count: u64,
    },
    /// The key of the least or greatest value yet; empty for none.
    Extreme {
        greatest: bool,
        key: Vec<u8>,
    },
}

impl Accumulator {
    pub(crate) fn new(function: Function, field: Option<&Field>) -> Result<Self> {
        Ok(match function {
            Function::Count => Self::Count(0),
            Function::Min | Function::Max => {
                Self::Extreme { greatest: function == Function::Max, key: Vec::new() }
            }
            Function::Sum | Function::Mean => {
                if field.is_some_and(|field| field.data_type.is_float()) {
                    Self::Floats { sum: ExactSum::default(), count: 0 }
                } else {
                    Self::Integers { sum: 0, count: 0 }
                }
            }
        })
    }

    pub(crate) fn add(&mut self, input: &Input<'_>, row: usize) -> Result<()> {
        if input.validity.is_some_and(|valid| !valid.get(row)) {
            return Ok(());
        }
        match (self, &input.values) {
            (Self::Count(count), _) => *count += 1,
            (Self::Integers { sum, count }, Values::Integers(values)) => {
                let value = values.get(row).copied().unwrap_or_default();
                *sum = sum.checked_add(value).ok_or_else(too_great)?;
                *count += 1;
            }
            (Self::Floats { sum, count }, Values::Floats(values)) => {
                sum.add(values.get(row).copied().unwrap_or_default())?;
                *count += 1;
            }
            (Self::Extreme { greatest, key }, Values::Keys(keys)) => {
                let mut new = Vec::new();
                keys.write(row, &mut new);
                replace(key, &new, *greatest);
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn write(&self, state: &mut Writer) {
        match self {
            Self::Count(count) => state.u64(*count),
            Self::Integers { sum, count } => {
                state.i128(*sum);
                state.u64(*count);
            }
            Self::Floats { sum, count } => {
                sum.write(state);
                state.u64(*count);
            }
            Self::Extreme { key, .. } => state.bytes(key),
        }
    }

    pub(crate) fn merge(&mut self, state: &mut Reader<'_>) -> Result<()> {
        match self {
            Self::Count(count) => *count += state.u64()?,
            Self::Integers { sum, count } => {
                *sum = sum.checked_add(state.i128()?).ok_or_else(too_great)?;
                *count += state.u64()?;
            }
            Self::Floats { sum, count } => {
                sum.merge(state)?;
                *count += state.u64()?;
            }
            Self::Extreme { greatest, key } => {
                let new = state.bytes()?;
                if !new.is_empty() {
                    replace(key, new, *greatest);
                }
            }
        }
        Ok(())
    }

    fn mean(&self, scale: i8) -> Option<f64> {
        match self {
            Self::Integers { sum, count } if *count > 0 => {
                Some(*sum as f64 / *count as f64 / 10_f64.powi(scale.into()))
            }
            Self::Floats { sum, count } if *count > 0 => Some(sum.value() / *count as f64),
            _ => None,
        }
    }
}

fn replace(key: &mut Vec<u8>, new: &[u8], greatest: bool) {
    if key.is_empty() || (greatest && *new > **key) || (!greatest && *new < **key) {
        key.clear();
        key.extend_from_slice(new);
    }
}

fn too_great() -> Error {
    Error::data("a sum does not fit: cast the column to a float to sum it")
}

/// The column of one measure, one value for each group.
pub(crate) fn column<'a>(
    function: Function,
    of: Option<&DataType>,
    field: &Field,
    groups: impl Iterator<Item = &'a Accumulator>,
) -> Result<Array> {
    let scale = match of {
        Some(DataType::Decimal128 { scale, .. }) => *scale,
        _ => 0,
    };
    match (function, &field.data_type) {
        (Function::Min | Function::Max, _) => {
            // A group of no values has no key; nulls have one.
            let keys = groups.map(|group| match group {
                Accumulator::Extreme { key, .. } if !key.is_empty() => key.as_slice(),
                _ => &[0],
            });
            keys::decode(field, &mut keys.collect::<Vec<_>>())
        }
        (Function::Mean, _) => {
            let mut out = PrimitiveBuilder::<f64>::with_capacity(0);
            groups.for_each(|group| out.push_option(group.mean(scale)));
            Ok(out.finish())
        }
        (Function::Sum, DataType::Decimal128 { precision, scale }) => {
            let mut out = DecimalBuilder::with_capacity(0, *precision, *scale);
            for group in groups {
                match group {
                    Accumulator::Integers { sum, count } if *count > 0 => {
                        // 38 digits are what the type holds.
                        if sum.unsigned_abs() >= 10_u128.pow(u32::from(SUM_PRECISION)) {
                            return Err(too_great());
                        }
                        out.push(*sum);
                    }
                    _ => out.push_null(),
                }
            }
            Ok(out.finish())
        }
        (Function::Sum, DataType::Float64) => {
            let mut out = PrimitiveBuilder::<f64>::with_capacity(0);
            for group in groups {
                out.push_option(match group {
                    Accumulator::Floats { sum, count } if *count > 0 => Some(sum.value()),
                    _ => None,
                });
            }
            Ok(out.finish())
        }
        (Function::Sum | Function::Count, _) => {
            let mut out = PrimitiveBuilder::<i64>::with_capacity(0);
            for group in groups {
                let value = match group {
                    Accumulator::Count(count) => Some(i128::from(*count)),
                    Accumulator::Integers { sum, count } if *count > 0 => Some(*sum),
                    _ => None,
                };
                let value = value.map(|value| i64::try_from(value).map_err(|_| too_great()));
                out.push_option(value.transpose()?);
            }
            Ok(out.finish())
        }
    }
}
