//! Equal, less, one of several.

use super::register::{CHUNK_ROWS, Register, Texts, Values, Words};
use crate::lanes;

/// In which rows the predicate holds. Becomes vector code where it has no branches.
#[inline(always)]
fn each<T: Copy>(a: &[T], b: &[T], predicate: impl Fn(T, T) -> bool) -> Words {
    let mut words = Words::NONE;
    let ((a_words, a_rest), (b_words, b_rest)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
    let mut out = words.0.iter_mut();
    for ((a, b), word) in a_words.iter().zip(b_words).zip(&mut out) {
        let mut flags = [0; 64];
        for ((flag, a), b) in flags.iter_mut().zip(a).zip(b) {
            *flag = lanes::flag(predicate(*a, *b));
        }
        *word = lanes::pack(&flags);
    }
    if let Some(word) = out.next() {
        let pairs = a_rest.iter().zip(b_rest);
        *word = pairs.rev().fold(0, |word, (a, b)| word << 1 | u64::from(predicate(*a, *b)));
    }
    words
}

/// What is not a number equals itself.
fn same(a: f64, b: f64) -> bool {
    (a == b) | (a.is_nan() & b.is_nan())
}

/// What is not a number is greater than every number.
fn below(a: f64, b: f64) -> bool {
    (a < b) | (!a.is_nan() & b.is_nan())
}

pub(super) fn eq(a: &Register<'_>, b: &Register<'_>) -> Words {
    match (&a.values, &b.values) {
        (Values::Bools(a), Values::Bools(b)) => a.with(b, |a, b| !(a ^ b)),
        (Values::Integers(a), Values::Integers(b)) => each(a.slice(), b.slice(), |a, b| a == b),
        (Values::Floats(a), Values::Floats(b)) => each(a.slice(), b.slice(), same),
        (Values::Decimals(a), Values::Decimals(b)) => each(a, b, |a, b| a == b),
        (Values::Texts(a), Values::Texts(b)) => texts(a, b, |a, b| a == b),
        _ => Words::NONE,
    }
}

pub(super) fn lt(a: &Register<'_>, b: &Register<'_>) -> Words {
    match (&a.values, &b.values) {
        (Values::Bools(a), Values::Bools(b)) => a.with(b, |a, b| !a & b),
        (Values::Integers(a), Values::Integers(b)) => each(a.slice(), b.slice(), |a, b| a < b),
        (Values::Floats(a), Values::Floats(b)) => each(a.slice(), b.slice(), below),
        (Values::Decimals(a), Values::Decimals(b)) => each(a, b, |a, b| a < b),
        (Values::Texts(a), Values::Texts(b)) => texts(a, b, |a, b| a < b),
        _ => Words::NONE,
    }
}

fn texts(a: &Texts<'_>, b: &Texts<'_>, predicate: impl Fn(&[u8], &[u8]) -> bool) -> Words {
    let mut pairs = a.iter().zip(b.iter());
    Words::from_fn_in_order(a.ranges.len(), || {
        pairs.next().is_some_and(|(a, b)| predicate(a.as_bytes(), b.as_bytes()))
    })
}

/// The literals of `in`, of one kind; sorted, where they have an order.
#[derive(Debug)]
pub(super) enum Set<'a> {
    Bools { yes: bool, no: bool },
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Decimals(Vec<i128>),
    Texts(Vec<&'a str>),
}

/// Up to so many values are compared one by one: quicker than a search.
const FEW: usize = 8;

pub(super) fn among(of: &Register<'_>, set: &Set<'_>) -> Words {
    match (&of.values, set) {
        (Values::Bools(bools), Set::Bools { yes, no }) => {
            let (yes, no) = (Words::filled(*yes), Words::filled(*no));
            let yes = bools.and(&yes);
            yes.or(&no.without(bools))
        }
        (Values::Integers(numbers), Set::Integers(set)) if set.len() <= FEW => {
            few(numbers.slice(), set, |a, b| a == b)
        }
        (Values::Integers(numbers), Set::Integers(set)) => {
            let numbers = numbers.slice();
            let found = |row| numbers.get(row).is_some_and(|of| set.binary_search(of).is_ok());
            Words::from_fn(numbers.len(), found)
        }
        (Values::Floats(numbers), Set::Floats(set)) => few(numbers.slice(), set, same),
        (Values::Decimals(values), Set::Decimals(set)) => few(values, set, |a, b| a == b),
        (Values::Texts(texts), Set::Texts(set)) => {
            let mut values = texts.iter();
            Words::from_fn_in_order(texts.ranges.len(), || {
                let value = values.next().unwrap_or_default();
                if set.len() <= FEW {
                    set.contains(&value)
                } else {
                    set.binary_search(&value).is_ok()
                }
            })
        }
        _ => Words::NONE,
    }
}

fn few<T: Copy>(values: &[T], set: &[T], same: impl Fn(T, T) -> bool + Copy) -> Words {
    set.iter().fold(Words::NONE, |found, literal| {
        let literal = [*literal; CHUNK_ROWS];
        found.or(&each(values, literal.get(..values.len()).unwrap_or_default(), same))
    })
}
