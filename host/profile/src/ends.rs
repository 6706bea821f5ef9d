//! The least and the greatest value of a column, exact in its type, and values as JSON.

use arrow_array::cast::AsArray;
use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{
    Array, ArrayRef, ArrowNativeTypeOp, Int32Array, Int64Array, PrimitiveArray,
    downcast_primitive_array, make_array,
};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType};
use serde_json::{Number, Value};

/// The ends of what was seen of a column of numbers, dates or times.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    // The least and the greatest value, each an array of one.
    ends: Option<[ArrayRef; 2]>,
}

impl Ends {
    pub(crate) fn push(&mut self, values: &ArrayRef) -> Result<(), ArrowError> {
        let Some(ends) = of(values) else { return Ok(()) };
        self.ends = match self.ends.take() {
            None => Some(ends),
            Some([low, high]) => {
                let [other_low, other_high] = ends;
                let all = [&low, &high, &other_low, &other_high].map(AsRef::as_ref);
                of(&arrow_select::concat::concat(&all)?)
            }
        };
        Ok(())
    }

    /// The least and the greatest; none where there are no values, or one that has no text.
    pub(crate) fn values(&self) -> [Option<Value>; 2] {
        match &self.ends {
            None => [None, None],
            Some(ends) => ends.each_ref().map(value_of),
        }
    }
}

fn of(values: &ArrayRef) -> Option<[ArrayRef; 2]> {
    downcast_primitive_array!(
        values => of_primitive(values),
        _ => None,
    )
}

fn of_primitive<T: ArrowPrimitiveType>(values: &PrimitiveArray<T>) -> Option<[ArrayRef; 2]> {
    let there = || values.iter().flatten();
    let low = there().min_by(|a, b| a.compare(*b))?;
    let high = there().max_by(|a, b| a.compare(*b))?;
    let one = |value| -> ArrayRef {
        let one = PrimitiveArray::<T>::from_value(value, 1);
        std::sync::Arc::new(one.with_data_type(values.data_type().clone()))
    };
    Some([one(low), one(high)])
}

/// A value of a date, time, timestamp or duration type, by the number that it is stored
/// as; none where it has none.
pub(crate) fn stored(value: i128, data_type: &DataType) -> Option<Value> {
    let data = match data_type.primitive_width()? {
        4 => Int32Array::from(vec![i32::try_from(value).ok()?]).into_data(),
        8 => Int64Array::from(vec![i64::try_from(value).ok()?]).into_data(),
        _ => return None,
    };
    let array = make_array(data.into_builder().data_type(data_type.clone()).build().ok()?);
    value_of(&array)
}

/// The first value of an array as JSON.
fn value_of(array: &ArrayRef) -> Option<Value> {
    let written = plain(array)?;
    let options = text_options();
    let formatter = ArrayFormatter::try_new(written.as_ref(), &options).ok()?;
    let text = formatter.value(0).try_to_string().ok()?;
    json(&text, array.data_type())
}

/// How values are written as text.
pub(crate) fn text_options() -> FormatOptions<'static> {
    FormatOptions::new().with_display_error(false)
}

/// A timestamp with a zone as one of UTC without, which needs no zones to be written;
/// other columns as they are.
pub(crate) fn plain(array: &ArrayRef) -> Option<ArrayRef> {
    match array.data_type() {
        DataType::Timestamp(unit, Some(_)) => {
            let plain = DataType::Timestamp(*unit, None);
            let data = array.to_data().into_builder().data_type(plain).build().ok()?;
            Some(make_array(data))
        }
        _ => Some(array.clone()),
    }
}

/// A value that was written as text, as JSON: a number or truth value where it is one.
pub(crate) fn json(text: &str, data_type: &DataType) -> Option<Value> {
    Some(match data_type {
        DataType::Boolean => Value::Bool(text == "true"),
        // Written as one of UTC.
        DataType::Timestamp(_, Some(_)) => Value::String(format!("{text}Z")),
        whole if whole.is_integer() => {
            let signed = text.parse::<i64>().map(Number::from).ok();
            Value::Number(signed.or_else(|| text.parse::<u64>().map(Number::from).ok())?)
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            match Number::from_f64(text.parse().ok()?) {
                Some(number) => Value::Number(number),
                None => Value::String(text.to_owned()),
            }
        }
        _ => Value::String(text.to_owned()),
    })
}

/// How many floats are not a number, and how many infinite.
pub(crate) fn not_finite(values: &ArrayRef) -> (u64, u64) {
    fn count<T: ArrowPrimitiveType>(
        values: &PrimitiveArray<T>,
        as_float: fn(T::Native) -> f64,
    ) -> (u64, u64) {
        values.iter().flatten().map(as_float).fold((0, 0), |(nan, infinite), value| {
            (nan + u64::from(value.is_nan()), infinite + u64::from(value.is_infinite()))
        })
    }
    use arrow_array::types::{Float32Type, Float64Type};
    match values.data_type() {
        DataType::Float32 => count(values.as_primitive::<Float32Type>(), f64::from),
        DataType::Float64 => count(values.as_primitive::<Float64Type>(), |value| value),
        _ => (0, 0),
    }
}
