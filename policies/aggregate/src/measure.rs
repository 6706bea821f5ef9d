//! One measure of all groups, as batches come.

use bailiwick_guest::keys::{self, KeyColumn, has_key};
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::sum::ExactSum;
use bailiwick_guest::{
    Array, Column, DataType, DecimalBuilder, Error, Field, PrimitiveBuilder, Result, with_native,
};

use crate::distinct::{self, Distinct};
use crate::extremes::Extremes;
use crate::members::Members;
use crate::quantile::Quantiles;
use crate::{Function, Measure};

/// Digits of a decimal sum: all that fit.
const SUM_PRECISION: u8 = 38;

/// The field that a measure writes.
pub(crate) fn written(measure: &Measure, field: Option<&Field>) -> Result<Field> {
    let is_quantile = measure.function == Function::ApproxQuantile;
    if is_quantile != measure.q.is_some() || measure.q.is_some_and(|q| !(0.0..=1.0).contains(&q)) {
        return Err(Error::settings(format!(
            "measure {:?}: `approx-quantile` needs `q`, from 0 to 1, and no other function does",
            measure.r#as
        )));
    }
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
        (Function::ApproxDistinct, of) if has_key(of) => {
            return Ok(Field::new(&measure.r#as, DataType::Int64).required());
        }
        (Function::ApproxDistinct, _) => return Err(field.unexpected("of a type with keys")),
        (Function::Min | Function::Max, of) if has_key(of) => of.clone(),
        (Function::Min | Function::Max, _) => return Err(field.unexpected("of a type with order")),
        _ if !is_number => return Err(field.unexpected("a number")),
        (Function::Mean | Function::ApproxQuantile, _) => DataType::Float64,
        (Function::Sum, DataType::Decimal128 { scale, .. }) => {
            DataType::Decimal128 { precision: SUM_PRECISION, scale: *scale }
        }
        (Function::Sum, of) if of.is_integer() => DataType::Int64,
        (Function::Sum, _) => DataType::Float64,
    };
    Ok(Field::new(&measure.r#as, data_type))
}

/// A sum, and of how many values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Total<S> {
    sum: S,
    count: u64,
}

/// What a measure has come to, in each group.
#[derive(Debug)]
pub(crate) enum Accumulators {
    Counts(Vec<u64>),
    /// Of integers, or of decimals times 10 to the power of the scale.
    Integers(Vec<Total<i128>>),
    Floats(Vec<Total<ExactSum>>),
    Extremes(Extremes),
    Distinct(Vec<Distinct>),
    /// Of decimals their values times 10 to the power of the scale.
    Quantiles(Vec<Quantiles>),
}

impl Accumulators {
    pub(crate) fn new(function: Function, field: Option<&Field>) -> Self {
        match (function, field) {
            (Function::Min | Function::Max, Some(field)) => {
                Self::Extremes(Extremes::new(function == Function::Max, &field.data_type))
            }
            (Function::ApproxDistinct, _) => Self::Distinct(Vec::new()),
            (Function::ApproxQuantile, _) => Self::Quantiles(Vec::new()),
            (Function::Sum | Function::Mean, Some(field)) if field.data_type.is_float() => {
                Self::Floats(Vec::new())
            }
            (Function::Sum | Function::Mean, Some(_)) => Self::Integers(Vec::new()),
            _ => Self::Counts(Vec::new()),
        }
    }

    /// Makes room for so many groups; those that are new have no values.
    pub(crate) fn grow(&mut self, groups: usize) {
        match self {
            Self::Counts(counts) => counts.resize(groups, 0),
            Self::Integers(totals) => totals.resize(groups, Total::default()),
            Self::Floats(totals) => totals.resize(groups, Total::default()),
            Self::Extremes(extremes) => extremes.grow(groups),
            Self::Distinct(all) => all.resize(groups, Distinct::default()),
            Self::Quantiles(all) => all.resize(groups, Quantiles::default()),
        }
    }

    /// Adds the values of a column, or the rows themselves, each to its row's group.
    #[expect(clippy::unnecessary_cast, reason = "one arm of the macro is of that very type")]
    pub(crate) fn add(&mut self, column: Option<Column<'_>>, members: &Members) -> Result<()> {
        let valid = column.and_then(Column::validity);
        match (self, column) {
            (Self::Counts(counts), _) => {
                members.count(counts, valid);
            }
            (Self::Extremes(extremes), Some(column)) => extremes.add(column, members)?,
            (Self::Distinct(all), Some(column)) => {
                let (keys, mut key) = (KeyColumn::new(column)?, Vec::new());
                members.each_row(valid, |row, group| {
                    key.clear();
                    keys.write(row, &mut key);
                    let hash = distinct::hash(&key);
                    all.get_mut(group).into_iter().for_each(|of| of.add(hash));
                });
            }
            (Self::Quantiles(all), Some(column)) => {
                if matches!(column.data_type(), DataType::Decimal128 { .. }) {
                    let values = column.as_fixed_binary()?.bytes().as_chunks::<16>().0;
                    members.each(all, valid, values, |of, value| {
                        of.add(i128::from_le_bytes(value) as f64);
                    });
                } else {
                    with_native!(column.data_type(), T => {
                        let values = column.as_primitive::<T>()?.values();
                        members.each(all, valid, values, |of, value| of.add(value as f64));
                    }, else return Err(column.field().unexpected("a number")));
                }
            }
            (Self::Integers(totals), Some(column)) => {
                let mut passes = false;
                let mut add = |total: &mut Total<i128>, value: i128| {
                    let (sum, overflows) = total.sum.overflowing_add(value);
                    (total.sum, total.count) = (sum, total.count + 1);
                    passes |= overflows;
                };
                if matches!(column.data_type(), DataType::Decimal128 { .. }) {
                    let values = column.as_fixed_binary()?.bytes().as_chunks::<16>().0;
                    members.each(totals, valid, values, |total, value| {
                        add(total, i128::from_le_bytes(value));
                    });
                } else {
                    with_native!(column.data_type(), T => {
                        let values = column.as_primitive::<T>()?.values();
                        members.each(totals, valid, values, |total, value| {
                            add(total, value as i128);
                        });
                    }, else return Err(column.field().unexpected("a number")));
                }
                if passes {
                    return Err(too_great());
                }
            }
            (Self::Floats(totals), Some(column)) => {
                let mut result = Ok(());
                let mut add = |total: &mut Total<ExactSum>, value: f64| {
                    total.count += 1;
                    if let Err(error) = total.sum.add(value) {
                        result = Err(error);
                    }
                };
                if *column.data_type() == DataType::Float32 {
                    let values = column.as_primitive::<f32>()?.values();
                    members.each(totals, valid, values, |total, value| add(total, value.into()));
                } else {
                    let values = column.as_primitive::<f64>()?.values();
                    members.each(totals, valid, values, |total, value| add(total, value));
                }
                result?;
            }
            (_, None) => {}
        }
        Ok(())
    }

    /// Writes what there is of one group.
    pub(crate) fn write(&self, group: usize, state: &mut Writer) {
        match self {
            Self::Counts(counts) => state.u64(counts.get(group).copied().unwrap_or_default()),
            Self::Integers(totals) => {
                let total = totals.get(group).cloned().unwrap_or_default();
                state.i128(total.sum);
                state.u64(total.count);
            }
            Self::Floats(totals) => {
                let total = totals.get(group).cloned().unwrap_or_default();
                total.sum.write(state);
                state.u64(total.count);
            }
            Self::Extremes(extremes) => state.bytes(&extremes.key(group).unwrap_or_default()),
            Self::Distinct(all) => all.get(group).cloned().unwrap_or_default().write(state),
            Self::Quantiles(all) => all.get(group).cloned().unwrap_or_default().write(state),
        }
    }

    /// Adds what was written of a group elsewhere to the one here.
    pub(crate) fn merge(&mut self, group: usize, state: &mut Reader<'_>) -> Result<()> {
        let missing = || Error::data("there is no room for the group to merge");
        match self {
            Self::Counts(counts) => {
                let count = counts.get_mut(group).ok_or_else(missing)?;
                *count = count.saturating_add(state.u64()?);
            }
            Self::Integers(totals) => {
                let total = totals.get_mut(group).ok_or_else(missing)?;
                total.sum = total.sum.checked_add(state.i128()?).ok_or_else(too_great)?;
                total.count = total.count.saturating_add(state.u64()?);
            }
            Self::Floats(totals) => {
                let total = totals.get_mut(group).ok_or_else(missing)?;
                total.sum.merge(state)?;
                total.count = total.count.saturating_add(state.u64()?);
            }
            Self::Extremes(extremes) => match state.bytes()? {
                [] => {}
                key => extremes.merge(group, key)?,
            },
            Self::Distinct(all) => all.get_mut(group).ok_or_else(missing)?.merge(state)?,
            Self::Quantiles(all) => all.get_mut(group).ok_or_else(missing)?.merge(state)?,
        }
        Ok(())
    }

    /// The column of a measure: of these groups, in this order. `of` is the type of the
    /// column that was measured.
    pub(crate) fn column(
        &self,
        measure: &Measure,
        of: Option<&DataType>,
        field: &Field,
        groups: &[usize],
    ) -> Result<Array> {
        let function = measure.function;
        let unit = match of {
            Some(DataType::Decimal128 { scale, .. }) => 10_f64.powi((*scale).into()),
            _ => 1.0,
        };
        match (self, &field.data_type) {
            (Self::Distinct(all), _) => {
                integers(chosen(all, groups).map(|of| Some(i128::from(of.count()))))
            }
            (Self::Quantiles(all), _) => {
                let q = measure.q.unwrap_or_default();
                floats(chosen(all, groups).map(|of| Ok(of.at(q).map(|value| value / unit))))
            }
            (Self::Counts(counts), _) => {
                integers(chosen(counts, groups).map(|count| Some(i128::from(*count))))
            }
            (Self::Extremes(extremes), _) => {
                // A group of no values has no key; nulls have one.
                let keys = groups.iter().map(|group| extremes.key(*group));
                let keys: Vec<_> = keys.map(|key| key.unwrap_or_else(|| vec![0])).collect();
                keys::decode(field, &mut keys.iter().map(Vec::as_slice).collect::<Vec<_>>())
            }
            (Self::Integers(totals), _) if function == Function::Mean => {
                let means = chosen(totals, groups).map(|total| {
                    let mean = total.sum as f64 / total.count as f64 / unit;
                    Ok((total.count > 0).then_some(mean))
                });
                floats(means)
            }
            (Self::Integers(totals), DataType::Decimal128 { precision, scale }) => {
                decimals(chosen(totals, groups).map(Total::sum), *precision, *scale)
            }
            (Self::Integers(totals), _) => integers(chosen(totals, groups).map(Total::sum)),
            (Self::Floats(totals), _) => floats(chosen(totals, groups).map(|total| {
                let divisor = if function == Function::Mean { total.count as f64 } else { 1.0 };
                let sum = total.sum.value()?;
                Ok((total.count > 0).then_some(sum / divisor))
            })),
        }
    }
}

impl Total<i128> {
    fn sum(&self) -> Option<i128> {
        (self.count > 0).then_some(self.sum)
    }
}

fn chosen<'a, S>(states: &'a [S], groups: &'a [usize]) -> impl Iterator<Item = &'a S> {
    groups.iter().filter_map(|group| states.get(*group))
}

fn integers(values: impl Iterator<Item = Option<i128>>) -> Result<Array> {
    let mut out = PrimitiveBuilder::<i64>::with_capacity(0);
    for value in values {
        let value = value.map(|value| i64::try_from(value).map_err(|_| too_great()));
        out.push_option(value.transpose()?);
    }
    Ok(out.finish())
}

fn floats(values: impl Iterator<Item = Result<Option<f64>>>) -> Result<Array> {
    let mut out = PrimitiveBuilder::<f64>::with_capacity(0);
    for value in values {
        out.push_option(value?);
    }
    Ok(out.finish())
}

fn decimals(values: impl Iterator<Item = Option<i128>>, precision: u8, scale: i8) -> Result<Array> {
    let mut out = DecimalBuilder::with_capacity(0, precision, scale);
    for value in values {
        // 38 digits are what the type holds.
        if value.is_some_and(|sum| sum.unsigned_abs() >= 10_u128.pow(u32::from(SUM_PRECISION))) {
            return Err(too_great());
        }
        out.push_option(value);
    }
    Ok(out.finish())
}

fn too_great() -> Error {
    Error::data("a sum does not fit: cast the column to a float to sum it")
}
