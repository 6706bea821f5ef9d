//! Loops over lanes give what plain loops give, whatever is left over at the end.
#![allow(clippy::indexing_slicing)]

use bailiwick_guest::lanes;

/// Lengths on both sides of every number of values that a turn handles.
fn lengths() -> impl Iterator<Item = usize> {
    (0..=70).chain([127, 128, 129, 255, 256, 257, 300])
}

fn values(len: usize) -> Vec<i64> {
    (0..len as i64).map(|at| at.wrapping_mul(7_919) - 1_000).collect()
}

#[test]
fn map_writes_every_value_behind_what_is_there() {
    fn check<T: bytemuck::Pod>(values: &[i64], function: impl Fn(i64) -> T + Copy) {
        let mut out = b"before".to_vec();
        lanes::map(values, &mut out, function);
        let plain: Vec<T> = values.iter().map(|value| function(*value)).collect();
        assert_eq!(&out[..6], b"before");
        assert_eq!(&out[6..], bytemuck::cast_slice::<T, u8>(&plain));
    }
    for len in lengths() {
        let values = values(len);
        check(&values, |value| value as u8);
        check(&values, |value| value as u16);
        check(&values, |value| value as i32);
        check(&values, |value| value as f64 / 2.0);
    }
}

#[test]
fn set_goes_as_far_as_both_reach() {
    for len in lengths() {
        let (left, right) = (values(len), values(len + 3));
        let (mut one, mut both) = (vec![1; len + 5], vec![1; len + 5]);
        lanes::set(&mut one, &left, |value| value * 2);
        lanes::set_both(&mut both, &left, &right, |left, right| left - 3 * right);
        for (at, value) in left.iter().enumerate() {
            assert_eq!(one[at], value * 2);
            assert_eq!(both[at], value - 3 * right[at]);
        }
        assert_eq!((&one[len..], &both[len..]), (&[1; 5][..], &[1; 5][..]));
    }
}

#[test]
fn or_finds_a_bit_of_any_value() {
    for len in lengths().filter(|len| *len > 0) {
        for at in [0, len / 2, len - 1] {
            let (mut left, right) = (vec![0_i64; len], vec![0_i64; len]);
            assert_eq!(lanes::or(&left, |value| value), 0);
            left[at] = i64::MIN;
            assert_eq!(lanes::or(&left, |value| value), i64::MIN);
            assert_eq!(lanes::or_both(&left, &right, |left, right| left ^ right), i64::MIN);
            assert_eq!(lanes::or_both(&right, &left, |left, right| left ^ right), i64::MIN);
        }
    }
}

#[test]
fn every_range_is_given_once_and_in_order() {
    for len in lengths() {
        let offsets: Vec<u32> = (0..=len as u32).map(|at| at * at).collect();
        let mut ranges = Vec::new();
        lanes::for_each_range(&offsets, |start, end| ranges.push((start, end)));
        let plain: Vec<_> = (0..len).map(|at| (at * at, (at + 1) * (at + 1))).collect();
        assert_eq!(ranges, plain);
    }
    lanes::for_each_range(&[], |_, _| panic!("there is no value"));
}

#[test]
fn a_byte_is_found_wherever_it_is() {
    for at in 0..32 {
        let mut bytes = [b'a'; 32];
        bytes[at] = b'@';
        assert_eq!(lanes::equal_to(&bytes, b'@'), 1 << at);
    }
}

#[test]
fn bytes_of_a_kind_are_found_wherever_they_are() {
    let bytes: [u8; 32] = std::array::from_fn(|at| (at * 37 % 256) as u8);
    let plain = bytes.iter().rev().fold(0, |bits, byte| bits << 1 | u32::from(*byte > 100));
    assert_eq!(lanes::which(&bytes, |byte| byte > 100), plain);
}

#[test]
fn indexes_are_given_until_one_gives_none() {
    for end in 0..20 {
        for stop in 0..=end {
            let mut seen = Vec::new();
            let stopped = lanes::while_some(end / 3, end, |at| {
                seen.push(at);
                (at != stop).then_some(())
            });
            let expected = if stop < end / 3 { end } else { stop };
            assert_eq!(stopped, expected);
            assert_eq!(seen, (end / 3..end.min(expected + 1)).collect::<Vec<_>>());
        }
    }
}
