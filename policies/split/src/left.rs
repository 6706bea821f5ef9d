//! What is left of texts while parts are cut off their fronts.

use bailiwick_guest::{Array, Bitmap, Result, Utf8Column, lanes, pieces};

/// Of a text of which nothing is left; one whose last part was empty has an empty rest.
const NOTHING: (u32, u32) = (u32::MAX, u32::MAX);

/// So many bytes are looked at for the separator at once.
const WIDE: usize = 32;

/// The rests of a column's texts.
pub(crate) struct Left<'a> {
    text: &'a str,
    separator: &'a str,
    /// Where each lies in the text.
    ranges: Vec<(u32, u32)>,
}

impl<'a> Left<'a> {
    /// The whole texts; nothing of nulls.
    pub(crate) fn of(column: Utf8Column<'a>, separator: &'a str) -> Self {
        let mut ranges = Vec::with_capacity(column.len());
        lanes::for_each_range(column.offsets(), |start, end| {
            ranges.push((start as u32, end as u32));
        });
        if let Some(validity) = column.validity() {
            for (range, valid) in ranges.iter_mut().zip(validity.iter()) {
                *range = if valid { *range } else { NOTHING };
            }
        }
        Self { text: column.text(), separator, ranges }
    }

    /// Of how many texts there is a rest, an empty one too.
    pub(crate) fn count(&self) -> usize {
        self.there().count_ones()
    }

    fn there(&self) -> Bitmap {
        Bitmap::of(&self.ranges, |(start, _)| start != NOTHING.0)
    }

    /// Takes all that is left; null where there is nothing.
    pub(crate) fn take(&mut self) -> Result<Array> {
        let there = self.there();
        let mut taken = vec![(0, 0); self.ranges.len()];
        for (part, left) in taken.iter_mut().zip(&mut self.ranges) {
            if *left != NOTHING {
                *part = std::mem::replace(left, NOTHING);
            }
        }
        self.array(&taken, &there)
    }

    /// Takes what is before the separator, and that; null where there is nothing.
    pub(crate) fn cut(&mut self) -> Result<Array> {
        let there = self.there();
        let mut parts = vec![(0, 0); self.ranges.len()];
        let mut row = 0;
        while row < parts.len() {
            row = match self.separator.as_bytes() {
                [separator] => self.cut_short(row, *separator, &mut parts),
                _ => row,
            };
            if let (Some(left), Some(part)) = (self.ranges.get_mut(row), parts.get_mut(row))
                && *left != NOTHING
            {
                (*part, *left) = cut(self.text, self.separator, *left);
            }
            row += 1;
        }
        self.array(&parts, &there)
    }

    /// Cuts texts from a row on until one is not cut, or does not end, within some bytes;
    /// gives the row of that one.
    // Nothing is called in this loop, which would cost it its registers.
    #[inline(never)]
    fn cut_short(&mut self, first: usize, separator: u8, parts: &mut [(u32, u32)]) -> usize {
        let (text, ranges) = (self.text.as_bytes(), self.ranges.as_mut_slice());
        lanes::while_some(first, parts.len(), |row| {
            let (left, part) = (ranges.get_mut(row)?, parts.get_mut(row)?);
            let (start, end) = *left;
            if start == NOTHING.0 {
                return Some(());
            }
            let window = text.get(start as usize..)?.first_chunk::<WIDE>()?;
            let marks = lanes::equal_to(window, separator);
            let at = start + marks.trailing_zeros();
            if marks != 0 && at < end {
                (*part, *left) = ((start, at), (at + 1, end));
            } else if end - start <= WIDE as u32 {
                (*part, *left) = ((start, end), NOTHING);
            } else {
                return None;
            }
            Some(())
        })
    }

    fn array(&self, ranges: &[(u32, u32)], there: &Bitmap) -> Result<Array> {
        Ok(pieces::texts(self.text.as_bytes(), ranges)?.with_validity(Some(there.bits())))
    }
}

/// What is before the separator, and what is behind it.
fn cut(text: &str, separator: &str, left: (u32, u32)) -> ((u32, u32), (u32, u32)) {
    let (start, end) = left;
    let found = text.get(start as usize..end as usize).and_then(|rest| rest.find(separator));
    match found {
        // Within a text whose offsets are of 32 bits.
        Some(at) => {
            let at = start + at as u32;
            ((start, at), (at + separator.len() as u32, end))
        }
        None => (left, NOTHING),
    }
}
