//! Keys of several columns as a few words, the same number of them for all rows: to find
//! them again, not to sort by them.
//!
//! A value of up to 64 bits has a part of a word, and so has a short text, its bytes and
//! their number. A row with a longer text has no such key: it has one that
//! [`KeyColumn::write`] writes, and is found among those. Which of them a row has, depends
//! on its values alone, so equal rows have keys of the same kind.

use super::order::{Sign, to_ordered};
use super::{KeyColumn, Values, has_key};
use crate::lanes::while_some;
use crate::{Bits, Field};

/// Rows of a block of records: those of a word of a bitmap.
pub const RECORDS: usize = 64;

/// More words make records slower than keys of any length.
const MAX_WORDS: usize = 8;

/// Where in the records the values of a column are.
#[derive(Debug, Clone, Copy)]
struct Place {
    word: usize,
    shift: u32,
    bits: u32,
}

/// How records are made of columns.
#[derive(Debug, Clone)]
pub struct Layout {
    places: Vec<Place>,
    // A bit for each column, whether it is null.
    nulls: Option<Place>,
    words: usize,
}

/// Bits of a value; none where it has no place in a record.
fn width(field: &Field) -> Option<u32> {
    match field.data_type.width() {
        _ if !has_key(&field.data_type) => None,
        None if field.data_type == crate::DataType::Bool => Some(8),
        None => Some(64),
        Some(bytes @ (1 | 2 | 4 | 8)) => Some(bytes as u32 * 8),
        Some(_) => None,
    }
}

impl Layout {
    /// For columns of these fields, where nulls are values; none where a type has no place
    /// in a record, or there are too many columns. Texts have up to seven bytes.
    pub fn of(fields: &[Field]) -> Option<Self> {
        Self::with(fields, width)
    }

    /// As [`Layout::of`], with half the room for integers of 64 bits, which is what most
    /// need, and for texts, which have up to three bytes; none where that saves no word.
    pub fn narrow(fields: &[Field]) -> Option<Self> {
        let is_float = |field: &Field| Sign::of(&field.data_type) == Some(Sign::Float);
        let narrow = Self::with(fields, |field| match width(field)? {
            64 if !is_float(field) => Some(32),
            bits => Some(bits),
        })?;
        Self::of(fields).is_none_or(|wide| narrow.words < wide.words).then_some(narrow)
    }

    fn with(fields: &[Field], width: impl Fn(&Field) -> Option<u32>) -> Option<Self> {
        let mut used: Vec<u32> = Vec::new();
        let mut place = |bits: u32| {
            let free = used.iter().position(|used| used + bits <= u64::BITS);
            let word = free.unwrap_or(used.len());
            if free.is_none() {
                used.push(0);
            }
            let used = used.get_mut(word)?;
            let shift = std::mem::replace(used, *used + bits);
            Some(Place { word, shift, bits })
        };
        let places = fields.iter().map(|field| place(width(field)?)).collect::<Option<Vec<_>>>()?;
        let nullable = fields.iter().any(|field| field.nullable);
        let count = u32::try_from(fields.len()).ok().filter(|count| *count <= u64::BITS)?;
        let nulls = if nullable { Some(place(count)?) } else { None };
        let words = used.len();
        (words <= MAX_WORDS).then_some(Self { places, nulls, words })
    }

    /// Words of a record.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Sets the records of up to 64 rows: word by word, of all rows. Gives a bit for each
    /// row that has none, of those that are asked for; where that is each of them, nothing
    /// is sure to be set. `columns` are of the fields that this was made for.
    pub fn write(
        &self,
        columns: &[KeyColumn<'_>],
        first: usize,
        asked: u64,
        records: &mut [[u64; RECORDS]],
    ) -> u64 {
        let mut without = 0;
        let mut values = [0; RECORDS];
        for (column, place) in columns.iter().zip(&self.places) {
            let Some(word) = records.get_mut(place.word) else { continue };
            let valid = column.validity.map_or(u64::MAX, |bits| bits.word(first / RECORDS));
            without |= column.record(first, place.bits, &mut values) & valid & asked;
            if without == asked {
                return without;
            }
            if valid != u64::MAX {
                for (row, value) in values.iter_mut().enumerate() {
                    *value &= (valid >> row & 1).wrapping_neg();
                }
            }
            place.set(word, &values);
        }
        let Some((place, word)) =
            self.nulls.and_then(|place| Some((place, records.get_mut(place.word)?)))
        else {
            return without;
        };
        let mut nulls = [0; RECORDS];
        for (at, bits) in columns.iter().enumerate().filter_map(|(at, c)| Some((at, c.validity?))) {
            let valid = bits.word(first / RECORDS);
            for (row, nulls) in nulls.iter_mut().enumerate() {
                *nulls |= (!valid >> row & 1) << at;
            }
        }
        place.set(word, &nulls);
        without
    }
}

impl Place {
    /// Writes values to their place. What has the first place in a word is written to it
    /// first.
    #[inline]
    fn set(self, word: &mut [u64; RECORDS], values: &[u64; RECORDS]) {
        if self.shift == 0 {
            *word = *values;
            return;
        }
        for (word, value) in word.iter_mut().zip(values) {
            *word |= value << self.shift;
        }
    }
}

/// A hash of each record.
pub fn hashes(records: &[[u64; RECORDS]]) -> [u64; RECORDS] {
    let mut hashes = [0; RECORDS];
    for word in records {
        for (hash, word) in hashes.iter_mut().zip(word) {
            *hash = super::hash::added(*hash, *word);
        }
    }
    hashes.map(super::hash::mixed)
}

/// The hash of a record, as [`hashes`] has it.
pub fn hash(record: &[u64]) -> u64 {
    super::hash::mixed(record.iter().fold(0, |hash, word| super::hash::added(hash, *word)))
}

impl KeyColumn<'_> {
    /// What stands for the values of up to 64 rows in so many bits, equal where they are; a
    /// bit for each row where nothing does.
    fn record(&self, first: usize, width: u32, values: &mut [u64; RECORDS]) -> u64 {
        match &self.values {
            Values::Bool(bools) => {
                bits(bools.values(), first, values);
                0
            }
            Values::Fixed(fixed, sign) => {
                let bytes = fixed.bytes();
                match fixed.width() {
                    1 => ordered::<1>(bytes, first, *sign, values),
                    2 => ordered::<2>(bytes, first, *sign, values),
                    4 => ordered::<4>(bytes, first, *sign, values),
                    _ => ordered::<8>(bytes, first, *sign, values),
                }
                if width < 8 * fixed.width() as u32 { narrowed(values, *sign) } else { 0 }
            }
            Values::Bytes(texts) => {
                let offsets = texts.offsets().get(first..).unwrap_or_default();
                match width {
                    32 => codes::<3>(texts.bytes(), offsets, values),
                    _ => set_codes(texts.bytes(), offsets, values),
                }
            }
        }
    }
}

