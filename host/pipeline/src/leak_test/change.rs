//! Another column in place of one: of the same type, out of the same values or near them.

use std::sync::Arc;

use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{
    Array, ArrayRef, ArrowNativeTypeOp, BooleanArray, GenericStringArray, OffsetSizeTrait,
    PrimitiveArray, UInt32Array, downcast_primitive_array,
};
use arrow_schema::{ArrowError, DataType};
use arrow_select::nullif::nullif;
use arrow_select::take::take;
use arrow_select::zip::zip;
use fastrand::Rng;
use sha2::{Digest, Sha256};

/// One of so many values becomes null.
const ONE_NULL_OF: usize = 8;

/// How a column is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The rows of a batch have each other's values: whatever holds of a single value of
    /// the column holds still.
    Shuffled,
    /// Each value becomes the next of its type, some become null, and nulls become values.
    Replaced,
}

impl Way {
    pub(super) const ALL: [Self; 2] = [Self::Shuffled, Self::Replaced];

    /// The values of one batch, changed. The same seed, column and batch give the same.
    pub(super) fn changed(
        self,
        values: &ArrayRef,
        seed: u64,
        column: &str,
        batch: u64,
    ) -> Result<ArrayRef, ArrowError> {
        let mut rng = self.rng(seed, column, batch);
        let mut rows: Vec<u32> = (0..).take(values.len()).collect();
        rng.shuffle(&mut rows);
        let shuffled = take(values, &UInt32Array::from(rows), None)?;
        match self {
            Self::Shuffled => Ok(shuffled),
            Self::Replaced => {
                let missing: BooleanArray =
                    (0..values.len()).map(|row| Some(values.is_null(row))).collect();
                let replaced = zip(&missing, &shuffled, &next(values, &shuffled))?;
                let dropped: BooleanArray =
                    (0..values.len()).map(|_| Some(rng.usize(..ONE_NULL_OF) == 0)).collect();
                nullif(&replaced, &dropped)
            }
        }
    }

    fn rng(self, seed: u64, column: &str, batch: u64) -> Rng {
        let mut digest = Sha256::new();
        digest.update(seed.to_le_bytes());
        digest.update([self as u8]);
        digest.update(batch.to_le_bytes());
        digest.update(column);
        let start = digest.finalize().into_iter().take(8);
        Rng::with_seed(start.fold(0, |seed, byte| seed << 8 | u64::from(byte)))
    }
}

/// For each value the next of its type, or else that of the shuffled column.
fn next(values: &ArrayRef, shuffled: &ArrayRef) -> ArrayRef {
    let values = values.as_ref();
    downcast_primitive_array!(
        values => following(values).unwrap_or_else(|| Arc::clone(shuffled)),
        DataType::Boolean => {
            let flags = BooleanArray::from(values.to_data());
            Arc::new(BooleanArray::new(!flags.values(), flags.nulls().cloned()))
        }
        DataType::Utf8 => following_texts::<i32>(values),
        DataType::LargeUtf8 => following_texts::<i64>(values),
        _ => Arc::clone(shuffled),
    )
}

/// The value behind each; none for a type in which that may be no value.
fn following<T: ArrowPrimitiveType>(values: &PrimitiveArray<T>) -> Option<ArrayRef> {
    let next: PrimitiveArray<T> = match T::DATA_TYPE {
        DataType::Time32(_) | DataType::Time64(_) | DataType::Date64 => return None,
        // One more could have one digit more.
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => values.unary(ArrowNativeTypeOp::neg_wrapping),
        _ => values.unary(|value| value.add_wrapping(T::Native::ONE)),
    };
    Some(Arc::new(next.with_data_type(values.data_type().clone())))
}

/// Each text with every letter and digit the next of its kind: it keeps its form.
fn following_texts<O: OffsetSizeTrait>(values: &dyn Array) -> ArrayRef {
    let texts = GenericStringArray::<O>::from(values.to_data());
    let next = |c: char| match c {
        'z' => 'a',
        'Z' => 'A',
        '9' => '0',
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(c as u32 + 1).unwrap_or(c),
        other => other,
    };
    let next = texts.iter().map(|text| text.map(|text| text.chars().map(next).collect::<String>()));
    Arc::new(next.collect::<GenericStringArray<O>>())
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int32Type};
    use arrow_array::{Decimal128Array, Float64Array, Int32Array, ListArray, StringArray};

    use super::*;

    fn changed(values: impl Array + 'static, way: Way, seed: u64) -> ArrayRef {
        let values: ArrayRef = Arc::new(values);
        let changed = way.changed(&values, seed, "column", 3).unwrap();
        assert_eq!(changed.data_type(), values.data_type());
        assert_eq!(changed.len(), values.len());
        assert_eq!(changed.as_ref(), way.changed(&values, seed, "column", 3).unwrap().as_ref());
        assert_ne!(changed.as_ref(), values.as_ref());
        changed
    }

    #[test]
    fn shuffling_keeps_the_values_and_another_seed_is_another_order() {
        let values = Int32Array::from_iter((0..100).map(|i| (i % 7 > 0).then_some(i)));
        let one = changed(values.clone(), Way::Shuffled, 1);
        let other = changed(values.clone(), Way::Shuffled, 2);
        assert_ne!(one.as_ref(), other.as_ref());
        let sorted = |array: &Int32Array| {
            let mut all: Vec<Option<i32>> = array.iter().collect();
            all.sort();
            all
        };
        assert_eq!(sorted(one.as_primitive::<Int32Type>()), sorted(&values));
    }

    #[test]
    fn replacing_changes_every_value_that_there_is() {
        let values = Float64Array::from_iter((0..100).map(|i| (i % 7 > 0).then_some(f64::from(i))));
        let replaced = changed(values.clone(), Way::Replaced, 1);
        let replaced = replaced.as_primitive::<Float64Type>();
        let both = || values.iter().zip(replaced.iter());
        assert!(both().all(|(was, is)| was.is_none() || was != is));
        assert!(both().any(|(was, is)| was.is_some() && is.is_none()), "none became null");
        assert!(both().any(|(was, is)| was.is_none() && is.is_some()), "no null became a value");
    }

    #[test]
    fn texts_keep_their_form_and_decimals_their_digits() {
        let texts = StringArray::from(vec!["ada99@example.com"; 20]);
        let texts = changed(texts, Way::Replaced, 1);
        assert!(texts.as_string::<i32>().iter().flatten().all(|text| text == "beb00@fybnqmf.dpn"));
        let decimals = Decimal128Array::from(vec![99; 20]).with_precision_and_scale(2, 0).unwrap();
        let decimals = changed(decimals, Way::Replaced, 1);
        let digits = Decimal128Array::from(decimals.to_data());
        assert!(digits.iter().flatten().all(|value| value == -99));
    }

    #[test]
    fn lists_are_changed_too() {
        let values = (0..20).map(|i| Some(vec![Some(i), None]));
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(values);
        changed(lists.clone(), Way::Shuffled, 1);
        changed(lists, Way::Replaced, 1);
    }
}
