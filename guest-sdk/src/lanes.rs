//! Loops over bytes in the form that becomes vector code. 64 flags to 64 bits is the one
//! place where vector instructions are named: compilers do not find that by themselves.

/// The byte that stands for a flag: all bits of it.
#[inline]
pub(crate) fn flag(set: bool) -> u8 {
    u8::from(set).wrapping_neg()
}

/// The top bit of each byte, the first byte's lowest.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
pub(crate) fn pack(flags: &[u8; 64]) -> u64 {
    use core::arch::wasm32::{i8x16_bitmask, u64x2};
    let (quarters, _) = flags.as_chunks::<16>();
    quarters.iter().rev().fold(0, |word, quarter| {
        let (halves, _) = quarter.as_chunks::<8>();
        let lanes = match halves {
            [low, high] => u64x2(u64::from_le_bytes(*low), u64::from_le_bytes(*high)),
            _ => u64x2(0, 0),
        };
        word << 16 | u64::from(i8x16_bitmask(lanes))
    })
}

/// The top bit of each byte, the first byte's lowest.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
pub(crate) fn pack(flags: &[u8; 64]) -> u64 {
    const TOP_BITS: u64 = 0x8080_8080_8080_8080;
    // Moves bit 8i, for every i below 8, to bit 56 + i.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = flags.as_chunks::<8>();
    eights.iter().rev().fold(0, |word, eight| {
        let bits = (u64::from_le_bytes(*eight) & TOP_BITS) >> 7;
        word << 8 | bits.wrapping_mul(GATHER) >> 56
    })
}

/// As `[u8]::is_ascii`, in a form that becomes vector code on wasm.
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    let (chunks, rest) = bytes.as_chunks::<64>();
    let or = |all: u8, byte: &u8| all | byte;
    let chunk_or = chunks.iter().fold([0_u8; 64], |mut all, chunk| {
        for (sum, byte) in all.iter_mut().zip(chunk) {
            *sum |= byte;
        }
        all
    });
    chunk_or.iter().chain(rest).fold(0, or) < 0x80
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

/// A bit for each of 32 bytes, the first one's lowest: whether it is that byte. To find a
/// byte without a loop over others.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub fn equal_to(bytes: &[u8; 32], byte: u8) -> u32 {
    use core::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_splat, u64x2};
    let wanted = i8x16_splat(byte as i8);
    let (words, _) = bytes.as_chunks::<8>();
    let [a, b, c, d] = words else { return 0 };
    let low = u64x2(u64::from_le_bytes(*a), u64::from_le_bytes(*b));
    let high = u64x2(u64::from_le_bytes(*c), u64::from_le_bytes(*d));
    let mask = |lanes| u32::from(i8x16_bitmask(i8x16_eq(lanes, wanted)));
    mask(low) | mask(high) << 16
}

/// A bit for each of 32 bytes, the first one's lowest: whether it is that byte. To find a
/// byte without a loop over others.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
pub fn equal_to(bytes: &[u8; 32], byte: u8) -> u32 {
    bytes.iter().rev().fold(0, |bits, own| bits << 1 | u32::from(*own == byte))
}
