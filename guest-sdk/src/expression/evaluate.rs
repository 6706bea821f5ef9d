//! Programs over batches, some rows at a time.

use std::cell::RefCell;

use super::bind::Bound;
use super::block::Block;
use super::comparison::Set;
use super::numbers::LANES;
use super::op::{Kind, Op};
use super::program::Program;
use super::register::{Register, Values};
use super::words::BLOCK_ROWS;
use super::{literal, numbers};
use crate::{
    Array, Batch, Bitmap, DataType, DecimalBuilder, Error, PrimitiveBuilder, Result, Schema,
    Utf8Builder,
};

/// An expression that is ready for batches.
#[derive(Debug)]
pub struct Evaluator {
    program: Program,
    data_type: DataType,
    // One for each step.
    kinds: Vec<Kind>,
    // For each step that compares with literals: with which, and what.
    sets: Vec<Option<(usize, Set)>>,
    // One for each step, literals filled in: their room is used batch after batch. None
    // while a batch is worked on, and after one that failed.
    registers: RefCell<Vec<Register<'static>>>,
}

impl Evaluator {
    pub(super) fn new(program: Program, reads: &Schema) -> Result<Self> {
        for column in &program.columns {
            reads.field(&column.name)?;
        }
        let (kinds, data_type) = (program.kinds()?, program.data_type()?);
        let sets = program.steps.iter().map(|step| literal::set(&program, step)).collect();
        Ok(Self { program, data_type, kinds, sets, registers: RefCell::default() })
    }

    /// The rows in which a predicate is true: neither false nor unknown.
    pub fn holds(&self, rows: &Batch) -> Result<Bitmap> {
        let mut words = Vec::with_capacity(rows.rows().div_ceil(64));
        self.run(rows, &mut |result, rows| words.extend(result.holds().first_words(rows)))?;
        Ok(Bitmap::from_words(rows.rows(), words))
    }

    /// The expression's value in each row.
    pub fn values(&self, rows: &Batch) -> Result<Array> {
        let count = rows.rows();
        let mut validity = Validity::default();
        let array = match &self.data_type {
            DataType::Bool => {
                let mut words = Vec::with_capacity(count.div_ceil(64));
                self.run(rows, &mut |result, rows| {
                    validity.push(result, rows);
                    words.extend(result.bools().first_words(rows));
                })?;
                Array::from_bools(Bitmap::from_words(count, words))
            }
            DataType::Float64 => {
                let mut out = PrimitiveBuilder::<f64>::with_capacity(count);
                self.run(rows, &mut |result, rows| {
                    validity.push(result, rows);
                    each_turn(rows, &result.floats(), |turn| out.extend_from_slice(turn));
                })?;
                out.finish()
            }
            DataType::Decimal128 { precision, scale } => {
                let mut out = DecimalBuilder::with_capacity(count, *precision, *scale);
                self.run(rows, &mut |result, rows| {
                    validity.push(result, rows);
                    let values = result.decimals();
                    (0..rows).for_each(|row| out.push(values.get(row)));
                })?;
                out.finish()
            }
            DataType::Utf8 => {
                let mut out = Utf8Builder::with_capacity(count, 0);
                self.run(rows, &mut |result, rows| {
                    validity.push(result, rows);
                    for row in 0..rows {
                        out.push(if result.is_valid(row) { result.text(row) } else { "" });
                    }
                })?;
                out.finish()
            }
            DataType::Date32 => {
                let mut out = PrimitiveBuilder::<i32>::with_capacity(count);
                let mut beyond = false;
                self.run(rows, &mut |result, rows| {
                    validity.push(result, rows);
                    for row in 0..rows {
                        let narrow = i32::try_from(result.integer(row));
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
                self.run(rows, &mut |result, rows| {
                    validity.push(result, rows);
                    if let Values::Integers(values) = &result.values {
                        each_turn(rows, values, |turn| out.extend_from_slice(turn));
                    }
                })?;
                out.finish_as(integer)?
            }
        };
        Ok(validity.apply(array))
    }

    /// Gives each block's result, and how many rows it has.
    fn run<'a>(
        &'a self,
        batch: &'a Batch,
        each: &mut dyn FnMut(&Register<'a>, usize),
    ) -> Result<()> {
        let columns = self.program.columns.iter().map(|column| batch.column(&column.name));
        let columns = columns.map(|column| Bound::new(column?)).collect::<Result<Vec<_>>>()?;
        let steps = &self.program.steps;
        let mut registers: Vec<Register<'a>> = self.registers.take();
        if registers.is_empty() {
            registers = steps.iter().map(literal::register).collect();
        }
        for first in (0..batch.rows()).step_by(BLOCK_ROWS) {
            let rows = BLOCK_ROWS.min(batch.rows() - first);
            let mut failed = None;
            for (at, ((step, kind), set)) in
                steps.iter().zip(&self.kinds).zip(&self.sets).enumerate()
            {
                let (before, rest) = registers.split_at_mut(at);
                let Some(out) = rest.first_mut() else { continue };
                let block =
                    Block { program: &self.program, columns: &columns, before, first, rows };
                block.make(step, *kind, set.as_ref(), out)?;
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
        self.registers.replace(registers.into_iter().map(Register::released).collect());
        Ok(())
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

/// Calls the function with the values of each turn, as far as there are rows.
fn each_turn<T: Copy + Default>(
    rows: usize,
    of: &impl numbers::Turns<T>,
    mut function: impl FnMut(&[T]),
) {
    let mut room = [T::default(); LANES];
    for at in 0..rows.div_ceil(LANES) {
        let Some(turn) = of.turn(at, &mut room) else { return };
        function(turn.get(..rows - at * LANES).unwrap_or(turn));
    }
}

/// Which rows have a value, from the first block on that has a null.
#[derive(Default)]
struct Validity {
    words: Vec<u64>,
    rows: usize,
}

impl Validity {
    fn push(&mut self, result: &Register<'_>, rows: usize) {
        let whole = self.rows / 64;
        self.rows += rows;
        if let Some(valid) = &result.valid {
            self.words.resize(whole, u64::MAX);
            self.words.extend(valid.first_words(rows));
        }
    }

    fn apply(mut self, array: Array) -> Array {
        if self.words.is_empty() {
            return array;
        }
        self.words.resize(self.rows.div_ceil(64), u64::MAX);
        array.with_validity(Some(Bitmap::from_words(self.rows, self.words).bits()))
    }
}
