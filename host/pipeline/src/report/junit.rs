//! A report as JUnit XML, which build servers show as tests.

use std::fmt::{self, Write as _};

use bailiwick_governance::{Severity, Verdict};

use super::markup::Escaped;
use super::text::found;
use super::{Report, RuleReport};

/// The report as JUnit XML: a test case for each rule, for each quality rule of the
/// contract that was not executed (skipped), and for each required column with nulls.
///
/// A rule that is not met is a failure if its severity is `error`; one of less is a case
/// that passes and says so in its output, for JUnit knows no warnings. A rule without a
/// threshold is skipped. There are no times in it: the same run gives the same text.
pub fn junit(report: &Report) -> String {
    let mut text = String::new();
    // INVARIANT: writing into a string does not fail.
    let _ = write(&mut text, report);
    text
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    let fails =
        |rule: &&RuleReport| rule.verdict == Verdict::Failed && rule.severity == Severity::Error;
    let not_executed: Vec<_> = report
        .contract_quality
        .iter()
        .filter_map(|rule| Some((rule, rule.not_executed.as_deref()?)))
        .collect();
    let unjudged = report.rules.iter().filter(|rule| rule.verdict == Verdict::Unjudged).count();
    let tests = report.rules.len() + not_executed.len() + report.required_nulls.len();
    let failures = report.rules.iter().filter(fails).count() + report.required_nulls.len();
    let skipped = unjudged + not_executed.len();
    let product = report.product.to_string();
    writeln!(text, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(text, r#"<testsuites tests="{tests}" failures="{failures}" skipped="{skipped}">"#)?;
    writeln!(
        text,
        r#"  <testsuite name="{}" tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}">"#,
        Escaped(&product)
    )?;
    writeln!(text, "    <properties>")?;
    for (name, value) in [
        ("run", report.run.as_str()),
        ("plan", &report.plan),
        ("rows", &report.accounting.to_string()),
    ] {
        writeln!(text, r#"      <property name="{name}" value="{}"/>"#, Escaped(value))?;
    }
    writeln!(text, "    </properties>")?;
    for rule in &report.rules {
        let said = format!("{}: {}", rule.summary, found(rule));
        let outcome = match (rule.verdict, rule.severity) {
            (Verdict::Passed, _) => String::new(),
            (Verdict::Unjudged, _) => {
                format!(r#"<skipped message="it has no threshold: {}"/>"#, Escaped(&said))
            }
            (Verdict::Failed, Severity::Error) => format!(
                r#"<failure type="{}" message="{}"/>"#,
                Escaped(&rule.dimension),
                Escaped(&said)
            ),
            (Verdict::Failed, severity) => {
                format!("<system-out>{severity}: {}</system-out>", Escaped(&said))
            }
        };
        case(text, &format!("{product}.{}", rule.step), &rule.rule, &outcome)?;
    }
    for (rule, because) in not_executed {
        let of = rule.column.as_ref().map_or(String::new(), |column| format!(".{column}"));
        let skipped = format!(r#"<skipped message="not executed: {}"/>"#, Escaped(because));
        case(text, &format!("{product}.contract.{}{of}", rule.object), &rule.rule, &skipped)?;
    }
    for (column, nulls) in &report.required_nulls {
        let failure = format!(
            r#"<failure type="completeness" message="the contract requires a value, {nulls} rows have none"/>"#
        );
        case(text, &format!("{product}.required"), column, &failure)?;
    }
    writeln!(text, "  </testsuite>\n</testsuites>")
}

fn case(text: &mut String, class: &str, name: &str, outcome: &str) -> fmt::Result {
    let (class, name) = (Escaped(class), Escaped(name));
    if outcome.is_empty() {
        writeln!(text, r#"    <testcase classname="{class}" name="{name}"/>"#)
    } else {
        writeln!(text, r#"    <testcase classname="{class}" name="{name}">{outcome}</testcase>"#)
    }
}
