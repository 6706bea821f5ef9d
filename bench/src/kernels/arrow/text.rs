//! Text.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};

use super::{ArrowKernel, texts};

/// Each value written anew.
pub(super) fn rewritten(
    column: &StringArray,
    mut write: impl FnMut(&str, &mut StringBuilder) -> std::fmt::Result,
) -> anyhow::Result<ArrayRef> {
    let mut out = StringBuilder::with_capacity(column.len(), column.values().len());
    for value in column {
        match value {
            Some(value) => {
                write(value, &mut out)?;
                out.append_value("");
            }
            None => out.append_null(),
        }
    }
    Ok(Arc::new(out.finish()))
}

fn hidden(character: char) -> char {
    if character.is_ascii_alphanumeric() || !character.is_ascii() { '*' } else { character }
}

pub(crate) fn redact(name: &'static str) -> Box<dyn ArrowKernel> {
    Box::new(move |batch: &RecordBatch| {
        let redacted = rewritten(texts(batch, name)?, |value, out| {
            value.chars().try_for_each(|character| out.write_char(hidden(character)))
        });
        Ok(vec![redacted?])
    })
}

pub(crate) fn show_last_n(name: &'static str, n: usize) -> Box<dyn ArrowKernel> {
    Box::new(move |batch: &RecordBatch| {
        let shown = rewritten(texts(batch, name)?, |value, out| {
            let count = value.chars().count();
            let hides = if count > n { count - n } else { count };
            value.chars().enumerate().try_for_each(|(at, character)| {
                out.write_char(if at < hides { hidden(character) } else { character })
            })
        });
        Ok(vec![shown?])
    })
}

/// Iceberg's action: digits and others hidden, but for the last four.
pub(crate) fn show_last_4(name: &'static str) -> Box<dyn ArrowKernel> {
    let masked = |character: char| match character {
        '0'..='9' => 'n',
        '(' | ')' | ',' | '.' | '-' | '@' => character,
        _ => 'x',
    };
    Box::new(move |batch: &RecordBatch| {
        let shown = rewritten(texts(batch, name)?, |value, out| {
            let hides = value.chars().count().saturating_sub(4);
            value.chars().enumerate().try_for_each(|(at, character)| {
                out.write_char(if at < hides { masked(character) } else { character })
            })
        });
        Ok(vec![shown?])
    })
}

pub(super) fn masked_emails(column: &StringArray) -> anyhow::Result<ArrayRef> {
    rewritten(column, |value, out| match value.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() => {
            local.chars().take(1).try_for_each(|first| out.write_char(first))?;
            out.write_str("***@")?;
            out.write_str(domain)
        }
        _ => out.write_str("***"),
    })
}

pub(crate) fn email() -> Box<dyn ArrowKernel> {
    Box::new(|batch: &RecordBatch| Ok(vec![masked_emails(texts(batch, "email")?)?]))
}

pub(crate) fn trim_upper(name: &'static str) -> Box<dyn ArrowKernel> {
    Box::new(move |batch: &RecordBatch| {
        let column = texts(batch, name)?;
        let upper = |value: Option<&str>| value.map(|value| value.trim().to_uppercase());
        Ok(vec![Arc::new(column.iter().map(upper).collect::<StringArray>()) as ArrayRef])
    })
}
