//! A report in plain words, for a terminal.

use std::fmt::Write as _;

use bailiwick_governance::{OnFailure, Severity, Verdict};

use super::{Delivery, Report, RuleReport};

/// The report as a few lines: what came of the run, where its rows went, what each
/// rule found. Notes are counted, unless all are asked for.
pub fn summary(report: &Report, all_notes: bool) -> String {
    let mut text = String::new();
    // INVARIANT: writing into a string does not fail.
    let _ = write(&mut text, report, all_notes);
    text
}

fn write(text: &mut String, report: &Report, all_notes: bool) -> std::fmt::Result {
    let came = match report.delivery {
        Delivery::Delivered => "delivered",
        Delivery::Blocked => "BLOCKED by its quality gate: nothing was delivered",
    };
    writeln!(text, "{}: {came}", report.product)?;
    writeln!(text, "  rows    {}", report.accounting)?;
    for (table, read) in &report.references {
        let signed = read.signed.as_ref().map_or(String::new(), |signed| {
            format!(", version {}, signed by {}", signed.contract_version, signed.domain)
        });
        writeln!(text, "  table   {table}: {} ({}){signed}", read.location, read.format)?;
    }
    if !report.rules.is_empty() {
        writeln!(text, "  rules")?;
        let names: Vec<String> =
            report.rules.iter().map(|rule| format!("{}/{}", rule.step, rule.rule)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        for (rule, name) in report.rules.iter().zip(&names) {
            writeln!(text, "    {:<7} {name:<width$}  {}", word(rule), found(rule))?;
        }
    }
    for (column, nulls) in &report.required_nulls {
        writeln!(
            text,
            "    BLOCK   the contract requires a value in column {column}, {nulls} rows have none; \
             bind a completeness check that quarantines them, or fill them"
        )?;
    }
    for step in &report.steps {
        if let Some(faults) = &step.faults {
            let kinds: Vec<String> =
                faults.kinds.iter().map(|(kind, rows)| format!("{kind} {rows}")).collect();
            let kinds =
                if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
            writeln!(
                text,
                "  faults  {}: {} rows quarantined{kinds}, found by {} more pushes",
                step.step, faults.rows, faults.retries
            )?;
        }
        for line in &step.log {
            writeln!(text, "  {} says: {line}", step.step)?;
        }
    }
    match report.notes.len() {
        0 => Ok(()),
        _ if all_notes => {
            report.notes.iter().try_for_each(|note| writeln!(text, "  note    {note}"))
        }
        notes => writeln!(text, "  notes   {notes} in report.html; --verbose prints them"),
    }
}

/// What came of a rule, in a word.
pub(super) fn word(rule: &RuleReport) -> &'static str {
    match (rule.verdict, rule.blocks) {
        (_, true) => "BLOCK",
        (Verdict::Passed, _) => "pass",
        (Verdict::Failed, _) => match rule.severity {
            Severity::Error => "fail",
            Severity::Warn => "warn",
            Severity::Info => "info",
        },
        (Verdict::Unjudged, _) => "noted",
    }
}

/// What a rule found and what it is held to.
pub(super) fn found(rule: &RuleReport) -> String {
    let mut found = match rule.failed {
        Some(failed) => format!("{failed} of {} rows fail", rule.rows),
        None => rule
            .measures
            .get("value")
            .map_or("no value".into(), |value| format!("{value} over {} rows", rule.rows)),
    };
    if rule.judged.is_empty()
        && let Some(threshold) = &rule.threshold
    {
        found.push_str(&format!(" (must be {threshold})"));
    }
    for judged in &rule.judged {
        let unmet = if judged.verdict == Verdict::Failed { ": not met" } else { "" };
        if let Some(measure) = &judged.measure {
            let figure = judged.figure.map_or(": no such value".into(), |it| format!(" {it}"));
            found.push_str(&format!("; {measure}{figure}"));
        }
        found.push_str(&format!(" (must be {}{unmet})", judged.threshold));
    }
    match rule.on_failure {
        OnFailure::Quarantine if rule.failed.is_some_and(|failed| failed > 0) => {
            found.push_str(", quarantined");
        }
        OnFailure::Observe => found.push_str(", observed"),
        _ => {}
    }
    found
}
