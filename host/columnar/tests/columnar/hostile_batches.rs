//! Every way in which a batch can break the contract, made by hand.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Int32Array, ListArray, StringArray, StructArray};
use arrow_schema::{DataType, Field, FieldRef, Schema};
use bailiwick_columnar::{ColumnarError, Malformed, Untrusted, WireBatch, WireNode, lift_rows};

use crate::columns::{NULLS, column};
use crate::crossing::{lifted, wire};

fn refusal(fields: &[FieldRef], batch: WireBatch, rows: usize) -> Malformed {
    match lifted(fields, batch, rows) {
        Err(ColumnarError::Malformed(malformed)) => malformed,
        other => panic!("not refused as malformed: {other:?}"),
    }
}

/// A column of three rows, bent, and what is said of it.
fn bent(column: &ArrayRef, bend: impl FnOnce(&mut WireBatch)) -> Malformed {
    let (fields, mut batch) = wire(column);
    bend(&mut batch);
    refusal(&fields, batch, column.len())
}

fn numbers() -> ArrayRef {
    Arc::new(Int32Array::from(vec![Some(1), None, Some(3)]))
}

fn texts() -> ArrayRef {
    Arc::new(StringArray::from(vec!["ab", "é", "c"]))
}

fn large_texts() -> ArrayRef {
    arrow_cast::cast(&texts(), &DataType::LargeUtf8).unwrap()
}

fn lists() -> ArrayRef {
    let lists = [Some(vec![Some(1)]), Some(vec![Some(2), None]), None];
    Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists))
}

fn structs() -> ArrayRef {
    let child = Arc::new(Field::new("child", DataType::Int32, true));
    Arc::new(StructArray::from(vec![(child, numbers())]))
}

fn count(what: &'static str, expected: usize, found: usize) -> Malformed {
    Malformed::Count { field: "column \"value\"".into(), what, expected, found }
}

fn count_of_batch(what: &'static str, expected: usize, found: usize) -> Malformed {
    Malformed::Count { field: "the batch".into(), what, expected, found }
}

fn offsets(problem: &'static str) -> Malformed {
    Malformed::Offsets { field: "column \"value\"".into(), problem }
}

fn set_i32(buffer: &mut [u8], index: usize, value: i32) {
    buffer[index * 4..][..4].copy_from_slice(&value.to_le_bytes());
}

fn set_i64(buffer: &mut [u8], index: usize, value: i64) {
    buffer[index * 8..][..8].copy_from_slice(&value.to_le_bytes());
}

fn shorten<T>(list: &mut Vec<T>) {
    list.truncate(list.len() - 1);
}

#[test]
fn rows_are_as_many_as_were_pushed() {
    assert_eq!(bent(&numbers(), |b| b.rows = 4), count_of_batch("rows", 3, 4));
    assert_eq!(bent(&numbers(), |b| b.rows = 0), count_of_batch("rows", 3, 0));
    assert_eq!(bent(&numbers(), |b| b.rows = u32::MAX), count_of_batch("rows", 3, 4_294_967_295));
}

#[test]
fn nodes_and_buffers_are_as_many_as_the_fields_have() {
    assert_eq!(bent(&numbers(), |b| b.nodes.clear()), count("nodes", 1, 0));
    assert_eq!(bent(&numbers(), |b| b.buffers.clear()), count("buffers", 1, 0));
    assert_eq!(bent(&numbers(), |b| shorten(&mut b.buffers)), count("buffers", 1, 0));
    assert_eq!(bent(&texts(), |b| shorten(&mut b.buffers)), count("buffers", 1, 0));
    let node = WireNode { length: 3, null_count: 0 };
    assert_eq!(bent(&numbers(), |b| b.nodes.push(node)), count_of_batch("nodes left over", 0, 1));
    let extra = |b: &mut WireBatch| b.buffers.extend([vec![], vec![1, 2, 3]]);
    assert_eq!(bent(&numbers(), extra), count_of_batch("buffers left over", 0, 2));
}

#[test]
fn lengths_are_those_of_the_rows() {
    assert_eq!(bent(&numbers(), |b| b.nodes[0].length = 2), count("length", 3, 2));
    assert_eq!(bent(&texts(), |b| b.nodes[0].length = u32::MAX), count("length", 3, 4_294_967_295));
    let child = Malformed::Count {
        field: "column \"value\", child \"child\"".into(),
        what: "length",
        expected: 3,
        found: 2,
    };
    assert_eq!(bent(&structs(), |b| b.nodes[1].length = 2), child);
}

#[test]
fn values_have_exactly_their_bytes() {
    assert_eq!(bent(&numbers(), |b| shorten(&mut b.buffers[1])), count("bytes of values", 12, 11));
    assert_eq!(bent(&numbers(), |b| b.buffers[1].push(0)), count("bytes of values", 12, 13));
    assert_eq!(bent(&numbers(), |b| b.buffers[1].clear()), count("bytes of values", 12, 0));
    let bools = column(&DataType::Boolean, 9, NULLS[0]);
    assert_eq!(bent(&bools, |b| shorten(&mut b.buffers[1])), count("bytes of values", 2, 1));
    assert_eq!(bent(&bools, |b| b.buffers[1].push(0)), count("bytes of values", 2, 3));
}

