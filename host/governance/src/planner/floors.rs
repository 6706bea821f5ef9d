//! Holds every policy to the framework's floors.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_terms::{Label, PartName};

use super::Walk;
use super::column::Column;
use crate::bindings::{OnFailure, RuleThreshold};
use crate::catalog::Granularity;
use crate::contract::Property;
use crate::framework::Floor;
use crate::plan::{LabelReason, PlannedRule, Reason, Step, Work};
use crate::refusal::{Refusal, RefusalRule};
use crate::threshold::{FigureThreshold, Threshold};

/// The floors that a step is held to, each with the column for which it holds; none: it
/// holds for any.
pub(super) type Floors = BTreeMap<PartName, Option<String>>;

impl Walk<'_> {
    /// The floors that hold for a contract's column with these labels.
    pub(super) fn floors_of<'l>(
        &self,
        property: &Property,
        labels: impl Iterator<Item = &'l Label>,
    ) -> BTreeSet<PartName> {
        let labels: BTreeSet<&Label> = labels.collect();
        let domain = self.documents.bindings.product.domain();
        self.documents
            .framework
            .floors
            .iter()
            .filter(|floor| floor.when.is_of_columns())
            .filter(|floor| floor.when.holds(domain, property, &labels))
            .map(|floor| floor.id.clone())
            .collect()
    }

    /// The floors that a step which reads these columns is held to.
    pub(super) fn floors_on(&self, reads: &[Column]) -> Floors {
        let domain = self.documents.bindings.product.domain();
        let of_all = self
            .documents
            .framework
            .floors
            .iter()
            .filter(|floor| !floor.when.is_of_columns() && floor.when.is_of_domain(domain));
        let mut floors: Floors = of_all.map(|floor| (floor.id.clone(), None)).collect();
        for column in reads {
            for id in &column.floors {
                floors.entry(id.clone()).or_insert_with(|| Some(column.name().to_owned()));
            }
        }
        floors
    }

    /// Holds what judges an output column also to the floors that hold for what the contract
    /// promises of it.
    pub(super) fn hold_checks_of(
        &mut self,
        property: &Property,
        column: &Column,
        declared: &BTreeMap<Label, LabelReason>,
    ) {
        let labels = column.labels.keys().chain(declared.keys());
        let promised = self.floors_of(property, labels);
        let written_by = column.through.last();
        let last = self.steps.iter().rposition(|step| Some(&step.id) == written_by);
        let since = last.map_or(0, |last| last + 1);
        for (step, held_to) in self.steps.iter().zip(&mut self.held_to).skip(since) {
            if step.reads.iter().any(|read| read.name() == column.name()) {
                for id in &promised {
                    held_to.entry(id.clone()).or_insert_with(|| Some(column.name().to_owned()));
                }
            }
        }
    }

    /// Refuses every step that is laxer than a floor, and says of the others what they are
    /// held to.
    pub(super) fn hold_to_floors(&mut self) {
        let framework = self.documents.framework;
        let mut refusals = Vec::new();
        for (step, held_to) in self.steps.iter_mut().zip(&self.held_to) {
            for floor in &framework.floors {
                let Some(column) = held_to.get(&floor.id) else { continue };
                let module = step.module.unversioned();
                if !asks_something(floor, step)
                    || floor.module.as_ref().is_some_and(|m| m != module)
                {
                    continue;
                }
                refusals.extend(
                    laxer(floor, step)
                        .into_iter()
                        .map(|l| l.refusal(floor, step, column.as_deref())),
                );
                step.because.push(Reason::Floor {
                    id: floor.id.clone(),
                    description: floor.description.clone(),
                    column: column.clone(),
                });
            }
        }
        refusals.into_iter().for_each(|refusal| self.refuse(refusal));
    }
}

/// Whether a floor says anything of a step of this kind.
fn asks_something(floor: &Floor, step: &Step) -> bool {
    let of_checks =
        floor.severity.is_some() || floor.on_failure.is_some() || !floor.thresholds.is_empty();
    let of_faults = floor.max_fault_rows.is_some() || floor.max_fault_percent.is_some();
    !floor.settings.is_empty()
        || (of_checks && matches!(step.work, Work::Check { .. }))
        || (of_faults && step.on_fault.is_some())
}

/// In what a step is laxer than a floor.
struct Laxer {
    found: String,
    allowed: String,
}

impl Laxer {
    fn refusal(self, floor: &Floor, step: &Step, column: Option<&str>) -> Refusal {
        let at = match step.because.first() {
            Some(reason @ Reason::Contract { .. }) => reason.to_string(),
            _ => format!("policy `{}`", step.binding),
        };
        let on = column.map(|column| format!(" on column `{column}`")).unwrap_or_default();
        let (id, description) = (&floor.id, &floor.description);
        let Self { found, allowed } = self;
        Refusal {
            rule: RefusalRule::Floor,
            at,
            column: column.map(str::to_owned),
            found: format!(
                "laxer than floor `{id}` allows{on} ({description}): found {found}, allowed is \
                 {allowed}"
            ),
            remedy: Some("make it as strict".to_owned()),
        }
    }
}

