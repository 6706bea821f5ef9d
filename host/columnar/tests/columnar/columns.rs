//! Columns of every type that may cross.

use std::sync::Arc;

use arrow_array::{ArrayRef, make_array};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow_data::{ArrayData, ArrayDataBuilder};
use arrow_schema::{DataType, Field, FieldRef, TimeUnit};

/// Which values are null.
#[derive(Debug, Clone, Copy)]
pub enum Nulls {
    None,
    Some,
    All,
}

pub const NULLS: [Nulls; 3] = [Nulls::None, Nulls::Some, Nulls::All];

fn field(name: &str, data_type: DataType) -> FieldRef {
    Arc::new(Field::new(name, data_type, true))
}

fn list(item: DataType) -> DataType {
    DataType::List(field("item", item))
}

fn pair(first: DataType, second: DataType) -> DataType {
    DataType::Struct([field("first", first), field("second", second)].into_iter().collect())
}

/// Each with the format under which it crosses.
pub fn types() -> Vec<(DataType, &'static str)> {
    use DataType as D;
    let zone = || Some(Arc::from("Europe/Berlin"));
    let required = Arc::new(Field::new("item", D::Int8, false));
    vec![
        (D::Boolean, "b"),
        (D::Int8, "c"),
        (D::UInt8, "C"),
        (D::Int16, "s"),
        (D::UInt16, "S"),
        (D::Int32, "i"),
        (D::UInt32, "I"),
        (D::Int64, "l"),
        (D::UInt64, "L"),
        (D::Float16, "e"),
        (D::Float32, "f"),
        (D::Float64, "g"),
        (D::Decimal128(38, 10), "d:38,10"),
        (D::Decimal128(5, -2), "d:5,-2"),
        (D::Decimal256(76, 0), "d:76,0,256"),
        (D::Utf8, "u"),
        (D::LargeUtf8, "U"),
        (D::Binary, "z"),
        (D::LargeBinary, "Z"),
        (D::FixedSizeBinary(5), "w:5"),
        (D::Date32, "tdD"),
        (D::Date64, "tdm"),
        (D::Time32(TimeUnit::Second), "tts"),
        (D::Time32(TimeUnit::Millisecond), "ttm"),
        (D::Time64(TimeUnit::Microsecond), "ttu"),
        (D::Time64(TimeUnit::Nanosecond), "ttn"),
        (D::Timestamp(TimeUnit::Second, None), "tss:"),
        (D::Timestamp(TimeUnit::Millisecond, None), "tsm:"),
        (D::Timestamp(TimeUnit::Microsecond, zone()), "tsu:Europe/Berlin"),
        (D::Timestamp(TimeUnit::Nanosecond, Some(Arc::from("+01:00"))), "tsn:+01:00"),
        (D::Duration(TimeUnit::Second), "tDs"),
        (D::Duration(TimeUnit::Millisecond), "tDm"),
        (D::Duration(TimeUnit::Microsecond), "tDu"),
        (D::Duration(TimeUnit::Nanosecond), "tDn"),
        (list(D::Int32), "+l"),
        (list(D::Utf8), "+l"),
        (list(list(D::Boolean)), "+l"),
        (D::List(required), "+l"),
        (D::LargeList(field("item", D::LargeUtf8)), "+L"),
        (pair(D::Int64, D::Utf8), "+s"),
        (pair(D::Boolean, list(pair(D::Float64, D::Binary))), "+s"),
        (list(pair(D::Decimal128(9, 2), D::FixedSizeBinary(3))), "+l"),
    ]
}

/// A column of so many values.
pub fn column(data_type: &DataType, rows: usize, nulls: Nulls) -> ArrayRef {
    make_array(data(data_type, rows, nulls))
}

fn data(data_type: &DataType, rows: usize, nulls: Nulls) -> ArrayData {
    let valid = BooleanBuffer::from_iter((0..rows).map(|row| match nulls {
        Nulls::None => true,
        Nulls::Some => row % 3 != 1,
        Nulls::All => false,
    }));
    let inner = if matches!(nulls, Nulls::None) { Nulls::None } else { Nulls::Some };
    let builder = match data_type {
        DataType::Boolean => {
            let bits = BooleanBuffer::from_iter((0..rows).map(|row| row % 5 < 2));
            ArrayData::builder(data_type.clone()).add_buffer(bits.into_inner())
        }
        DataType::Utf8 | DataType::Binary => bytes::<i32>(data_type, rows),
        DataType::LargeUtf8 | DataType::LargeBinary => bytes::<i64>(data_type, rows),
        DataType::List(item) => lists::<i32>(data_type, item, rows, inner),
        DataType::LargeList(item) => lists::<i64>(data_type, item, rows, inner),
        DataType::Struct(fields) => {
            let children = fields.iter().map(|field| data(field.data_type(), rows, inner));
            ArrayData::builder(data_type.clone()).child_data(children.collect())
        }
        DataType::FixedSizeBinary(width) => fixed(data_type, rows, *width as usize),
        other => fixed(data_type, rows, other.primitive_width().unwrap()),
    };
    let nulls = (!matches!(nulls, Nulls::None)).then(|| NullBuffer::new(valid));
    builder.len(rows).nulls(nulls).build().unwrap()
}

/// Small numbers, every other one negative.
fn fixed(data_type: &DataType, rows: usize, width: usize) -> ArrayDataBuilder {
    let mut values = Vec::with_capacity(rows * width);
    for row in 0..rows {
        let start = values.len();
        values.resize(start + width, if row % 2 == 0 { 0 } else { 0xff });
        values[start] = row as u8;
    }
    // A copy through `from_slice_ref` is aligned for every type.
    ArrayData::builder(data_type.clone()).add_buffer(Buffer::from_slice_ref(&values))
}

fn offsets<O: TryFrom<usize> + arrow_buffer::ArrowNativeType>(
    lengths: impl Iterator<Item = usize>,
) -> (Buffer, usize) {
    let mut end = 0;
    let mut offsets = vec![O::usize_as(0)];
    for length in lengths {
        end += length;
        offsets.push(O::usize_as(end));
    }
    (Buffer::from_vec(offsets), end)
}

fn bytes<O: TryFrom<usize> + arrow_buffer::ArrowNativeType>(
    data_type: &DataType,
    rows: usize,
) -> ArrayDataBuilder {
    let texts = ["", "plain", "é", "日本語", "a\u{1f600}b", "\0"];
    let texts: Vec<&str> = (0..rows).map(|row| texts[row % texts.len()]).collect();
    let (offsets, _) = offsets::<O>(texts.iter().map(|text| text.len()));
    ArrayData::builder(data_type.clone())
        .add_buffer(offsets)
        .add_buffer(Buffer::from_vec(texts.concat().into_bytes()))
}

fn lists<O: TryFrom<usize> + arrow_buffer::ArrowNativeType>(
    data_type: &DataType,
    item: &Field,
    rows: usize,
    nulls: Nulls,
) -> ArrayDataBuilder {
    let (offsets, items) = offsets::<O>((0..rows).map(|row| row % 4));
    let nulls = if item.is_nullable() { nulls } else { Nulls::None };
    ArrayData::builder(data_type.clone()).add_buffer(offsets).add_child_data(data(
        item.data_type(),
        items,
        nulls,
    ))
}
