//! Two columns of answers, side by side.

use std::fmt::{Debug, Write};

/// How many differences are shown.
const SHOWN: usize = 5;

/// Every row must be the same; if not, the first that differ are shown.
pub(crate) fn assert_same<T: Debug + PartialEq>(what: &str, expected: &[T], found: &[T]) {
    assert_eq!(expected.len(), found.len(), "{what}: rows");
    let differs = |row: &usize| expected[*row] != found[*row];
    let count = (0..expected.len()).filter(differs).count();
    let mut shown = String::new();
    for row in (0..expected.len()).filter(differs).take(SHOWN) {
        let (expected, found) = (&expected[row], &found[row]);
        writeln!(shown, "  row {row}: expected {expected:?}, found {found:?}").unwrap();
    }
    assert!(count == 0, "{what}: {count} of {} rows differ\n{shown}", expected.len());
}

/// Floats, bit by bit.
pub(crate) fn assert_same_bits(what: &str, expected: &[Option<f64>], found: &[Option<f64>]) {
    let bits = |values: &[Option<f64>]| -> Vec<_> {
        values.iter().map(|value| value.map(|value| (value, value.to_bits()))).collect()
    };
    // The value is for the reader; equal bits alone decide, NaN included.
    let expected: Vec<_> = bits(expected).into_iter().map(Shown).collect();
    let found: Vec<_> = bits(found).into_iter().map(Shown).collect();
    assert_same(what, &expected, &found);
}

struct Shown(Option<(f64, u64)>);

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.0.map(|(_, bits)| bits) == other.0.map(|(_, bits)| bits)
    }
}

impl Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map(|(value, _)| value).fmt(f)
    }
}
