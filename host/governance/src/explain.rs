//! A plan in words, for terminals.

mod page;
mod reasons;

use arrow_schema::Field;
use bailiwick_terms::Part;

use page::{Page, some};

use crate::bindings::{OnFailure, Severity};
use crate::plan::{ColumnRead, Plan, PlannedRule, PlannedSource, Step, Work};

/// The plan as an aligned table, with the notes that go with it.
pub fn summary(plan: &Plan) -> String {
    let mut page = Page::default();
    head(plan, &mut page);
    notes(plan, &mut page);
    page.into_text()
}

/// The plan with why each step, column and label is there.
pub fn explanation(plan: &Plan) -> String {
    let mut page = Page::default();
    head(plan, &mut page);
    reasons::steps(plan, &mut page);
    reasons::input(plan, &mut page);
    reasons::output(plan, &mut page);
    reasons::rows(plan, &mut page);
    reasons::quarantine(plan, &mut page);
    notes(plan, &mut page);
    page.into_text()
}

fn head(plan: &Plan, page: &mut Page) {
    page.line(&format!("plan of {}, contract version {}", plan.product, plan.contract_version));
    page.blank();
    let mut lines = vec![
        vec![
            "input".to_owned(),
            plan.input.port.to_string(),
            format!(
                "{}, object {}: {} of its {} columns read",
                behind(&plan.input.source),
                plan.input.object,
                plan.input.projection.len(),
                plan.input.columns.len()
            ),
        ],
        vec![
            "output".to_owned(),
            plan.output.port.to_string(),
            format!(
                "{}, object {}: {} columns",
                plan.output.format,
                plan.output.object,
                plan.output.columns.len()
            ),
        ],
    ];
    let references = plan.references.iter().map(|reference| {
        let columns: Vec<&str> =
            reference.columns.iter().map(|column| column.field.name().as_str()).collect();
        vec![
            "reference".to_owned(),
            reference.name.to_string(),
            format!(
                "{}, object {}: {}",
                behind(&reference.source),
                reference.object,
                columns.join(", ")
            ),
        ]
    });
    lines.splice(1..1, references);
    page.table(0, lines);
    page.blank();
    if plan.steps.is_empty() {
        page.line("no steps: the rows leave as they come");
        return;
    }
    let titles = ["", "step", "module", "work", "reads", "writes", "rules"];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    rows.extend(plan.steps.iter().enumerate().map(|(i, step)| row(i + 1, step)));
    page.table(0, rows);
}

/// Where rows come from.
fn behind(source: &PlannedSource) -> String {
    match source {
        PlannedSource::Location { location, format } => format!("{location} ({format})"),
        PlannedSource::Product { product, port, contract_version, .. } => {
            format!("port {port} of {product}, contract version {contract_version}")
        }
        PlannedSource::Target { domain, target, format, sha256, contract_version } => {
            let sha256: String = sha256.chars().take(12).collect();
            format!(
                "{target} ({format}) as {domain} signed it, contract version {contract_version}, \
                 sha256 {sha256}"
            )
        }
    }
}

fn row(number: usize, step: &Step) -> Vec<String> {
    let written: Vec<&str> = step.written().collect();
    let dash = || "-".to_owned();
    let (work, rules) = match &step.work {
        Work::Map { .. } => ("map".to_owned(), dash()),
        Work::Filter => ("filter".to_owned(), dash()),
        Work::Reshape { .. } => ("reshape".to_owned(), dash()),
        Work::Check { rules, on_failure } => {
            let rules: Vec<String> = rules.iter().map(|rule| held_to(rule, *on_failure)).collect();
            (format!("check, {on_failure}"), rules.join("; "))
        }
    };
    vec![
        number.to_string(),
        step.id.clone(),
        step.module.to_string(),
        work,
        some(&step.reads.iter().map(read).chain(looked_up(step)).collect::<Vec<_>>()),
        some(&written),
        rules,
    ]
}

/// A column, and what is read of it where that is not its values.
fn read(read: &ColumnRead) -> String {
    match read.part {
        Part::Values => read.name().to_owned(),
        Part::Presence => format!("presence of {}", read.name()),
    }
}

/// The columns of reference tables that a step looks up.
fn looked_up(step: &Step) -> impl Iterator<Item = String> {
    let names = step
        .lookups
        .iter()
        .flat_map(|lookup| lookup.names().map(|name| format!("{}.{name}", lookup.table)));
    names.collect::<std::collections::BTreeSet<String>>().into_iter()
}

fn names(fields: &[Field]) -> Vec<&str> {
    fields.iter().map(|field| field.name().as_str()).collect()
}

/// A rule and what its figure must be for the run to go on.
fn held_to(rule: &PlannedRule, on_failure: OnFailure) -> String {
    let id = match rule.severity {
        Severity::Error => rule.rule.id.clone(),
        severity => format!("{} ({severity})", rule.rule.id),
    };
    let held_to = rule.thresholds().map(|held_to| held_to.in_words(rule.rule.granularity));
    let held_to: Vec<String> = held_to.collect();
    if !held_to.is_empty() {
        format!("{id}: {}", held_to.join(", "))
    } else if rule.is_of_rows() && on_failure == OnFailure::Quarantine {
        format!("{id}: failing rows are kept back")
    } else {
        format!("{id}: measured")
    }
}

fn notes(plan: &Plan, page: &mut Page) {
    page.list("notes", &plan.notes);
}
