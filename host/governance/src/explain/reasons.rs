//! Why each part of a plan is there.

use bailiwick_expression::with_sources;
use bailiwick_terms::Ordering;

use super::names;
use super::page::Page;
use crate::contract::type_name;
use crate::plan::{CarriedLabel, InfluenceKind, Plan, Step, Withheld};

pub(super) fn steps(plan: &Plan, page: &mut Page) {
    if plan.steps.is_empty() {
        return;
    }
    page.heading("why each step");
    for (i, step) in plan.steps.iter().enumerate() {
        page.line(&format!("  {} {}: {}", i + 1, step.id, step.summary));
        for reason in &step.because {
            page.line(&format!("      because: {reason}"));
        }
        for line in allowed(step) {
            page.line(&format!("      {line}"));
        }
    }
}

/// What the step's approval lets it do beyond reading unlabelled columns.
fn allowed(step: &Step) -> Vec<String> {
    let mut lines = vec![format!("settings: {}", with_sources(&step.settings))];
    if let Some(rows) = &step.rows {
        lines.push(format!(
            "judges the rows where {}, which {} decides",
            rows.predicate, rows.module
        ));
    }
    lines.extend(step.lookups.iter().map(|lookup| format!("looks up in {lookup}")));
    let labels = |labels: &std::collections::BTreeSet<bailiwick_terms::Label>| {
        labels.iter().map(|label| label.as_str()).collect::<Vec<_>>().join(", ")
    };
    if !step.reads_labels.is_empty() {
        lines.push(format!("reads labels, as its approval grants: {}", labels(&step.reads_labels)));
    }
    if !step.removes.is_empty() {
        lines.push(format!("removes labels, as its approval grants: {}", labels(&step.removes)));
    }
    if step.ordering == Ordering::Ordered {
        lines.push("needs all rows in order: the lanes take turns at it".to_owned());
    }
    if let Some(on_fault) = &step.on_fault {
        let columns: Vec<&str> = on_fault.columns.iter().map(String::as_str).collect();
        let with = if columns.is_empty() { "none".to_owned() } else { columns.join(", ") };
        lines.push(format!(
            "a row on which it faults is quarantined ({}); of its columns it leaves with: {with}",
            on_fault.bounds()
        ));
    }
    let mut services: Vec<String> =
        step.services.pseudonym.iter().map(|key| format!("pseudonym with key {key}")).collect();
    let keys = step.services.encryption.iter();
    services.extend(keys.map(|key| format!("encryption with key {key}")));
    services.extend(step.services.lookup.then(|| "lookup".to_owned()));
    services.extend(step.services.log.then(|| "log".to_owned()));
    if !services.is_empty() {
        lines.push(format!("host services, as its approval grants: {}", services.join(", ")));
    }
    lines
}

pub(super) fn input(plan: &Plan, page: &mut Page) {
    page.heading("input columns");
    let mut rows = Vec::new();
    for column in &plan.input.columns {
        let name = column.field.name();
        let mut about = labels(&column.labels);
        about.extend(column.obligations.iter().map(|id| format!("obligation {id} holds for it")));
        if !plan.input.projection.contains(name) {
            about.push("not read: nothing needs it".to_owned());
        }
        push(&mut rows, name, &type_name(column.field.data_type()), about);
    }
    page.table(2, rows);
}

pub(super) fn output(plan: &Plan, page: &mut Page) {
    page.heading("output columns");
    let mut rows = Vec::new();
    for column in &plan.output.columns {
        let name = column.field.name();
        let references = column.references.iter().map(ToString::to_string);
        let origins: Vec<String> = column.origins.iter().cloned().chain(references).collect();
        let from = if origins.is_empty() { "nothing".to_owned() } else { origins.join(", ") };
        let mut about = vec![match column.through.as_slice() {
            [] => "as it came".to_owned(),
            steps => format!("from {from}, through {}", steps.join(", ")),
        }];
        about.extend(labels(&column.labels));
        about.extend(column.discharged.iter().map(|id| format!("obligation {id} is met on it")));
        if plan.output.required.contains(name) {
            about.push("required: no row leaves without a value".to_owned());
        }
        push(&mut rows, name, &type_name(column.field.data_type()), about);
    }
    page.table(2, rows);
    withheld("not delivered", &plan.output.withheld, page);
}

/// A column's first line with its name and type, and one for each thing more.
fn push(rows: &mut Vec<Vec<String>>, name: &str, type_name: &str, about: Vec<String>) {
    let mut about = about.into_iter();
    let first = about.next().unwrap_or_default();
    rows.push(vec![name.to_owned(), type_name.to_owned(), first]);
    rows.extend(about.map(|more| vec![String::new(), String::new(), more]));
}

fn labels(labels: &[CarriedLabel]) -> Vec<String> {
    labels.iter().map(|carried| format!("label {}: {}", carried.label, carried.because)).collect()
}

pub(super) fn rows(plan: &Plan, page: &mut Page) {
    let items: Vec<String> = plan
        .influences
        .iter()
        .map(|influence| {
            let how = match influence.kind {
                InfluenceKind::Filter => "which filters by it",
                InfluenceKind::Quarantine => "which quarantines by it",
                InfluenceKind::Reshape => "which makes new rows from it",
            };
            let table = influence.table.iter().map(|table| format!("{table}."));
            let table: String = table.collect();
            format!("{table}{}: through {}, {how}", influence.column, influence.step)
        })
        .collect();
    page.list("columns that decide which rows there are", &items);
}

pub(super) fn quarantine(plan: &Plan, page: &mut Page) {
    for segment in plan.segments.iter().filter(|segment| segment.quarantines) {
        page.heading(&format!(
            "quarantine of steps {} to {}",
            segment.steps.start + 1,
            segment.steps.end
        ));
        page.line(&format!("  columns: {}", names(&segment.quarantine).join(", ")));
        withheld("withheld from the quarantine", &segment.withheld, page);
    }
}

fn withheld(heading: &str, columns: &[Withheld], page: &mut Page) {
    let items: Vec<String> =
        columns.iter().map(|column| format!("{}: {}", column.column, column.because)).collect();
    page.list(heading, &items);
}
