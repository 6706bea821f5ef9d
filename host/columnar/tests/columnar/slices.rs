//! A slice gives a module the same bytes as a column that was built for it: nothing
//! of its neighbours, and no sign that there were any.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Int16Array, StringArray, make_array};
use arrow_data::transform::MutableArrayData;

use crate::columns::{NULLS, column, types};
use crate::crossing::wire;

fn rebuilt(slice: &ArrayRef) -> ArrayRef {
    let data = slice.to_data();
    let mut copy = MutableArrayData::new(vec![&data], false, data.len());
    copy.try_extend(0, 0, data.len()).unwrap();
    make_array(copy.freeze())
}

#[test]
fn a_slice_lowers_to_the_bytes_of_a_fresh_column() {
    for (data_type, _) in types() {
        for nulls in NULLS {
            let whole = column(&data_type, 40, nulls);
            for (start, length) in [(0, 3), (1, 1), (3, 8), (5, 13), (8, 11), (17, 23), (39, 1)] {
                let slice = whole.slice(start, length);
                let fresh = rebuilt(&slice);
                assert_eq!(wire(&slice).1, wire(&fresh).1, "{data_type} {start}+{length}");
            }
        }
    }
}

#[test]
fn bits_of_rows_past_the_slice_are_zero() {
    let bools: ArrayRef = Arc::new(BooleanArray::from(vec![true; 24]));
    for (start, length, last) in [(0, 3, 0b111), (5, 10, 0b11), (8, 9, 0b1), (16, 8, 0xff)] {
        let (_, batch) = wire(&bools.slice(start, length));
        assert_eq!(batch.buffers[1].len(), length.div_ceil(8));
        assert_eq!(batch.buffers[1].last(), Some(&last), "{start}+{length}");
    }
    let numbers: ArrayRef =
        Arc::new(Int16Array::from_iter((0..24).map(|row| (row % 7 != 3).then_some(row))));
    let (_, batch) = wire(&numbers.slice(1, 5));
    assert_eq!(batch.buffers[0], [0b11011]);
}

#[test]
fn text_of_rows_outside_the_slice_does_not_cross() {
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["SECRET", "open", "SECRET"]));
    let (_, batch) = wire(&texts.slice(1, 1));
    assert_eq!(batch.buffers, [vec![], vec![0, 0, 0, 0, 4, 0, 0, 0], b"open".to_vec()]);
}

#[test]
fn a_slice_without_nulls_has_no_validity() {
    let numbers: ArrayRef = Arc::new(Int16Array::from(vec![None, Some(1), Some(2), None]));
    let (_, batch) = wire(&numbers.slice(1, 2));
    assert_eq!(batch.nodes[0].null_count, 0);
    assert_eq!(batch.buffers[0], Vec::<u8>::new());
}
