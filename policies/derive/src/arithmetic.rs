//! Two kinds of arithmetic: over checked 64-bit integers and over 64-bit floats.

use bailiwick_guest::{Bitmap, Column, DataType, Native, Result, lanes, with_native};

use crate::Operator;
use crate::operand::{Operand, flags, or, zip};

/// One kind of arithmetic, over some rows at a time.
pub(crate) trait Arithmetic {
    type Number: Native;

    fn literal(value: f64) -> Self::Number;

    /// Writes the values of a column from row `first` on, and tells which of them do
    /// not fit, if any.
    fn convert(
        column: Column<'_>,
        first: usize,
        out: &mut [Self::Number],
    ) -> Result<Option<Bitmap>>;

    /// Writes what comes of two operands, and tells which of it is none, if any: too
    /// great, or divided by 0.
    fn combine(
        op: Operator,
        left: Operand<'_, Self::Number>,
        right: Operand<'_, Self::Number>,
        out: &mut [Self::Number],
    ) -> Option<Bitmap>;
}

/// Checked 64-bit integers.
pub(crate) struct Integer;

/// 64-bit floats.
pub(crate) struct Float;

/// The literal as an integer, if it is one.
pub(crate) fn whole(literal: f64) -> Option<i64> {
    // Up to here, all integers are floats.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    (literal.trunc() == literal && literal.abs() <= LIMIT).then_some(literal as i64)
}

impl Arithmetic for Integer {
    type Number = i64;

    fn literal(value: f64) -> i64 {
        whole(value).unwrap_or_default()
    }

    #[expect(clippy::unnecessary_cast, reason = "one arm of the macro is of that very type")]
    fn convert(column: Column<'_>, first: usize, out: &mut [i64]) -> Result<Option<Bitmap>> {
        with_native!(column.data_type(), T => {
            let given = column.as_primitive::<T>()?.values().get(first..).unwrap_or_default();
            lanes::set(out, given, |value| value as i64);
        }, else return Err(column.field().unexpected("an integer")));
        // Only 64-bit integers that are not negative can be too great; the cast makes
        // those negative.
        let may_pass = column.data_type() == &DataType::UInt64;
        Ok(may_pass.then(|| Bitmap::of(out, |value| value < 0)))
    }

    fn combine(
        op: Operator,
        left: Operand<'_, i64>,
        right: Operand<'_, i64>,
        out: &mut [i64],
    ) -> Option<Bitmap> {
        let overflows: fn(i64, i64) -> bool = match op {
            Operator::Add => {
                zip(left, right, out, i64::wrapping_add);
                // The sign of what is or'd: whether a sum's is neither operand's.
                let signs = or(left, right, |a, b| {
                    let sum = a.wrapping_add(b);
                    (a ^ sum) & (b ^ sum)
                });
                if signs >= 0 {
                    return None;
                }
                |a, b| a.checked_add(b).is_none()
            }
            Operator::Sub => {
                zip(left, right, out, i64::wrapping_sub);
                let signs = or(left, right, |a, b| (a ^ b) & (a ^ a.wrapping_sub(b)));
                if signs >= 0 {
                    return None;
                }
                |a, b| a.checked_sub(b).is_none()
            }
            Operator::Mul => {
                let mut passes = false;
                zip(left, right, out, |a, b| {
                    let (product, overflows) = a.overflowing_mul(b);
                    passes |= overflows;
                    product
                });
                if !passes {
                    return None;
                }
                |a, b| a.checked_mul(b).is_none()
            }
            // Never planned: a division makes floats.
            Operator::Div => {
                out.fill(0);
                |_, _| true
            }
        };
        Some(flags(left, right, out.len(), overflows))
    }
}

impl Arithmetic for Float {
    type Number = f64;

    fn literal(value: f64) -> f64 {
        value
    }

    #[expect(clippy::unnecessary_cast, reason = "one arm of the macro is of that very type")]
    fn convert(column: Column<'_>, first: usize, out: &mut [f64]) -> Result<Option<Bitmap>> {
        with_native!(column.data_type(), T => {
            let given = column.as_primitive::<T>()?.values().get(first..).unwrap_or_default();
            lanes::set(out, given, |value| value as f64);
            Ok(None)
        }, else Err(column.field().unexpected("an integer or a float")))
    }

    fn combine(
        op: Operator,
        left: Operand<'_, f64>,
        right: Operand<'_, f64>,
        out: &mut [f64],
    ) -> Option<Bitmap> {
        match op {
            Operator::Add => zip(left, right, out, |a, b| a + b),
            Operator::Sub => zip(left, right, out, |a, b| a - b),
            Operator::Mul => zip(left, right, out, |a, b| a * b),
            Operator::Div => {
                // A quotient that becomes null has a value all the same: 0, whatever
                // the divisor's sign.
                zip(left, right, out, |a, b| if b == 0.0 { 0.0 } else { a / b });
                return match right {
                    Operand::Scalar(divisor) => {
                        (divisor == 0.0).then(|| Bitmap::filled(out.len(), true))
                    }
                    Operand::Values(divisors) => {
                        let zeros = lanes::or(divisors, |divisor| (divisor == 0.0).into());
                        (zeros != 0).then(|| Bitmap::of(divisors, |divisor| divisor == 0.0))
                    }
                };
            }
        }
        None
    }
}
