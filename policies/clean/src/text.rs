//! Text.

use std::borrow::Cow;

use bailiwick_guest::{Array, Exact, Utf8Builder, Utf8Column};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::{Case, Step};

pub(crate) fn clean(column: Utf8Column<'_>, steps: &[Step]) -> Array {
    let mut out = Utf8Builder::with_capacity(column.len(), column.text().len());
    for value in column.iter() {
        let cleaned = steps.iter().fold(value.map(Cow::Borrowed), |value, step| apply(step, value));
        out.push_option(cleaned.as_deref());
    }
    out.finish()
}

fn apply<'a>(step: &'a Step, value: Option<Cow<'a, str>>) -> Option<Cow<'a, str>> {
    let Some(value) = value else {
        return match step {
            Step::Fill(Exact::Text(text)) => Some(Cow::Borrowed(text)),
            _ => None,
        };
    };
    Some(match step {
        Step::Trim => match value {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        },
        Step::Case(Case::Lower) => Cow::Owned(value.to_lowercase()),
        Step::Case(Case::Upper) => Cow::Owned(value.to_uppercase()),
        Step::NullTokens(tokens) if tokens.iter().any(|token| *token == value) => return None,
        Step::Replace(regex, with) => match regex.replace_all(&value, with.as_str()) {
            // Nothing matched.
            Cow::Borrowed(_) => value,
            Cow::Owned(text) => Cow::Owned(text),
        },
        Step::Extract(regex, group) => {
            let found = regex.captures(&value)?.get(*group)?.range();
            match value {
                Cow::Borrowed(text) => Cow::Borrowed(text.get(found)?),
                Cow::Owned(text) => Cow::Owned(text.get(found)?.to_owned()),
            }
        }
        Step::Nfc => match is_nfc_quick(value.chars()) {
            IsNormalized::Yes => value,
            IsNormalized::No | IsNormalized::Maybe => Cow::Owned(value.nfc().collect()),
        },
        Step::NullTokens(_) | Step::Clamp(..) | Step::Fill(_) => value,
    })
}
