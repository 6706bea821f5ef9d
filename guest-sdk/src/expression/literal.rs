//! Literals: registers that no block changes.

use super::comparison::Set;
use super::numbers::{Integers, Numbers};
use super::op::{Kind, Op};
use super::program::{Program, Step};
use super::register::{Ranges, Register, Source, Texts, Values};
use super::words::Words;

/// A literal's register; for other steps an empty one.
pub(super) fn register(step: &Step) -> Register<'static> {
    let text = |text: &str| {
        let source = Source::Own(text.to_owned());
        Values::Texts(Texts { ranges: Ranges::Literal, source })
    };
    let values = match (step.op, Kind::named(step.text())) {
        (Op::Bool, _) | (Op::Null, Some(Kind::Bool)) => {
            Values::Bools(Words::filled(step.number() != 0))
        }
        (Op::Integer, _) | (Op::Null, Some(Kind::Integer)) => {
            Values::Integers(Integers::literal(step.number()))
        }
        (Op::Float, _) | (Op::Null, Some(Kind::Float)) => {
            Values::Floats(Numbers::literal(step.number.unwrap_or_default()))
        }
        (Op::Decimal, _) | (Op::Null, Some(Kind::Decimal)) => {
            Values::Decimals(Numbers::literal(step.text().parse().unwrap_or_default()))
        }
        (Op::Text, _) => text(step.text()),
        (Op::Null, Some(Kind::Text)) => text(""),
        _ => return Register::EMPTY,
    };
    let valid = (step.op == Op::Null).then_some(Words::NONE);
    Register { values, valid, wrong: None }
}

/// The literals that `in` compares with, or a text that `=` does; and the operand that is
/// compared with them.
pub(super) fn set(program: &Program, step: &Step) -> Option<(usize, Set)> {
    let operand = |at: &u32| program.steps.get(*at as usize);
    let of: Vec<&Step> = step.of.iter().filter_map(operand).collect();
    match (step.op, of.as_slice()) {
        (Op::In, [_, literals @ ..]) => Some((0, Set::of(literals)?)),
        (Op::Eq, [_, text]) if text.op == Op::Text => Some((0, Set::of(&[*text])?)),
        (Op::Eq, [text, _]) if text.op == Op::Text => Some((1, Set::of(&[*text])?)),
        _ => None,
    }
}
