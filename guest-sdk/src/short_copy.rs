//! Copies of a few bytes, as loads and stores.
//!
//! A copy whose length is known only when it runs is one instruction in wasm, and a
//! call out of the compiled code behind it: for ten bytes that is most of the time.

use std::ops::Range;

/// Up to so many bytes are copied by loads and stores.
const SHORT: usize = 64;

/// Appends bytes, of which there are mostly few.
#[inline]
pub(crate) fn append(target: &mut Vec<u8>, source: &[u8]) {
    let length = source.len();
    if length > SHORT {
        target.extend_from_slice(source);
        return;
    }
    target.reserve(length);
    let old = target.len();
    // SAFETY: there is room for `length` bytes behind `old`, and `copy` writes exactly
    // the first `length` of them; a vector and a borrow do not overlap. All bytes up to
    // the new length are written then.
    unsafe {
        copy(source.as_ptr(), target.as_mut_ptr().add(old), length);
        target.set_len(old + length);
    }
}

/// Appends the first `counts` bytes of a piece, of which all are written: where a piece is of
/// constant length, that is some stores, and a copy of what counts is a call. None, and
/// nothing appended, where there is no room for the whole piece.
#[inline(always)]
pub fn append_piece<const N: usize>(
    target: &mut Vec<u8>,
    piece: &[u8; N],
    counts: usize,
) -> Option<()> {
    let length = target.len() + counts.min(N);
    let room = target.spare_capacity_mut().first_chunk_mut::<N>()?;
    // SAFETY: `room` is N bytes, behind those that count so far, and `length` is at most N
    // more than those: all bytes up to it are written then.
    unsafe {
        room.as_mut_ptr().cast::<[u8; N]>().write(*piece);
        target.set_len(length);
    }
    Some(())
}

/// Bytes with zeros behind them; none of more than `N`, nor of more than are copied by loads
/// and stores.
#[inline]
pub(crate) fn padded<const N: usize>(source: &[u8]) -> Option<[u8; N]> {
    let mut padded = [0; N];
    if source.len() > N.min(SHORT) {
        return None;
    }
    // SAFETY: both are of at least `source.len()` bytes, and what is borrowed does not overlap
    // what is owned.
    unsafe { copy(source.as_ptr(), padded.as_mut_ptr(), source.len()) };
    Some(padded)
}

/// Copies a range of one text to the same range of another: of up to 8 bytes mostly, as one
/// word. Nothing where one of them does not have that range.
///
/// ```
/// let mut hidden = *b"********";
/// bailiwick_guest::lanes::restore(&mut hidden, b"N1423UA-", 5..7);
/// assert_eq!(&hidden, b"*****UA*");
/// ```
#[inline(always)]
pub fn restore(target: &mut [u8], source: &[u8], range: Range<usize>) {
    let word = target.get_mut(range.start..).and_then(|bytes| bytes.first_chunk_mut::<8>());
    let given = source.get(range.start..).and_then(|bytes| bytes.first_chunk::<8>());
    match (word, given) {
        (Some(word), Some(given)) if range.len() <= 8 => {
            // In two halves, as no shift may be by 64 bits.
            let bits = range.len() as u32 * 4;
            let hidden = (u64::MAX << bits) << bits;
            let mixed = u64::from_le_bytes(*word) & hidden | u64::from_le_bytes(*given) & !hidden;
            *word = mixed.to_le_bytes();
        }
        _ => restore_any(target, source, range),
    }
}

/// Longer ones, and the last bytes of the text.
#[cold]
fn restore_any(target: &mut [u8], source: &[u8], range: Range<usize>) {
    if let (Some(target), Some(source)) = (target.get_mut(range.clone()), source.get(range)) {
        target.copy_from_slice(source);
    }
}

/// Copies `length` bytes. Lengths that are no power of two are done as two copies that
/// overlap, so that no byte outside is touched.
///
/// # Safety
/// Both ranges of `length` bytes are valid, and they do not overlap.
#[inline]
unsafe fn copy(from: *const u8, to: *mut u8, length: usize) {
    // SAFETY: each piece lies within `length`: the first begins at 0 and the last
    // ends at `length`, and the branch says that `length` is at least its width.
    unsafe {
        if length >= 16 {
            let mut at = 0;
            while at + 16 <= length {
                piece::<16>(from, to, at);
                at += 16;
            }
            piece::<16>(from, to, length - 16);
        } else if length >= 8 {
            piece::<8>(from, to, 0);
            piece::<8>(from, to, length - 8);
        } else if length >= 4 {
            piece::<4>(from, to, 0);
            piece::<4>(from, to, length - 4);
        } else if length >= 2 {
            piece::<2>(from, to, 0);
            piece::<2>(from, to, length - 2);
        } else if length == 1 {
            piece::<1>(from, to, 0);
        }
    }
}

/// # Safety
/// `N` bytes behind `at` are valid in both.
#[inline]
unsafe fn piece<const N: usize>(from: *const u8, to: *mut u8, at: usize) {
    // SAFETY: the caller's.
    unsafe { to.add(at).cast::<[u8; N]>().write(from.add(at).cast::<[u8; N]>().read()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_piece_what_counts_is_appended_if_there_is_room_for_all() {
        let mut target = Vec::with_capacity(8);
        let room = target.capacity();
        assert_eq!(append_piece(&mut target, b"abcd", 3), Some(()));
        assert_eq!(append_piece(&mut target, b"xyz", 9), Some(()));
        assert_eq!(target, b"abcxyz");
        target.resize(room - 1, b'-');
        assert_eq!(append_piece(&mut target, b"no", 1), None);
        assert_eq!(target.len(), room - 1);
    }

    #[test]
    fn what_is_short_has_zeros_behind_it() {
        assert_eq!(padded::<8>(b"gate"), Some(*b"gate\0\0\0\0"));
        assert_eq!(padded::<4>(b"gate"), Some(*b"gate"));
        assert_eq!(padded::<3>(b"gate"), None);
        assert_eq!(padded::<128>(&[1; 65]), None);
    }

    #[test]
    fn every_length_is_copied_whole_and_nothing_behind_it() {
        let source: Vec<u8> = (1..=200).collect();
        for length in 0..=200 {
            let mut target = b"before".to_vec();
            append(&mut target, &source[..length]);
            assert_eq!(target[..6], *b"before");
            assert_eq!(target[6..], source[..length]);
        }
    }
}
