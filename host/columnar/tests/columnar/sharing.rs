//! What is promised not to be copied is not copied.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, ListArray, StringArray};
use arrow_buffer::Buffer;
use bailiwick_columnar::WireBatch;

use crate::crossing::{lifted, lowered};

fn pointers(buffers: &[Buffer]) -> Vec<*const u8> {
    buffers.iter().map(Buffer::as_ptr).collect()
}

#[test]
fn unsliced_buffers_are_shared() {
    let numbers: ArrayRef =
        Arc::new(Int64Array::from_iter((0..100).map(|n| (n % 9 > 0).then_some(n))));
    let own = numbers.as_primitive::<Int64Type>();
    let validity = own.nulls().unwrap().buffer();
    assert_eq!(
        pointers(&lowered(&numbers).1.buffers),
        [validity.as_ptr(), own.values().inner().as_ptr()]
    );

    let texts: ArrayRef = Arc::new(StringArray::from(vec!["a", "bc", "def"]));
    let own = texts.as_string::<i32>();
    assert_eq!(
        pointers(&lowered(&texts).1.buffers)[1..],
        [own.offsets().inner().inner().as_ptr(), own.values().as_ptr()]
    );

    let bools: ArrayRef = Arc::new(BooleanArray::from(vec![true; 13]));
    let own = bools.as_boolean().values().inner().as_ptr();
    assert_eq!(pointers(&lowered(&bools).1.buffers)[1], own);
}

#[test]
fn values_of_slices_are_shared() {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..100));
    let own = numbers.as_primitive::<Int64Type>().values()[17..].as_ptr();
    assert_eq!(lowered(&numbers.slice(17, 30)).1.buffers[1].as_ptr(), own.cast());

    let texts: ArrayRef = Arc::new(StringArray::from(vec!["a", "bc", "def"]));
    let own = texts.as_string::<i32>().values()[1..].as_ptr();
    assert_eq!(lowered(&texts.slice(1, 2)).1.buffers[2].as_ptr(), own);
    let offsets = texts.as_string::<i32>().offsets().inner().inner().as_ptr();
    assert_eq!(lowered(&texts.slice(0, 2)).1.buffers[1].as_ptr(), offsets);
}

#[test]
fn items_of_sliced_lists_are_shared() {
    let lists = ListArray::from_iter_primitive::<Int64Type, _, _>(
        [vec![Some(1), Some(2)], vec![Some(3)], vec![Some(4), Some(5)]].map(Some),
    );
    let own = lists.values().as_primitive::<Int64Type>().values()[2..].as_ptr();
    let lists: ArrayRef = Arc::new(lists);
    let (_, lowered) = lowered(&lists.slice(1, 1));
    assert_eq!(lowered.buffers[3].as_ptr(), own.cast());
    assert_eq!(lowered.buffers[3].len(), 8);
}

#[test]
fn what_comes_back_is_taken_over_where_it_lies_well() {
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let (fields, lowered) = lowered(&numbers);
    // A vector that was made of words is aligned for them.
    let words: Vec<u8> = lowered.buffers[1].to_vec();
    let place = words.as_ptr();
    let batch = WireBatch { rows: 3, nodes: lowered.nodes, buffers: vec![Vec::new(), words] };
    let back = lifted(&fields, batch, 3).unwrap();
    let values = back[0].as_primitive::<Int64Type>().values();
    assert_eq!(values.as_ref(), [1, 2, 3]);
    if (place as usize).is_multiple_of(8) {
        assert_eq!(values.inner().as_ptr(), place);
    }
}
