//! A module's answer lies wherever the allocator put its bytes. Here that is always
//! an odd address.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing)]

use std::alloc::{GlobalAlloc, Layout, System};

use bailiwick_columnar::WireNode;

#[path = "columnar/columns.rs"]
mod columns;
#[path = "columnar/crossing.rs"]
mod crossing;

/// Gives plain bytes an odd address.
struct Odd;

fn wider(layout: Layout) -> Layout {
    let align = layout.align() * 2;
    Layout::from_size_align(layout.size() + layout.align(), align).unwrap()
}

// SAFETY: what is given has the size and alignment asked for, being the part behind
// the first byte of a block one byte larger; what is taken back is that block.
unsafe impl GlobalAlloc for Odd {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > 1 {
            // SAFETY: the caller's promise, passed on.
            return unsafe { System.alloc(layout) };
        }
        // SAFETY: the size is not 0.
        let block = unsafe { System.alloc(wider(layout)) };
        if block.is_null() { block } else { block.wrapping_add(1) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if layout.align() > 1 {
            // SAFETY: the caller's promise, passed on.
            return unsafe { System.dealloc(place, layout) };
        }
        // SAFETY: `alloc` made this block, one byte before `place`.
        unsafe { System.dealloc(place.wrapping_sub(1), wider(layout)) }
    }
}

#[global_allocator]
static ALLOCATOR: Odd = Odd;

#[test]
fn bytes_really_lie_at_odd_addresses() {
    let bytes = Vec::<u8>::with_capacity(100);
    assert_eq!(bytes.as_ptr() as usize % 2, 1);
}

#[test]
fn every_type_comes_back_from_odd_addresses() {
    for (data_type, _) in columns::types() {
        for nulls in columns::NULLS {
            for rows in [0, 1, 13] {
                let sent = columns::column(&data_type, rows, nulls);
                let back = crossing::crossed(&sent);
                assert_eq!(&back, &sent, "{data_type}");
                back.to_data().validate_full().unwrap();
            }
        }
    }
}

#[test]
fn empty_buffers_come_back_too() {
    for (data_type, _) in columns::types() {
        let none = columns::column(&data_type, 0, columns::NULLS[0]);
        let (fields, mut batch) = crossing::wire(&none);
        batch.buffers.iter_mut().for_each(|buffer| *buffer = Vec::new());
        batch.nodes.iter_mut().for_each(|node| *node = WireNode { length: 0, null_count: 0 });
        let back = crossing::lifted(&fields, batch, 0).unwrap();
        back[0].to_data().validate_full().unwrap();
        assert_eq!(&back[0], &none, "{data_type}");
    }
}
