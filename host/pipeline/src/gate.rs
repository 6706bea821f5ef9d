//! What the rules of a check found, and whether it keeps the run from delivering.

use std::collections::BTreeMap;
use std::sync::Arc;

use bailiwick_engine::Measure;
use bailiwick_governance::{
    FigureThreshold, Finding, Judged, OnFailure, PlannedRule, Step, Threshold, Unit, Verdict,
    verdict_of,
};

use crate::report::{FigureReport, RuleReport};

/// Counts the rows that fail each rule of one check.
pub(crate) struct Tally {
    rules: Vec<(PlannedRule, u64)>,
    /// `step/rule` of each row-level rule, in the order of the bitmaps.
    names: Vec<Arc<str>>,
    on_failure: OnFailure,
    rows: u64,
}

impl Tally {
    /// For the rules of the step of that id.
    pub(crate) fn new(step: &str, rules: &[PlannedRule], on_failure: OnFailure) -> Self {
        let of_rows = rules.iter().filter(|rule| rule.is_of_rows());
        let name = |rule: &PlannedRule| Arc::from(format!("{step}/{}", rule.rule.id));
        Self {
            names: of_rows.map(name).collect(),
            rules: rules.iter().map(|rule| (rule.clone(), 0)).collect(),
            on_failure,
            rows: 0,
        }
    }

    pub(crate) fn quarantines(&self) -> bool {
        self.on_failure == OnFailure::Quarantine
    }

    /// Counts a batch: how many rows failed each row-level rule, in order. Gives the
    /// rules' names in the same order.
    pub(crate) fn count(&mut self, rows: u64, failed: impl Iterator<Item = u64>) -> &[Arc<str>] {
        self.rows += rows;
        let of_rows = self.rules.iter_mut().filter(|(rule, _)| rule.is_of_rows());
        for ((_, total), failed) in of_rows.zip(failed) {
            *total += failed;
        }
        &self.names
    }

    /// Takes in the counts of the same step of another lane.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.rows += other.rows;
        for ((_, total), (_, more)) in self.rules.iter_mut().zip(&other.rules) {
            *total += more;
        }
    }

    /// Judges what was found.
    pub(crate) fn conclude(self, step: &Step, measures: &[Measure]) -> Vec<RuleReport> {
        let Self { rules, on_failure, rows, .. } = self;
        let columns: Vec<String> = step.reads.iter().map(|read| read.name().to_owned()).collect();
        rules
            .into_iter()
            .map(|(planned, failed)| {
                let own = measures.iter().filter(|measure| measure.rule == planned.rule.id);
                let measures: BTreeMap<_, _> =
                    own.map(|measure| (measure.name.clone(), measure.value)).collect();
                let of_rows = planned.is_of_rows();
                let finding = if of_rows {
                    Finding::Rows { failed, rows }
                } else {
                    Finding::Value(measures.get("value").copied())
                };
                let judged = planned.judged(finding, &measures);
                let verdict = verdict_of(&judged);
                RuleReport {
                    step: step.id.clone(),
                    rule: planned.rule.id.clone(),
                    summary: planned.rule.summary.clone(),
                    dimension: planned.rule.dimension.clone(),
                    severity: planned.severity,
                    tags: planned.tags.clone(),
                    columns: columns.clone(),
                    rows,
                    failed: of_rows.then_some(failed),
                    measures,
                    threshold: planned.threshold.map(|threshold| in_words(&threshold, of_rows)),
                    held_to: planned.threshold,
                    judged: if planned.further.is_empty() {
                        Vec::new()
                    } else {
                        judged.into_iter().map(|judged| figure(judged, of_rows)).collect()
                    },
                    on_failure,
                    verdict,
                    blocks: verdict == Verdict::Failed && on_failure != OnFailure::Observe,
                }
            })
            .collect()
    }
}

fn figure(judged: Judged, of_rows: bool) -> FigureReport {
    let Judged { held_to: FigureThreshold { measure, threshold }, figure, verdict } = judged;
    FigureReport {
        threshold: in_words(&threshold, of_rows && measure.is_none()),
        measure,
        figure,
        held_to: threshold,
        verdict,
    }
}

fn in_words(threshold: &Threshold, of_rows: bool) -> String {
    match (of_rows, threshold.unit) {
        (false, _) => threshold.bound.to_string(),
        (true, Unit::Rows) => format!("{} rows", threshold.bound),
        (true, Unit::Percent) => format!("{} %", threshold.bound),
        (true, Unit::Ratio) => format!("{} of the rows passing", threshold.bound),
    }
}