/// Sets the [`code`] of up to 64 texts; gives a bit for each that is [`LONG`].
pub(crate) fn set_codes(bytes: &[u8], offsets: &[u32], values: &mut [u64; RECORDS]) -> u64 {
    codes::<7>(bytes, offsets, values)
}

/// The codes of up to 64 texts, in a byte more than the longest has that has one; a bit for
/// each that has none.
fn codes<const LONGEST: usize>(bytes: &[u8], offsets: &[u32], values: &mut [u64; RECORDS]) -> u64 {
    let (mut without, mut row) = (0, 0);
    let rows = offsets.len().saturating_sub(1).min(RECORDS);
    let bounds = |row| Some((*offsets.get(row)? as usize, *offsets.get(row + 1)? as usize));
    while row < rows {
        // What is usual: a short text that is not the last.
        row = while_some(row, rows, |row| {
            let (start, end) = bounds(row)?;
            let length = end.checked_sub(start).filter(|length| *length <= LONGEST)?;
            let eight = bytes.get(start..)?.first_chunk::<8>()?;
            *values.get_mut(row)? = held::<LONGEST>(u64::from_le_bytes(*eight), length);
            Some(())
        });
        let Some(((start, end), value)) = bounds(row).zip(values.get_mut(row)) else { break };
        let text = bytes.get(start..end).filter(|text| text.len() <= LONGEST);
        *value = text.map_or(LONG, |text| held::<LONGEST>(super::word(text), text.len()));
        without |= u64::from(text.is_none()) << row;
        row += 1;
    }
    without
}

/// The first bytes of a word, so many, and behind the room for the most their number.
#[inline(always)]
fn held<const LONGEST: usize>(word: u64, length: usize) -> u64 {
    word & ((1 << (8 * length)) - 1) | (length as u64) << (8 * LONGEST)
}

fn bits(bits: Bits<'_>, first: usize, values: &mut [u64; RECORDS]) {
    let word = bits.word(first / RECORDS);
    values.iter_mut().enumerate().for_each(|(row, value)| *value = word >> row & 1);
}

fn ordered<const WIDTH: usize>(
    bytes: &[u8],
    first: usize,
    sign: Sign,
    values: &mut [u64; RECORDS],
) {
    let given = bytes.as_chunks::<WIDTH>().0.get(first..).unwrap_or_default();
    let bits = WIDTH as u32 * 8;
    // Integers are equal where their bits are.
    if let (Some(given), false) = (given.first_chunk::<RECORDS>(), sign == Sign::Float) {
        for (value, given) in values.iter_mut().zip(given) {
            *value = super::word(given);
        }
        return;
    }
    let sign = if sign == Sign::Float { sign } else { Sign::Unsigned };
    for (value, given) in values.iter_mut().zip(given) {
        *value = to_ordered(super::word(given), bits, sign);
    }
}

/// Integers of 64 bits in 32; a bit for each that needs more.
fn narrowed(values: &mut [u64; RECORDS], sign: Sign) -> u64 {
    let least = if sign == Sign::Signed { 1 << 31 } else { 0 };
    let rest = |value: u64| value.wrapping_add(least) >> 32;
    let more = values.iter().fold(0, |more, value| more | rest(*value));
    let without = |without: u64, value: &u64| without << 1 | u64::from(rest(*value) != 0);
    let without = if more == 0 { 0 } else { values.iter().rev().fold(0, without) };
    values.iter_mut().for_each(|value| *value &= u64::from(u32::MAX));
    without
}

/// The code of all texts of more bytes than a code has.
pub(crate) const LONG: u64 = u64::MAX;

/// A number for the bytes from `start` to `end`: another one for every text of up to
/// seven bytes, which it holds, below their number.
#[inline]
pub(crate) fn code(bytes: &[u8], start: usize, end: usize) -> u64 {
    let length = end.saturating_sub(start);
    if length > 7 {
        return LONG;
    }
    let eight = match bytes.get(start..).and_then(<[u8]>::first_chunk::<8>) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => super::word(bytes.get(start..end).unwrap_or_default()),
    };
    held::<7>(eight, length)
}
