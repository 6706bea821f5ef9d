//! Ways not to come back.

use std::hint::black_box;

/// Executes an instruction that traps.
pub(crate) fn trap() -> ! {
    core::arch::wasm32::unreachable()
}

/// Never ends.
pub(crate) fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Recurses without end, as far as anyone can see.
pub(crate) fn recurse(depth: u64) -> u64 {
    if black_box(depth) == u64::MAX { 0 } else { recurse(depth + 1) + 1 }
}

/// Reads where there is no memory.
pub(crate) fn read_outside() -> u8 {
    let end = core::arch::wasm32::memory_size(0) * 65_536;
    // SAFETY: none; the sandbox stops the read.
    unsafe { core::ptr::read_volatile(black_box(end) as *const u8) }
}

/// Divides by zero, without the check that Rust puts before it.
pub(crate) fn divide_by_zero() -> i32 {
    let zero = black_box(0_i32);
    // SAFETY: none; the sandbox stops the division.
    black_box(1_i32) / unsafe { std::num::NonZeroI32::new_unchecked(zero) }.get()
}

/// Takes memory until there is no more.
pub(crate) fn take_all_memory() {
    while core::arch::wasm32::memory_grow(0, 16) != usize::MAX {}
}
