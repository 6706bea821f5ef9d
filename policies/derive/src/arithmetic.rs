//! Expressions over whole columns, one operation at a time.

use bailiwick_guest::{Batch, Bitmap, Column, Result, with_native};

use crate::{Expression, Operator};

/// One kind of arithmetic: a value, and whether it is none.
pub(crate) trait Arithmetic {
    type Number: Copy;

    fn literal(value: f64) -> Self::Number;
    /// All values of a column; those that do not fit are wrong.
    fn column(column: Column<'_>) -> Result<Computed<Self::Number>>;
    fn combine(op: Operator, left: Self::Number, right: Self::Number) -> (Self::Number, bool);
}

/// Values, and those of them that are none: too great, or divided by 0.
pub(crate) struct Computed<T> {
    pub(crate) values: Vec<T>,
    pub(crate) wrong: Bitmap,
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
    fn column(column: Column<'_>) -> Result<Computed<i64>> {
        with_native!(column.data_type(), T => {
            let given = column.as_primitive::<T>()?.values();
            // Only 64-bit integers that are not negative can be too great; the cast
            // makes those negative.
            let unsigned = column.data_type() == &bailiwick_guest::DataType::UInt64;
            let values: Vec<i64> = given.iter().map(|value| *value as i64).collect();
            let wrong = Bitmap::of(&values, |value| unsigned & (value < 0));
            Ok(Computed { values, wrong })
        }, else Err(column.field().unexpected("an integer")))
    }

    fn combine(op: Operator, left: i64, right: i64) -> (i64, bool) {
        match op {
            Operator::Add => left.overflowing_add(right),
            Operator::Sub => left.overflowing_sub(right),
            Operator::Mul => left.overflowing_mul(right),
            // Never planned: a division makes floats.
            Operator::Div => (0, true),
        }
    }
}

impl Arithmetic for Float {
    type Number = f64;

    fn literal(value: f64) -> f64 {
        value
    }

    #[expect(clippy::unnecessary_cast, reason = "one arm of the macro is of that very type")]
    fn column(column: Column<'_>) -> Result<Computed<f64>> {
        with_native!(column.data_type(), T => {
            let given = column.as_primitive::<T>()?.values();
            let values: Vec<f64> = given.iter().map(|value| *value as f64).collect();
            Ok(Computed { wrong: Bitmap::filled(values.len(), false), values })
        }, else Err(column.field().unexpected("an integer or a float")))
    }

    fn combine(op: Operator, left: f64, right: f64) -> (f64, bool) {
        match op {
            Operator::Add => (left + right, false),
            Operator::Sub => (left - right, false),
            Operator::Mul => (left * right, false),
            // A quotient that becomes null has a value all the same: 0, whatever the
            // divisor's sign.
            Operator::Div if right == 0.0 => (0.0, true),
            Operator::Div => (left / right, false),
        }
    }
}

pub(crate) fn evaluate<A: Arithmetic>(
    expression: &Expression,
    rows: &Batch,
) -> Result<Computed<A::Number>> {
    match expression {
        Expression::Column { column } => A::column(rows.column(column)?),
        Expression::Literal { literal } => Ok(Computed {
            values: vec![A::literal(*literal); rows.rows()],
            wrong: Bitmap::filled(rows.rows(), false),
        }),
        Expression::Operation { op, left, right } => {
            let mut left = evaluate::<A>(left, rows)?;
            let right = evaluate::<A>(right, rows)?;
            let mut wrong_here = Vec::with_capacity(rows.rows());
            for (target, other) in left.values.iter_mut().zip(&right.values) {
                let (value, wrong) = A::combine(*op, *target, *other);
                *target = value;
                wrong_here.push(wrong);
            }
            let wrong_here = Bitmap::of(&wrong_here, |wrong| wrong);
            let wrong = left.wrong.or(right.wrong.bits()).or(wrong_here.bits());
            Ok(Computed { values: left.values, wrong })
        }
    }
}
