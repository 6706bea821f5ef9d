//! Programs over batches, some rows at a time.

use super::arithmetic::{self, Made};
use super::bind::Bound;
use super::comparison::{self, Set};
use super::op::{Kind, Op};
use super::program::{Program, Step};
use super::register::{CHUNK_ROWS, Numbers, Register, Source, Texts, Values, Words, both, either};
use super::{choice, conversion, logic, moment, text};
use crate::{
    Array, Batch, Bitmap, BitmapBuilder, DataType, DecimalBuilder, Error, PrimitiveBuilder, Result,
    Schema, Utf8Builder,
};

/// An expression that is ready for batches.
#[derive(Debug)]
pub struct Evaluator {
    program: Program,
    data_type: DataType,
    // One for each step.
    kinds: Vec<Kind>,
}

impl Evaluator {
    pub(super) fn new(program: Program, reads: &Schema) -> Result<Self> {
        for column in &program.columns {
            reads.field(&column.name)?;
        }
        let (kinds, data_type) = (program.kinds()?, program.data_type()?);
        Ok(Self { program, data_type, kinds })
    }

    /// The rows in which a predicate is true: neither false nor unknown.
    pub fn holds(&self, rows: &Batch) -> Result<Bitmap> {
        let mut words = Vec::with_capacity(rows.rows().div_ceil(64));
        self.run(rows, |result, rows| {
            let holds = result.valid.map_or(result.bools(), |valid| result.bools().and(&valid));
            words.extend(holds.first_words(rows));
        })?;
        Ok(Bitmap::from_words(rows.rows(), words))
    }

