//! What an operation is of, and loops over two of them.

use bailiwick_guest::{Bitmap, lanes};

/// One side of an operation, over some rows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operand<'a, T> {
    /// The same number in every row.
    Scalar(T),
    /// One number for each row.
    Values(&'a [T]),
}

impl<T: Copy> Operand<'_, T> {
    fn get(self, row: usize) -> Option<T> {
        match self {
            Self::Scalar(value) => Some(value),
            Self::Values(values) => values.get(row).copied(),
        }
    }
}

/// Writes the function's result for each row. Each arm becomes vector code where the
/// function has no branches.
#[inline(always)]
pub(crate) fn zip<T: Copy>(
    left: Operand<'_, T>,
    right: Operand<'_, T>,
    out: &mut [T],
    mut function: impl FnMut(T, T) -> T,
) {
    match (left, right) {
        (Operand::Values(left), Operand::Values(right)) => {
            lanes::set_both(out, left, right, function);
        }
        (Operand::Values(left), Operand::Scalar(right)) => {
            lanes::set(out, left, |left| function(left, right));
        }
        (Operand::Scalar(left), Operand::Values(right)) => {
            lanes::set(out, right, |right| function(left, right));
        }
        (Operand::Scalar(left), Operand::Scalar(right)) => out.fill(function(left, right)),
    }
}

/// What the function makes of the rows, all of their bits or'd together.
#[inline(always)]
pub(crate) fn or(
    left: Operand<'_, i64>,
    right: Operand<'_, i64>,
    function: impl Fn(i64, i64) -> i64,
) -> i64 {
    match (left, right) {
        (Operand::Values(left), Operand::Values(right)) => lanes::or_both(left, right, function),
        (Operand::Values(left), Operand::Scalar(right)) => {
            lanes::or(left, |left| function(left, right))
        }
        (Operand::Scalar(left), Operand::Values(right)) => {
            lanes::or(right, |right| function(left, right))
        }
        (Operand::Scalar(left), Operand::Scalar(right)) => function(left, right),
    }
}

/// In which of so many rows the predicate holds. For few calls: it is not fast.
pub(crate) fn flags<T: Copy>(
    left: Operand<'_, T>,
    right: Operand<'_, T>,
    rows: usize,
    predicate: impl Fn(T, T) -> bool,
) -> Bitmap {
    Bitmap::from_fn(rows, |row| {
        left.get(row).zip(right.get(row)).is_some_and(|(left, right)| predicate(left, right))
    })
}
