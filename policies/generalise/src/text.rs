//! Texts: their beginnings, and what a dictionary has for them.

use std::collections::BTreeMap;

use bailiwick_guest::{Array, Utf8Builder, Utf8Column};

pub(crate) fn prefix(column: Utf8Column<'_>, n: usize, with: char) -> Array {
    let mut out = Utf8Builder::with_capacity(column.len(), column.text().len());
    for value in column.values() {
        let (shown, hidden) = match value.char_indices().nth(n) {
            Some((at, _)) => value.split_at_checked(at).unwrap_or_default(),
            None => (value, ""),
        };
        out.write(|out| {
            out.push_str(shown);
            out.push_run(with, hidden.chars().count());
        });
    }
    out.finish()
}

pub(crate) fn replaced(
    column: Utf8Column<'_>,
    values: &BTreeMap<String, String>,
    otherwise: Option<&str>,
) -> Array {
    let mut out = Utf8Builder::with_capacity(column.len(), column.text().len());
    for value in column.iter() {
        let known = value.map(|value| values.get(value).map(String::as_str).or(otherwise));
        out.push_option(known.flatten());
    }
    out.finish()
}