    /// The expression's value in each row.
    pub fn values(&self, rows: &Batch) -> Result<Array> {
        let count = rows.rows();
        let mut valid = BitmapBuilder::with_capacity(count);
        let mut has_nulls = false;
        let mut note = |result: &Register<'_>, rows: usize| {
            has_nulls |= result.valid.is_some();
            let words = result.valid.unwrap_or(Words::ALL);
            let lengths = (0..rows.div_ceil(64)).map(|at| rows - at * 64);
            words
                .first_words(rows)
                .zip(lengths)
                .for_each(|(word, left)| valid.push_word(word, left));
        };
        let array = match &self.data_type {
            DataType::Bool => {
                let mut words = Vec::with_capacity(count.div_ceil(64));
                self.run(rows, |result, rows| {
                    note(result, rows);
                    words.extend(result.bools().first_words(rows));
                })?;
                Array::from_bools(Bitmap::from_words(count, words))
            }
            DataType::Float64 => {
                let mut out = PrimitiveBuilder::<f64>::with_capacity(count);
                self.run(rows, |result, rows| {
                    note(result, rows);
                    out.extend_from_slice(result.floats().get(..rows).unwrap_or_default());
                })?;
                out.finish()
            }
            DataType::Decimal128 { precision, scale } => {
                let mut out = DecimalBuilder::with_capacity(count, *precision, *scale);
                self.run(rows, |result, rows| {
                    note(result, rows);
                    result.decimals().iter().take(rows).for_each(|value| out.push(*value));
                })?;
                out.finish()
            }
            DataType::Utf8 => {
                let mut out = Utf8Builder::with_capacity(count, 0);
                self.run(rows, |result, rows| {
                    note(result, rows);
                    if let Values::Texts(texts) = &result.values {
                        (0..rows).for_each(|row| {
                            out.push(if result.is_valid(row) { texts.get(row) } else { "" });
                        });
                    }
                })?;
                out.finish()
            }
            DataType::Date32 => {
                let mut out = PrimitiveBuilder::<i32>::with_capacity(count);
                let mut beyond = false;
                self.run(rows, |result, rows| {
                    note(result, rows);
                    for (row, days) in result.integers().iter().take(rows).enumerate() {
                        let narrow = i32::try_from(*days);
                        beyond |= narrow.is_err() && result.is_valid(row);
                        out.push(narrow.unwrap_or_default());
                    }
                })?;
                if beyond {
                    return Err(self.failed(Op::Add));
                }
                out.finish_as(&self.data_type)?
            }
            integer => {
                let mut out = PrimitiveBuilder::<i64>::with_capacity(count);
                self.run(rows, |result, rows| {
                    note(result, rows);
                    out.extend_from_slice(result.integers().get(..rows).unwrap_or_default());
                })?;
                out.finish_as(integer)?
            }
        };
        let valid = valid.finish();
        Ok(if has_nulls { array.with_validity(Some(valid.bits())) } else { array })
    }

    /// Gives each chunk's result, and how many rows it has.
    fn run<'a>(
        &'a self,
        batch: &'a Batch,
        mut each: impl FnMut(&Register<'a>, usize),
    ) -> Result<()> {
        let columns = self.program.columns.iter().map(|column| batch.column(&column.name));
        let columns = columns.map(|column| Bound::new(column?)).collect::<Result<Vec<_>>>()?;
        let steps = &self.program.steps;
        let mut registers: Vec<Register<'a>> = steps.iter().map(literal).collect();
        let sets: Vec<Option<Set<'a>>> = steps.iter().map(|step| self.set(step)).collect();
        for first in (0..batch.rows()).step_by(CHUNK_ROWS) {
            let rows = CHUNK_ROWS.min(batch.rows() - first);
            let mut failed = None;
            for (at, step) in steps.iter().enumerate() {
                let (before, rest) = registers.split_at_mut(at);
                let Some(out) = rest.first_mut() else { continue };
                if is_literal(step.op) {
                    shorten(out, rows);
                    continue;
                }
                let own = std::mem::replace(&mut out.values, Values::Bools(Words::NONE));
                let chunk =
                    Chunk { program: &self.program, columns: &columns, before, first, rows };
                let kind = self.kinds.get(at).copied().unwrap_or(Kind::Bool);
                *out = chunk.made(step, kind, sets.get(at).and_then(Option::as_ref), own)?;
                if out.wrong.is_some() {
                    failed.get_or_insert(step.op);
                }
            }
            if let Some(result) = registers.last() {
                if let (Some(wrong), Some(op)) = (&result.wrong, failed)
                    && wrong.any(rows)
                {
                    return Err(self.failed(op));
                }
                each(result, rows);
            }
        }
        Ok(())
    }

    /// The literals of `in`.
    fn set(&self, step: &Step) -> Option<Set<'_>> {
        if step.op != Op::In {
            return None;
        }
        let steps = &self.program.steps;
        let literals: Vec<&Step> =
            step.of.iter().skip(1).filter_map(|at| steps.get(*at as usize)).collect();
        let integers = || literals.iter().map(|literal| literal.number());
        Some(match literals.first()?.op {
            Op::Bool => Set::Bools {
                yes: integers().any(|value| value != 0),
                no: integers().any(|value| value == 0),
            },
            Op::Integer => {
                let mut set: Vec<i64> = integers().collect();
                set.sort_unstable();
                Set::Integers(set)
            }
            Op::Float => {
                Set::Floats(literals.iter().map(|of| of.number.unwrap_or_default()).collect())
            }
            Op::Decimal => {
                Set::Decimals(literals.iter().filter_map(|of| of.text().parse().ok()).collect())
            }
            _ => {
                let mut set: Vec<&str> = literals.iter().map(|literal| literal.text()).collect();
                set.sort_unstable();
                Set::Texts(set)
            }
        })
    }

    /// Why a row has no result; `op` is the first step that failed.
    #[cold]
    fn failed(&self, op: Op) -> Error {
        let sql = &self.program.sql;
        Error::data(match op {
            Op::ParseBool
            | Op::ParseInteger
            | Op::ParseFloat
            | Op::ParseDecimal
            | Op::ParseDate
            | Op::ParseTime
            | Op::Fits
            | Op::ToInteger
            | Op::ToDecimal => format!(
                "a value cannot be cast in `{sql}`: write `try_cast` to make it null, or guard it \
                 with `case`"
            ),
            Op::Substring => format!("a length is negative in `{sql}`: guard it with `case`"),
            _ => format!(
                "a result does not fit its type in `{sql}`: cast an operand to double, or guard \
                 it with `case`"
            ),
        })
    }
}

