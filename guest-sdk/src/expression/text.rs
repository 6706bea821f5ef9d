//! Texts of texts, and what is asked of them.

use super::program::Step;
use super::register::{Ranges, Register, Texts, Values};
use super::words::Words;

pub(super) fn concat(of: &[&Register<'_>], rows: usize, out: &mut Values<'_>) {
    out.write_texts(rows, |row, out| of.iter().for_each(|part| out.push_str(part.text(row))));
}

pub(super) fn case(upper: bool, from: &Register<'_>, rows: usize, out: &mut Values<'_>) {
    out.write_texts(rows, |row, out| {
        let value = from.text(row);
        if value.is_ascii() {
            let start = out.len();
            out.push_str(value);
            if let Some(own) = out.get_mut(start..) {
                if upper { own.make_ascii_uppercase() } else { own.make_ascii_lowercase() }
            }
        } else if upper {
            out.push_str(&value.to_uppercase());
        } else {
            out.push_str(&value.to_lowercase());
        }
    });
}

pub(super) fn length(from: &Register<'_>, rows: usize, out: &mut Values<'_>) {
    let out = out.own_integers().as_flattened_mut();
    for (row, out) in out.iter_mut().enumerate().take(rows) {
        *out = i64::try_from(from.text(row).chars().count()).unwrap_or(i64::MAX);
    }
}

/// The same texts, each cut to a part of itself.
fn cut<'a>(
    from: &Register<'a>,
    rows: usize,
    out: &mut Values<'a>,
    mut range: impl FnMut(usize, &str) -> (usize, usize),
) {
    let Values::Texts(from) = &from.values else { return };
    let mut ranges = match std::mem::replace(out, Values::Bools(Words::NONE)) {
        Values::Texts(Texts { ranges: Ranges::Own(ranges), .. }) => ranges,
        _ => Vec::new(),
    };
    ranges.clear();
    ranges.extend((0..rows).map(|row| {
        let ((start, _), (first, last)) = (from.range(row), range(row, from.get(row)));
        (start + first as u32, start + last as u32)
    }));
    *out = Values::Texts(Texts { ranges: Ranges::Own(ranges), source: from.source.clone() });
}

/// Characters from a place on, counted from 1; a place before the first counts too, as
/// if there were characters.
pub(super) fn substring<'a>(
    of: &[&Register<'a>],
    rows: usize,
    out: &mut Values<'a>,
) -> Option<Words> {
    let [from, rest @ ..] = of else { return None };
    let integer = |at: usize, row: usize| rest.get(at).map(|register| register.integer(row));
    let mut failing: Option<Words> = None;
    cut(from, rows, out, |row, text| {
        let first = integer(0, row).unwrap_or(1);
        let end = integer(1, row).map_or(i64::MAX, |length| {
            if length < 0 {
                failing.get_or_insert(Words::NONE).set(row);
            }
            first.saturating_add(length)
        });
        let at = |place: i64| {
            let skipped = usize::try_from(place.saturating_sub(1)).unwrap_or_default();
            if text.is_ascii() {
                skipped.min(text.len())
            } else {
                text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at)
            }
        };
        let (start, end) = (at(first), at(end));
        (start, end.max(start))
    });
    failing
}

pub(super) fn trim<'a>(step: &Step, from: &Register<'a>, rows: usize, out: &mut Values<'a>) {
    let (leading, trailing) = (step.text() != "trailing", step.text() != "leading");
    cut(from, rows, out, |_, text| {
        let start = if leading { text.len() - text.trim_start_matches(' ').len() } else { 0 };
        let end = if trailing { text.trim_end_matches(' ').len() } else { text.len() };
        (start, end.max(start))
    });
}

/// A piece of a pattern.
enum Piece {
    /// Any number of any characters.
    Many,
    /// Any one character.
    One,
    /// That character.
    Character(char),
}

/// The pattern has a `\` before what means itself.
pub(super) fn like(step: &Step, from: &Register<'_>, rows: usize) -> Words {
    let mut characters = step.text().chars();
    let mut pieces = Vec::new();
    while let Some(character) = characters.next() {
        pieces.push(match character {
            '%' => Piece::Many,
            '_' => Piece::One,
            '\\' => Piece::Character(characters.next().unwrap_or('\\')),
            other => Piece::Character(other),
        });
    }
    Words::from_fn(rows, |row| fits(&pieces, from.text(row)))
}

/// Where a `%` was met, it takes as few characters as it can; if that goes wrong later,
/// the last one takes one more. So each of n characters is looked at as often as there
/// are pieces, at most.
fn fits(pieces: &[Piece], text: &str) -> bool {
    let (mut piece, mut rest) = (0, text.chars());
    let mut again: Option<(usize, std::str::Chars<'_>)> = None;
    loop {
        if let Some(Piece::Many) = pieces.get(piece) {
            piece += 1;
            again = Some((piece, rest.clone()));
            continue;
        }
        let matches = match (pieces.get(piece), rest.next()) {
            (None, None) => return true,
            (Some(Piece::Character(wanted)), Some(found)) => *wanted == found,
            (Some(Piece::One), Some(_)) => true,
            _ => false,
        };
        if matches {
            piece += 1;
            continue;
        }
        let Some((from, left)) = &mut again else { return false };
        if left.next().is_none() {
            return false;
        }
        (piece, rest) = (*from, left.clone());
    }
}
