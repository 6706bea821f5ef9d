//! Text, character by character.

use bailiwick_guest::{Array, Result, Utf8Builder, Utf8Column, ValueWriter, lanes};

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
    let hide = |byte: u8| if byte.is_ascii_alphanumeric() { with } else { byte };
    let mut hidden = Vec::new();
    lanes::map(given, &mut hidden, hide);
    // One loop for both: the code of it is not small.
    let shows = match shown {
        Shown::None => None,
        Shown::First(n) => Some((n, false)),
        Shown::Last(n) => Some((n, true)),
    };
    if let Some((n, last)) = shows {
        lanes::for_each_range(column.offsets(), |start, end| {
            if end - start > n {
                let start = if last { end - n } else { start };
                lanes::restore(&mut hidden, given, start..start + n);
            }
        });
    }
    Array::from_ascii(column.offsets(), hidden)
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
