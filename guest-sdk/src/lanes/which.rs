//! Which of some values a predicate holds for, as bits: the first one's lowest.
//!
//! A comparison of vectors gives a mask as wide as what is compared. So masks are kept that
//! wide, and narrowed in a few steps, where one by one they would be taken apart. Predicates
//! should have no branches: then they become comparisons of vectors.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use core::any::TypeId;

/// A bit for each of up to 64 values, a multiple of 16: whether the predicate holds.
#[inline(always)]
pub(crate) fn word<T: Copy + 'static, const N: usize>(
    values: &[T; N],
    mut predicate: impl FnMut(T) -> bool,
) -> u64 {
    word_of_both(values, values, |value, _| predicate(value))
}

/// As [`word`], of two values each.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub(crate) fn word_of_both<T: Copy + 'static, const N: usize>(
    left: &[T; N],
    right: &[T; N],
    predicate: impl FnMut(T, T) -> bool,
) -> u64 {
    // Of integers of 64 bits the compiler makes no comparisons of vectors one by one.
    if TypeId::of::<T>() == TypeId::of::<f64>() {
        simd::word::<i64, T, N, 16>(left, right, predicate)
    } else if size_of::<T>() == 4 {
        simd::word::<i32, T, N, 16>(left, right, predicate)
    } else {
        simd::word::<i8, T, N, N>(left, right, predicate)
    }
}

/// As [`word`], of two values each.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub(crate) fn word_of_both<T: Copy + 'static, const N: usize>(
    left: &[T; N],
    right: &[T; N],
    mut predicate: impl FnMut(T, T) -> bool,
) -> u64 {
    // Moves bit 8i, for every i below 8, to bit 56 + i.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut flags = [0; N];
    for ((flag, left), right) in flags.iter_mut().zip(left).zip(right) {
        *flag = u8::from(predicate(*left, *right));
    }
    let (eights, _) = flags.as_chunks::<8>();
    eights
        .iter()
        .rev()
        .fold(0, |word, eight| word << 8 | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56)
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use core::arch::wasm32::{
        i8x16_bitmask, i8x16_narrow_i16x8, i16x8_narrow_i32x4, i32x4_shuffle, v128,
    };

    /// A mask of a value: all of its bits, or none.
    pub(super) trait Mask: bytemuck::Pod {
        /// All bits, or none.
        fn of(set: bool) -> Self;
        /// One byte for each of 16 masks.
        fn narrowed(masks: &[Self; 16]) -> v128;
    }

    /// The masks as `N` vectors.
    #[inline(always)]
    fn vectors<M: Mask, const N: usize>(masks: &[M; 16]) -> [v128; N] {
        const { assert!(size_of::<[M; 16]>() == size_of::<[v128; N]>()) };
        // SAFETY: of one size, as was just stated, and any bits are a vector's.
        unsafe { core::ptr::from_ref(masks).cast::<[v128; N]>().read_unaligned() }
    }

    impl Mask for i8 {
        #[inline(always)]
        fn of(set: bool) -> Self {
            -Self::from(set)
        }

        #[inline(always)]
        fn narrowed(masks: &[Self; 16]) -> v128 {
            let [only] = vectors(masks);
            only
        }
    }

    impl Mask for i32 {
        #[inline(always)]
        fn of(set: bool) -> Self {
            -Self::from(set)
        }

        #[inline(always)]
        fn narrowed(masks: &[Self; 16]) -> v128 {
            let [a, b, c, d] = vectors(masks);
            i8x16_narrow_i16x8(i16x8_narrow_i32x4(a, b), i16x8_narrow_i32x4(c, d))
        }
    }

    impl Mask for i64 {
        #[inline(always)]
        fn of(set: bool) -> Self {
            -Self::from(set)
        }

        #[inline(always)]
        fn narrowed(masks: &[Self; 16]) -> v128 {
            let [a, b, c, d, e, f, g, h] = vectors(masks);
            // Of each mask the lower half.
            let ab = i32x4_shuffle::<0, 2, 4, 6>(a, b);
            let cd = i32x4_shuffle::<0, 2, 4, 6>(c, d);
            let ef = i32x4_shuffle::<0, 2, 4, 6>(e, f);
            let gh = i32x4_shuffle::<0, 2, 4, 6>(g, h);
            i8x16_narrow_i16x8(i16x8_narrow_i32x4(ab, cd), i16x8_narrow_i32x4(ef, gh))
        }
    }

    /// `TURN` masks are made at once: wide ones stay in registers if they are few, narrow
    /// ones become vectors if they are many.
    #[inline(always)]
    pub(super) fn word<M: Mask, T: Copy, const N: usize, const TURN: usize>(
        left: &[T; N],
        right: &[T; N],
        mut predicate: impl FnMut(T, T) -> bool,
    ) -> u64 {
        let (lefts, rights) = (left.as_chunks::<TURN>().0, right.as_chunks::<TURN>().0);
        let (mut word, mut at) = (0, 0);
        for (left, right) in lefts.iter().zip(rights) {
            let mut masks = [M::of(false); TURN];
            for ((mask, left), right) in masks.iter_mut().zip(left).zip(right) {
                *mask = M::of(predicate(*left, *right));
            }
            for masks in masks.as_chunks::<16>().0 {
                word |= u64::from(i8x16_bitmask(M::narrowed(masks))) << at;
                at += 16;
            }
        }
        word
    }
}

/// A bit for each of 32 bytes, the first one's lowest: whether it is that byte. To find a
/// byte without a loop over others.
#[inline(always)]
pub fn equal_to(bytes: &[u8; 32], byte: u8) -> u32 {
    let (halves, _) = bytes.as_chunks::<16>();
    let [low, high] = halves else { return 0 };
    equal_among(low, byte) | equal_among(high, byte) << 16
}

/// As [`equal_to`], of 16 bytes.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub fn equal_among(bytes: &[u8; 16], byte: u8) -> u32 {
    use core::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_splat, u64x2};
    let (words, _) = bytes.as_chunks::<8>();
    let [low, high] = words else { return 0 };
    let lanes = u64x2(u64::from_le_bytes(*low), u64::from_le_bytes(*high));
    i8x16_bitmask(i8x16_eq(lanes, i8x16_splat(byte as i8))).into()
}

/// As [`equal_to`], of 16 bytes.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub fn equal_among(bytes: &[u8; 16], byte: u8) -> u32 {
    bytes.iter().rev().fold(0, |bits, own| bits << 1 | u32::from(*own == byte))
}

/// A bit for each of 32 bytes, the first one's lowest: whether the predicate holds. Becomes
/// vector code where that has no branches.
#[inline(always)]
pub fn which(bytes: &[u8; 32], predicate: impl Fn(u8) -> bool) -> u32 {
    word(bytes, predicate) as u32
}
