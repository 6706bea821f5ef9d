//! A column's values of some rows, held as one of the five kinds.

use super::op::Kind;
use super::register::{Numbers, Register, Source, Texts, Values, Words};
use crate::{Column, DataType, Result, Utf8Column, lanes, with_native};

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

    /// The values of `rows` rows from `first` on. `own` is room for them.
    pub(super) fn values(
        self,
        kind: Kind,
        first: usize,
        rows: usize,
        own: Values<'a>,
    ) -> Result<Register<'a>> {
        let values = match (self, kind) {
            (Self::Text(_, texts), _) => {
                let offsets = texts.offsets().get(first..=first + rows).unwrap_or_default();
                let mut ranges = match own {
                    Values::Texts(texts) => texts.ranges,
                    _ => Vec::with_capacity(rows),
                };
                ranges.clear();
                ranges.extend(offsets.iter().copied().zip(offsets.iter().skip(1).copied()));
                Values::Texts(Texts { ranges, source: Source::Given(texts.text()) })
            }
            (Self::Other(column), Kind::Bool) => {
                Values::Bools(Words::of(column.as_bool()?.values(), first))
            }
            (Self::Other(column), Kind::Integer) => integers(column, first, rows, own)?,
            (Self::Other(column), Kind::Float) => floats(column, first, rows, own)?,
            (Self::Other(column), _) => decimals(column, first, rows)?,
        };
        let valid = self.column().validity().map(|bits| Words::of(bits, first));
        Ok(Register { values, valid, wrong: None })
    }

    /// Which rows have no value: of a column whose presence alone is read, or of any.
    pub(super) fn absent(self, is_presence: bool, first: usize) -> Result<Words> {
        let column = self.column();
        if is_presence {
            return Ok(Words::of(column.as_bool()?.values(), first).map(|word| !word));
        }
        let valid = column.validity().map(|bits| Words::of(bits, first));
        Ok(valid.map_or(Words::NONE, |valid| valid.map(|word| !word)))
    }
}

#[expect(clippy::unnecessary_cast, reason = "one arm of the macro is of that very type")]
fn integers<'a>(
    column: Column<'a>,
    first: usize,
    rows: usize,
    own: Values<'a>,
) -> Result<Values<'a>> {
    if let Ok(values) = column.as_primitive::<i64>()
        && *column.data_type() != DataType::Date64
    {
        let values = values.values().get(first..first + rows).unwrap_or_default();
        return Ok(Values::Integers(Numbers::Column(values)));
    }
    let mut out = match own {
        Values::Integers(Numbers::Own(out)) => out,
        _ => Vec::new(),
    };
    out.resize(rows, 0);
    with_native!(column.data_type(), T => {
        let values = column.as_primitive::<T>()?.values();
        lanes::set(&mut out, values.get(first..).unwrap_or_default(), |value| value as i64);
    }, else return Err(column.field().unexpected("an integer")));
    if *column.data_type() == DataType::Date64 {
        out.iter_mut().for_each(|value| *value = value.div_euclid(MILLISECONDS_PER_DAY));
    }
    Ok(Values::Integers(Numbers::Own(out)))
}

fn floats<'a>(
    column: Column<'a>,
    first: usize,
    rows: usize,
    own: Values<'a>,
) -> Result<Values<'a>> {
    if let Ok(values) = column.as_primitive::<f64>() {
        let values = values.values().get(first..first + rows).unwrap_or_default();
        return Ok(Values::Floats(Numbers::Column(values)));
    }
    let mut out = match own {
        Values::Floats(Numbers::Own(out)) => out,
        _ => Vec::new(),
    };
    out.resize(rows, 0.0);
    let values = column.as_primitive::<f32>()?.values();
    lanes::set(&mut out, values.get(first..).unwrap_or_default(), f64::from);
    Ok(Values::Floats(Numbers::Own(out)))
}

fn decimals<'a>(column: Column<'a>, first: usize, rows: usize) -> Result<Values<'a>> {
    if let Ok(values) = column.as_primitive::<u64>() {
        let values = values.values().iter().skip(first).take(rows);
        return Ok(Values::Decimals(values.map(|value| i128::from(*value)).collect()));
    }
    let bytes = column.as_fixed_binary()?.bytes().as_chunks::<16>().0;
    let values = bytes.iter().skip(first).take(rows);
    Ok(Values::Decimals(values.map(|bytes| i128::from_le_bytes(*bytes)).collect()))
}
