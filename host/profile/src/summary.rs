//! A profile in plain words, for a terminal.

use std::fmt::{self, Write as _};

use serde_json::Value;

use crate::profile::{Column, Keys, Profile};

/// The most common values that are told of.
const VALUES: usize = 8;

/// The longest value that is told of whole, in characters.
const LONGEST: usize = 40;

/// The profile as some lines a column.
pub fn summary(profile: &Profile) -> String {
    let mut text = String::new();
    // INVARIANT: writing into a string does not fail.
    let _ = write(&mut text, profile);
    text
}

fn write(text: &mut String, profile: &Profile) -> fmt::Result {
    let Profile { input, rows, columns, .. } = profile;
    let location = Plain(&input.location);
    writeln!(text, "{location}: {} rows, {} columns, {}", rows, columns.len(), input.format)?;
    columns.iter().try_for_each(|column| of_column(text, column, *rows))?;
    profile.keys.as_ref().map_or(Ok(()), |keys| of_keys(text, keys))
}

fn of_keys(text: &mut String, keys: &Keys) -> fmt::Result {
    writeln!(text, "\nkeys of two columns")?;
    for pair in &keys.found {
        writeln!(text, "  {}", Plain(&pair.join(", ")))?;
    }
    if keys.found.is_empty() {
        writeln!(text, "  none")?;
    }
    match keys.left_out {
        0 => Ok(()),
        pairs => writeln!(text, "  not sought to the end: {pairs} pairs"),
    }
}

fn of_column(text: &mut String, column: &Column, rows: u64) -> fmt::Result {
    write!(text, "\n{}  {}", Plain(&column.name), column.data_type)?;
    if let Some(holds) = &column.holds {
        write!(text, ", holds {holds}")?;
    }
    writeln!(text)?;
    let mut line = |title: &str, said: String| writeln!(text, "  {title:<10} {said}");
    let share = |part: u64| 100.0 * part as f64 / rows.max(1) as f64;
    let mut missing = format!("{} null ({:.2} %)", column.nulls, share(column.nulls));
    if let Some(empty) = column.empty.filter(|empty| *empty > 0) {
        missing.push_str(&format!(", {empty} empty"));
    }
    if let Some(not_finite) = column.not_finite {
        missing.push_str(&format!(
            ", {} not a number, {} infinite",
            not_finite.nan, not_finite.infinite
        ));
    }
    line("missing", missing)?;
    if let Some(distinct) = column.distinct {
        let once = if column.is_unique(rows) { ", none twice" } else { "" };
        line(
            "distinct",
            match distinct.standard_error {
                None => format!("{}{once}", distinct.count),
                Some(error) => {
                    format!("about {} (standard error {:.2} %)", distinct.count, 100.0 * error)
                }
            },
        )?;
    }
    if let (Some(min), Some(max)) = (&column.min, &column.max) {
        line("range", format!("{} to {}", shown(min), shown(max)))?;
    }
    if !column.figures.is_empty() {
        let figures = column.figures.iter().map(|(name, value)| format!("{name} {value:.6}"));
        line("figures", figures.collect::<Vec<_>>().join(", "))?;
    }
    if !column.quantiles.is_empty() {
        let quantiles = column.quantiles.iter();
        let quantiles = quantiles
            .map(|quantile| format!("{} % {}", 100.0 * quantile.share, shown(&quantile.value)));
        line("quantiles", quantiles.collect::<Vec<_>>().join(", "))?;
    }
    if let Some(lengths) = column.lengths {
        line("lengths", format!("{} to {}, mean {:.1}", lengths.min, lengths.max, lengths.mean))?;
    }
    if let Some(values) = &column.values {
        let counted = values.common.iter().take(VALUES);
        let counted = counted.map(|counted| format!("{} {}×", shown(&counted.value), counted.rows));
        let more = values.common.len() > VALUES || !values.complete;
        let more = if more { ", …" } else { "" };
        line("values", format!("{}{more}", counted.collect::<Vec<_>>().join(", ")))?;
    }
    if let Some(forms) = column.forms.as_ref().filter(|forms| !forms.common.is_empty()) {
        let counted = forms.common.iter().take(VALUES);
        let counted = counted.map(|form| format!("`{}` {}×", Plain(&form.form), form.rows));
        line("forms", counted.collect::<Vec<_>>().join(", "))?;
    }
    if !column.formats.is_empty() {
        let formats =
            column.formats.iter().map(|found| format!("{} {}×", found.format, found.rows));
        line("formats", formats.collect::<Vec<_>>().join(", "))?;
    }
    for suspicion in &column.personal_data {
        let confidence = match suspicion.confidence {
            crate::profile::Confidence::Low => "low",
            crate::profile::Confidence::Medium => "medium",
            crate::profile::Confidence::High => "high",
        };
        line(
            "personal?",
            format!("{}, {confidence} confidence: {}", suspicion.kind, suspicion.because),
        )?;
    }
    if column.withheld {
        line("withheld", "values, ends, quantiles and figures; see --show-values".to_owned())?;
    }
    Ok(())
}

/// A value on one line, cut where it is long.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// Text of the file that does nothing to a terminal.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            c if c.is_control() => write!(f, "{}", c.escape_default()),
            c => f.write_char(c),
        })
    }
}
