//! Whether a kind of personal data stands anywhere in a text.

use bailiwick_guest::formats::{is_card_number, is_email, is_iban, is_ip, is_phone};

/// The fewest hexadecimal digits of an IPv6 address that is taken for one: `::1` is none.
const MIN_IPV6_DIGITS: usize = 8;

/// The most characters of an IBAN (ISO 13616).
const MAX_IBAN: usize = 34;

/// The most digits of a card's number (ISO/IEC 7812-1).
const MAX_CARD: usize = 19;

pub(crate) fn holds_email(text: &str) -> bool {
    let in_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let in_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    text.match_indices('@').any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let behind = text.get(at + 1..).unwrap_or_default();
        let last = before.char_indices().rev().find(|(_, c)| !in_local(*c));
        let start = last.map_or(0, |(at, c)| at + c.len_utf8());
        let end = behind.find(|c| !in_domain(c)).unwrap_or(behind.len());
        // What ends a sentence, or stands around the address, is not of it.
        let local = before.get(start..).unwrap_or_default().trim_start_matches(['.', '\'', '`']);
        let domain = behind.get(..end).unwrap_or_default().trim_end_matches(['.', '-']);
        is_email(&[local, "@", domain].concat())
    })
}

/// Whether one text of words that follow each other, with single separators between
/// them, is what is sought. Words are of what `of_word` says.
fn holds_words(
    text: &str,
    of_word: impl Fn(char) -> bool,
    is_separator: impl Fn(char) -> bool,
    longest: usize,
    is_sought: impl Fn(&str) -> bool,
) -> bool {
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        match (of_word(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    words.iter().enumerate().any(|(first, (from, _))| {
        let (mut count, mut before) = (0, *from);
        for (start, end) in words.iter().skip(first) {
            let between = text.get(before..*start).unwrap_or_default();
            let mut separators = between.chars();
            let joined = match (separators.next(), separators.next()) {
                (None, _) => true,
                (Some(one), None) => is_separator(one),
                _ => false,
            };
            count += end - start;
            if !joined || count > longest {
                return false;
            }
            if text.get(*from..*end).is_some_and(&is_sought) {
                return true;
            }
            before = *end;
        }
        false
    })
}

pub(crate) fn holds_iban(text: &str) -> bool {
    holds_words(
        text,
        |c| c.is_ascii_alphanumeric(),
        |c| c == ' ',
        MAX_IBAN,
        |words| {
            let begins = words.as_bytes().first_chunk::<4>().is_some_and(|[a, b, c, d]| {
                [a, b].into_iter().all(u8::is_ascii_uppercase)
                    && [c, d].into_iter().all(u8::is_ascii_digit)
            });
            begins && is_iban(&words.replace(' ', ""))
        },
    )
}

pub(crate) fn holds_card_number(text: &str) -> bool {
    // A digit or letter right before or behind makes it part of something else.
    holds_words(
        text,
        |c| c.is_ascii_alphanumeric(),
        |c| matches!(c, ' ' | '-'),
        MAX_CARD,
        is_card_number,
    )
}

pub(crate) fn holds_phone(text: &str) -> bool {
    text.match_indices('+').any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        let of_number = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')');
        let end = rest.char_indices().skip(1).find(|(_, c)| !of_number(*c));
        let number = rest.get(..end.map_or(rest.len(), |(end, _)| end)).unwrap_or_default();
        let plain: String = number.chars().filter(|c| !matches!(c, '(' | ')')).collect();
        is_phone(plain.replace("  ", " ").trim_end_matches([' ', '-', '.']))
    })
}

pub(crate) fn holds_ip_address(text: &str) -> bool {
    let of_address = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
    text.split(|c| !of_address(c)).any(|word| {
        let word = word.trim_end_matches('.');
        let digits = word.bytes().filter(u8::is_ascii_hexdigit).count();
        (!word.contains(':') || digits >= MIN_IPV6_DIGITS) && is_ip(word)
    })
}

/// Areas 000, 666 and from 900 on are not given out, nor groups 00 and serials 0000.
pub(crate) fn holds_us_ssn(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| {
        let mut parts = word.split('-');
        let (Some(area), Some(group), Some(serial), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let is =
            |part: &str, digits| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        is(area, 3)
            && is(group, 2)
            && is(serial, 4)
            && !matches!(area, "000" | "666")
            && area < "900"
            && group != "00"
            && serial != "0000"
    })
}
