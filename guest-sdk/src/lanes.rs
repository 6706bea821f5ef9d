//! Loops over values in the form that becomes vector code in a module.
//!
//! The host has a module look at the time once in every turn of a loop. What that costs
//! is not the look but what it does to the loop around it: no vector code, and variables
//! in memory instead of in registers. So these loops do [`LANES`] values a turn, in an
//! inner loop of constant length that the compiler unrolls; what is left over at the end
//! they do one by one. The functions that they are given should have no branches.
//!
//! Few vector instructions are named: those that compilers do not find by themselves.

mod which;

pub use crate::short_copy::{append_piece, restore};
pub use which::{equal_among, equal_to, which};
pub(crate) use which::{word, word_of_both};

/// How many values one turn of a loop handles, if not said otherwise.
pub const LANES: usize = 32;

/// What the function makes of each value, written behind what `out` holds.
#[inline]
pub fn map<S: Copy, T: bytemuck::Pod>(
    values: &[S],
    out: &mut Vec<u8>,
    function: impl FnMut(S) -> T,
) {
    out.reserve(values.len().saturating_mul(size_of::<T>()));
    // A turn writes 128 bytes: more of them at once would be copied by a call.
    match size_of::<T>() {
        1 => map_by::<128, _, _>(values, out, function),
        2 => map_by::<64, _, _>(values, out, function),
        8 => map_by::<16, _, _>(values, out, function),
        _ => map_by::<32, _, _>(values, out, function),
    }
}

#[inline(always)]
fn map_by<const N: usize, S: Copy, T: bytemuck::Pod>(
    values: &[S],
    out: &mut Vec<u8>,
    mut function: impl FnMut(S) -> T,
) {
    let (chunks, rest) = values.as_chunks::<N>();
    let written = out.len() + chunks.len() * N * size_of::<T>();
    out.reserve(written - out.len());
    // SAFETY: room for a `T` for each value of the chunks was just made behind `out`.
    let mut target = unsafe { out.as_mut_ptr().add(out.len()) }.cast::<[T; N]>();
    // Nothing grows in this loop, and so nothing is called.
    for chunk in chunks {
        let mut made = [T::zeroed(); N];
        for (made, value) in made.iter_mut().zip(chunk) {
            *made = function(*value);
        }
        // SAFETY: there are as many places for `N` values as chunks, none of them aligned.
        unsafe {
            target.write_unaligned(made);
            target = target.add(1);
        }
    }
    // SAFETY: all bytes up to `written` are written.
    unsafe { out.set_len(written) };
    for value in rest {
        out.extend_from_slice(bytemuck::bytes_of(&function(*value)));
    }
}

#[inline(always)]
fn first<T>(values: &[T], len: usize) -> &[T] {
    values.get(..len).unwrap_or_default()
}

#[inline(always)]
fn first_mut<T>(values: &mut [T], len: usize) -> &mut [T] {
    values.get_mut(..len).unwrap_or_default()
}

/// Sets each of `out` to what the function makes of the value in the same place, as far
/// as both reach.
#[inline]
pub fn set<S: Copy, T: Copy>(out: &mut [T], values: &[S], mut function: impl FnMut(S) -> T) {
    // Of one length, so that chunks and what is left over lie in the same places.
    let len = out.len().min(values.len());
    let (out, values) = (first_mut(out, len), first(values, len));
    let ((outs, out), (chunks, rest)) = (out.as_chunks_mut::<LANES>(), values.as_chunks::<LANES>());
    for (out, chunk) in outs.iter_mut().zip(chunks) {
        for (out, value) in out.iter_mut().zip(chunk) {
            *out = function(*value);
        }
    }
    out.iter_mut().zip(rest).for_each(|(out, value)| *out = function(*value));
}

/// As [`set`], of two values each.
#[inline]
pub fn set_both<S: Copy, T: Copy>(
    out: &mut [T],
    left: &[S],
    right: &[S],
    mut function: impl FnMut(S, S) -> T,
) {
    let len = out.len().min(left.len()).min(right.len());
    let (out, left, right) = (first_mut(out, len), first(left, len), first(right, len));
    let (outs, out) = out.as_chunks_mut::<LANES>();
    let ((lefts, left), (rights, right)) = (left.as_chunks::<LANES>(), right.as_chunks::<LANES>());
    for ((out, left), right) in outs.iter_mut().zip(lefts).zip(rights) {
        for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
            *out = function(*left, *right);
        }
    }
    for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
        *out = function(*left, *right);
    }
}

