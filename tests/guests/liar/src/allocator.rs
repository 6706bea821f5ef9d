//! Memory that is handed out wrongly: the host asks a module for room to put rows
//! into, and this is who answers.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU8, Ordering};

use crate::crash::spin;

const HONEST: u8 = 0;
const OUTSIDE: u8 = 1;
const LOOPS: u8 = 2;
const ODD: u8 = 3;
const KEPT: u8 = 4;

static BETRAYAL: AtomicU8 = AtomicU8::new(HONEST);

/// From now on memory is handed out as the lie says.
pub(crate) fn betray(lie: &str) {
    let betrayal = match lie {
        "room-outside" => OUTSIDE,
        "room-loops" => LOOPS,
        "room-odd" => ODD,
        // What is only a view was never handed out, and cannot be taken back.
        lie if lie.starts_with("view") => KEPT,
        _ => HONEST,
    };
    BETRAYAL.store(betrayal, Ordering::Relaxed);
}

struct Treacherous;

#[global_allocator]
static ALLOCATOR: Treacherous = Treacherous;

// SAFETY: none; it is here to break what an allocator must keep, within the sandbox.
unsafe impl GlobalAlloc for Treacherous {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match BETRAYAL.load(Ordering::Relaxed) {
            OUTSIDE => (core::arch::wasm32::memory_size(0) * 65_536) as *mut u8,
            LOOPS => spin(),
            // SAFETY: as above.
            ODD => unsafe { System.alloc(layout) }.wrapping_add(1),
            // SAFETY: the caller's layout is passed on.
            _ => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if BETRAYAL.load(Ordering::Relaxed) == HONEST {
            // SAFETY: it was handed out by `alloc` above, honestly.
            unsafe { System.dealloc(at, layout) }
        }
    }
}
