//! What an operation is of, and loops over two of them.

use bailiwick_guest::Bitmap;

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
            for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
                *out = function(*left, *right);
            }
        }
        (Operand::Values(left), Operand::Scalar(right)) => {
            out.iter_mut().zip(left).for_each(|(out, left)| *out = function(*left, right));
        }
        (Operand::Scalar(left), Operand::Values(right)) => {
            out.iter_mut().zip(right).for_each(|(out, right)| *out = function(left, *right));
        }
        (Operand::Scalar(left), Operand::Scalar(right)) => out.fill(function(left, right)),
    }
}

/// Whether the predicate holds in any row.
#[inline(always)]
pub(crate) fn any<T: Copy>(
    left: Operand<'_, T>,
    right: Operand<'_, T>,
    predicate: impl Fn(T, T) -> bool,
) -> bool {
    // Folded, not sought: a loop that may end early is no vector code.
    match (left, right) {
        (Operand::Values(left), Operand::Values(right)) => {
            left.iter().zip(right).fold(false, |any, (a, b)| any | predicate(*a, *b))
        }
        (Operand::Values(left), Operand::Scalar(right)) => {
            left.iter().fold(false, |any, left| any | predicate(*left, right))
        }
        (Operand::Scalar(left), Operand::Values(right)) => {
            right.iter().fold(false, |any, right| any | predicate(left, *right))
        }
        (Operand::Scalar(left), Operand::Scalar(right)) => predicate(left, right),
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