fn is_literal(op: Op) -> bool {
    matches!(op, Op::Null | Op::Bool | Op::Integer | Op::Float | Op::Decimal | Op::Text)
}

/// A literal as a whole chunk of itself; for other steps anything.
fn literal(step: &Step) -> Register<'_> {
    let integers = |value| Values::Integers(Numbers::Own(vec![value; CHUNK_ROWS]));
    let floats = |value| Values::Floats(Numbers::Own(vec![value; CHUNK_ROWS]));
    let texts = |text: &'_ str| {
        let ranges = vec![(0, text.len() as u32); CHUNK_ROWS];
        (ranges, text.len())
    };
    let values = match (step.op, Kind::named(step.text())) {
        (Op::Bool, _) => Values::Bools(Words::filled(step.number() != 0)),
        (Op::Integer, _) => integers(step.number()),
        (Op::Float, _) => floats(step.number.unwrap_or_default()),
        (Op::Decimal, _) => {
            Values::Decimals(vec![step.text().parse().unwrap_or_default(); CHUNK_ROWS])
        }
        (Op::Text, _) => {
            let (ranges, _) = texts(step.text());
            Values::Texts(Texts { ranges, source: Source::Given(step.text()) })
        }
        (Op::Null, Some(Kind::Integer)) => integers(0),
        (Op::Null, Some(Kind::Float)) => floats(0.0),
        (Op::Null, Some(Kind::Decimal)) => Values::Decimals(vec![0; CHUNK_ROWS]),
        (Op::Null, Some(Kind::Text)) => {
            let (ranges, _) = texts("");
            Values::Texts(Texts { ranges, source: Source::Given("") })
        }
        _ => Values::Bools(Words::NONE),
    };
    let valid = (step.op == Op::Null).then_some(Words::NONE);
    Register { values, valid, wrong: None }
}

/// The last chunk of a batch has fewer rows: so do its literals.
fn shorten(register: &mut Register<'_>, rows: usize) {
    match &mut register.values {
        Values::Integers(Numbers::Own(values)) => values.truncate(rows),
        Values::Floats(Numbers::Own(values)) => values.truncate(rows),
        Values::Decimals(values) => values.truncate(rows),
        Values::Texts(texts) => texts.ranges.truncate(rows),
        _ => {}
    }
}

/// Some rows of a batch, and what the steps before made of them.
struct Chunk<'r, 'a> {
    program: &'a Program,
    columns: &'r [Bound<'a>],
    before: &'r [Register<'a>],
    first: usize,
    rows: usize,
}

