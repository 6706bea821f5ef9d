//! Dates and timestamps, by formats.

use bailiwick_guest::{Error, Result, TimeUnit, calendar};

use crate::{Parse, To};

/// A format, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Format {
    /// As ISO 8601 has it.
    Iso,
    Pieces(Vec<Piece>),
}

/// A piece of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(char),
    Year,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
    Offset,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The formats of the settings.
pub(crate) fn formats(settings: &Parse) -> Result<Vec<Format>> {
    if settings.formats.is_empty() {
        return Ok(vec![Format::Iso]);
    }
    let with_time = settings.to == To::Timestamp;
    settings.formats.iter().map(|text| format(text, with_time)).collect()
}

fn format(text: &str, with_time: bool) -> Result<Format> {
    let wrong = |what: &str| Error::settings(format!("format `{text}` {what}"));
    let mut pieces = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        pieces.push(if character == '%' {
            match characters.next() {
                Some('Y') => Piece::Year,
                Some('m') => Piece::Month,
                Some('b') => Piece::MonthName,
                Some('d') => Piece::Day,
                Some('H') if with_time => Piece::Hour,
                Some('M') if with_time => Piece::Minute,
                Some('S') if with_time => Piece::Second,
                Some('f') if with_time => Piece::Fraction,
                Some('z') if with_time => Piece::Offset,
                Some('%') => Piece::Literal('%'),
                _ => return Err(wrong("has a part that is not known for this type")),
            }
        } else {
            Piece::Literal(character)
        });
    }
    let has = |piece| pieces.contains(&piece);
    if !has(Piece::Year) || !has(Piece::Day) || has(Piece::Month) == has(Piece::MonthName) {
        return Err(wrong("needs a year, one month and a day: %Y, %m or %b, and %d"));
    }
    Ok(Format::Pieces(pieces))
}

/// Days from 1970-01-01, by the first format that fits.
pub(crate) fn day(formats: &[Format], text: &str) -> Option<i32> {
    formats.iter().find_map(|format| match format {
        Format::Iso => calendar::parse_date(text),
        Format::Pieces(pieces) => Some(read(pieces, text)?.0),
    })
}

/// Microseconds from 1970-01-01T00:00:00, by the first format that fits.
pub(crate) fn microseconds(formats: &[Format], text: &str) -> Option<i64> {
    formats.iter().find_map(|format| match format {
        Format::Iso => calendar::parse_timestamp(text, TimeUnit::Microsecond),
        Format::Pieces(pieces) => {
            let (days, seconds, micros) = read(pieces, text)?;
            let seconds = i64::from(days).checked_mul(86_400)?.checked_add(seconds)?;
            seconds.checked_mul(1_000_000)?.checked_add(micros)
        }
    })
}

/// The day, the seconds since its midnight, less the offset, and the microseconds.
fn read(pieces: &[Piece], text: &str) -> Option<(i32, i64, i64)> {
    let mut rest = text;
    let (mut year, mut month, mut day) = (0, 0, 0);
    let (mut seconds, mut micros) = (0, 0);
    for piece in pieces {
        match piece {
            Piece::Literal(character) => rest = rest.strip_prefix(*character)?,
            Piece::Year => year = digits(&mut rest, 4, 4)?,
            Piece::Month => month = digits(&mut rest, 1, 2)?,
            Piece::MonthName => {
                let (name, behind) = rest.split_at_checked(3)?;
                let at = MONTHS.iter().position(|known| name.eq_ignore_ascii_case(known))?;
                month = i64::try_from(at).ok()? + 1;
                rest = behind;
            }
            Piece::Day => day = digits(&mut rest, 1, 2)?,
            Piece::Hour => seconds += below(digits(&mut rest, 1, 2)?, 24)? * 3_600,
            Piece::Minute => seconds += below(digits(&mut rest, 1, 2)?, 60)? * 60,
            Piece::Second => seconds += below(digits(&mut rest, 1, 2)?, 60)?,
            Piece::Fraction => {
                let before = rest.len();
                let value = digits(&mut rest, 1, 6)?;
                let power = 6_u32.checked_sub(u32::try_from(before - rest.len()).ok()?)?;
                micros = value * 10_i64.pow(power);
            }
            Piece::Offset => seconds -= offset(&mut rest)?,
        }
    }
    let date = (i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    if !rest.is_empty() || !(1..=12).contains(&date.1) {
        return None;
    }
    let days = calendar::days_of(date);
    // A day that does not exist comes back as another one.
    (calendar::date_of(days) == date).then_some((days, seconds, micros))
}

fn below(value: i64, limit: i64) -> Option<i64> {
    (value < limit).then_some(value)
}

/// A number of at least and at most so many digits, taken off the front.
fn digits(rest: &mut &str, least: usize, most: usize) -> Option<i64> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, behind) = rest.split_at_checked(count)?;
    *rest = behind;
    if count < least { None } else { number.parse().ok() }
}

/// `Z`, `+02:00` or `+0200`, in seconds.
fn offset(rest: &mut &str) -> Option<i64> {
    if let Some(behind) = rest.strip_prefix('Z') {
        *rest = behind;
        return Some(0);
    }
    let negative = rest.starts_with('-');
    *rest = rest.strip_prefix(['+', '-'])?;
    let hours = digits(rest, 2, 2)?;
    *rest = rest.strip_prefix(':').unwrap_or(rest);
    let seconds = below(hours, 24)? * 3_600 + below(digits(rest, 2, 2)?, 60)? * 60;
    Some(if negative { -seconds } else { seconds })
}
