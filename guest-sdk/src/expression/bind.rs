//! A column's values of some rows, held as one of the five kinds.

use super::numbers::{Integers, LANES, Numbers};
use super::op::Kind;
use super::register::{Ranges, Register, Source, Texts, Values};
use super::words::{BLOCK_ROWS, Words};
use crate::{Column, DataType, Native, Result, Utf8Column, with_native};

const MILLISECONDS_PER_DAY: i64 = 86_400_000;

/// A column of a batch, as what it is read as.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bound<'a> {
    /// Text is checked once a batch.
    Text(Column<'a>, Utf8Column<'a>),
    Other(Column<'a>),
}

impl<'a> Bound<'a> {
    pub(super) fn new(column: Column<'a>) -> Result<Self> {
        if column.data_type().is_text() {
            column.as_utf8().map(|texts| Self::Text(column, texts))
        } else {
            Ok(Self::Other(column))
        }
    }

    pub(super) fn column(self) -> Column<'a> {
        match self {
            Self::Text(column, _) | Self::Other(column) => column,
        }
    }

    /// The values of `rows` rows from `first` on.
    pub(super) fn values(
        self,
        kind: Kind,
        first: usize,
        rows: usize,
        out: &mut Register<'a>,
    ) -> Result<()> {
        let values = &mut out.values;
        match (self, kind) {
            (Self::Text(_, texts), _) => {
                let offsets = texts.offsets().get(first..=first + rows).unwrap_or_default();
                let (ranges, source) = (Ranges::Column(offsets), Source::Column(texts.text()));
                *values = Values::Texts(Texts { ranges, source });
            }
            (Self::Other(column), Kind::Bool) => {
                *values = Values::Bools(Words::of(column.as_bool()?.values(), first));
            }
            (Self::Other(column), Kind::Integer) => integers(column, first, rows, values)?,
            (Self::Other(column), Kind::Float) => floats(column, first, rows, values)?,
            (Self::Other(column), _) => decimals(column, first, rows, values)?,
        }
        out.valid = self.column().validity().map(|bits| Words::of(bits, first));
        out.wrong = None;
        Ok(())
    }

    /// Which rows have no value: of a column whose presence alone is read, or of any.
    pub(super) fn absent(self, is_presence: bool, first: usize) -> Result<Words> {
        let column = self.column();
        if is_presence {
            return Ok(Words::of(column.as_bool()?.values(), first).not());
        }
        let valid = column.validity().map(|bits| Words::of(bits, first));
        Ok(valid.map_or(Words::NONE, Words::not))
    }
}

/// The rows of a column, and as whole turns, where they are a whole block.
type Rows<'a, T> = (&'a [T], Option<&'a [[T; LANES]]>);

fn rows_of<T: Native>(column: Column<'_>, first: usize, rows: usize) -> Result<Rows<'_, T>> {
    let values = column.as_primitive::<T>()?.values();
    let values = values.get(first..first + rows).unwrap_or_default();
    Ok((values, (rows == BLOCK_ROWS).then_some(values.as_chunks().0)))
}

/// Copies values to the begin of a block.
fn copy<S: Copy, T>(from: &[S], to: &mut [[T; LANES]], convert: impl Fn(S) -> T) {
    let (turns, rest) = from.as_chunks::<LANES>();
    let mut to = to.iter_mut();
    for (from, to) in turns.iter().zip(to.by_ref()) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = convert(*from));
    }
    if let Some(to) = to.next() {
        to.iter_mut().zip(rest).for_each(|(to, from)| *to = convert(*from));
    }
}

#[expect(clippy::unnecessary_cast, reason = "one arm of the macro is of that very type")]
fn integers<'a>(column: Column<'a>, first: usize, rows: usize, out: &mut Values<'a>) -> Result<()> {
    match column.data_type() {
        DataType::Date64 => {
            let (given, _) = rows_of::<i64>(column, first, rows)?;
            copy(given, out.own_integers(), |value| value.div_euclid(MILLISECONDS_PER_DAY));
        }
        DataType::Int32 | DataType::Date32 => match rows_of(column, first, rows)? {
            (_, Some(turns)) => *out = Values::Integers(Integers::Narrow(Numbers::Column(turns))),
            (rest, None) => copy(rest, out.own_narrow(), |value: i32| value),
        },
        DataType::UInt32 => {
            let (given, _) = rows_of::<u32>(column, first, rows)?;
            copy(given, out.own_integers(), i64::from);
        }
        other if other.width() == Some(8) => match rows_of(column, first, rows)? {
            (_, Some(turns)) => *out = Values::Integers(Integers::Wide(Numbers::Column(turns))),
            (rest, None) => copy(rest, out.own_integers(), |value: i64| value),
        },
        // Of 8 or 16 bits.
        small => with_native!(small, T => {
            let (given, _) = rows_of::<T>(column, first, rows)?;
            copy(given, out.own_narrow(), |value| value as i32);
        }, else return Err(column.field().unexpected("an integer"))),
    }
    Ok(())
}

fn floats<'a>(column: Column<'a>, first: usize, rows: usize, out: &mut Values<'a>) -> Result<()> {
    if *column.data_type() == DataType::Float32 {
        let (given, _) = rows_of::<f32>(column, first, rows)?;
        copy(given, out.own_floats(), f64::from);
        return Ok(());
    }
    match rows_of(column, first, rows)? {
        (_, Some(turns)) => *out = Values::Floats(Numbers::Column(turns)),
        (rest, None) => copy(rest, out.own_floats(), |value: f64| value),
    }
    Ok(())
}

fn decimals<'a>(column: Column<'a>, first: usize, rows: usize, out: &mut Values<'a>) -> Result<()> {
    if *column.data_type() == DataType::UInt64 {
        let (given, _) = rows_of::<u64>(column, first, rows)?;
        copy(given, out.own_decimals(), i128::from);
        return Ok(());
    }
    let bytes = column.as_fixed_binary()?.bytes().as_chunks::<16>().0;
    let given = bytes.get(first..first + rows).unwrap_or_default();
    copy(given, out.own_decimals(), i128::from_le_bytes);
    Ok(())
}
