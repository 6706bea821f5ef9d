//! Text put together of pieces of another text: cut, moved, repeated, left out.

use crate::{Array, DataType, Error, Result, lanes};

/// Pieces of up to so many bytes are copied whole, and so much more than counts.
const SHORT: usize = 32;

/// Up to so many bytes are copied to where there is room behind them, so that the last of
/// them is a short piece like any other.
const SMALL: usize = 4_096;

/// Values that are pieces of one text, value `i` from `ranges[i].0` up to `ranges[i].1`, as
/// `utf8`. What is outside the text is left out.
///
/// That the pieces begin and end between characters is not looked at here; what is no text,
/// the host refuses like anything else that a module may get wrong.
///
/// ```
/// # use bailiwick_guest::{DataType, Field, pieces, testing::Rows};
/// let texts = pieces::texts(b"on time, late", &[(9, 13), (0, 7), (9, 13), (0, 0)])?;
/// let rows = Rows::new().array(Field::new("arrival", DataType::Utf8), texts);
/// let arrivals = rows.texts("arrival");
/// let arrivals: Vec<&str> = arrivals.iter().flatten().map(String::as_str).collect();
/// assert_eq!(arrivals, ["late", "on time", "late", ""]);
/// # Ok::<(), bailiwick_guest::Error>(())
/// ```
///
/// # Errors
/// If all pieces together have more than 2³² bytes.
pub fn texts(text: &[u8], ranges: &[(u32, u32)]) -> Result<Array> {
    let total: u64 = ranges.iter().map(|(start, end)| u64::from(end.saturating_sub(*start))).sum();
    let total = u32::try_from(total)
        .map_err(|_| Error::data("a column has more than 2³² bytes of text"))?
        as usize;
    let padded;
    let text = if text.len() <= SMALL {
        padded = [text, &[0; SHORT]].concat();
        padded.as_slice()
    } else {
        text
    };
    let mut out = Vec::with_capacity(total + SHORT);
    let mut offsets = vec![0; ranges.len() + 1];
    let mut row = 0;
    while row < ranges.len() {
        row = short(text, ranges, row, &mut offsets, &mut out);
        let Some((start, end)) = ranges.get(row) else { break };
        out.extend_from_slice(text.get(*start as usize..*end as usize).unwrap_or_default());
        row += 1;
        if let Some(offset) = offsets.get_mut(row) {
            *offset = out.len() as u32;
        }
    }
    let buffers = vec![bytemuck::cast_slice(&offsets).to_vec(), out];
    Ok(Array::new(DataType::Utf8, ranges.len(), buffers))
}

/// Texts one behind the other, and where each of them lies in that: a text to take [`texts`] of,
/// where the same few come again and again.
///
/// ```
/// # use bailiwick_guest::pieces;
/// let names = ["low".to_owned(), "high".to_owned()];
/// assert_eq!(pieces::joined(&names), (b"lowhigh".to_vec(), vec![(0, 3), (3, 7)]));
/// ```
pub fn joined(texts: &[String]) -> (Vec<u8>, Vec<(u32, u32)>) {
    let mut end = 0;
    let ranges = texts.iter().map(|text| {
        let start = end;
        // A module's memory has 32-bit addresses.
        end += text.len() as u32;
        (start, end)
    });
    let ranges = ranges.collect();
    (texts.concat().into_bytes(), ranges)
}

/// Appends pieces from a row on until one is not short; gives the row of that one.
// A call into the host, such as a copy of any length makes, would cost this loop its
// registers even where it is never reached: so all that is not short is elsewhere.
#[inline(never)]
fn short(
    text: &[u8],
    ranges: &[(u32, u32)],
    first: usize,
    offsets: &mut [u32],
    into: &mut Vec<u8>,
) -> usize {
    // Variables of this function are in registers; what a reference leads to is not.
    let mut out = std::mem::take(into);
    let ends = offsets.get_mut(1..).unwrap_or_default();
    let row = lanes::while_some(first, ranges.len(), |row| {
        let (start, end) = ranges.get(row)?;
        let piece = text.get(*start as usize..)?.first_chunk::<SHORT>()?;
        let length = end.checked_sub(*start)? as usize;
        if length > SHORT {
            return None;
        }
        lanes::append_piece(&mut out, piece, length)?;
        *ends.get_mut(row)? = out.len() as u32;
        Some(())
    });
    *into = out;
    row
}

#[cfg(test)]
mod tests {
    use super::texts;
    use crate::testing::Rows;
    use crate::{DataType, Field};

    fn of(text: &str, ranges: &[(u32, u32)]) -> Vec<String> {
        let array = texts(text.as_bytes(), ranges).unwrap();
        let rows = Rows::new().array(Field::new("text", DataType::Utf8), array);
        rows.texts("text").into_iter().flatten().collect()
    }

    #[test]
    fn pieces_of_every_length_come_in_their_order() {
        let text: String = ('a'..='z').cycle().take(5_000).collect();
        for text in [&text[..300], text.as_str()] {
            let len = text.len() as u32;
            let ranges: Vec<(u32, u32)> =
                (0..2_000).map(|at| (at * 37 % len, (at * 37 % len + at % 70).min(len))).collect();
            let plain = ranges.iter().map(|(start, end)| &text[*start as usize..*end as usize]);
            assert_eq!(of(text, &ranges), plain.collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_outside_is_left_out() {
        assert_eq!(of("gate", &[(0, 5_000), (3, 1), (9_000, 9_001), (2, 4)]), ["", "", "", "te"]);
        assert!(of("gate", &[]).is_empty());
    }
}
