//! A report as one page of HTML: no script, nothing fetched from elsewhere.

use std::fmt::{self, Display, Write as _};

use super::markup::Escaped;
use super::text::{found, word};
use super::{Delivery, Report};

const STYLE: &str = include_str!("page.css");

/// The report as one self-contained page of HTML.
pub fn page(report: &Report) -> String {
    let mut text = String::new();
    // INVARIANT: writing into a string does not fail.
    let _ = write(&mut text, report);
    text
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    let product = report.product.to_string();
    let (state, class) = match report.delivery {
        Delivery::Delivered => ("delivered", "pass"),
        Delivery::Blocked => ("blocked by its quality gate: nothing was delivered", "BLOCK"),
    };
    writeln!(
        text,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>{0} <span class=\"word {class}\">{state}</span></h1>",
        Escaped(&product)
    )?;
    writeln!(text, "<p>{}</p>", Escaped(&report.accounting.to_string()))?;
    if !report.rules.is_empty() || !report.required_nulls.is_empty() {
        rules(text, report)?;
    }
    if !report.contract_quality.is_empty() {
        contract(text, report)?;
    }
    let faults = report.steps.iter().filter_map(|step| Some((&step.step, step.faults.as_ref()?)));
    let faults: Vec<Vec<String>> =
        faults.map(|(step, faults)| vec![step.clone(), faults.rows.to_string()]).collect();
    table(text, "Faults", &["step", "rows quarantined"], &faults)?;
    let log = report.steps.iter().flat_map(|step| step.log.iter().map(|line| (&step.step, line)));
    let log: Vec<_> = log.map(|(step, line)| vec![step.clone(), line.clone()]).collect();
    table(text, "What modules say", &["step", ""], &log)?;
    let files: Vec<_> = report
        .files()
        .map(|file| vec![file.file.clone(), file.rows.to_string(), file.sha256.clone()])
        .collect();
    table(text, "Files", &["file", "rows", "SHA-256"], &files)?;
    let lineage: Vec<_> = report
        .lineage
        .iter()
        .map(|(column, origins)| vec![column.clone(), origins.join(", ")])
        .collect();
    table(text, "Lineage", &["output column", "can depend on"], &lineage)?;
    let notes: Vec<_> = report.notes.iter().map(|note| vec![note.clone()]).collect();
    table(text, "Notes", &[""], &notes)?;
    let run = [("run", &report.run), ("plan", &report.plan), ("bailiwick", &report.bailiwick)];
    let mut run: Vec<_> =
        run.iter().map(|(name, value)| vec![(*name).to_owned(), (*value).clone()]).collect();
    run.extend(report.documents.iter().map(|(path, digest)| vec![path.clone(), digest.clone()]));
    table(text, "Made of", &["", ""], &run)?;
    writeln!(text, "</body>\n</html>")
}

fn rules(text: &mut String, report: &Report) -> fmt::Result {
    heading(text, "Rules", &["", "rule", "what must hold", "found", "dimension", "tags"])?;
    for rule in &report.rules {
        let name = format!("{}/{}", rule.step, rule.rule);
        let measures = rule.measures.iter().filter(|(name, _)| *name != "value");
        let measures: Vec<String> =
            measures.map(|(name, value)| format!("{name} {value}")).collect();
        let found = format!("{}. {}", found(rule), measures.join(", "));
        row(
            text,
            word(rule),
            &[
                &name,
                &rule.summary,
                found.trim_end_matches(['.', ' ']),
                &rule.dimension,
                &rule.tags.join(", "),
            ],
        )?;
    }
    for (column, nulls) in &report.required_nulls {
        let found = format!("{nulls} rows have none");
        let must = format!("the contract requires a value in column {column}");
        row(text, "BLOCK", &["required", &must, &found, "completeness", ""])?;
    }
    writeln!(text, "</table>")
}

fn contract(text: &mut String, report: &Report) -> fmt::Result {
    heading(text, "Quality rules of the contract", &["", "of", "rule", "executed"])?;
    for rule in &report.contract_quality {
        let of = rule.column.as_ref().map_or(String::new(), |column| format!(".{column}"));
        let of = format!("{}{of}", rule.object);
        match (&rule.step, &rule.not_executed) {
            (Some(step), _) => row(text, "ran", &[&of, &rule.rule, &format!("by step {step}")])?,
            (None, because) => {
                let because = because.as_deref().unwrap_or("not executed");
                row(text, "skipped", &[&of, &rule.rule, because])?;
            }
        }
    }
    writeln!(text, "</table>")
}

/// A row that begins with a word in a colour of its own.
fn row(text: &mut String, word: &str, cells: &[&str]) -> fmt::Result {
    write!(text, "<tr><td class=\"word {word}\">{word}</td>")?;
    cells.iter().try_for_each(|cell| write!(text, "<td>{}</td>", Escaped(cell)))?;
    writeln!(text, "</tr>")
}

fn heading(text: &mut String, title: impl Display, columns: &[&str]) -> fmt::Result {
    write!(text, "<h2>{title}</h2>\n<table>\n<tr>")?;
    columns.iter().try_for_each(|column| write!(text, "<th>{column}</th>"))?;
    writeln!(text, "</tr>")
}

/// A table; nothing where it has no rows.
fn table(text: &mut String, title: &str, columns: &[&str], rows: &[Vec<String>]) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    heading(text, title, columns)?;
    for cells in rows {
        text.push_str("<tr>");
        cells.iter().try_for_each(|cell| write!(text, "<td>{}</td>", Escaped(cell)))?;
        text.push_str("</tr>\n");
    }
    writeln!(text, "</table>")
}
