//! Text, character by character.

use std::ops::Range;

use bailiwick_guest::{Array, Result, Utf8Builder, Utf8Column, ValueWriter};

/// Which characters of a value stay.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown {
    /// None.
    None,
    /// So many at the beginning.
    First(usize),
    /// So many at the end.
    Last(usize),
}

/// Every letter, digit and character outside ASCII replaced, but for those shown.
pub(crate) fn redact(column: Utf8Column<'_>, with: char, shown: Shown) -> Result<Array> {
    match u8::try_from(with) {
        Ok(with) if column.is_ascii() && with.is_ascii() => redact_ascii(column, with, shown),
        _ => Ok(redact_any(column, with, shown)),
    }
}

/// One byte a character: the column's whole text is replaced at once, and what is
/// shown is then put back value by value.
fn redact_ascii(column: Utf8Column<'_>, with: u8, shown: Shown) -> Result<Array> {
    let given = column.text().as_bytes();
    let hide = |byte: &u8| if byte.is_ascii_alphanumeric() { with } else { *byte };
    let mut hidden: Vec<u8> = given.iter().map(hide).collect();
    let ends = column.offsets().iter().skip(1);
    for (start, end) in column.offsets().iter().zip(ends) {
        let (start, end) = (*start as usize, *end as usize);
        let range = match shown {
            Shown::None => break,
            Shown::First(n) if end - start > n => start..start + n,
            Shown::Last(n) if end - start > n => end - n..end,
            Shown::First(_) | Shown::Last(_) => continue,
        };
        restore(&mut hidden, given, range);
    }
    Array::from_ascii(column.offsets(), hidden)
}

/// Copies a range, of a few bytes mostly, eight at a time.
fn restore(target: &mut [u8], source: &[u8], range: Range<usize>) {
    let Range { start: mut at, end } = range;
    while at < end {
        let words = target.get_mut(at..).and_then(|bytes| bytes.first_chunk_mut::<8>());
        let words = words.zip(source.get(at..).and_then(|bytes| bytes.first_chunk::<8>()));
        let Some((word, given)) = words else {
            // The last bytes of the column.
            if let (Some(target), Some(source)) = (target.get_mut(at..end), source.get(at..end)) {
                target.copy_from_slice(source);
            }
            return;
        };
        let kept = u64::MAX >> (64 - (end - at).min(8) * 8);
        let mixed = u64::from_le_bytes(*word) & !kept | u64::from_le_bytes(*given) & kept;
        *word = mixed.to_le_bytes();
        at += 8;
    }
}

fn redact_any(column: Utf8Column<'_>, with: char, shown: Shown) -> Array {
    let mut out = Utf8Builder::with_capacity(column.len(), column.text().len());
    for value in column.values() {
        out.write(|out| redact_value(value, with, shown, out));
    }
    out.finish()
}

fn redact_value(value: &str, with: char, shown: Shown, out: &mut ValueWriter<'_>) {
    let count = value.chars().count();
    let shows = |at: usize| match shown {
        Shown::None => false,
        Shown::First(n) => count > n && at < n,
        Shown::Last(n) => count > n && at >= count - n,
    };
    for (at, character) in value.chars().enumerate() {
        let hides = character.is_ascii_alphanumeric() || !character.is_ascii();
        out.push(if hides && !shows(at) { with } else { character });
    }
}