#[test]
fn validity_has_a_bit_a_value_and_as_many_zeros_as_nulls() {
    assert_eq!(bent(&numbers(), |b| b.buffers[0].push(0)), count("bytes of validity", 1, 2));
    assert_eq!(bent(&numbers(), |b| b.buffers[0].clear()), count("bytes of validity", 1, 0));
    assert_eq!(bent(&numbers(), |b| b.nodes[0].null_count = 0), count("nulls", 1, 0));
    assert_eq!(bent(&numbers(), |b| b.nodes[0].null_count = 2), count("nulls", 1, 2));
    assert_eq!(bent(&numbers(), |b| b.buffers[0][0] = 0), count("nulls", 3, 1));
    assert_eq!(
        bent(&numbers(), |b| b.nodes[0].null_count = u32::MAX),
        count("nulls", 1, 4_294_967_295)
    );
    // Bits past the last value count for nothing.
    let (fields, mut batch) = wire(&numbers());
    batch.buffers[0][0] |= 0b1111_1000;
    assert_eq!(&lifted(&fields, batch, 3).unwrap()[0], &numbers());
}

#[test]
fn a_field_without_nulls_has_none() {
    let (_, batch) = wire(&numbers());
    let field = Arc::new(Field::new("value", DataType::Int32, false));
    let expected = Malformed::UnexpectedNulls { field: "column \"value\"".into(), found: 1 };
    assert_eq!(refusal(&[field], batch, 3), expected);

    let (_, batch) = wire(&lists());
    let item = Arc::new(Field::new("item", DataType::Int32, false));
    let field = Arc::new(Field::new("value", DataType::List(item), true));
    let expected =
        Malformed::UnexpectedNulls { field: "column \"value\", child \"item\"".into(), found: 1 };
    assert_eq!(refusal(&[field], batch, 3), expected);

    // The child is null in a row in which its struct is not.
    let (_, batch) = wire(&structs());
    let child = vec![Field::new("child", DataType::Int32, false)].into();
    let field = Arc::new(Field::new("value", DataType::Struct(child), true));
    let expected =
        Malformed::UnexpectedNulls { field: "column \"value\", child \"child\"".into(), found: 1 };
    assert_eq!(refusal(&[field], batch, 3), expected);
}

#[test]
fn offsets_begin_with_0_never_fall_and_end_with_the_bytes() {
    let set = |index, value| move |b: &mut WireBatch| set_i32(&mut b.buffers[1], index, value);
    assert_eq!(bent(&texts(), set(0, 1)), offsets("the first is not 0"));
    assert_eq!(bent(&texts(), set(0, -1)), offsets("the first is not 0"));
    assert_eq!(bent(&texts(), set(1, 5)), offsets("they fall"));
    assert_eq!(bent(&texts(), set(1, -1)), offsets("they fall"));
    assert_eq!(bent(&texts(), set(3, -1)), offsets("they fall"));
    assert_eq!(bent(&texts(), set(3, 4)), offsets("the last is not the number of bytes"));
    assert_eq!(bent(&texts(), set(3, 6)), offsets("the last is not the number of bytes"));
    assert_eq!(bent(&texts(), set(3, i32::MAX)), offsets("the last is not the number of bytes"));
    let short = |b: &mut WireBatch| b.buffers[1].truncate(12);
    assert_eq!(bent(&texts(), short), count("bytes of offsets", 16, 12));
    let ragged = |b: &mut WireBatch| shorten(&mut b.buffers[1]);
    assert_eq!(bent(&texts(), ragged), count("bytes of offsets", 16, 15));
    let none = |b: &mut WireBatch| b.buffers[1].clear();
    assert_eq!(bent(&texts(), none), count("bytes of offsets", 16, 0));
}

#[test]
fn large_offsets_are_held_to_the_same() {
    let set = |index, value| move |b: &mut WireBatch| set_i64(&mut b.buffers[1], index, value);
    assert_eq!(bent(&large_texts(), set(0, 1)), offsets("the first is not 0"));
    assert_eq!(bent(&large_texts(), set(2, i64::MIN)), offsets("they fall"));
    assert_eq!(bent(&large_texts(), set(3, i64::MAX)), offsets("the last is past 4 GiB"));
    assert_eq!(bent(&large_texts(), set(3, 1 << 32)), offsets("the last is past 4 GiB"));
    let just_below = set(3, (1 << 32) - 1);
    assert_eq!(bent(&large_texts(), just_below), offsets("the last is not the number of bytes"));
}

#[test]
fn lists_have_as_many_items_as_their_offsets_say() {
    let item = |what, expected, found| Malformed::Count {
        field: "column \"value\", child \"item\"".into(),
        what,
        expected,
        found,
    };
    let set = |index, value| move |b: &mut WireBatch| set_i32(&mut b.buffers[1], index, value);
    assert_eq!(bent(&lists(), set(3, 4)), item("length", 4, 3));
    assert_eq!(bent(&lists(), set(3, i32::MAX)), item("length", 2_147_483_647, 3));
    assert_eq!(bent(&lists(), set(2, -1)), offsets("they fall"));
    assert_eq!(bent(&lists(), |b| b.nodes[1].length = 4), item("length", 3, 4));
    assert_eq!(bent(&lists(), |b| shorten(&mut b.buffers)), item("buffers", 1, 0));
}

