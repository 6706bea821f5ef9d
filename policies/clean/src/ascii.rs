//! Text of one byte a character: each step is done for the whole column at once.

use std::borrow::Cow;

use bailiwick_guest::{Array, Bitmap, BitmapBuilder, Exact, Result, Utf8Column, lanes, pieces};

use crate::{Case, Step};

/// A column on its way through the steps: where each value lies in its bytes.
struct Values<'a> {
    bytes: Cow<'a, [u8]>,
    ranges: Vec<(u32, u32)>,
    valid: Option<Bitmap>,
    /// Whether the values still lie one behind the other, as they came.
    in_place: bool,
}

/// Whether the steps keep ASCII text such, and know no character outside it.
pub(crate) fn can(steps: &[Step]) -> bool {
    steps.iter().all(|step| match step {
        Step::Trim | Step::Case(_) | Step::NullTokens(_) | Step::Nfc => true,
        Step::Fill(Exact::Text(text)) => text.is_ascii(),
        Step::Fill(_) | Step::Clamp(..) | Step::Replace(..) | Step::Extract(..) => false,
    })
}

/// The column after all steps, of which [`can`] holds.
pub(crate) fn clean(column: Utf8Column<'_>, steps: &[Step]) -> Result<Array> {
    let offsets = column.offsets();
    let mut ranges = Vec::with_capacity(column.len());
    lanes::for_each_range(offsets, |start, end| ranges.push((start as u32, end as u32)));
    let mut values = Values {
        bytes: Cow::Borrowed(column.text().as_bytes()),
        ranges,
        valid: column.column().validity().map(|bits| bits.to_bitmap()),
        in_place: true,
    };
    for step in steps {
        match step {
            Step::Trim => values.trim(),
            Step::Case(Case::Upper) => values.map(|byte| byte.to_ascii_uppercase()),
            Step::Case(Case::Lower) => values.map(|byte| byte.to_ascii_lowercase()),
            Step::NullTokens(tokens) => values.forget(tokens),
            Step::Fill(Exact::Text(text)) => values.fill(text),
            // ASCII is of that form.
            Step::Nfc => {}
            Step::Fill(_) | Step::Clamp(..) | Step::Replace(..) | Step::Extract(..) => {}
        }
    }
    values.into_array(offsets)
}

/// As `char::is_whitespace` has it, of ASCII.
fn is_space(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'\t'..=b'\r' | b' '))
}

/// Where a value lies without the blanks around it.
#[inline(never)]
fn trimmed(bytes: &[u8], (mut start, mut end): (u32, u32)) -> (u32, u32) {
    while start < end && is_space(bytes.get(start as usize)) {
        start += 1;
    }
    while start < end && is_space(bytes.get(end as usize - 1)) {
        end -= 1;
    }
    (start, end)
}

impl Values<'_> {
    fn trim(&mut self) {
        let (bytes, mut in_place) = (&self.bytes, self.in_place);
        let mut trim = |range: &mut (u32, u32)| {
            let (start, end) = (range.0 as usize, range.1 as usize);
            // Of a value of no bytes these are its neighbours', which does no harm.
            if is_space(bytes.get(start)) | is_space(bytes.get(end.wrapping_sub(1))) {
                let trimmed = trimmed(bytes, *range);
                in_place &= trimmed == *range;
                *range = trimmed;
            }
        };
        // Four a turn, as `lanes::for_each_range` does it.
        let (fours, rest) = self.ranges.as_chunks_mut::<4>();
        for [a, b, c, d] in fours {
            trim(a);
            trim(b);
            trim(c);
            trim(d);
        }
        rest.iter_mut().for_each(trim);
        self.in_place = in_place;
    }

    /// Changes every byte.
    fn map(&mut self, function: impl Fn(u8) -> u8) {
        let mut bytes = Vec::new();
        lanes::map(&self.bytes, &mut bytes, function);
        self.bytes = Cow::Owned(bytes);
    }

    fn get(&self, (start, end): (u32, u32)) -> &[u8] {
        self.bytes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Makes values null that are one of these.
    fn forget(&mut self, tokens: &[String]) {
        let mut stays = BitmapBuilder::with_capacity(self.ranges.len());
        for range in &self.ranges {
            let value = self.get(*range);
            stays.push(tokens.iter().all(|token| token.as_bytes() != value));
        }
        let stays = stays.finish();
        self.valid = Some(match self.valid.take() {
            Some(valid) => valid.and(stays.bits()),
            None => stays,
        });
    }

    /// Gives nulls this value.
    fn fill(&mut self, text: &str) {
        let Some(valid) = self.valid.take() else { return };
        // Once, behind all others: every null then lies there.
        let (Ok(start), Ok(length)) = (u32::try_from(self.bytes.len()), u32::try_from(text.len()))
        else {
            return;
        };
        self.bytes.to_mut().extend_from_slice(text.as_bytes());
        for (range, valid) in self.ranges.iter_mut().zip(valid.bits().iter()) {
            if !valid {
                *range = (start, start + length);
            }
        }
        self.in_place = false;
    }

    fn into_array(self, offsets: &[u32]) -> Result<Array> {
        let array = if self.in_place {
            Array::from_ascii(offsets, self.bytes.into_owned())?
        } else {
            pieces::texts(&self.bytes, &self.ranges)?
        };
        Ok(array.with_validity(self.valid.as_ref().map(Bitmap::bits)))
    }
}
