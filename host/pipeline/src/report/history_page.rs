//! The reports that were kept of a product, as one page.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::chart::{self, Point};
use super::markup::Escaped;
use super::page::head;
use super::text::{found, word};
use super::{Delivery, RuleReport, figure};
use crate::{History, PastRun};

/// What a product's runs found, from the first to the newest: one self-contained page.
pub fn history_page(history: &History) -> String {
    let mut text = String::new();
    // INVARIANT: writing into a string does not fail.
    let _ = write(&mut text, history);
    text
}

fn write(text: &mut String, history: &History) -> fmt::Result {
    let product = history.product.to_string();
    head(text, &format!("{product}: runs"))?;
    let newest = history.runs.last();
    let (state, class) = match newest.map(|run| run.report.delivery) {
        Some(Delivery::Blocked) => ("newest run blocked", "BLOCK"),
        _ => ("newest run delivered", "pass"),
    };
    writeln!(text, "<h1>{} <span class=\"word {class}\">{state}</span></h1>", Escaped(&product))?;
    let blocked = history.runs.iter().filter(|run| run.report.delivery == Delivery::Blocked);
    writeln!(
        text,
        "<p>{} runs kept, {} of them blocked; the oldest on the left.</p>",
        history.runs.len(),
        blocked.count()
    )?;
    writeln!(text, "<h2>Rows</h2>")?;
    let rows = history.runs.iter().map(|run| {
        let delivered = run.report.delivery == Delivery::Delivered;
        (&run.report.accounting, delivered, told_run(run))
    });
    chart::runs(text, rows)?;
    text.push_str(
        "<div class=\"legend\"><span><svg viewBox=\"0 0 10 10\"><rect class=\"out\" width=\"10\" \
         height=\"10\"/></svg>out</span><span><svg viewBox=\"0 0 10 10\"><rect \
         class=\"quarantined\" width=\"10\" height=\"10\"/></svg>quarantined</span><span><svg \
         viewBox=\"0 0 10 10\"><rect class=\"filtered\" width=\"10\" height=\"10\"/></svg>filtered \
         or taken in by a reshape</span><span><svg viewBox=\"0 0 10 10\"><circle class=\"BLOCK\" \
         cx=\"5\" cy=\"5\" r=\"4\"/></svg>blocked: nothing was delivered</span></div>\n",
    );
    rules(text, history)?;
    table(text, history)?;
    for file in &history.unreadable {
        let file = file.display().to_string();
        writeln!(text, "<p>Not read, for it is no report of this version: {}</p>", Escaped(&file))?;
    }
    writeln!(text, "</body>\n</html>")
}

fn told_run(run: &PastRun) -> String {
    format!("{}, run {}: {}", when(run), run.report.run, run.report.accounting)
}

fn when(run: &PastRun) -> String {
    run.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A card for each rule: those that the newest run has, in its order, then former ones.
fn rules(text: &mut String, history: &History) -> fmt::Result {
    let mut names: Vec<(&str, &str)> = Vec::new();
    let mut courses = BTreeMap::<(&str, &str), Vec<(&PastRun, &RuleReport)>>::new();
    for run in history.runs.iter().rev() {
        for rule in &run.report.rules {
            let name = (rule.step.as_str(), rule.rule.as_str());
            let course = courses.entry(name).or_default();
            if course.is_empty() {
                names.push(name);
            }
            course.push((run, rule));
        }
    }
    if names.is_empty() {
        return Ok(());
    }
    writeln!(text, "<h2>Rules</h2>\n<div class=\"cards\">")?;
    for name in names {
        let Some(course) = courses.get_mut(&name) else { continue };
        course.reverse();
        card(text, name, course)?;
    }
    writeln!(text, "</div>")
}

fn card(
    text: &mut String,
    (step, rule): (&str, &str),
    course: &[(&PastRun, &RuleReport)],
) -> fmt::Result {
    let Some((_, newest)) = course.last() else { return Ok(()) };
    let word_now = word(newest);
    let name = format!("{step}/{rule}");
    writeln!(
        text,
        "<figure><figcaption><span>{}</span><span class=\"word {word_now}\">{word_now}</span></figcaption>",
        Escaped(&name)
    )?;
    writeln!(text, "<p>{}</p>", Escaped(&newest.summary))?;
    let points = course.iter().map(|(run, rule)| Point {
        figure: figure::of(rule),
        within: rule.held_to.and_then(|threshold| figure::within(&threshold.bound)),
        word: word(rule),
        told: format!("{}: {}", when(run), found(rule)),
    });
    chart::course(text, &points.collect::<Vec<_>>(), newest.failed.is_some())?;
    let told = format!("{}; now {}", figure::words(newest), found(newest));
    writeln!(text, "<p>{}</p></figure>", Escaped(&told))
}

fn table(text: &mut String, history: &History) -> fmt::Result {
    text.push_str("<h2>Runs</h2>\n<table>\n<tr><th></th><th>report written</th><th>run</th>");
    text.push_str("<th>rows</th><th>rules not met</th><th>input</th></tr>\n");
    for run in history.runs.iter().rev() {
        let (state, class) = match (run.report.delivery, run.is_current) {
            (Delivery::Blocked, _) => ("blocked", "BLOCK"),
            (Delivery::Delivered, true) => ("current", "pass"),
            (Delivery::Delivered, false) => ("delivered", "ran"),
        };
        let unmet = run.report.rules.iter();
        let unmet = unmet.filter(|rule| matches!(word(rule), "BLOCK" | "fail" | "warn" | "info"));
        let unmet: Vec<String> = unmet.map(|rule| format!("{}/{}", rule.step, rule.rule)).collect();
        writeln!(
            text,
            "<tr><td class=\"word {class}\">{state}</td><td>{}</td><td><a href=\"{}\">{}</a></td>\
             <td>{}</td><td>{}</td><td>{}</td></tr>",
            Escaped(&when(run)),
            Escaped(&run.page),
            Escaped(&run.report.run),
            Escaped(&run.report.accounting.to_string()),
            Escaped(&unmet.join(", ")),
            Escaped(&run.report.input.location)
        )?;
    }
    writeln!(text, "</table>")
}
