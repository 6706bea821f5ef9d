//! What is found of numbers, dates and times.

use arrow_array::types::{ArrowPrimitiveType, Float64Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray, downcast_primitive_array};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;
use bailiwick_guest::Check;
use bailiwick_policy_statistics::{Figure, Options, Statistics};
use serde_json::{Number, Value};

use crate::ProfileError;
use crate::ends::{Ends, not_finite, stored};
use crate::module::{Crossing, value};
use crate::profile::{Column, NotFinite, Quantile};

/// The quantiles of a profile.
const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// Ends, figures and quantiles of a column.
#[derive(Debug)]
pub(crate) struct Numbers {
    column: String,
    data_type: DataType,
    crossing: Crossing,
    statistics: Statistics,
    ends: Ends,
    // Of dates and times: the first one, from which the others are measured. Estimated
    // quantiles are then off by a share of the time that they span, not of that since 1970.
    origin: Option<i128>,
    nan: u64,
    infinite: u64,
}

/// Whether a type is a date, a time, a timestamp or a duration.
fn is_moment(data_type: &DataType) -> bool {
    data_type.is_temporal() && !matches!(data_type, DataType::Interval(_))
}

/// The type that `statistics` is given; none where it has nothing to say.
fn measured(data_type: &DataType) -> Option<DataType> {
    match data_type {
        whole if whole.is_integer() => Some(whole.clone()),
        DataType::Float16 => Some(DataType::Float32),
        DataType::Float32 | DataType::Float64 | DataType::Decimal128(..) => Some(data_type.clone()),
        moment if is_moment(moment) => Some(DataType::Float64),
        _ => None,
    }
}

impl Numbers {
    /// None where values of the type are none of these.
    pub(crate) fn of(column: &str, data_type: &DataType) -> Result<Option<Self>, ProfileError> {
        let crossing = measured(data_type).and_then(|measured| Crossing::of(column, &measured));
        let Some(crossing) = crossing else { return Ok(None) };
        let figures = if is_moment(data_type) {
            Vec::new()
        } else {
            use Figure as F;
            vec![F::Min, F::Max, F::Mean, F::StandardDeviation, F::Skewness]
        };
        let settings = Options { figures, quantiles: QUANTILES.to_vec(), ..Options::default() };
        Ok(Some(Self {
            column: column.to_owned(),
            data_type: data_type.clone(),
            statistics: crossing.open(settings)?,
            crossing,
            ends: Ends::default(),
            origin: None,
            nan: 0,
            infinite: 0,
        }))
    }

    pub(crate) fn push(&mut self, values: &ArrayRef) -> Result<(), ProfileError> {
        let arrow = |source| ProfileError::Arrow { column: self.column.clone(), source };
        let (nan, infinite) = not_finite(values);
        (self.nan, self.infinite) = (self.nan + nan, self.infinite + infinite);
        // The ends of floats are those of finite ones, which `statistics` knows.
        if !self.data_type.is_floating() {
            self.ends.push(values).map_err(arrow)?;
        }
        let measured = if is_moment(&self.data_type) {
            since(values, &mut self.origin)
        } else if self.data_type == DataType::Float16 {
            arrow_cast::cast(values, &DataType::Float32).map_err(arrow)?
        } else {
            values.clone()
        };
        let batch = self.crossing.batch(&measured)?;
        self.crossing.push(&mut self.statistics, &batch)
    }

    /// Writes what was found into the column's profile.
    pub(crate) fn conclude(mut self, column: &mut Column) -> Result<(), ProfileError> {
        let measures = self.statistics.conclude().map_err(|e| self.crossing.refused(e))?;
        let figure = |rule: &str| value(&measures, rule);
        let number = |value: f64| Number::from_f64(value).map(Value::Number);
        [column.min, column.max] = if self.data_type.is_floating() {
            ["min", "max"].map(|rule| figure(rule).and_then(number))
        } else {
            self.ends.values()
        };
        for rule in ["mean", "standard-deviation", "skewness"] {
            column.figures.extend(figure(rule).map(|value| (rule.to_owned(), value)));
        }
        for share in QUANTILES {
            let found = figure(&format!("quantile-{share}"));
            let found = found.and_then(|value| match self.origin {
                Some(origin) => stored(origin + value.round() as i128, &self.data_type),
                None => number(value),
            });
            column.quantiles.extend(found.map(|value| Quantile { share, value }));
        }
        if self.nan + self.infinite > 0 {
            column.not_finite = Some(NotFinite { nan: self.nan, infinite: self.infinite });
        }
        Ok(())
    }
}

/// Dates or times as their distance from the first of all.
fn since(values: &ArrayRef, origin: &mut Option<i128>) -> ArrayRef {
    fn of<T: ArrowPrimitiveType>(
        values: &PrimitiveArray<T>,
        origin: &mut Option<i128>,
    ) -> ArrayRef {
        let whole = |value: T::Native| value.to_i64().map(i128::from);
        *origin = origin.or_else(|| values.iter().flatten().find_map(whole));
        let origin = origin.unwrap_or_default();
        let distance = |value| whole(value).map(|value| (value - origin) as f64);
        std::sync::Arc::new(values.unary_opt::<_, Float64Type>(distance))
    }
    downcast_primitive_array!(
        values => of(values, origin),
        _ => arrow_array::new_null_array(&DataType::Float64, values.len()),
    )
}
