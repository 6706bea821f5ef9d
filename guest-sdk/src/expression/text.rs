//! Texts of texts, and what is asked of them.

use super::arithmetic::{Made, own_integers};
use super::program::Step;
use super::register::{Numbers, Register, Source, Texts, Values, Words};

fn texts<'r, 'a>(register: &'r Register<'a>) -> Option<&'r Texts<'a>> {
    match &register.values {
        Values::Texts(texts) => Some(texts),
        _ => None,
    }
}

/// Texts written one after the other.
fn written<'a>(rows: usize, mut write: impl FnMut(usize, &mut String)) -> Values<'a> {
    let (mut ranges, mut text) = Texts::empty();
    for row in 0..rows {
        let start = text.len();
        write(row, &mut text);
        Texts::end(&mut ranges, start, &text);
    }
    Values::Texts(Texts { ranges, source: Source::Own(text) })
}

pub(super) fn concat<'a>(of: &[&Register<'a>], rows: usize) -> Made<'a> {
    let parts: Vec<&Texts<'_>> = of.iter().filter_map(|register| texts(register)).collect();
    (written(rows, |row, out| parts.iter().for_each(|part| out.push_str(part.get(row)))), None)
}

pub(super) fn case<'a>(upper: bool, from: &Register<'a>, rows: usize) -> Made<'a> {
    let Some(from) = texts(from) else { return (Values::Bools(Words::NONE), None) };
    let write = |row, out: &mut String| {
        let value = from.get(row);
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
    };
    (written(rows, write), None)
}

pub(super) fn length<'a>(from: &Register<'a>, rows: usize, own: Values<'a>) -> Made<'a> {
    let mut out = own_integers(own, rows);
    if let Some(from) = texts(from) {
        for (out, text) in out.iter_mut().zip(from.iter()) {
            *out = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        }
    }
    (Values::Integers(Numbers::Own(out)), None)
}

/// The same texts, each cut to a part of itself.
fn cut<'a>(from: &Texts<'a>, mut range: impl FnMut(usize, &str) -> (usize, usize)) -> Values<'a> {
    let cut = |(row, (start, text)): (usize, (u32, &str))| {
        let (first, last) = range(row, text);
        (start + first as u32, start + last as u32)
    };
    let starts = from.ranges.iter().map(|(start, _)| *start);
    let ranges = starts.zip(from.iter()).enumerate().map(cut).collect();
    Values::Texts(Texts { ranges, source: from.source.clone() })
}

/// Characters from a place on, counted from 1; a place before the first counts too, as
/// if there were characters.
pub(super) fn substring<'a>(of: &[&Register<'a>]) -> Made<'a> {
    let [from, rest @ ..] = of else { return (Values::Bools(Words::NONE), None) };
    let Some(from) = texts(from) else { return (Values::Bools(Words::NONE), None) };
    let integer = |at: usize, row: usize| {
        rest.get(at).and_then(|register| register.integers().get(row)).copied()
    };
    let mut failing: Option<Words> = None;
    let values = cut(from, |row, text| {
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
    (values, failing)
}

pub(super) fn trim<'a>(step: &Step, from: &Register<'a>) -> Made<'a> {
    let Some(from) = texts(from) else { return (Values::Bools(Words::NONE), None) };
    let (leading, trailing) = (step.text() != "trailing", step.text() != "leading");
    let values = cut(from, |_, text| {
        let start = if leading { text.len() - text.trim_start_matches(' ').len() } else { 0 };
        let end = if trailing { text.trim_end_matches(' ').len() } else { text.len() };
        (start, end.max(start))
    });
    (values, None)
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
pub(super) fn like<'a>(step: &Step, from: &Register<'a>, rows: usize) -> Made<'a> {
    let Some(from) = texts(from) else { return (Values::Bools(Words::NONE), None) };
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
    let mut values = from.iter();
    let fits = || values.next().is_some_and(|text| fits(&pieces, text));
    (Values::Bools(Words::from_fn_in_order(rows, fits)), None)
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
