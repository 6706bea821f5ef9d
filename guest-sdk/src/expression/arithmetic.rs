//! Arithmetic of integers, floats and decimals.

use super::op::Op;
use super::register::{Numbers, Register, Values, Words};
use crate::lanes;

/// The values that an operation made, and the rows in which it could not.
pub(super) type Made<'a> = (Values<'a>, Option<Words>);

/// The least number that a decimal has no digits for.
const TOO_GREAT: i128 = 10_i128.pow(38);

pub(super) fn of_two<'a>(op: Op, a: &Register<'a>, b: &Register<'a>, own: Values<'a>) -> Made<'a> {
    match (&a.values, &b.values) {
        (Values::Integers(a), Values::Integers(b)) => {
            let (a, b) = (a.slice(), b.slice());
            let mut out = own_integers(own, a.len());
            let failing = integers(op, a, b, &mut out);
            (Values::Integers(Numbers::Own(out)), failing)
        }
        (Values::Floats(a), Values::Floats(b)) => {
            let (a, b) = (a.slice(), b.slice());
            let mut out = own_floats(own, a.len());
            let failing = floats(op, a, b, &mut out);
            (Values::Floats(Numbers::Own(out)), failing)
        }
        (Values::Decimals(a), Values::Decimals(b)) => decimals(op, a, b),
        _ => (own, Some(Words::ALL)),
    }
}

pub(super) fn own_integers(own: Values<'_>, rows: usize) -> Vec<i64> {
    let mut out = match own {
        Values::Integers(Numbers::Own(out)) => out,
        _ => Vec::new(),
    };
    out.resize(rows, 0);
    out
}

pub(super) fn own_floats(own: Values<'_>, rows: usize) -> Vec<f64> {
    let mut out = match own {
        Values::Floats(Numbers::Own(out)) => out,
        _ => Vec::new(),
    };
    out.resize(rows, 0.0);
    out
}

/// Rows of two operands for which the predicate holds.
fn rows_of<T: Copy>(a: &[T], b: &[T], predicate: impl Fn(T, T) -> bool) -> Option<Words> {
    let mut pairs = a.iter().zip(b);
    Some(Words::from_fn_in_order(a.len().min(b.len()), || {
        pairs.next().is_some_and(|(a, b)| predicate(*a, *b))
    }))
}

fn integers(op: Op, a: &[i64], b: &[i64], out: &mut [i64]) -> Option<Words> {
    match op {
        Op::Add => {
            lanes::set_both(out, a, b, i64::wrapping_add);
            // The sign of what is or'd: whether a sum's is neither operand's.
            let signs = lanes::or_both(a, b, |a, b| {
                let sum = a.wrapping_add(b);
                (a ^ sum) & (b ^ sum)
            });
            if signs >= 0 {
                return None;
            }
            rows_of(a, b, |a, b| a.checked_add(b).is_none())
        }
        Op::Sub => {
            lanes::set_both(out, a, b, i64::wrapping_sub);
            let signs = lanes::or_both(a, b, |a, b| (a ^ b) & (a ^ a.wrapping_sub(b)));
            if signs >= 0 {
                return None;
            }
            rows_of(a, b, |a, b| a.checked_sub(b).is_none())
        }
        Op::Mul => {
            let mut passes = false;
            lanes::set_both(out, a, b, |a, b| {
                let (product, overflows) = a.overflowing_mul(b);
                passes |= overflows;
                product
            });
            if !passes {
                return None;
            }
            rows_of(a, b, |a, b| a.checked_mul(b).is_none())
        }
        Op::FloorDiv => {
            let quotient = |a: i64, b: i64| a.checked_div_euclid(b).unwrap_or_default();
            lanes::set_both(out, a, b, quotient);
            None
        }
        _ => {
            lanes::set_both(out, a, b, |a, b| if b == 0 { 0 } else { a.wrapping_rem(b) });
            rows_of(a, b, |_, b| b == 0)
        }
    }
}

fn floats(op: Op, a: &[f64], b: &[f64], out: &mut [f64]) -> Option<Words> {
    match op {
        Op::Add => lanes::set_both(out, a, b, |a, b| a + b),
        Op::Sub => lanes::set_both(out, a, b, |a, b| a - b),
        Op::Mul => lanes::set_both(out, a, b, |a, b| a * b),
        _ => {
            // What becomes null has a value all the same: 0, whatever the divisor's sign.
            if op == Op::Div {
                lanes::set_both(out, a, b, |a, b| if b == 0.0 { 0.0 } else { a / b });
            } else {
                lanes::set_both(out, a, b, |a, b| if b == 0.0 { 0.0 } else { a % b });
            }
            let zeros = lanes::or(b, |divisor| (divisor == 0.0).into());
            return if zeros == 0 { None } else { rows_of(a, b, |_, b| b == 0.0) };
        }
    }
    None
}

fn decimals<'a>(op: Op, a: &[i128], b: &[i128]) -> Made<'a> {
    let combine = |a: i128, b: i128| match op {
        Op::Add => a.checked_add(b),
        Op::Sub => a.checked_sub(b),
        Op::Mul => a.checked_mul(b),
        _ => a.checked_rem(b),
    };
    made(a.iter().zip(b).map(|(a, b)| combine(*a, *b)))
}

/// Decimals, those that are none or have too many digits failing.
pub(super) fn made<'a>(values: impl ExactSizeIterator<Item = Option<i128>>) -> Made<'a> {
    let mut failing: Option<Words> = None;
    let checked = values.enumerate().map(|(row, value)| {
        let value = value.filter(|value| value.unsigned_abs() < TOO_GREAT.unsigned_abs());
        value.unwrap_or_else(|| {
            failing.get_or_insert(Words::NONE).set(row);
            0
        })
    });
    let values = checked.collect();
    (Values::Decimals(values), failing)
}

pub(super) fn of_one<'a>(op: Op, digits: i64, a: &Register<'a>, own: Values<'a>) -> Made<'a> {
    match &a.values {
        Values::Integers(a) => {
            let a = a.slice();
            let mut out = own_integers(own, a.len());
            let of = if op == Op::Neg { i64::wrapping_neg } else { i64::wrapping_abs };
            lanes::set(&mut out, a, of);
            let overflows = a.contains(&i64::MIN);
            let failing = if overflows { rows_of(a, a, |a, _| a == i64::MIN) } else { None };
            (Values::Integers(Numbers::Own(out)), failing)
        }
        Values::Floats(a) => {
            let a = a.slice();
            let mut out = own_floats(own, a.len());
            match op {
                Op::Neg => lanes::set(&mut out, a, |a| -a),
                Op::Abs => lanes::set(&mut out, a, f64::abs),
                Op::Ceil => lanes::set(&mut out, a, f64::ceil),
                Op::Floor => lanes::set(&mut out, a, f64::floor),
                _ => lanes::set(&mut out, a, |a| round(a, digits)),
            }
            (Values::Floats(Numbers::Own(out)), None)
        }
        Values::Decimals(a) => {
            made(a.iter().map(|a| Some(if op == Op::Neg { -*a } else { a.abs() })))
        }
        _ => (own, Some(Words::ALL)),
    }
}

/// Half away from zero; what cannot be scaled stays as it is.
fn round(value: f64, digits: i64) -> f64 {
    if digits == 0 {
        return value.round();
    }
    let mut power = 1.0;
    (0..digits.unsigned_abs().min(400)).for_each(|_| power *= 10.0);
    let rounded =
        if digits > 0 { (value * power).round() / power } else { (value / power).round() * power };
    if rounded.is_finite() { rounded } else { value }
}
