//! One policy: its module, its settings, its columns.

use super::Walk;
use super::column::listed;
use crate::bindings::{Policy, Selection};
use crate::catalog::{Kind, ModuleFacts, Scope};
use crate::json_schema::settings_violations;
use crate::plan::Reason;
use crate::refusal::{Refusal, RefusalRule};

/// One policy on its way into the plan.
pub(super) struct Bound<'p> {
    pub(super) policy: &'p Policy,
    pub(super) facts: &'p ModuleFacts,
    /// What put it there.
    pub(super) reason: Reason,
}

impl Bound<'_> {
    pub(super) fn refusal(
        &self,
        rule: RefusalRule,
        column: Option<&str>,
        found: String,
        remedy: impl Into<Option<String>>,
    ) -> Refusal {
        refusal(self.policy, rule, column, found, remedy.into())
    }
}

fn refusal(
    policy: &Policy,
    rule: RefusalRule,
    column: Option<&str>,
    found: String,
    remedy: Option<String>,
) -> Refusal {
    let at = format!("policy `{}`", policy.id);
    Refusal { rule, at, column: column.map(str::to_owned), found, remedy }
}

impl Walk<'_> {
    /// Adds a policy's steps, or its refusals.
    pub(super) fn policy(&mut self, policy: &Policy, reason: Reason) {
        let facts = match self.catalog.module(&policy.module) {
            Ok(facts) => facts,
            Err(error) => {
                let found = error.to_string();
                self.refuse(refusal(policy, RefusalRule::Module, None, found, None));
                self.give_up(policy, true);
                return;
            }
        };
        let transforms = facts.kind == Kind::Transform;
        let bound = Bound { policy, facts: &facts, reason };
        let settings_fit = self.settings_fit(&bound);
        let policy_fits = self.policy_fits(&bound);
        let Some(columns) = self.selected(policy) else {
            self.give_up(policy, transforms);
            return;
        };
        if !settings_fit || !policy_fits {
            self.give_up(policy, transforms);
            return;
        }
        let columns = if columns.is_empty() {
            match self.named_in_expressions(&bound) {
                Ok(named) => named,
                Err(wrong) => {
                    // Where columns are unsure, one that is not there is no news.
                    if !self.unsure_of_columns {
                        wrong.into_iter().for_each(|refusal| self.refuse(refusal));
                    }
                    self.give_up(policy, transforms);
                    return;
                }
            }
        } else {
            columns
        };
        if columns.is_empty() && matches!(policy.columns, Selection::Labels(_)) {
            self.note(format!(
                "policy `{}` does nothing: no column carries its labels at that point",
                policy.id
            ));
            return;
        }
        if columns.iter().any(|name| self.column(name).is_some_and(|column| column.unsure)) {
            self.give_up(policy, transforms);
            return;
        }
        match (facts.scope, columns.as_slice()) {
            (Scope::Columns, columns) => self.step(&bound, policy.id.to_string(), columns),
            (Scope::Column, []) => {
                self.refuse(bound.refusal(
                    RefusalRule::Policy,
                    None,
                    format!("{} works on one column at a time, and none is named", policy.module),
                    "state `columns` or `labels`".to_owned(),
                ));
                self.give_up(policy, transforms);
            }
            (Scope::Column, [one]) => {
                self.step(&bound, policy.id.to_string(), std::slice::from_ref(one));
            }
            (Scope::Column, many) => {
                for column in many {
                    let id = format!("{}:{column}", policy.id);
                    self.step(&bound, id, std::slice::from_ref(column));
                }
            }
        }
    }

    /// What a refused policy leaves open: its own columns, and if it may have been a
    /// transform, which columns there are.
    pub(super) fn give_up(&mut self, policy: &Policy, transforms: bool) {
        let names = match &policy.columns {
            Selection::Nothing => Vec::new(),
            Selection::Columns(names) => names.clone(),
            Selection::Labels(_) => self.selected(policy).unwrap_or_default(),
        };
        self.be_unsure_of(&names);
        self.unsure_of_columns |= transforms;
    }

    /// The columns that the policy is bound to; none if one of them is not there.
    fn selected(&mut self, policy: &Policy) -> Option<Vec<String>> {
        match &policy.columns {
            Selection::Nothing => Some(Vec::new()),
            Selection::Labels(labels) => Some(
                self.columns
                    .iter()
                    .filter(|column| labels.iter().any(|label| column.labels.contains_key(label)))
                    .map(|column| column.name().to_owned())
                    .collect(),
            ),
            Selection::Columns(names) => {
                let missing: Vec<&String> =
                    names.iter().filter(|name| self.column(name).is_none()).collect();
                if !self.unsure_of_columns {
                    for name in &missing {
                        let there = listed(self.columns.iter().map(|column| column.name()));
                        self.refuse(refusal(
                            policy,
                            RefusalRule::NoSuchColumn,
                            Some(name),
                            format!("there is no column `{name}` at this point"),
                            Some(format!("the columns are {there}")),
                        ));
                    }
                }
                missing.is_empty().then(|| names.clone())
            }
        }
    }

    fn settings_fit(&mut self, bound: &Bound<'_>) -> bool {
        let Bound { policy, facts, .. } = bound;
        let most = facts.limits.capped_by(&self.documents.framework.limits).settings_bytes;
        let bytes = policy.settings.to_string().len() as u64;
        if bytes > most {
            self.refuse(bound.refusal(
                RefusalRule::Settings,
                None,
                format!("settings of {bytes} bytes, and {} takes at most {most}", policy.module),
                "shorten them".to_owned(),
            ));
            return false;
        }
        let broken = match settings_violations(&facts.settings_schema, &policy.settings) {
            Ok(broken) => broken,
            Err(error) => {
                self.refuse(bound.refusal(
                    RefusalRule::Module,
                    None,
                    format!("the settings schema of {} is {error}", policy.module),
                    "bind another version of the module".to_owned(),
                ));
                return false;
            }
        };
        for problem in &broken {
            self.refuse(bound.refusal(
                RefusalRule::Settings,
                None,
                format!("the settings do not fit {}: {problem}", policy.module),
                None,
            ));
        }
        broken.is_empty()
    }

    /// Whether the policy states only what a module of this kind can do.
    fn policy_fits(&mut self, bound: &Bound<'_>) -> bool {
        let Bound { policy, facts, .. } = bound;
        let judged = [
            policy.on_failure.is_some().then_some("on_failure"),
            (!policy.severity.is_default()).then_some("severity"),
            policy.dimension.is_some().then_some("dimension"),
            (!policy.tags.is_empty()).then_some("tags"),
            (!policy.thresholds.is_empty()).then_some("threshold"),
            policy.rows.is_some().then_some("where"),
        ];
        let mut fits = true;
        if facts.kind == Kind::Transform {
            for stated in judged.into_iter().flatten() {
                fits = false;
                self.refuse(bound.refusal(
                    RefusalRule::Policy,
                    None,
                    format!("`{stated}` is for checks, and {} is a transform", policy.module),
                    format!("leave out `{stated}`"),
                ));
            }
        }
        fits
    }
}
