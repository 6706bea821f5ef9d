//! Bits packed into bytes, least significant first.

use arrow_buffer::{BooleanBuffer, Buffer, bit_util};

/// Bytes that hold so many bits.
pub(crate) fn bytes_for(bits: usize) -> usize {
    bits.div_ceil(8)
}

/// The bits as exactly `bytes_for(len)` bytes from bit 0, with zeros past the last:
/// a slice of the existing buffer where it already is that, else a copy. What lies
/// past a slice's end belongs to other rows, and a module's answer must not depend on it.
pub(crate) fn packed(bits: &BooleanBuffer) -> Buffer {
    let needed = bytes_for(bits.len());
    let aligned = bits.sliced();
    let tail_bits = bits.len() % 8;
    let tail_clean = tail_bits == 0
        || aligned.as_slice().get(needed - 1).is_none_or(|last| last >> tail_bits == 0);
    let aligned = aligned.slice_with_length(0, needed.min(aligned.len()));
    if tail_clean {
        return aligned;
    }
    let mut bytes = aligned.as_slice().to_vec();
    if let Some(last) = bytes.last_mut() {
        *last &= (1u8 << tail_bits) - 1;
    }
    Buffer::from_vec(bytes)
}

/// Number of set bits among the first `len`.
pub(crate) fn count_set(bytes: &[u8], len: usize) -> usize {
    let whole = len / 8;
    let (full, rest) = bytes.split_at(whole.min(bytes.len()));
    let (words, tail) = full.as_chunks::<8>();
    let mut count: usize =
        words.iter().map(|word| u64::from_le_bytes(*word).count_ones() as usize).sum();
    count += tail.iter().map(|byte| byte.count_ones() as usize).sum::<usize>();
    if let Some(last) = rest.first()
        && !len.is_multiple_of(8)
    {
        count += (last & ((1u8 << (len % 8)) - 1)).count_ones() as usize;
    }
    count
}

/// Whether any bit past the first `len` is set.
pub(crate) fn any_past(bytes: &[u8], len: usize) -> bool {
    (len..bytes.len() * 8).take(7).any(|bit| bit_util::get_bit(bytes, bit))
}
