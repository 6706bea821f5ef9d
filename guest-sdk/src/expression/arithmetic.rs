//! Arithmetic of integers, floats and decimals.

use super::numbers::{Integers, LANES, Lanes, Turns, each_of_both, set, set_both, test_both};
use super::op::Op;
use super::register::{Register, Values};
use super::words::Words;

/// The least number that a decimal has no digits for.
const TOO_GREAT: i128 = 10_i128.pow(38);

/// Gives the rows that failed.
pub(super) fn of_two(
    op: Op,
    (a, b): (&Register<'_>, &Register<'_>),
    rows: usize,
    out: &mut Values<'_>,
) -> Option<Words> {
    match (&a.values, &b.values) {
        (Values::Integers(a), Values::Integers(b)) => {
            integers(op, (a, b), rows, out.own_integers())
        }
        (Values::Floats(a), Values::Floats(b)) => {
            floats(op, (&a.lanes(), &b.lanes()), rows, out.own_floats())
        }
        (Values::Decimals(a), Values::Decimals(b)) => {
            let (a, b) = (a.lanes(), b.lanes());
            let of = match op {
                Op::Add => i128::checked_add,
                Op::Sub => i128::checked_sub,
                Op::Mul => i128::checked_mul,
                _ => i128::checked_rem,
            };
            decimals(rows, out, |row| of(a.get(row), b.get(row)))
        }
        _ => Some(Words::ALL),
    }
}

/// For what is no vector code and takes longer than its loop.
fn one_by_one<T>(out: &mut [[T; LANES]], rows: usize, mut value: impl FnMut(usize) -> T) {
    let out = out.as_flattened_mut().iter_mut().take(rows);
    out.enumerate().for_each(|(row, out)| *out = value(row));
}

type Pair<'r, 'a> = (&'r Integers<'a>, &'r Integers<'a>);

// Not inlined, so that it is known that what is written lies apart from what is read.
#[inline(never)]
fn integers(op: Op, (a, b): Pair<'_, '_>, rows: usize, out: &mut [[i64; LANES]]) -> Option<Words> {
    match op {
        // A sum whose sign is neither operand's.
        Op::Add => wrapping((a, b), rows, out, i64::checked_add, |a, b| {
            let sum = a.wrapping_add(b);
            (sum, (a ^ sum) & (b ^ sum))
        }),
        Op::Sub => wrapping((a, b), rows, out, i64::checked_sub, |a, b| {
            let difference = a.wrapping_sub(b);
            (difference, (a ^ b) & (a ^ difference))
        }),
        // Factors of 32 bits do not overflow.
        Op::Mul => wrapping((a, b), rows, out, i64::checked_mul, |a, b| {
            let beyond = |value: i64| value.wrapping_add(1 << 31) as u64;
            (a.wrapping_mul(b), (((beyond(a) | beyond(b)) >> 32) as i64).wrapping_neg())
        }),
        Op::FloorDiv => {
            one_by_one(out, rows, |row| {
                a.get(row).checked_div_euclid(b.get(row)).unwrap_or_default()
            });
            None
        }
        _ => {
            one_by_one(out, rows, |row| {
                let (a, b) = (a.get(row), b.get(row));
                if b == 0 { 0 } else { a.wrapping_rem(b) }
            });
            Some(test_both(rows, (b, b), |_, b| b == 0))
        }
    }
}

/// What an operation gives beside a number that is negative where it may have overflowed:
/// only then are a turn's rows looked at one by one.
#[inline(always)]
fn wrapping(
    (a, b): Pair<'_, '_>,
    rows: usize,
    out: &mut [[i64; LANES]],
    exact: fn(i64, i64) -> Option<i64>,
    operation: impl Fn(i64, i64) -> (i64, i64),
) -> Option<Words> {
    let mut failing: Option<Words> = None;
    let mut rooms = ([0; LANES], [0; LANES]);
    for (at, out) in out.iter_mut().enumerate().take(rows.div_ceil(LANES)) {
        let both = (a.turn(at, &mut rooms.0), b.turn(at, &mut rooms.1));
        let (Some(a), Some(b)) = both else { break };
        let mut doubt = 0;
        each_of_both(out, (a, b), |a, b| {
            let (value, own) = operation(a, b);
            doubt |= own;
            value
        });
        if doubt < 0 {
            for (row, (a, b)) in a.iter().zip(b).enumerate() {
                if exact(*a, *b).is_none() {
                    failing.get_or_insert(Words::NONE).set(at * LANES + row);
                }
            }
        }
    }
    failing
}

#[inline(never)]
fn floats(
    op: Op,
    (a, b): (&Lanes<'_, f64>, &Lanes<'_, f64>),
    rows: usize,
    out: &mut [[f64; LANES]],
) -> Option<Words> {
    match op {
        Op::Add => set_both(out, rows, (a, b), |a, b| a + b),
        Op::Sub => set_both(out, rows, (a, b), |a, b| a - b),
        Op::Mul => set_both(out, rows, (a, b), |a, b| a * b),
        _ => {
            // What becomes null has a value all the same: 0, whatever the divisor's sign.
            if op == Op::Div {
                set_both(out, rows, (a, b), |a, b| if b == 0.0 { 0.0 } else { a / b });
            } else {
                one_by_one(out, rows, |row| {
                    let (a, b) = (a.get(row), b.get(row));
                    if b == 0.0 { 0.0 } else { a % b }
                });
            }
            return Some(test_both(rows, (b, b), |_, b| b == 0.0));
        }
    }
    None
}

/// Decimals, those that are none or have too many digits failing.
pub(super) fn decimals(
    rows: usize,
    out: &mut Values<'_>,
    mut value: impl FnMut(usize) -> Option<i128>,
) -> Option<Words> {
    let mut failing: Option<Words> = None;
    let out = out.own_decimals().as_flattened_mut();
    for (row, out) in out.iter_mut().enumerate().take(rows) {
        let value = value(row);
        let value = value.filter(|value| value.unsigned_abs() < TOO_GREAT.unsigned_abs());
        *out = value.unwrap_or_else(|| {
            failing.get_or_insert(Words::NONE).set(row);
            0
        });
    }
    failing
}

/// Gives the rows that failed.
pub(super) fn of_one(
    op: Op,
    digits: i64,
    a: &Register<'_>,
    rows: usize,
    out: &mut Values<'_>,
) -> Option<Words> {
    match &a.values {
        Values::Integers(a) => {
            let of = if op == Op::Neg { i64::wrapping_neg } else { i64::wrapping_abs };
            set(out.own_integers(), rows, a, of);
            Some(test_both(rows, (a, a), |a, _| a == i64::MIN))
        }
        Values::Floats(a) => {
            let (a, out) = (&a.lanes(), out.own_floats());
            match op {
                Op::Neg => set(out, rows, a, |a| -a),
                Op::Abs => set(out, rows, a, f64::abs),
                Op::Ceil => set(out, rows, a, f64::ceil),
                Op::Floor => set(out, rows, a, f64::floor),
                _ => one_by_one(out, rows, |row| round(a.get(row), digits)),
            }
            None
        }
        Values::Decimals(a) => {
            let a = a.lanes();
            decimals(rows, out, |row| {
                let value = a.get(row);
                Some(if op == Op::Neg { -value } else { value.abs() })
            })
        }
        _ => Some(Words::ALL),
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
