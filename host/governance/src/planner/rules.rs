//! What a check's rules are held to.

use std::collections::BTreeSet;

use super::Walk;
use super::column::listed;
use super::policy::Bound;
use crate::bindings::{OnFailure, RuleThreshold};
use crate::catalog::{Granularity, Rule};
use crate::plan::PlannedRule;
use crate::refusal::{Refusal, RefusalRule};
use crate::threshold::Threshold;

impl Walk<'_> {
    /// The rules with their thresholds; none if they were refused.
    pub(super) fn planned_rules(
        &mut self,
        bound: &Bound<'_>,
        rules: &[Rule],
        on_failure: OnFailure,
    ) -> Option<Vec<PlannedRule>> {
        let wrong = wrong(bound, rules, on_failure);
        if !wrong.is_empty() {
            wrong.into_iter().for_each(|refusal| self.refuse(refusal));
            return None;
        }
        let planned: Vec<PlannedRule> = rules
            .iter()
            .map(|rule| {
                let stated = bound.policy.dimension.map(|stated| stated.as_str().to_owned());
                let dimension = stated.unwrap_or_else(|| rule.dimension.clone());
                let mut thresholds = RuleThreshold::of(&bound.policy.thresholds, rule);
                let own = thresholds.first().filter(|first| first.measure.is_none());
                let own = own.map(|own| own.threshold);
                let threshold =
                    if thresholds.is_empty() { default_threshold(rule, on_failure) } else { own };
                PlannedRule {
                    rule: Rule { dimension, ..rule.clone() },
                    threshold,
                    further: thresholds.split_off(usize::from(own.is_some())),
                    severity: bound.policy.severity,
                    tags: bound.policy.tags.clone(),
                }
            })
            .collect();
        for rule in &planned {
            if rule.thresholds().next().is_none() && !rule.is_of_rows() {
                self.note(format!(
                    "policy `{}`: rule `{}` speaks of all rows together and has no threshold, so \
                     that it is measured and never judged",
                    bound.policy.id, rule.rule.id
                ));
            }
        }
        Some(planned)
    }
}

/// What a rule is held to for which nothing is stated.
fn default_threshold(rule: &Rule, on_failure: OnFailure) -> Option<Threshold> {
    match (rule.granularity, on_failure) {
        (Granularity::Row, OnFailure::Observe | OnFailure::Block) => Some(Threshold::NO_ROW),
        (Granularity::Row, OnFailure::Quarantine) | (Granularity::Dataset, _) => None,
    }
}

fn wrong(bound: &Bound<'_>, rules: &[Rule], on_failure: OnFailure) -> Vec<Refusal> {
    let policy = bound.policy;
    let refusal = |rule, found, remedy| bound.refusal(rule, None, found, Some(remedy));
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    for rule in rules {
        if !ids.insert(&rule.id) {
            wrong.push(refusal(
                RefusalRule::ModulePlan,
                format!("{} plans two rules `{}`", policy.module, rule.id),
                "bind another version of the module".to_owned(),
            ));
        }
    }
    let any_of_rows = rules.iter().any(|rule| rule.granularity == Granularity::Row);
    if on_failure == OnFailure::Quarantine && !any_of_rows {
        wrong.push(refusal(
            RefusalRule::Policy,
            format!("`on_failure: quarantine`, and {} has no rule of single rows", policy.module),
            "state `on_failure: block` or `on_failure: observe`".to_owned(),
        ));
    }
    for stated in &policy.thresholds {
        let Some(name) = &stated.rule else {
            if stated.unit_stated && !any_of_rows {
                wrong.push(refusal(
                    RefusalRule::Policy,
                    format!(
                        "the threshold counts failing rows by a `unit`, and {} has no rule of \
                         single rows",
                        policy.module
                    ),
                    "leave out `unit`".to_owned(),
                ));
            }
            if let (Some(measure), true) = (&stated.held_to.measure, rules.len() > 1) {
                wrong.push(refusal(
                    RefusalRule::Policy,
                    format!(
                        "a threshold on measure `{measure}`, and {} has several rules",
                        policy.module
                    ),
                    format!(
                        "state the `rule` that it is of: {}",
                        listed(rules.iter().map(|rule| rule.id.as_str()))
                    ),
                ));
            }
            continue;
        };
        match rules.iter().find(|rule| rule.id == *name) {
            None => wrong.push(refusal(
                RefusalRule::Policy,
                format!("a threshold is for rule `{name}`, which {} does not have", policy.module),
                format!("its rules are {}", listed(rules.iter().map(|rule| rule.id.as_str()))),
            )),
            Some(rule) if rule.granularity == Granularity::Dataset && stated.unit_stated => {
                wrong.push(refusal(
                    RefusalRule::Policy,
                    format!(
                        "the threshold for rule `{name}` counts failing rows by a `unit`, and the \
                         rule speaks of all rows together"
                    ),
                    "leave out `unit`".to_owned(),
                ));
            }
            Some(_) => {}
        }
    }
    wrong
}
