//! What crosses and comes back is what it was.

use std::sync::Arc;

use arrow_array::builder::{PrimitiveDictionaryBuilder, StringDictionaryBuilder};
use arrow_array::types::{Int8Type, Int64Type, UInt16Type};
use arrow_array::{
    Array, ArrayRef, BinaryViewArray, DictionaryArray, Int8Array, Int32Array, StringArray,
    StringViewArray, StructArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Field};
use bailiwick_columnar::normalised;

use crate::columns::{NULLS, column, types};
use crate::crossing::{crossed, lowered};

#[test]
fn every_type_comes_back_as_it_was() {
    for (data_type, _) in types() {
        for nulls in NULLS {
            for rows in [0, 1, 2, 8, 13, 64, 100] {
                let sent = column(&data_type, rows, nulls);
                let back = crossed(&sent);
                assert_eq!(&back, &sent, "{data_type}, {rows} rows, {nulls:?}");
                back.to_data().validate_full().unwrap();
            }
        }
    }
}

#[test]
fn every_slice_comes_back_as_it_was() {
    for (data_type, _) in types() {
        for nulls in NULLS {
            let whole = column(&data_type, 30, nulls);
            for (start, length) in [(0, 7), (1, 0), (1, 9), (7, 8), (8, 8), (13, 17), (29, 1)] {
                let sent = whole.slice(start, length);
                assert_eq!(&crossed(&sent), &sent, "{data_type}, {start}+{length}, {nulls:?}");
            }
        }
    }
}

#[test]
fn a_required_child_may_be_null_where_its_struct_is() {
    // What Parquet's readers make of an optional group with a required leaf.
    let child = Int32Array::from(vec![Some(1), None, Some(3)]);
    let fields = vec![Field::new("leaf", DataType::Int32, false)].into();
    let nulls = NullBuffer::from(vec![true, false, true]);
    let sent: ArrayRef =
        Arc::new(StructArray::try_new(fields, vec![Arc::new(child)], Some(nulls)).unwrap());
    let back = crossed(&sent);
    assert_eq!(&back, &sent);
    back.to_data().validate_full().unwrap();
}

fn assert_crosses_as(sent: ArrayRef, plain: &DataType) {
    let expected = arrow_cast::cast(&sent, plain).unwrap();
    assert_eq!(&normalised(&sent).unwrap(), &expected, "{}", sent.data_type());
    assert_eq!(lowered(&sent).0[0].data_type(), plain);
    assert_eq!(&crossed(&sent), &expected);
    assert_eq!(&crossed(&sent.slice(1, 2)), &expected.slice(1, 2));
}

#[test]
fn dictionaries_cross_as_what_they_hold() {
    let mut texts = StringDictionaryBuilder::<Int8Type>::new();
    texts.extend([Some("a"), None, Some("bé"), Some("a")]);
    assert_crosses_as(Arc::new(texts.finish()), &DataType::Utf8);

    let mut numbers = PrimitiveDictionaryBuilder::<UInt16Type, Int64Type>::new();
    numbers.extend([Some(1), Some(-5), None, Some(1)]);
    assert_crosses_as(Arc::new(numbers.finish()), &DataType::Int64);

    // A null among the values, not among the keys.
    let values = Arc::new(StringArray::from(vec![Some("a"), None]));
    let keys = Int8Array::from(vec![0, 1, 1]);
    let dictionary = DictionaryArray::<Int8Type>::try_new(keys, values).unwrap();
    assert_crosses_as(Arc::new(dictionary), &DataType::Utf8);
}

#[test]
fn views_cross_as_plain_text_and_bytes() {
    let long = "longer than the twelve bytes that a view holds itself";
    let texts = StringViewArray::from(vec![Some("short"), None, Some(long), Some("")]);
    assert_crosses_as(Arc::new(texts), &DataType::Utf8);
    let bytes = BinaryViewArray::from(vec![Some(&b"\xff"[..]), None, Some(long.as_bytes())]);
    assert_crosses_as(Arc::new(bytes), &DataType::Binary);
}

#[test]
fn dictionaries_and_views_cross_within_lists_and_structs() {
    let plain = DataType::List(Arc::new(Field::new("item", DataType::Utf8, true)));
    let lists = column(&plain, 9, NULLS[1]);
    let key = || Box::new(DataType::Int32);
    for inner in [DataType::Utf8View, DataType::Dictionary(key(), Box::new(DataType::Utf8))] {
        let stored = DataType::List(Arc::new(Field::new("item", inner, true)));
        assert_crosses_as(arrow_cast::cast(&lists, &stored).unwrap(), &plain);
    }

    let child: ArrayRef = Arc::new(StringViewArray::from(vec!["a", "b", "c"]));
    let fields = |data_type| vec![Field::new("text", data_type, false)].into();
    let structs = StructArray::new(fields(DataType::Utf8View), vec![child], None);
    assert_crosses_as(Arc::new(structs), &DataType::Struct(fields(DataType::Utf8)));
}
