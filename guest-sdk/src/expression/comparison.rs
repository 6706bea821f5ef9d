//! Equal, less, one of several.

use super::numbers::{LANES, Turns, test, test_both};
use super::op::Op;
use super::program::Step;
use super::register::{Ranges, Register, Texts, Values};
use super::words::Words;
use crate::keys::{LONG, code, set_codes};

/// What is not a number equals itself.
fn same(a: f64, b: f64) -> bool {
    (a == b) | (a.is_nan() & b.is_nan())
}

/// What is not a number is greater than every number.
fn below(a: f64, b: f64) -> bool {
    (a < b) | (!a.is_nan() & b.is_nan())
}

pub(super) fn eq(a: &Register<'_>, b: &Register<'_>, rows: usize) -> Words {
    match (&a.values, &b.values) {
        (Values::Bools(a), Values::Bools(b)) => a.with(b, |a, b| !(a ^ b)),
        (Values::Integers(a), Values::Integers(b)) => match (a.narrow(), b.narrow()) {
            (Some(a), Some(b)) => test_both(rows, (&a, &b), |a, b| a == b),
            _ => test_both(rows, (a, b), |a, b| a == b),
        },
        (Values::Floats(a), Values::Floats(b)) => test_both(rows, (&a.lanes(), &b.lanes()), same),
        (Values::Decimals(a), Values::Decimals(b)) => {
            test_both(rows, (&a.lanes(), &b.lanes()), |a, b| a == b)
        }
        (Values::Texts(a), Values::Texts(b)) => {
            Words::from_fn(rows, |row| a.get(row).as_bytes() == b.get(row).as_bytes())
        }
        _ => Words::NONE,
    }
}

pub(super) fn lt(a: &Register<'_>, b: &Register<'_>, rows: usize) -> Words {
    match (&a.values, &b.values) {
        (Values::Bools(a), Values::Bools(b)) => a.with(b, |a, b| !a & b),
        (Values::Integers(a), Values::Integers(b)) => match (a.narrow(), b.narrow()) {
            (Some(a), Some(b)) => test_both(rows, (&a, &b), |a, b| a < b),
            _ => test_both(rows, (a, b), |a, b| a < b),
        },
        (Values::Floats(a), Values::Floats(b)) => test_both(rows, (&a.lanes(), &b.lanes()), below),
        (Values::Decimals(a), Values::Decimals(b)) => {
            test_both(rows, (&a.lanes(), &b.lanes()), |a, b| a < b)
        }
        (Values::Texts(a), Values::Texts(b)) => {
            Words::from_fn(rows, |row| a.get(row).as_bytes() < b.get(row).as_bytes())
        }
        _ => Words::NONE,
    }
}

/// The literals that a value is compared with, of one kind; sorted, where they have an
/// order.
#[derive(Debug)]
pub(super) enum Set {
    Bools {
        yes: bool,
        no: bool,
    },
    /// Their bits.
    Integers(Vec<u64>),
    Floats(Vec<f64>),
    Decimals(Vec<i128>),
    /// Short ones by their codes.
    Texts {
        codes: Vec<u64>,
        long: Vec<String>,
    },
}

/// Puts a value into its place of what is sorted. There are as many as are written in an
/// expression: too few for a sort, which is more code than all the rest of this file.
fn insert<T: Ord>(set: &mut Vec<T>, value: T) {
    set.insert(set.partition_point(|own| *own < value), value);
}

