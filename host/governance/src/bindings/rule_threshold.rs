//! Which figures of which rules a threshold speaks of.

use crate::catalog::{Granularity, Rule};
use crate::threshold::FigureThreshold;

/// What a figure of one rule of a check is held to, or of all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleThreshold {
    /// The rule; none: every rule that no other threshold names.
    pub rule: Option<String>,
    /// Whether `unit` was stated: it only fits rules of single rows.
    pub unit_stated: bool,
    /// Which figure, and what it must be.
    pub held_to: FigureThreshold,
}

impl RuleThreshold {
    /// Those among these that speak of a rule, the ones on its own figure first: for each
    /// figure those that name the rule, else those of all rules.
    pub(crate) fn of(thresholds: &[Self], rule: &Rule) -> Vec<FigureThreshold> {
        let names = |stated: &Self| stated.rule.as_deref() == Some(&rule.id);
        let mut found: Vec<FigureThreshold> = thresholds
            .iter()
            .filter(|stated| {
                names(stated)
                    || (stated.fits_all(rule)
                        && !thresholds.iter().any(|other| {
                            names(other) && other.held_to.measure == stated.held_to.measure
                        }))
            })
            .map(|stated| stated.held_to_of(rule))
            .collect();
        found.sort_by_key(|held_to| held_to.measure.is_some());
        found
    }

    /// What a rule is held to by it: of a rule of all rows, the measure `value` is its own figure.
    fn held_to_of(&self, rule: &Rule) -> FigureThreshold {
        let mut held_to = self.held_to.clone();
        if rule.granularity == Granularity::Dataset {
            held_to.measure = held_to.measure.filter(|measure| measure != "value");
        }
        held_to
    }

    /// Whether it speaks of a rule as of any other. A unit says how failing rows are counted:
    /// with one, `*` means rules of rows.
    fn fits_all(&self, rule: &Rule) -> bool {
        self.rule.is_none() && (rule.granularity == Granularity::Row || !self.unit_stated)
    }
}
