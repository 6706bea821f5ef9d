//! The rules of a check, and what they are held to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bindings::Severity;
use crate::catalog::{Granularity, Rule};
use crate::threshold::{FigureThreshold, Finding, Threshold, Verdict, verdict};

/// A rule of a check, and what it is held to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedRule {
    /// The rule, as the module states it.
    #[serde(flatten)]
    pub rule: Rule,
    /// What its own figure is held to; none: that is reported and never judged.
    pub threshold: Option<Threshold>,
    /// What its measures are held to besides, and its own figure by further operators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<FigureThreshold>,
    /// How bad it is that it is not met.
    #[serde(default, skip_serializing_if = "Severity::is_default")]
    pub severity: Severity,
    /// Any words about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// What one threshold of a rule says of what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The figure, and what it is held to.
    pub held_to: FigureThreshold,
    /// What was found; none: there is no measure of that name, or it has no value.
    pub figure: Option<f64>,
    /// What comes of it.
    pub verdict: Verdict,
}

impl PlannedRule {
    /// All that it is held to, the threshold on its own figure first.
    pub fn thresholds(&self) -> impl Iterator<Item = FigureThreshold> {
        let own = self.threshold.map(|threshold| FigureThreshold { measure: None, threshold });
        own.into_iter().chain(self.further.iter().cloned())
    }

    /// What each threshold says of a finding and of measures by their names. A finding of
    /// the other granularity never passes.
    pub fn judged(&self, finding: Finding, measures: &BTreeMap<String, f64>) -> Vec<Judged> {
        let fits = finding.granularity() == self.rule.granularity;
        self.thresholds()
            .map(|held_to| {
                let finding = match &held_to.measure {
                    Some(measure) => Finding::Value(measures.get(measure).copied()),
                    None => finding,
                };
                let judges = fits || held_to.measure.is_some();
                let found = verdict(Some(&held_to.threshold), finding);
                Judged {
                    figure: finding.figure(held_to.threshold.unit),
                    verdict: if judges { found } else { Verdict::Failed },
                    held_to,
                }
            })
            .collect()
    }

    /// Whether `push` gives a bitmap for it.
    pub fn is_of_rows(&self) -> bool {
        self.rule.granularity == Granularity::Row
    }
}

/// What comes of a rule: it is met where all of its thresholds are.
pub fn verdict_of(judged: &[Judged]) -> Verdict {
    if judged.is_empty() {
        Verdict::Unjudged
    } else if judged.iter().all(|judged| judged.verdict == Verdict::Passed) {
        Verdict::Passed
    } else {
        Verdict::Failed
    }
}