/// What the function makes of the values, or'd bit by bit.
#[inline]
pub fn or<S: Copy>(values: &[S], function: impl Fn(S) -> i64) -> i64 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut all = 0;
    for chunk in chunks {
        for value in chunk {
            all |= function(*value);
        }
    }
    rest.iter().fold(all, |all, value| all | function(*value))
}

/// As [`or`], of two values each, as far as both reach.
#[inline]
pub fn or_both<S: Copy>(left: &[S], right: &[S], function: impl Fn(S, S) -> i64) -> i64 {
    let len = left.len().min(right.len());
    let (left, right) = (first(left, len), first(right, len));
    let ((lefts, left), (rights, right)) = (left.as_chunks::<LANES>(), right.as_chunks::<LANES>());
    let mut all = 0;
    for (left, right) in lefts.iter().zip(rights) {
        for (left, right) in left.iter().zip(right) {
            all |= function(*left, *right);
        }
    }
    left.iter().zip(right).fold(all, |all, (left, right)| all | function(*left, *right))
}

/// Calls the function with where each value begins and where it ends, in the order of the
/// values. Four a turn: bodies that handle text have branches and are not small.
#[inline(always)]
pub fn for_each_range(offsets: &[u32], mut function: impl FnMut(usize, usize)) {
    let ends = offsets.get(1..).unwrap_or_default();
    let starts = offsets.get(..ends.len()).unwrap_or_default();
    let mut call = |start: &u32, end: &u32| function(*start as usize, *end as usize);
    let ((starts, first), (ends, last)) = (starts.as_chunks(), ends.as_chunks());
    for ([a, b, c, d], [e, f, g, h]) in starts.iter().zip(ends) {
        call(a, e);
        call(b, f);
        call(c, g);
        call(d, h);
    }
    first.iter().zip(last).for_each(|(start, end)| call(start, end));
}

/// Calls the function with each index from `first` on below `end`, in order, until it gives
/// none; gives the index of that one, or `end`. Four a turn, as [`for_each_range`] does it.
///
/// For functions that handle what is usual with a few loads and stores, and leave the rest to
/// other code: a call in a loop, even one that is never reached, costs it its registers.
#[inline(always)]
pub fn while_some(
    first: usize,
    end: usize,
    mut function: impl FnMut(usize) -> Option<()>,
) -> usize {
    let mut at = first;
    while end.saturating_sub(at) >= 4 {
        for _ in 0..4 {
            if function(at).is_none() {
                return at;
            }
            at += 1;
        }
    }
    while at < end && function(at).is_some() {
        at += 1;
    }
    at
}

/// As `[u8]::is_ascii`, in a form that becomes vector code on wasm.
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    let (chunks, rest) = bytes.as_chunks::<256>();
    let mut all = [0_u8; 64];
    for chunk in chunks {
        for quarter in chunk.as_chunks::<64>().0 {
            all.iter_mut().zip(quarter).for_each(|(all, byte)| *all |= byte);
        }
    }
    all.iter().chain(rest).fold(0, |all, byte| all | byte) < 0x80
}

/// Whether a value is greater than the one behind it.
pub(crate) fn falls(offsets: &[u32]) -> bool {
    let ends = offsets.get(1..).unwrap_or_default();
    let starts = offsets.get(..ends.len()).unwrap_or_default();
    let ((starts, first), (ends, last)) = (starts.as_chunks::<32>(), ends.as_chunks::<32>());
    let mut falls = [0_u32; 32];
    for (starts, ends) in starts.iter().zip(ends) {
        for (falls, (start, end)) in falls.iter_mut().zip(starts.iter().zip(ends)) {
            *falls |= u32::from(start > end);
        }
    }
    let rest = first.iter().zip(last).any(|(start, end)| start > end);
    falls.iter().fold(0, |all, falls| all | falls) != 0 || rest
}
