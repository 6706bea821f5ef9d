//! The quality rules of the product's own contract: each is executed by a check, or is
//! told of as one that is not. None is passed over in silence.

use bailiwick_terms::PartName;
use serde_json::Value;

use super::Walk;
use crate::bindings::{OnFault, Policy, RuleThreshold, Selection, policy_of};
use crate::catalog::Kind;
use crate::contract::{Executed, QualityRule, SchemaObject, StandardCheck, on_failure};
use crate::framework::StandardChecks;
use crate::plan::{ContractQuality, Reason};
use crate::threshold::FigureThreshold;

impl Walk<'_> {
    /// The rules of the input, on the rows as they come.
    pub(super) fn input_quality(&mut self) {
        let (bindings, contract) = (self.documents.bindings, self.documents.contract);
        let input = bindings.input.source_object();
        // Of an object that describes both, the rules speak of what is delivered.
        let input = input.filter(|name| *name != bindings.output.object);
        if let Some(object) = input.and_then(|name| contract.object(name)) {
            self.object_quality(object);
        }
    }

    /// The rules of the output, on the rows as they leave.
    pub(super) fn output_quality(&mut self) {
        let (bindings, contract) = (self.documents.bindings, self.documents.contract);
        if let Some(object) = contract.object(&bindings.output.object) {
            self.object_quality(object);
        }
    }

    fn object_quality(&mut self, object: &SchemaObject) {
        for rule in &object.quality {
            self.quality(object, None, rule);
        }
        for property in &object.properties {
            for rule in &property.quality {
                self.quality(object, Some(&property.name), rule);
            }
        }
    }

    fn quality(&mut self, object: &SchemaObject, column: Option<&str>, rule: &QualityRule) {
        let executed = self.contract_policy(object, column, rule).and_then(|policy| {
            let reason = Reason::Contract {
                object: object.name.clone(),
                column: column.map(str::to_owned),
                rule: rule.title().to_owned(),
            };
            self.attempt(&policy, reason)
        });
        let (step, not_executed) = match executed {
            Ok(step) => (Some(step), None),
            Err(because) => {
                let of =
                    column.map_or(object.name.clone(), |name| format!("{}.{name}", object.name));
                self.note(format!(
                    "quality rule {:?} of {of} in the contract is not executed: {because}",
                    rule.title()
                ));
                (None, Some(because))
            }
        };
        self.contract_quality.push(ContractQuality {
            object: object.name.clone(),
            column: column.map(str::to_owned),
            rule: rule.title().to_owned(),
            step,
            not_executed,
        });
    }

    /// Adds the policy's steps; or nothing at all, and says why: a contract may ask for
    /// more than the modules here can do, and is published all the same.
    fn attempt(&mut self, policy: &Policy, reason: Reason) -> Result<String, String> {
        let columns = self.columns.clone();
        let (unsure, read) = (self.unsure_of_columns, self.read.clone());
        let (refusals, notes) = (self.refusals.len(), self.notes.len());
        let (steps, influences) = (self.steps.len(), self.influences.len());
        let before_faults = self.before_faults.len();
        self.policy(policy, reason);
        let refused: Vec<String> = self.refusals.drain(refusals..).map(|r| r.found).collect();
        if refused.is_empty()
            && let Some(step) = self.steps.get(steps)
        {
            return Ok(step.id.clone());
        }
        self.columns = columns;
        (self.unsure_of_columns, self.read) = (unsure, read);
        self.notes.truncate(notes);
        self.steps.truncate(steps);
        self.held_to.truncate(steps);
        self.influences.truncate(influences);
        self.before_faults.truncate(before_faults);
        Err(match refused.as_slice() {
            [] => "its columns are not there at this point".to_owned(),
            refused => refused.join("; "),
        })
    }

    /// The policy that executes a rule, or why there is none.
    fn contract_policy(
        &self,
        object: &SchemaObject,
        column: Option<&str>,
        rule: &QualityRule,
    ) -> Result<Policy, String> {
        let id = self.contract_id(rule)?;
        match rule.executed_by(object, column)? {
            Executed::Policy(stated) => {
                let policy = policy_of(id, stated)?;
                let facts = self.catalog.module(&policy.module).map_err(|e| e.to_string())?;
                if facts.kind == Kind::Transform {
                    return Err(format!("{} is a transform: a contract checks", policy.module));
                }
                Ok(match (&policy.columns, column) {
                    (Selection::Nothing, Some(column)) => {
                        Policy { columns: Selection::Columns(vec![column.to_owned()]), ..policy }
                    }
                    _ => policy,
                })
            }
            Executed::Check(check) => {
                let missing = check.columns.iter().find(|name| object.property(name).is_none());
                if let Some(name) = missing {
                    return Err(format!("object `{}` has no column `{name}`", object.name));
                }
                let Some(standard) = &self.documents.framework.standard_checks else {
                    return Err("the framework names no `standard_checks`".to_owned());
                };
                standard_policy(id, rule, check, standard)
            }
        }
    }

    /// An id that no other policy has.
    fn contract_id(&self, rule: &QualityRule) -> Result<PartName, String> {
        const LONGEST: usize = 40;
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let name: String = rule.title().chars().take(LONGEST).map(plain).collect();
        let name = format!("contract-{}", name.trim_matches('-'));
        let is_free = |id: &String| {
            let bindings = &self.documents.bindings.policies;
            bindings.iter().all(|policy| policy.id.as_str() != id)
                && self.steps.iter().all(|step| step.binding.as_str() != id)
        };
        // Rules of one name are told apart by their place, which is found at once.
        let place = self.contract_quality.len() + 1;
        let numbered = (place..).map(|number| format!("{name}-{number}"));
        let mut ids = [name.clone()].into_iter().chain(numbered);
        let id = ids.find(is_free).unwrap_or_default();
        id.parse().map_err(|error| format!("its name makes no id: {error}"))
    }
}

fn standard_policy(
    id: PartName,
    rule: &QualityRule,
    check: StandardCheck,
    standard: &StandardChecks,
) -> Result<Policy, String> {
    let StandardCheck { module, columns, settings, rows, threshold, of_rows } = check;
    let module = standard.module(module).ok_or_else(|| format!("there is no module `{module}`"))?;
    let severity = rule.severity();
    Ok(Policy {
        id,
        module,
        columns: if columns.is_empty() { Selection::Nothing } else { Selection::Columns(columns) },
        references: Vec::new(),
        rows,
        settings: Value::Object(settings),
        on_failure: Some(on_failure(severity, standard.on_failure, of_rows)),
        severity,
        dimension: rule.dimension,
        tags: rule.tags.clone(),
        on_fault: OnFault::Fail,
        thresholds: vec![RuleThreshold {
            rule: None,
            unit_stated: of_rows,
            held_to: FigureThreshold { measure: None, threshold },
        }],
    })
}
