//! One bit a row.

use bailiwick_columnar::{ColumnarError, Malformed, Untrusted, lift_bitmap};

fn lift(bytes: &[u8], rows: usize) -> Result<Vec<bool>, ColumnarError> {
    lift_bitmap(Untrusted::new(bytes.to_vec()), rows).map(|bits| bits.iter().collect())
}

#[test]
fn bits_stand_in_the_order_of_the_rows() {
    assert_eq!(lift(&[], 0), Ok(vec![]));
    assert_eq!(lift(&[0b101], 3), Ok(vec![true, false, true]));
    assert_eq!(lift(&[0xff], 8), Ok(vec![true; 8]));
    assert_eq!(lift(&[0x00, 0b1], 9).unwrap().last(), Some(&true));
}

#[test]
fn the_number_of_bytes_must_fit_exactly() {
    for (bytes, rows) in [(0, 1_usize), (2, 8), (1, 9), (1, 0), (9, 64), (7, 64)] {
        let expected = Malformed::Count {
            field: "a bitmap".into(),
            what: "bytes",
            expected: rows.div_ceil(8),
            found: bytes,
        };
        assert_eq!(lift(&vec![0; bytes], rows), Err(expected.into()));
    }
}

#[test]
fn no_bit_past_the_last_row_may_be_set() {
    for rows in 1..=70 {
        let mut bytes = vec![0; usize::div_ceil(rows, 8)];
        for bit in rows..bytes.len() * 8 {
            bytes[bit / 8] = 1 << (bit % 8);
            assert_eq!(lift(&bytes, rows), Err(Malformed::BitsPastRows { rows }.into()));
            bytes[bit / 8] = 0;
        }
        assert!(lift(&bytes, rows).is_ok());
    }
}
