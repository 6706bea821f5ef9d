//! `pattern`: the whole of a text, by hand.

use serde_json::json;

use crate::data::{Table, bookings, flights};
use crate::runs::assert_fails;

fn matched(tables: &[Table; 2], column: &str, pattern: &str, matches: impl Fn(&str) -> bool) {
    let fails = |value: &Option<String>| value.as_deref().is_some_and(|value| !matches(value));
    let expected: Vec<_> = tables[0].texts(column).iter().map(fails).collect();
    assert_fails(tables, "pattern", &json!({"pattern": pattern}), column, &expected);
}

fn is_upper(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_uppercase())
}

/// 14 CFR 47.15: N, a digit from 1 on, up to four more characters, of which the last
/// two may be letters other than I and O.
fn is_registration(text: &str) -> bool {
    let Some(number) = text.strip_prefix('N') else { return false };
    let letters: String = number.chars().filter(char::is_ascii_uppercase).collect();
    let digits = number.strip_suffix(&letters).unwrap_or("-");
    (1..=5).contains(&number.len())
        && letters.len() <= 2
        && !letters.contains(['I', 'O'])
        && !digits.is_empty()
        && !digits.starts_with('0')
        && digits.chars().all(|c| c.is_ascii_digit())
}

#[test]
fn the_whole_text_matches() {
    // Some tail numbers break the rule: they are as the airlines gave them.
    let registration =
        "N([1-9][0-9]{0,4}|[1-9][0-9]{0,3}[A-HJ-NP-Z]|[1-9][0-9]{0,2}[A-HJ-NP-Z]{2})";
    matched(flights(), "tailnum", registration, is_registration);
    matched(flights(), "tailnum", &format!("^{registration}$"), is_registration);
    matched(flights(), "carrier", "[A-Z]{2}", |value| value.len() == 2 && is_upper(value));
    // A part of each value alone is not enough.
    matched(flights(), "dest", "[A-Z]{2}", |_| false);
    matched(flights(), "dest", ".*A", |value| value.ends_with('A'));
    matched(flights(), "origin", "JFK|LG", |value| value == "JFK");
    matched(flights(), "origin", "(?i)jfk", |value| value == "JFK");
}

#[test]
fn personal_data() {
    let is_local = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._%+-".contains(c);
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    matched(bookings(), "email", r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", |value| {
        let Some((local, domain)) = value.split_once('@') else { return false };
        let parts: Vec<&str> = domain.split('.').collect();
        !local.is_empty()
            && local.chars().all(is_local)
            && parts.len() >= 2
            && parts.iter().all(|part| !part.is_empty() && part.chars().all(is_part))
    });
    matched(bookings(), "card_number", r"\d{16}", |value| {
        value.len() == 16 && value.chars().all(|c| c.is_ascii_digit())
    });
    // A dot is one character, whatever its bytes.
    matched(bookings(), "passenger_name", ".{12}", |value| value.chars().count() == 12);
    matched(bookings(), "passenger_name", "[^ -~]+", |value| {
        !value.is_empty() && !value.contains(|c: char| (' '..='~').contains(&c))
    });
    matched(bookings(), "loyalty_tier", "", str::is_empty);
}
