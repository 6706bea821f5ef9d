//! Text, character by character.

use bailiwick_guest::{Array, Error, Result, Utf8Builder, Utf8Column, ValueWriter};

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

/// How many characters stand for the hidden part of an address: always the same,
/// so that its length does not show.
const HIDDEN_IN_EMAIL: usize = 3;

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
        if let (Some(target), Some(source)) = (hidden.get_mut(range.clone()), given.get(range)) {
            target.copy_from_slice(source);
        }
    }
    let hidden =
        String::from_utf8(hidden).map_err(|_| Error::data("ascii text did not stay so"))?;
    Array::from_text(column.offsets(), hidden)
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

/// The first character and the domain.
pub(crate) fn email(column: Utf8Column<'_>, with: char) -> Array {
    let mut out = Utf8Builder::with_capacity(column.len(), column.text().len());
    for value in column.values() {
        // The last `@`: what is before it may have one in quotes (RFC 5321, 4.1.2).
        let at = value.bytes().rposition(|byte| byte == b'@').unwrap_or_default();
        let (local, domain) = value.split_at_checked(at).unwrap_or_default();
        out.write(|out| {
            if let Some(first) = local.chars().next() {
                out.push(first);
                out.push_run(with, HIDDEN_IN_EMAIL);
                out.push_str(domain);
            } else {
                out.push_run(with, HIDDEN_IN_EMAIL);
            }
        });
    }
    out.finish()
}
