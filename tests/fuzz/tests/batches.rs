//! Fields and a batch as a module would give them: what of them is lifted is valid.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, FieldRef, Schema};
use bailiwick_columnar::{
    Lowered, Projection, Untrusted, WireBatch, WireField, WireNode, fields_from_wire,
    fields_to_wire, lift_bitmap, lift_columns, lift_rows,
};
use bailiwick_fuzz::{Input, bent};
use bailiwick_terms::Read;

/// Formats of the contract, and some that are nearly so.
const FORMATS: [&str; 48] = [
    "i",
    "u",
    "b",
    "+l",
    "+s",
    "l",
    "U",
    "+L",
    "z",
    "Z",
    "g",
    "c",
    "C",
    "s",
    "S",
    "I",
    "L",
    "e",
    "f",
    "d:38,10",
    "d:5,-2",
    "d:76,0,256",
    "d:1,1",
    "d:39,0,256",
    "w:5",
    "w:1",
    "tdD",
    "tdm",
    "tts",
    "ttm",
    "ttu",
    "ttn",
    "tss:",
    "tsm:UTC",
    "tsu:Europe/Berlin",
    "tsn:+01:00",
    "tDs",
    "tDm",
    "tDu",
    "tDn",
    "d:0,0",
    "w:0",
    "w:-1",
    "w:1048577",
    "d:38,39",
    "n",
    "vu",
    "+ud:0,1",
];

/// The most rows of a batch that is as it should be.
const MOST_ROWS: usize = 40;
/// The most values below one row of a list.
const MOST_ITEMS: usize = 3;

#[test]
fn batches() {
    bolero::check!().with_iterations(0).for_each(property);
}

#[test]
fn bent_batches() {
    bent("batches", 4_000, property);
}

fn property(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let declared = declared(&mut input);
    let Ok(fields) = fields_from_wire(Untrusted::new(declared)) else {
        return;
    };
    // What a module declares, it could be given in turn, and would declare again.
    let wire = fields_to_wire(&fields).unwrap();
    assert_eq!(fields_from_wire(Untrusted::new(wire)).unwrap(), fields);

    let rows = input.below(MOST_ROWS + 1);
    let batch = answer(&mut input, &fields, rows);
    let limit = input.below(MOST_ROWS + 1) as u64;
    bitmaps(&mut input, rows);

    let schema = Arc::new(Schema::new(fields.clone()));
    let columns = lift_columns(Untrusted::new(batch.clone()), &fields, rows);
    let whole = lift_rows(Untrusted::new(batch.clone()), &schema, limit);
    // A whole batch is lifted where its columns are, as long as it is within its limit.
    if let Ok(whole) = &whole {
        assert!(whole.num_rows() as u64 <= limit);
        assert_eq!(whole.num_rows(), batch.rows as usize);
    }
    let Ok(columns) = columns else {
        assert!(batch.rows as usize != rows || whole.is_err());
        return;
    };
    assert_eq!(columns.len(), fields.len());
    for (column, field) in columns.iter().zip(&fields) {
        assert_eq!(column.len(), rows);
        assert_eq!(column.data_type(), field.data_type());
        column.to_data().validate_full().unwrap();
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let lifted = RecordBatch::try_new_with_options(schema, columns, &options).unwrap();
    assert_eq!(whole.is_ok(), rows as u64 <= limit);
    assert_eq!(crossed(&lifted), lifted.columns());
}

/// The columns of a batch after they went into a module that gives them back.
fn crossed(batch: &RecordBatch) -> Vec<ArrayRef> {
    let schema = batch.schema();
    let reads: Vec<Read> = schema.fields().iter().map(|field| Read::values(field.name())).collect();
    let projection = Projection::new(&schema, &reads).unwrap();
    let Lowered { rows, nodes, buffers } = projection.lower(batch).unwrap();
    let buffers = buffers.iter().map(|buffer| buffer.to_vec()).collect();
    let answer = Untrusted::new(WireBatch { rows, nodes, buffers });
    lift_columns(answer, projection.fields(), batch.num_rows()).unwrap()
}

/// A bitmap is taken if and only if it has its bytes and nothing past its rows.
fn bitmaps(input: &mut Input<'_>, rows: usize) {
    let length = if input.rarely() { input.below(9) } else { rows.div_ceil(8) };
    let mut bitmap = input.bytes(length);
    if let Some(last) = bitmap.last_mut()
        && !input.rarely()
    {
        *last &= 0xff_u8 >> (7 - (rows + 7) % 8);
    }
    let set = |bit: usize| bitmap.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1);
    let fits = length == rows.div_ceil(8) && !(rows..length * 8).any(set);
    match lift_bitmap(Untrusted::new(bitmap.clone()), rows) {
        Ok(lifted) => {
            assert!(fits);
            assert!((0..rows).all(|row| lifted.value(row) == set(row)));
        }
        Err(_) => assert!(!fits),
    }
}

/// Fields in pre-order, whose children mostly add up.
fn declared(input: &mut Input<'_>) -> Vec<WireField> {
    let mut wire = Vec::new();
    for index in 0..1 + input.below(3) {
        declare(input, index, 0, &mut wire);
    }
    wire
}

