//! Addresses: the first character and the domain.

use std::ops::Range;

use bailiwick_guest::lanes::{append_piece, equal_to};
use bailiwick_guest::{Array, Result, Utf8Builder, Utf8Column};

/// How many characters stand for the hidden part of an address: always the same,
/// so that its length does not show.
const HIDDEN: usize = 3;

/// The longest domain, its `@` included, that is copied without a loop; most are shorter.
const WIDE: usize = 32;

pub(crate) fn mask(column: Utf8Column<'_>, with: char) -> Result<Array> {
    match u8::try_from(with) {
        Ok(with) if column.is_ascii() && with.is_ascii() => ascii(column, with),
        _ => Ok(any(column, with)),
    }
}

fn any(column: Utf8Column<'_>, with: char) -> Array {
    let mut out = Utf8Builder::with_capacity(column.len(), column.text().len());
    for value in column.values() {
        let (local, domain) = value.split_at_checked(mark(value.as_bytes())).unwrap_or_default();
        out.write(|out| {
            if let Some(first) = local.chars().next() {
                out.push(first);
                out.push_run(with, HIDDEN);
                out.push_str(domain);
            } else {
                out.push_run(with, HIDDEN);
            }
        });
    }
    out.finish()
}

/// Where the domain begins, with its `@`; 0 for what is no address. The last `@`: what is
/// before it may have one in quotes (RFC 5321, 4.1.2).
fn mark(value: &[u8]) -> usize {
    value.iter().rposition(|byte| *byte == b'@').unwrap_or_default()
}

/// One byte a character. [`Usual`] takes as many values as it can; one that it cannot is
/// written here, and it goes on behind that.
fn ascii(column: Utf8Column<'_>, with: u8) -> Result<Array> {
    let (text, offsets) = (column.text().as_bytes(), column.offsets());
    let mut usual = Usual {
        text,
        with,
        // No value grows by more than what is hidden and its first character, and behind
        // the last there is room to write more than counts.
        out: Vec::with_capacity(text.len() + (HIDDEN + 1) * column.len() + HIDDEN + 1 + WIDE),
    };
    let mut ends = vec![0; column.len() + 1];
    let mut row = 0;
    while row < column.len() {
        row = usual.write_from(row, offsets, &mut ends);
        let (Some(start), Some(end)) = (offsets.get(row), offsets.get(row + 1)) else { break };
        let value = text.get(*start as usize..*end as usize).unwrap_or_default();
        usual.write_any(value);
        row += 1;
        if let Some(end) = ends.get_mut(row) {
            *end = usual.out.len() as u32;
        }
    }
    Array::from_ascii(&ends, usual.out)
}

/// What is written so far, and how usual values are: those whose domain is within the
/// last [`WIDE`] bytes, looked at and copied whole.
struct Usual<'a> {
    text: &'a [u8],
    with: u8,
    out: Vec<u8>,
}

impl Usual<'_> {
    /// Writes values from a row on until one is not usual; gives the row of that one.
    // A call into the host, such as a copy of any length makes, would cost this loop its
    // registers even where it is never reached: so all that is not usual is elsewhere.
    #[inline(never)]
    fn write_from(&mut self, first: usize, offsets: &[u32], ends: &mut [u32]) -> usize {
        let mut row = first;
        let given = offsets.get(first..).unwrap_or_default();
        let Some((start, given)) = given.split_first() else { return row };
        let ends = ends.get_mut(first + 1..).unwrap_or_default();
        let mut start = *start as usize;
        // Variables of this function are in registers; what a reference leads to is not.
        let (text, with) = (self.text, self.with);
        let mut out = std::mem::take(&mut self.out);
        let mut write = |end: &mut u32, given: u32| {
            let given = given as usize;
            if write(text, start..given, with, &mut out).is_none() {
                return false;
            }
            *end = out.len() as u32;
            start = given;
            row += 1;
            true
        };
        // By four, since each turn of a loop is where the host looks at the time.
        let (fours, rest) = ends.as_chunks_mut::<4>();
        let (given, last) = given.as_chunks::<4>();
        for ([a, b, c, d], [e, f, g, h]) in fours.iter_mut().zip(given) {
            if !(write(a, *e) && write(b, *f) && write(c, *g) && write(d, *h)) {
                self.out = out;
                return row;
            }
        }
        for (end, given) in rest.iter_mut().zip(last) {
            if !write(end, *given) {
                break;
            }
        }
        self.out = out;
        row
    }

    /// Writes one value, whatever it is.
    fn write_any(&mut self, value: &[u8]) {
        let mark = mark(value);
        if mark > 0 {
            self.out.extend(value.first());
        }
        self.out.extend_from_slice(&[self.with; HIDDEN]);
        if mark > 0 {
            self.out.extend_from_slice(value.get(mark..).unwrap_or_default());
        }
    }
}

/// Writes one value behind the others, if it is usual; else nothing.
#[inline(always)]
fn write(text: &[u8], value: Range<usize>, with: u8, out: &mut Vec<u8>) -> Option<()> {
    let Range { start, end } = value;
    let stars = u32::from_le_bytes([0, with, with, with]);
    if start == end {
        return append_piece(out, &(stars >> 8).to_le_bytes(), HIDDEN);
    }
    let last = text.get(end.checked_sub(WIDE)?..)?.first_chunk::<WIDE>()?;
    let marks = equal_to(last, b'@');
    let kept = marks.leading_zeros() as usize + 1;
    if marks == 0 || end - kept <= start {
        return None;
    }
    let domain = text.get(end - kept..)?.first_chunk::<WIDE>()?;
    // INVARIANT: where there is room for the one there is for both, as `ascii` makes it.
    append_piece(out, &(stars | u32::from(*text.get(start)?)).to_le_bytes(), HIDDEN + 1)?;
    append_piece(out, domain, kept)
}