impl Set {
    pub(super) fn of(literals: &[&Step]) -> Option<Self> {
        let integers = || literals.iter().map(|literal| literal.number());
        Some(match literals.first()?.op {
            Op::Bool => Self::Bools {
                yes: integers().any(|value| value != 0),
                no: integers().any(|value| value == 0),
            },
            Op::Integer => {
                let mut set = Vec::new();
                integers().for_each(|value| insert(&mut set, value as u64));
                Self::Integers(set)
            }
            Op::Float => {
                Self::Floats(literals.iter().map(|of| of.number.unwrap_or_default()).collect())
            }
            Op::Decimal => {
                Self::Decimals(literals.iter().filter_map(|of| of.text().parse().ok()).collect())
            }
            _ => {
                let (mut codes, mut long) = (Vec::new(), Vec::new());
                for text in literals.iter().map(|literal| literal.text()) {
                    match code(text.as_bytes(), 0, text.len()) {
                        LONG => insert(&mut long, text.to_owned()),
                        code => insert(&mut codes, code),
                    }
                }
                Self::Texts { codes, long }
            }
        })
    }
}

/// Up to so many values are compared one by one: quicker than a search.
const FEW: usize = 8;

pub(super) fn among(of: &Register<'_>, set: &Set, rows: usize) -> Words {
    match (&of.values, set) {
        (Values::Bools(bools), Set::Bools { yes, no }) => {
            let (yes, no) = (Words::filled(*yes), Words::filled(*no));
            bools.and(&yes).or(&no.without(bools))
        }
        (Values::Integers(integers), Set::Integers(set)) => {
            each_turn(rows, integers, |turn| one_of(bytemuck::cast_ref(turn), set))
        }
        (Values::Floats(numbers), Set::Floats(set)) => {
            each_turn(rows, &numbers.lanes(), |turn| any(turn, set, same))
        }
        (Values::Decimals(numbers), Set::Decimals(set)) => {
            each_turn(rows, &numbers.lanes(), |turn| any(turn, set, |a, b| a == b))
        }
        (Values::Texts(texts), Set::Texts { codes, long }) => text_among(texts, codes, long, rows),
        _ => Words::NONE,
    }
}

#[inline(always)]
fn each_turn<T: Copy + Default>(
    rows: usize,
    of: &impl Turns<T>,
    test: impl Fn(&[T; LANES]) -> u64,
) -> Words {
    let mut words = Words::NONE;
    let mut room = [T::default(); LANES];
    for (at, word) in words.0.iter_mut().enumerate().take(rows.div_ceil(LANES)) {
        *word = of.turn(at, &mut room).map_or(0, &test);
    }
    words
}

/// Which are one of the set.
#[inline(always)]
fn any<T: Copy + 'static>(turn: &[T; LANES], set: &[T], same: impl Fn(T, T) -> bool + Copy) -> u64 {
    set.iter().fold(0, |found, literal| found | test((turn, &[*literal; LANES]), same))
}

/// Which are one of the set, which is sorted.
#[inline(never)]
fn one_of(turn: &[u64; LANES], set: &[u64]) -> u64 {
    if set.len() <= FEW {
        return any(turn, set, |a, b| a == b);
    }
    let found = |of: &u64| u64::from(set.binary_search(of).is_ok());
    turn.iter().rev().fold(0, |word, of| word << 1 | found(of))
}

fn text_among(texts: &Texts<'_>, codes: &[u64], long: &[String], rows: usize) -> Words {
    let mut words = Words::NONE;
    let bytes = texts.text().as_bytes();
    for (at, word) in words.0.iter_mut().enumerate().take(rows.div_ceil(LANES)) {
        let mut turn = [0; LANES];
        if let Ranges::Column(offsets) = &texts.ranges {
            set_codes(bytes, offsets.get(at * LANES..).unwrap_or_default(), &mut turn);
        } else {
            for (row, own) in turn.iter_mut().enumerate() {
                let (start, end) = texts.range(at * LANES + row);
                *own = code(bytes, start as usize, end as usize);
            }
        }
        *word = one_of(&turn, codes);
        if !long.is_empty() {
            for (row, _) in turn.iter().enumerate().filter(|(_, code)| **code == LONG) {
                let text = texts.get(at * LANES + row);
                let found = long.binary_search_by(|literal| literal.as_str().cmp(text)).is_ok();
                *word |= u64::from(found) << row;
            }
        }
    }
    words
}