fn declare(input: &mut Input<'_>, index: usize, depth: usize, wire: &mut Vec<WireField>) {
    let format = if input.rarely() {
        let length = input.below(12);
        String::from_utf8_lossy(&input.bytes(length)).into_owned()
    } else {
        let deepest = if depth > 2 { 3 } else { FORMATS.len() };
        FORMATS.get(input.below(deepest)).map_or_else(String::new, |known| (*known).to_owned())
    };
    let children = match format.as_str() {
        "+l" | "+L" => 1,
        "+s" => input.below(4),
        _ => 0,
    };
    let name = if input.rarely() { "again".to_owned() } else { format!("column {index}") };
    let metadata = if input.rarely() { vec![(name.clone(), format.clone())] } else { Vec::new() };
    let claimed = if input.rarely() { input.word() } else { children as u32 };
    let nullable = input.below(4) != 1;
    wire.push(WireField { name, format, nullable, children: claimed, metadata });
    for child in 0..children {
        declare(input, child, depth + 1, wire);
    }
}

/// A batch of these fields that is as it should be, but for where the input lies.
fn answer(input: &mut Input<'_>, fields: &[FieldRef], rows: usize) -> WireBatch {
    let mut batch = WireBatch { rows: rows as u32, nodes: Vec::new(), buffers: Vec::new() };
    for field in fields {
        values(input, field.data_type(), field.is_nullable(), rows, &mut batch);
    }
    if input.rarely() {
        batch.rows = input.word();
    }
    while input.rarely() {
        batch.nodes.push(WireNode { length: input.word(), null_count: 0 });
    }
    while input.rarely() {
        let length = input.below(9);
        batch.buffers.push(input.bytes(length));
    }
    batch
}

fn values(
    input: &mut Input<'_>,
    data_type: &DataType,
    nullable: bool,
    length: usize,
    batch: &mut WireBatch,
) {
    let validity = if nullable && input.below(2) == 1 || input.rarely() {
        input.bytes(length.div_ceil(8))
    } else {
        Vec::new()
    };
    let valid = |row: usize| validity.get(row / 8).is_none_or(|byte| byte >> (row % 8) & 1 == 1);
    let nulls = (0..length).filter(|row| !valid(*row)).count();
    let mut node = WireNode { length: length as u32, null_count: nulls as u32 };
    if input.rarely() {
        node.length = input.word();
    }
    if input.rarely() {
        node.null_count = input.word();
    }
    batch.nodes.push(node);
    push(input, validity, batch);
    match data_type {
        DataType::Boolean => {
            let bits = input.bytes(length.div_ceil(8));
            push(input, bits, batch);
        }
        DataType::Utf8 | DataType::Binary => texts(input, data_type, length, false, batch),
        DataType::LargeUtf8 | DataType::LargeBinary => texts(input, data_type, length, true, batch),
        DataType::List(item) | DataType::LargeList(item) => {
            let large = matches!(data_type, DataType::LargeList(_));
            let items = offsets(input, length, large, batch);
            values(input, item.data_type(), item.is_nullable(), items, batch);
        }
        DataType::Struct(parts) => {
            for part in parts {
                values(input, part.data_type(), part.is_nullable(), length, batch);
            }
        }
        DataType::Decimal128(..) | DataType::Decimal256(..) => {
            let width = data_type.primitive_width().unwrap_or_default();
            let mut decimals = Vec::new();
            for _ in 0..length {
                let small = input.byte() as i8;
                let sign = if small < 0 { 0xff } else { 0 };
                decimals.push(small as u8);
                decimals.extend(vec![if input.rarely() { input.byte() } else { sign }; width - 1]);
            }
            push(input, decimals, batch);
        }
        DataType::FixedSizeBinary(width) => {
            let bytes = input.bytes(length * usize::try_from(*width).unwrap_or_default().min(64));
            push(input, bytes, batch);
        }
        other => {
            let bytes = input.bytes(length * other.primitive_width().unwrap_or_default());
            push(input, bytes, batch);
        }
    }
}

fn texts(
    input: &mut Input<'_>,
    data_type: &DataType,
    length: usize,
    large: bool,
    batch: &mut WireBatch,
) {
    let bytes = offsets(input, length, large, batch);
    let mut text = input.bytes(bytes);
    if matches!(data_type, DataType::Utf8 | DataType::LargeUtf8) && !input.rarely() {
        text.iter_mut().for_each(|byte| *byte &= 0x7f);
        // A letter of two bytes, which an offset may cut.
        if let Some([first, second]) = text.first_chunk_mut()
            && input.rarely()
        {
            (*first, *second) = (0xc3, 0xa9);
        }
    }
    push(input, text, batch);
}

/// Pushes offsets; gives the last.
fn offsets(input: &mut Input<'_>, length: usize, large: bool, batch: &mut WireBatch) -> usize {
    let mut last = 0;
    let mut bytes = Vec::new();
    let mut write = |offset: usize| {
        let word = (offset as u64).to_le_bytes();
        bytes.extend_from_slice(word.get(..if large { 8 } else { 4 }).unwrap_or_default());
    };
    write(0);
    for _ in 0..length {
        last += input.below(MOST_ITEMS + 1);
        write(last);
    }
    push(input, bytes, batch);
    last
}

/// Pushes a buffer; rarely with another size, or a word in it changed.
fn push(input: &mut Input<'_>, mut buffer: Vec<u8>, batch: &mut WireBatch) {
    if input.rarely() {
        let at = input.below(buffer.len() + 1);
        match input.below(4) {
            0 => buffer.truncate(at),
            1 => buffer.push(input.byte()),
            2 => buffer.clear(),
            _ => {
                let word = input.word().to_le_bytes();
                let places = buffer.iter_mut().skip(at / 4 * 4).zip(word);
                places.for_each(|(byte, new)| *byte = new);
            }
        }
    }
    batch.buffers.push(buffer);
}