impl<'a> Chunk<'_, 'a> {
    /// What the step makes of the chunk; `own` is what it made of the one before, for its
    /// room.
    fn made(
        &self,
        step: &Step,
        kind: Kind,
        set: Option<&Set<'_>>,
        own: Values<'a>,
    ) -> Result<Register<'a>> {
        let rows = self.rows;
        let broken = || Error::data("an expression is no program");
        let of = step.of.iter().map(|at| self.before.get(*at as usize));
        let of = of.collect::<Option<Vec<&Register<'a>>>>().ok_or_else(broken)?;
        let column = || {
            let at = usize::try_from(step.number()).ok();
            let bound = at.and_then(|at| self.columns.get(at).zip(self.program.columns.get(at)));
            bound.ok_or_else(broken)
        };
        let made: Made<'a> = match (step.op, of.as_slice()) {
            (Op::Column, _) => return column()?.0.values(kind, self.first, rows, own),
            (Op::Absent, _) => {
                let (bound, column) = column()?;
                let absent = bound.absent(column.is_presence(), self.first)?;
                return Ok(Register::new(Values::Bools(absent)));
            }
            (Op::Same, [of]) => return Ok(choice::take(&[(Words::ALL, of)], rows)),
            (Op::And, [a, b]) => return Ok(logic::junction(a, b, true)),
            (Op::Or, [a, b]) => return Ok(logic::junction(a, b, false)),
            (Op::IsNull, [of]) => {
                let valid = of.valid.unwrap_or(Words::ALL);
                let values = Values::Bools(valid.map(|word| !word));
                return Ok(Register { values, valid: None, wrong: of.wrong });
            }
            (Op::Case, of) => {
                let (choices, wrong) = choice::arms(of, rows);
                let taken = choice::take(&choices, rows);
                let wrong = either(taken.wrong.as_ref(), wrong.as_ref());
                let valid = match (taken.valid, &wrong) {
                    (Some(valid), Some(wrong)) => Some(valid.or(wrong)),
                    (valid, _) => valid,
                };
                return Ok(Register { valid, wrong, ..taken });
            }
            (Op::Coalesce, of) => return Ok(choice::take(&choice::first_valid(of), rows)),
            (Op::Not, [of]) => (Values::Bools(of.bools().map(|word| !word)), None),
            (Op::Eq, [a, b]) => (Values::Bools(comparison::eq(a, b)), None),
            (Op::Lt, [a, b]) => (Values::Bools(comparison::lt(a, b)), None),
            (Op::In, [of, ..]) => {
                let found = set.map_or(Words::NONE, |set| comparison::among(of, set));
                (Values::Bools(found), None)
            }
            (Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::FloorDiv, [a, b]) => {
                arithmetic::of_two(step.op, a, b, own)
            }
            (Op::Neg | Op::Abs | Op::Round | Op::Ceil | Op::Floor, [of]) => {
                arithmetic::of_one(step.op, step.number(), of, own)
            }
            (Op::ToFloat, [of]) => conversion::to_float(step, of, own),
            (Op::ToDecimal | Op::Rescale | Op::Fits | Op::ParseDecimal, [of]) => {
                conversion::to_decimal(step, of)
            }
            (Op::ToInteger | Op::ParseInteger | Op::ParseDate | Op::ParseTime, [of]) => {
                conversion::to_integer(step, of, rows, own)
            }
            (Op::ParseFloat, [of]) => conversion::parse_float(of, rows, own),
            (Op::ParseBool, [of]) => conversion::parse_bool(of, rows),
            (Op::ToText | Op::DateToText | Op::TimeToText, [of]) => {
                conversion::to_text(step, of, rows)
            }
            (Op::Concat, of) => text::concat(of, rows),
            (Op::Lower | Op::Upper, [of]) => text::case(step.op == Op::Upper, of, rows),
            (Op::Length, [of]) => text::length(of, rows, own),
            (Op::Substring, of) => text::substring(of),
            (Op::Trim, [of]) => text::trim(step, of),
            (Op::Like, [of]) => text::like(step, of, rows),
            (Op::Part | Op::Beginning, [of]) => moment::of(step, of, own),
            _ => return Err(broken()),
        };
        Ok(finished(step, &of, made, rows))
    }
}

/// A row is null where an operand is, and failed where one has. Where the operation
/// itself could not: dividing gives null, as does what is only tried.
fn finished<'a>(
    step: &Step,
    of: &[&Register<'a>],
    (values, failing): Made<'a>,
    rows: usize,
) -> Register<'a> {
    let mut valid = of.iter().fold(None, |all, of| both(Option::as_ref(&all), of.valid.as_ref()));
    let mut wrong = of.iter().fold(None, |all, of| either(Option::as_ref(&all), of.wrong.as_ref()));
    // Where an operand is null, nothing depends on what the others are.
    let known = |words: Words| valid.map_or(words, |valid| words.and(&valid));
    wrong = wrong.map(known);
    let failing = failing.map(known);
    if let Some(failing) = failing.filter(|failing| failing.any(rows)) {
        if step.r#try || matches!(step.op, Op::Div | Op::Rem) {
            valid = Some(valid.unwrap_or(Words::ALL).without(&failing));
        } else {
            wrong = either(wrong.as_ref(), Some(&failing));
        }
    }
    Register { values, valid, wrong }
}