#[test]
fn no_rows_need_no_offsets_but_then_have_no_bytes() {
    let none = texts().slice(0, 0);
    let (fields, mut batch) = wire(&none);
    batch.buffers[1].clear();
    assert_eq!(lifted(&fields, batch, 0).unwrap()[0].len(), 0);
    let bytes = |b: &mut WireBatch| {
        b.buffers[1].clear();
        b.buffers[2] = b"left over".to_vec();
    };
    assert_eq!(bent(&none, bytes), offsets("the last is not the number of bytes"));
}

#[test]
fn text_is_utf8_in_each_of_its_values() {
    let not_utf8 = Malformed::NotUtf8 { field: "column \"value\"".into() };
    assert_eq!(bent(&texts(), |b| b.buffers[2][0] = 0xff), not_utf8);
    // Valid as a whole, but a character lies over two rows.
    assert_eq!(bent(&texts(), |b| set_i32(&mut b.buffers[1], 1, 3)), not_utf8);
    assert_eq!(bent(&large_texts(), |b| set_i64(&mut b.buffers[1], 2, 3)), not_utf8);
    // A surrogate and an overlong form (RFC 3629, section 3).
    for bytes in [&b"\xed\xa0\x80xx"[..], b"\xc0\x80xxx", b"\xf4\x90\x80\x80x", b"ab\xc3\xa9\xc3"] {
        assert_eq!(bent(&texts(), |b| b.buffers[2] = bytes.to_vec()), not_utf8, "{bytes:x?}");
    }
}

#[test]
fn bytes_that_are_not_text_may_be_anything() {
    let bytes = arrow_cast::cast(&texts(), &DataType::Binary).unwrap();
    let (fields, mut batch) = wire(&bytes);
    batch.buffers[2].fill(0xff);
    set_i32(&mut batch.buffers[1], 1, 3);
    assert!(lifted(&fields, batch, 3).is_ok());
}

#[test]
fn decimals_have_no_more_digits_than_their_type() {
    let too_long = Malformed::DecimalPrecision { field: "column \"value\"".into() };
    let most = |value: i128| {
        move |b: &mut WireBatch| b.buffers[1][16..32].copy_from_slice(&value.to_le_bytes())
    };
    let five = column(&DataType::Decimal128(5, 2), 3, NULLS[0]);
    for value in [100_000, -100_000, i128::MAX, i128::MIN] {
        assert_eq!(bent(&five, most(value)), too_long);
    }
    for value in [99_999, -99_999] {
        let (fields, mut batch) = wire(&five);
        most(value)(&mut batch);
        assert!(lifted(&fields, batch, 3).is_ok());
    }
    let wide = column(&DataType::Decimal256(5, 2), 3, NULLS[0]);
    assert_eq!(bent(&wide, |b| b.buffers[1][40] = 1), too_long);
    let nested = DataType::List(Arc::new(Field::new("item", DataType::Decimal128(5, 2), true)));
    let nested = column(&nested, 3, NULLS[0]);
    let field = "column \"value\", child \"item\"".into();
    let inner = Malformed::DecimalPrecision { field };
    assert_eq!(bent(&nested, |b| b.buffers[3][15] = 0x7f), inner);
    // Under a null anything may stand.
    let nulls = column(&DataType::Decimal128(5, 2), 3, NULLS[2]);
    let (fields, mut batch) = wire(&nulls);
    batch.buffers[1].fill(0x7f);
    assert!(lifted(&fields, batch, 3).is_ok());
}

#[test]
fn a_whole_batch_has_at_most_so_many_rows() {
    let (fields, batch) = wire(&numbers());
    let schema = Arc::new(Schema::new(fields));
    let lift = |batch: WireBatch, limit| lift_rows(Untrusted::new(batch), &schema, limit);
    assert_eq!(lift(batch.clone(), 3).unwrap().num_rows(), 3);
    let too_many =
        |found| Malformed::TooMany { field: "the batch".into(), what: "rows", limit: 2, found };
    assert_eq!(lift(batch.clone(), 2), Err(too_many(3).into()));
    let huge = WireBatch { rows: u32::MAX, ..batch.clone() };
    assert_eq!(lift(huge, 2), Err(too_many(4_294_967_295).into()));
    // Rows that are claimed and not there.
    let claimed = WireBatch { rows: 4, ..batch };
    assert_eq!(lift(claimed, 10), Err(count("length", 4, 3).into()));
}

#[test]
fn messages_hold_no_bytes_of_the_answer() {
    let secret = |b: &mut WireBatch| b.buffers[2] = b"\xffjane".to_vec();
    let said = bent(&texts(), secret).to_string();
    assert_eq!(said, "column \"value\" holds text that is not UTF-8");
}