fn laxer(floor: &Floor, step: &Step) -> Vec<Laxer> {
    let mut laxer = Vec::new();
    for (name, asked) in &floor.settings {
        let setting = step.settings.get(name);
        if !setting.is_some_and(|setting| asked.is_met_by(setting)) {
            laxer.push(Laxer {
                found: setting.map_or_else(
                    || format!("no setting `{name}`"),
                    |setting| format!("setting `{name}` {setting}"),
                ),
                allowed: format!("setting `{name}` {asked}"),
            });
        }
    }
    if let Work::Check { rules, on_failure } = &step.work {
        for rule in rules {
            laxer.extend(laxer_rule(floor, rule, *on_failure));
        }
    }
    laxer.extend(laxer_on_fault(floor, step));
    laxer
}

fn laxer_rule(floor: &Floor, planned: &PlannedRule, on_failure: OnFailure) -> Vec<Laxer> {
    let mut laxer = Vec::new();
    let (rule, granularity) = (&planned.rule, planned.rule.granularity);
    let of_rule = format!("for rule `{}`", rule.id);
    if let Some(least) = floor.severity
        && planned.severity < least
    {
        laxer.push(Laxer {
            found: format!("`severity: {}`", planned.severity),
            allowed: format!("at least `severity: {least}`"),
        });
    }
    if let Some(least) = floor.on_failure
        && !leads_to(least, planned, on_failure)
    {
        let held_to = in_words(planned.thresholds(), granularity);
        laxer.push(Laxer {
            found: format!("`on_failure: {on_failure}` with {held_to} {of_rule}"),
            allowed: match least {
                OnFailure::Quarantine => {
                    "at least `on_failure: quarantine`: no row that fails is delivered"
                }
                _ => "at least `on_failure: block`: the run ends where a threshold is not met",
            }
            .to_owned(),
        });
    }
    for loosest in RuleThreshold::of(&floor.thresholds, rule) {
        if !planned.thresholds().any(|stated| stated.is_within(&loosest, granularity)) {
            let of_figure = planned.thresholds().filter(|own| own.measure == loosest.measure);
            laxer.push(Laxer {
                found: format!("{} {of_rule}", in_words(of_figure, granularity)),
                allowed: format!("{} and what is tighter", loosest.in_words(granularity)),
            });
        }
    }
    laxer
}

fn in_words(thresholds: impl Iterator<Item = FigureThreshold>, granularity: Granularity) -> String {
    let words: Vec<String> = thresholds.map(|held_to| held_to.in_words(granularity)).collect();
    if words.is_empty() { "no threshold".to_owned() } else { words.join(" and ") }
}

/// Whether what a rule that is not met leads to is at least what is asked for. A check that
/// blocks delivers the rows that fail within its threshold, and one that quarantines ends a
/// run only by a threshold: neither is more than the other in all.
fn leads_to(least: OnFailure, planned: &PlannedRule, on_failure: OnFailure) -> bool {
    let of_rows = planned.is_of_rows();
    let none = FigureThreshold { measure: None, threshold: Threshold::NO_ROW };
    match (least, on_failure) {
        (OnFailure::Observe, _) => true,
        (_, OnFailure::Observe) => false,
        (OnFailure::Quarantine, OnFailure::Block) if of_rows => {
            planned.thresholds().any(|stated| stated.is_within(&none, Granularity::Row))
        }
        (OnFailure::Block, OnFailure::Quarantine) if of_rows => planned.threshold.is_some(),
        _ => true,
    }
}

fn laxer_on_fault(floor: &Floor, step: &Step) -> Option<Laxer> {
    let on_fault = step.on_fault.as_ref()?;
    let rows = floor.max_fault_rows.filter(|most| on_fault.max_rows > *most);
    let percent = floor
        .max_fault_percent
        .filter(|most| on_fault.max_percent.is_none_or(|percent| percent > *most));
    if rows.is_none() && percent.is_none() {
        return None;
    }
    let bounds = [
        floor.max_fault_rows.map(|most| format!("`max_fault_rows: {most}`")),
        floor.max_fault_percent.map(|most| format!("`max_fault_percent: {most}`")),
    ];
    let bounds: Vec<String> = bounds.into_iter().flatten().collect();
    Some(Laxer {
        found: format!("`{}`", on_fault.bounds()),
        allowed: format!("at most {}, or `on_fault: fail`", bounds.join(" and ")),
    })
}
