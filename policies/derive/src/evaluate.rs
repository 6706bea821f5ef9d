//! Expressions over the columns of a batch, some rows at a time: what lies between
//! two operations stays in the cache, and the last one's results go straight out.

use bailiwick_guest::{Array, Batch, Bitmap, Column, PrimitiveBuilder, Result};

use crate::arithmetic::Arithmetic;
use crate::operand::Operand;
use crate::{Expression, Operator};

/// Rows that are computed at once; a multiple of 64, as their bits are whole words.
const CHUNK_ROWS: usize = 1_024;

/// An expression, bound to a batch.
enum Bound<'a, T> {
    Scalar(T),
    /// A column of the numbers' own type.
    Values(&'a [T]),
    /// Another column, and its values of a chunk.
    Column(Column<'a>, Vec<T>),
    /// An operation, and its results of a chunk.
    Operation(Operator, Box<(Bound<'a, T>, Bound<'a, T>)>, Vec<T>),
}

/// The values of an expression, and those of them that are none, if any: too great,
/// or divided by 0.
pub(crate) fn evaluate<A: Arithmetic>(
    expression: &Expression,
    rows: &Batch,
) -> Result<(Array, Option<Bitmap>)> {
    let mut bound = Bound::new::<A>(expression, rows)?;
    let mut out = PrimitiveBuilder::<A::Number>::with_capacity(rows.rows());
    let mut wrong = Wrong { words: Vec::new(), rows: rows.rows() };
    for first in (0..rows.rows()).step_by(CHUNK_ROWS) {
        let len = CHUNK_ROWS.min(rows.rows() - first);
        match bound.chunk::<A>(first, len, &mut wrong)? {
            Operand::Values(values) => out.extend_from_slice(values),
            Operand::Scalar(value) => (0..len).for_each(|_| out.push(value)),
        }
    }
    let wrong = (!wrong.words.is_empty()).then(|| Bitmap::from_words(rows.rows(), wrong.words));
    Ok((out.finish(), wrong))
}

/// Rows whose value is none, 64 a word; no words until there is one.
struct Wrong {
    words: Vec<u64>,
    rows: usize,
}

impl Wrong {
    fn add(&mut self, first: usize, flags: Option<Bitmap>) {
        let Some(flags) = flags else { return };
        if self.words.is_empty() {
            self.words.resize(self.rows.div_ceil(64), 0);
        }
        let words = self.words.get_mut(first / 64..).unwrap_or_default();
        words.iter_mut().zip(flags.bits().words()).for_each(|(word, flags)| *word |= flags);
    }
}

impl<'a, T: bailiwick_guest::Native> Bound<'a, T> {
    fn new<A: Arithmetic<Number = T>>(expression: &Expression, rows: &'a Batch) -> Result<Self> {
        Ok(match expression {
            Expression::Literal { literal } => Self::Scalar(A::literal(*literal)),
            Expression::Column { column } => {
                let column = rows.column(column)?;
                // Of that very type, not only stored alike.
                if *column.data_type() == T::DATA_TYPE {
                    Self::Values(column.as_primitive()?.values())
                } else {
                    Self::Column(column, vec![T::zeroed(); CHUNK_ROWS.min(rows.rows())])
                }
            }
            Expression::Operation { op, left, right } => {
                let sides = (Self::new::<A>(left, rows)?, Self::new::<A>(right, rows)?);
                let results = vec![T::zeroed(); CHUNK_ROWS.min(rows.rows())];
                Self::Operation(*op, Box::new(sides), results)
            }
        })
    }

    /// The values of so many rows from the first on.
    fn chunk<A: Arithmetic<Number = T>>(
        &mut self,
        first: usize,
        len: usize,
        wrong: &mut Wrong,
    ) -> Result<Operand<'_, T>> {
        let flags;
        let values = match self {
            Self::Scalar(value) => return Ok(Operand::Scalar(*value)),
            Self::Values(values) => {
                let values = values.get(first..first + len).unwrap_or_default();
                return Ok(Operand::Values(values));
            }
            Self::Column(column, values) => {
                let values = values.get_mut(..len).unwrap_or_default();
                flags = A::convert(*column, first, values)?;
                values
            }
            Self::Operation(op, sides, results) => {
                let left = sides.0.chunk::<A>(first, len, wrong)?;
                let right = sides.1.chunk::<A>(first, len, wrong)?;
                let results = results.get_mut(..len).unwrap_or_default();
                flags = A::combine(*op, left, right, results);
                results
            }
        };
        wrong.add(first, flags);
        Ok(Operand::Values(values))
    }
}
