//! A report as one page of HTML: no script, nothing fetched from elsewhere.

use std::fmt::{self, Display, Write as _};

use bailiwick_governance::Verdict;

use super::chart::{self, Gauge};
use super::markup::Escaped;
use super::text::{found, word};
use super::{Delivery, Report, RuleReport, figure};

const STYLE: &str = include_str!("page.css");

/// The beginning of a page, up to its body. There is nothing in it from elsewhere, and
/// nothing that runs: the policy holds browsers to that.
pub(super) fn head(text: &mut String, title: &str) -> fmt::Result {
    writeln!(
        text,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>",
        Escaped(title)
    )
}

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
    head(text, &product)?;
    writeln!(text, "<h1>{} <span class=\"word {class}\">{state}</span></h1>", Escaped(&product))?;
    writeln!(text, "<p>{}</p>", Escaped(&report.accounting.to_string()))?;
    chart::rows(text, &report.accounting)?;
    if !report.rules.is_empty() || !report.required_nulls.is_empty() {
        rules(text, report)?;
    }
    spreads(text, report)?;
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
    heading(text, "Rules", &["", "rule", "what must hold", "", "found", "dimension", "tags"])?;
    for rule in &report.rules {
        let word = word(rule);
        let name = format!("{}/{}", rule.step, rule.rule);
        write!(text, "<tr><td class=\"word {word}\">{word}</td><td>{}</td>", Escaped(&name))?;
        write!(text, "<td>{}</td><td>", Escaped(&rule.summary))?;
        gauges(text, rule)?;
        let measures = told_measures(rule);
        let found = format!("{}. {measures}", found(rule));
        let cells = [found.trim_end_matches(['.', ' ']), &rule.dimension, &rule.tags.join(", ")];
        text.push_str("</td>");
        cells.iter().try_for_each(|cell| write!(text, "<td>{}</td>", Escaped(cell)))?;
        writeln!(text, "</tr>")?;
    }
    for (column, nulls) in &report.required_nulls {
        let found = format!("{nulls} rows have none");
        let must = format!("the contract requires a value in column {column}");
        row(text, "BLOCK", &["required", &must, "", &found, "completeness", ""])?;
    }
    writeln!(text, "</table>")
}

/// The figure of a rule beside what it must be, or each of several.
fn gauges(text: &mut String, rule: &RuleReport) -> fmt::Result {
    if rule.judged.is_empty() {
        let Some(figure) = figure::of(rule) else { return Ok(()) };
        let within = rule.held_to.and_then(|threshold| figure::within(&threshold.bound));
        return Gauge { figure, within, word: word(rule) }.write(text);
    }
    for judged in &rule.judged {
        let within = figure::within(&judged.held_to.bound);
        let word = if judged.verdict == Verdict::Passed { "pass" } else { word(rule) };
        if let Some(measure) = &judged.measure {
            write!(text, "<small class=\"{word}\">{}</small>", Escaped(measure))?;
        }
        if let Some(figure) = judged.figure {
            Gauge { figure, within, word }.write(text)?;
        }
    }
    Ok(())
}

/// The further measures of a rule, but for those that were judged, and for the shares of
/// bins, which are drawn.
fn told_measures(rule: &RuleReport) -> String {
    let judged = |name: &str| rule.judged.iter().any(|own| own.measure.as_deref() == Some(name));
    let is_told = |name: &str| name != "value" && bin(name).is_none() && !judged(name);
    let measures = rule.measures.iter().filter(|(name, _)| is_told(name));
    let measures: Vec<String> = measures.map(|(name, value)| format!("{name} {value}")).collect();
    measures.join(", ")
}

/// The bin that a measure is the share of, as `drift` calls them.
fn bin(measure: &str) -> Option<usize> {
    measure.strip_prefix("share-")?.parse().ok()
}

/// How values are spread, of each rule that says it.
fn spreads(text: &mut String, report: &Report) -> fmt::Result {
    let shares = |rule: &RuleReport| {
        let mut shares: Vec<(usize, f64)> =
            rule.measures.iter().filter_map(|(name, share)| Some((bin(name)?, *share))).collect();
        shares.sort_by_key(|(bin, _)| *bin);
        shares.into_iter().map(|(_, share)| share).collect::<Vec<f64>>()
    };
    let spread = report.rules.iter().map(|rule| (rule, shares(rule)));
    let spread: Vec<_> = spread.filter(|(_, shares)| !shares.is_empty()).collect();
    if spread.is_empty() {
        return Ok(());
    }
    writeln!(text, "<h2>Spread over the bins of profiles</h2>\n<div class=\"cards\">")?;
    for (rule, shares) in spread {
        let name = format!("{}/{}", rule.step, rule.rule);
        write!(text, "<figure><figcaption>{}</figcaption>", Escaped(&name))?;
        chart::bins(text, &shares)?;
        writeln!(text, "</figure>")?;
    }
    writeln!(text, "</div>")
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
