//! One step over some rows.

use super::bind::Bound;
use super::comparison::{self, Set};
use super::op::{Kind, Op};
use super::program::{Program, Step};
use super::register::{Register, Values};
use super::words::{Words, both, either};
use super::{arithmetic, choice, conversion, logic, moment, text};
use crate::{Error, Result};

/// Some rows of a batch, and what the steps before made of them.
pub(super) struct Block<'r, 'a> {
    pub(super) program: &'a Program,
    pub(super) columns: &'r [Bound<'a>],
    pub(super) before: &'r [Register<'a>],
    pub(super) first: usize,
    pub(super) rows: usize,
}

fn broken() -> Error {
    Error::data("an expression is no program")
}

impl<'r, 'a> Block<'r, 'a> {
    fn operand(&self, step: &Step, at: usize) -> &'r Register<'a> {
        // INVARIANT: programs whose steps lack operands are refused when they are opened.
        let of = step.of.get(at).and_then(|at| self.before.get(*at as usize));
        of.unwrap_or(const { &Register::EMPTY })
    }

    fn operands(&self, step: &Step) -> Vec<&'r Register<'a>> {
        (0..step.of.len()).map(|at| self.operand(step, at)).collect()
    }

    fn column(&self, step: &Step) -> Result<(Bound<'a>, bool)> {
        let at = usize::try_from(step.number()).ok();
        let found = at.and_then(|at| self.columns.get(at).zip(self.program.columns.get(at)));
        found.map(|(bound, column)| (*bound, column.is_presence())).ok_or_else(broken)
    }

    /// Sets `out`, which holds what the step made of the block before, to what it makes of
    /// this one.
    pub(super) fn make(
        &self,
        step: &Step,
        kind: Kind,
        set: Option<&(usize, Set)>,
        out: &mut Register<'a>,
    ) -> Result<()> {
        let (rows, a, b) = (self.rows, self.operand(step, 0), self.operand(step, 1));
        let values = &mut out.values;
        let failing = match step.op {
            Op::Column => return self.column(step)?.0.values(kind, self.first, rows, out),
            Op::Absent => {
                let (bound, is_presence) = self.column(step)?;
                out.set_bools(bound.absent(is_presence, self.first)?);
                return Ok(());
            }
            // Made once.
            Op::Null | Op::Bool | Op::Integer | Op::Float | Op::Decimal | Op::Text => {
                return Ok(());
            }
            Op::Same => {
                choice::take(&[(Words::ALL, a)], None, rows, out);
                return Ok(());
            }
            Op::And | Op::Or => {
                logic::junction(a, b, step.op == Op::And, out);
                return Ok(());
            }
            Op::IsNull => {
                out.set_bools(a.valid.map_or(Words::NONE, Words::not));
                out.wrong = a.wrong;
                return Ok(());
            }
            Op::Case => {
                let (choices, unasked) = choice::arms(&self.operands(step), rows);
                choice::take(&choices, unasked, rows, out);
                return Ok(());
            }
            Op::Coalesce => {
                choice::take(&choice::first_valid(&self.operands(step)), None, rows, out);
                return Ok(());
            }
            Op::Not => bools(values, a.bools().not()),
            Op::Eq | Op::In => bools(
                values,
                match set {
                    Some((of, set)) => comparison::among(self.operand(step, *of), set, rows),
                    None => comparison::eq(a, b, rows),
                },
            ),
            Op::Lt => bools(values, comparison::lt(a, b, rows)),
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::FloorDiv => {
                arithmetic::of_two(step.op, (a, b), rows, values)
            }
            Op::Neg | Op::Abs | Op::Round | Op::Ceil | Op::Floor => {
                arithmetic::of_one(step.op, step.number(), a, rows, values)
            }
            Op::ToFloat => {
                conversion::to_float(step, a, rows, values);
                None
            }
            Op::ToDecimal | Op::Rescale | Op::Fits | Op::ParseDecimal => {
                conversion::to_decimal(step, a, rows, values)
            }
            Op::ToInteger | Op::ParseInteger | Op::ParseDate | Op::ParseTime => {
                conversion::to_integer(step, a, rows, values)
            }
            Op::ParseFloat => conversion::parse_float(a, rows, values),
            Op::ParseBool => conversion::parse_bool(a, rows, values),
            Op::ToText | Op::DateToText | Op::TimeToText => {
                conversion::to_text(step, a, rows, values);
                None
            }
            Op::Concat => {
                text::concat(&self.operands(step), rows, values);
                None
            }
            Op::Lower | Op::Upper => {
                text::case(step.op == Op::Upper, a, rows, values);
                None
            }
            Op::Length => {
                text::length(a, rows, values);
                None
            }
            Op::Substring => text::substring(&self.operands(step), rows, values),
            Op::Trim => {
                text::trim(step, a, rows, values);
                None
            }
            Op::Like => bools(values, text::like(step, a, rows)),
            Op::Part | Op::Beginning => moment::of(step, a, rows, values),
        };
        self.finish(step, failing, out);
        Ok(())
    }

    /// A row is null where an operand is, and failed where one has. Where the operation
    /// itself could not: dividing gives null, as does what is only tried.
    fn finish(&self, step: &Step, failing: Option<Words>, out: &mut Register<'a>) {
        (out.valid, out.wrong) = (None, None);
        for at in 0..step.of.len() {
            let of = self.operand(step, at);
            if of.valid.is_some() {
                out.valid = both(out.valid.as_ref(), of.valid.as_ref());
            }
            if of.wrong.is_some() {
                out.wrong = either(out.wrong.as_ref(), of.wrong.as_ref());
            }
        }
        // Where an operand is null, nothing depends on what the others are.
        let known = |words: Words| out.valid.map_or(words, |valid| words.and(&valid));
        out.wrong = out.wrong.map(known);
        let failing = failing.map(known);
        if let Some(failing) = failing.filter(|failing| failing.any(self.rows)) {
            if step.r#try || matches!(step.op, Op::Div | Op::Rem) {
                out.valid = Some(out.valid.unwrap_or(Words::ALL).without(&failing));
            } else {
                out.wrong = either(out.wrong.as_ref(), Some(&failing));
            }
        }
    }
}

fn bools(values: &mut Values<'_>, bools: Words) -> Option<Words> {
    *values = Values::Bools(bools);
    None
}
