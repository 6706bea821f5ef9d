//! Texts of several columns, row by row one behind the other.

use bailiwick_guest::{Array, Bitmap, Bits, Error, Result, Utf8Column, lanes};

use crate::Nulls;

/// Texts of up to so many bytes are copied whole, and so much more than counts.
const SHORT: usize = 32;

/// A separator of up to so many bytes is.
const NARROW: usize = 8;

/// One column's texts.
struct Part<'a> {
    text: &'a [u8],
    offsets: &'a [u32],
    validity: Option<Bits<'a>>,
}

impl Part<'_> {
    #[inline(always)]
    fn is_valid(&self, row: usize) -> bool {
        self.validity.is_none_or(|bits| bits.get(row))
    }
}

/// What is written so far.
pub(crate) struct Joined<'a> {
    parts: Vec<Part<'a>>,
    separator: &'a [u8],
    is_ascii: bool,
    /// Which rows are not null; none: all of them.
    valid: Option<Bitmap>,
    out: Vec<u8>,
    /// Where each row's text ends, behind a 0.
    ends: Vec<u32>,
}

impl<'a> Joined<'a> {
    pub(crate) fn new(
        texts: &[Utf8Column<'a>],
        separator: &'a str,
        nulls: Nulls,
        rows: usize,
    ) -> Self {
        let part = |texts: &Utf8Column<'a>| Part {
            text: texts.text().as_bytes(),
            offsets: texts.offsets(),
            validity: texts.validity(),
        };
        let parts: Vec<Part<'a>> = texts.iter().map(part).collect();
        let validities = parts.iter().map(|part| part.validity);
        let valid = match nulls {
            // Null only where all are.
            Nulls::Skip => validities
                .map(|validity| validity.map(|bits| bits.to_bitmap()))
                .reduce(|all, one| Some(all?.or(one?.bits())))
                .flatten(),
            Nulls::Null => validities.flatten().fold(None, |all: Option<Bitmap>, one| match all {
                Some(all) => Some(all.and(one)),
                None => Some(one.to_bitmap()),
            }),
        };
        let bytes = parts.iter().map(|part| part.text.len() + separator.len() * rows);
        // Behind the last there is room to write more than counts.
        let out = Vec::with_capacity(bytes.sum::<usize>() + SHORT);
        let is_ascii = separator.is_ascii() && texts.iter().all(|texts| texts.is_ascii());
        Self {
            parts,
            separator: separator.as_bytes(),
            is_ascii,
            valid,
            out,
            ends: vec![0; rows + 1],
        }
    }

    /// Writes all rows. [`short`](Self::short) takes as many as it can; one that it cannot
    /// is written here, and it goes on behind that.
    pub(crate) fn join(&mut self) {
        let (rows, mut row) = (self.ends.len() - 1, 0);
        while row < rows {
            row = self.short(row, rows);
            if row < rows {
                // What it began to write of that row.
                self.out.truncate(self.ends.get(row).copied().unwrap_or_default() as usize);
                self.any(row);
                row += 1;
                if let Some(end) = self.ends.get_mut(row) {
                    // Past what 32 bits hold is past what `Array` takes.
                    *end = u32::try_from(self.out.len()).unwrap_or(u32::MAX);
                }
            }
        }
    }

    /// Writes rows from one on until a text is not short; gives the row of that one.
    // A call into the host, such as a copy of any length makes, would cost this loop its
    // registers even where it is never reached: so all that is not short is elsewhere.
    #[inline(never)]
    fn short(&mut self, first: usize, rows: usize) -> usize {
        let mut separator = [0; NARROW];
        let Some(narrow) = separator.get_mut(..self.separator.len()) else { return first };
        narrow.copy_from_slice(self.separator);
        let (parts, width) = (self.parts.as_slice(), self.separator.len());
        let valid = self.valid.as_ref().map(Bitmap::bits);
        // Variables of this function are in registers; what a reference leads to is not.
        let (mut out, ends) = (std::mem::take(&mut self.out), self.ends.get_mut(1..));
        let ends = ends.unwrap_or_default();
        let row = lanes::while_some(first, rows, |row| {
            let mut before = 0;
            if valid.is_none_or(|bits| bits.get(row)) {
                for part in parts.iter().filter(|part| part.is_valid(row)) {
                    let (start, end) = (*part.offsets.get(row)?, *part.offsets.get(row + 1)?);
                    let piece = part.text.get(start as usize..)?.first_chunk::<SHORT>()?;
                    let length = (end - start) as usize;
                    if length > SHORT {
                        return None;
                    }
                    lanes::append_piece(&mut out, &separator, before)?;
                    lanes::append_piece(&mut out, piece, length)?;
                    before = width;
                }
            }
            *ends.get_mut(row)? = out.len() as u32;
            Some(())
        });
        self.out = out;
        row
    }

    /// Writes one row, whatever it is.
    fn any(&mut self, row: usize) {
        if self.valid.as_ref().is_some_and(|valid| !valid.bits().get(row)) {
            return;
        }
        for (at, part) in self.parts.iter().filter(|part| part.is_valid(row)).enumerate() {
            if at > 0 {
                self.out.extend_from_slice(self.separator);
            }
            if let (Some(start), Some(end)) = (part.offsets.get(row), part.offsets.get(row + 1)) {
                let text = part.text.get(*start as usize..*end as usize).unwrap_or_default();
                self.out.extend_from_slice(text);
            }
        }
    }

    pub(crate) fn finish(self) -> Result<Array> {
        let array = if self.is_ascii {
            Array::from_ascii(&self.ends, self.out)?
        } else {
            let text = String::from_utf8(self.out);
            let text = text.map_err(|_| Error::data("texts put together are no text"))?;
            Array::from_text(&self.ends, text)?
        };
        Ok(array.with_validity(self.valid.as_ref().map(Bitmap::bits)))
    }
}
