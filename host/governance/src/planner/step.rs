//! One step: what its module plans, held to what it was bound to and granted.

use std::collections::BTreeSet;

use arrow_schema::{Field, Schema};
use bailiwick_terms::{Label, Ordering, Part, PartName, Read};

use serde_json::Value;

use super::Walk;
use super::column::{Column, listed};
use super::expressions::compiled;
use super::policy::Bound;
use super::row_filter::PlannedRows;
use super::written::Written;
use crate::bindings::{OnFailure, OnFault};
use crate::catalog::{CatalogError, Kind, Shape, TableSchemas};
use crate::plan::{
    ColumnRead, FaultQuarantine, Influence, InfluenceKind, Lookup, PlannedRule, Reason,
    ReferenceColumn, Step, Work,
};
use crate::refusal::{Refusal, RefusalRule};

impl Walk<'_> {
    /// Adds a step on these columns, all of which are there, or its refusals.
    pub(super) fn step(&mut self, bound: &Bound<'_>, id: String, columns: &[String]) {
        let input: Vec<Field> =
            columns.iter().filter_map(|name| self.column(name)).map(|c| c.field.clone()).collect();
        let planned = compiled(bound, &input).and_then(|settings| {
            let tables = self.tables(bound)?;
            self.planned(bound, settings, &input, &tables).map_err(|error| {
                vec![bound.refusal(RefusalRule::Module, None, error.to_string(), None)]
            })
        });
        let held = planned.and_then(|planned| {
            let rows = self.row_filter(bound)?;
            self.held(bound, columns, planned).map(|held| Held { rows, ..held })
        });
        let work = match held {
            Ok(held) => self.with_rules(bound, held.work).map(|work| Held { work, ..held }),
            Err(wrong) => {
                wrong.into_iter().for_each(|refusal| self.refuse(refusal));
                None
            }
        };
        let Some(held) = work else {
            self.be_unsure_of(columns);
            self.unsure_of_columns |= bound.facts.kind == Kind::Transform;
            return;
        };
        self.refuse_labels_without_grant(bound, held.reads.iter().chain(&held.looked));
        self.refuse_faults_without_a_way_back(bound, &held.work, held.ordering);
        self.take(bound, id, input, held);
    }

    fn planned(
        &self,
        bound: &Bound<'_>,
        settings: Value,
        input: &[Field],
        tables: &TableSchemas,
    ) -> Result<Planned, CatalogError> {
        let schema = Schema::new(input.to_vec());
        let (name, text) = (&bound.policy.module, settings.to_string());
        match bound.facts.kind {
            Kind::Transform => {
                let plan = self.catalog.plan_transform(name, &text, &schema, tables)?;
                let work = match plan.shape {
                    Shape::Map => Work::Map { writes: plan.writes },
                    Shape::Reshape => Work::Reshape { writes: plan.writes },
                    Shape::Filter if plan.writes.is_empty() => Work::Filter,
                    Shape::Filter => {
                        return Err(CatalogError::new(format!(
                            "{name} plans a filter that writes columns"
                        )));
                    }
                };
                let (reads, ordering, lookups) = (plan.reads, plan.ordering, plan.lookups);
                Ok(Planned { settings, reads, work, ordering, lookups })
            }
            Kind::Quality => {
                let plan = self.catalog.plan_check(name, &text, &schema, tables)?;
                let on_failure = bound.policy.on_failure();
                let rules = plan
                    .rules
                    .into_iter()
                    .map(|rule| PlannedRule {
                        rule,
                        threshold: None,
                        further: Vec::new(),
                        severity: bound.policy.severity,
                        tags: Vec::new(),
                    })
                    .collect();
                let work = Work::Check { rules, on_failure };
                let (reads, ordering, lookups) = (plan.reads, plan.ordering, plan.lookups);
                Ok(Planned { settings, reads, work, ordering, lookups })
            }
        }
    }

    /// Holds what the module plans to what it was bound to.
    fn held(
        &self,
        bound: &Bound<'_>,
        columns: &[String],
        planned: Planned,
    ) -> Result<Held, Vec<Refusal>> {
        let module = &bound.policy.module;
        let mut wrong = Vec::new();
        let mut reads: Vec<Column> = Vec::with_capacity(planned.reads.len());
        for Read { column: name, .. } in &planned.reads {
            let column = self.column(name).filter(|_| columns.contains(name));
            match column {
                Some(column) if reads.iter().all(|read| read.name() != name) => {
                    reads.push(column.clone());
                }
                Some(_) => wrong.push(bound.refusal(
                    RefusalRule::ModulePlan,
                    Some(name),
                    format!("{module} plans to read column `{name}` twice"),
                    "bind another version of the module".to_owned(),
                )),
                None => wrong.push(bound.refusal(
                    RefusalRule::ModulePlan,
                    Some(name),
                    format!("{module} plans to read column `{name}`, which it is not bound to"),
                    format!("it is bound to {}", listed(columns.iter().map(String::as_str))),
                )),
            }
        }
        let (writes, replaces_all): (&[Field], bool) = match &planned.work {
            Work::Map { writes } => (writes, false),
            Work::Reshape { writes } => (writes, true),
            Work::Filter | Work::Check { .. } => (&[], false),
        };
        for (i, field) in writes.iter().enumerate() {
            let name = field.name();
            if writes.iter().take(i).any(|before| before.name() == name) {
                wrong.push(bound.refusal(
                    RefusalRule::ModulePlan,
                    Some(name),
                    format!("{module} plans to write column `{name}` twice"),
                    "bind another version of the module".to_owned(),
                ));
            }
            let there = self.column(name).filter(|_| !replaces_all && !columns.contains(name));
            if let Some(there) = there {
                let by = match there.through.last() {
                    Some(step) => format!("which step `{step}` has written"),
                    None => "which comes with the input".to_owned(),
                };
                wrong.push(bound.refusal(
                    RefusalRule::ModulePlan,
                    Some(name),
                    format!("{module} writes column `{name}`, {by} and which it is not bound to"),
                    format!(
                        "bind it to `{name}` as well, so that it replaces the column, or let it \
                         write a column of another name"
                    ),
                ));
            }
        }
        if replaces_all && writes.is_empty() {
            wrong.push(bound.refusal(
                RefusalRule::ModulePlan,
                None,
                format!("{module} plans new rows without a column"),
                "bind another version of the module".to_owned(),
            ));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let parts = planned.reads.iter().map(|read| read.part).collect();
        let looked = self.looked(bound, &planned.lookups)?;
        let Planned { settings, work, ordering, lookups, .. } = planned;
        Ok(Held { settings, rows: None, reads, parts, looked, work, ordering, lookups })
    }

    fn with_rules(&mut self, bound: &Bound<'_>, work: Work) -> Option<Work> {
        let Work::Check { rules, on_failure } = work else {
            return Some(work);
        };
        let rules: Vec<_> = rules.into_iter().map(|rule| rule.rule).collect();
        let rules = self.planned_rules(bound, &rules, on_failure)?;
        Some(Work::Check { rules, on_failure })
    }

    fn refuse_labels_without_grant<'c>(
        &mut self,
        bound: &Bound<'_>,
        reads: impl Iterator<Item = &'c Column>,
    ) {
        for column in reads {
            for label in column.labels.keys() {
                if !bound.facts.grants.read.contains(label) {
                    let name = column.name();
                    self.refuse(bound.refusal(
                        RefusalRule::LabelGrant,
                        Some(name),
                        format!(
                            "{} reads column `{name}`, which is labelled `{label}`, and its \
                             approval does not grant that label",
                            bound.policy.module
                        ),
                        format!(
                            "ask central governance for an approval that may read `{label}`, or \
                             leave `{name}` out of the policy"
                        ),
                    ));
                }
            }
        }
    }

    /// Takes the step into the plan: the columns are from here on what it makes of them.
    fn take(&mut self, bound: &Bound<'_>, id: String, input: Vec<Field>, held: Held) {
        let Held { settings, rows, reads, parts, looked, work, ordering, lookups } = held;
        let reads = reads.as_slice();
        // What it writes can depend on these, and on nothing else.
        let given: Vec<Column> = reads.iter().chain(&looked).cloned().collect();
        let grants = &bound.facts.grants;
        // What a check says can depend on which rows it was given.
        let (rows, picked_by) = match rows {
            Some(PlannedRows { filter, reads }) => (Some(filter), reads),
            None => (None, Vec::new()),
        };
        let known_of = || given.iter().chain(&picked_by);
        let labels: BTreeSet<Label> =
            known_of().flat_map(|column| column.labels.keys().cloned()).collect();
        let mut because = vec![bound.reason.clone()];
        // A check of some rows meets no obligation: that is of all.
        let obligations = match &rows {
            None => self.met_by(&bound.policy.module, &bound.policy.settings),
            Some(_) => Vec::new(),
        };
        let met: BTreeSet<PartName> =
            obligations.iter().map(|obligation| obligation.id.clone()).collect();
        for column in &given {
            for id in column.pending.intersection(&met) {
                if let Some(obligation) = self.obligation(id) {
                    because.push(Reason::Obligation {
                        id: id.clone(),
                        description: obligation.description.clone(),
                        column: column.name().to_owned(),
                    });
                }
            }
        }
        for column in known_of().filter(|column| column.is_untouched()) {
            self.read.insert(column.name().to_owned());
        }
        self.held_to.push(self.floors_on(&given));
        let written = Written::of(&id, &given, &grants.remove, &met);
        let on_fault = match bound.policy.on_fault {
            OnFault::Fail => None,
            OnFault::Quarantine { max_rows, max_percent } => {
                self.before_faults.push((self.steps.len(), self.columns.clone()));
                Some(FaultQuarantine { max_rows, max_percent, columns: BTreeSet::new() })
            }
        };
        let mut removes = BTreeSet::new();
        let influence = match &work {
            Work::Map { writes } => {
                removes = labels.intersection(&grants.remove).cloned().collect();
                for field in writes {
                    let column = written.column(field);
                    match self.columns.iter_mut().find(|there| there.name() == field.name()) {
                        Some(there) => *there = column,
                        None => self.columns.push(column),
                    }
                }
                None
            }
            Work::Filter => {
                self.discharge(reads, &met);
                Some(InfluenceKind::Filter)
            }
            Work::Check { on_failure, .. } => {
                self.discharge(reads, &met);
                (*on_failure == OnFailure::Quarantine).then_some(InfluenceKind::Quarantine)
            }
            Work::Reshape { .. } => {
                removes = labels.intersection(&grants.remove).cloned().collect();
                Some(InfluenceKind::Reshape)
            }
        };
        let influence =
            influence.or_else(|| on_fault.is_some().then_some(InfluenceKind::Quarantine));
        if let Some(kind) = influence {
            let origins: BTreeSet<&String> =
                known_of().flat_map(|column| &column.origins).collect();
            self.influences.extend(origins.into_iter().map(|column| Influence {
                table: None,
                column: column.clone(),
                step: id.clone(),
                kind,
            }));
            let references: BTreeSet<&ReferenceColumn> =
                known_of().flat_map(|column| &column.references).collect();
            self.influences.extend(references.into_iter().map(|reference| Influence {
                table: Some(reference.table.clone()),
                column: reference.column.clone(),
                step: id.clone(),
                kind,
            }));
        }
        let reshaped: Option<Vec<Column>> = match &work {
            Work::Reshape { writes } => {
                Some(writes.iter().map(|field| written.column(field)).collect())
            }
            _ => None,
        };
        self.steps.push(Step {
            id,
            binding: bound.policy.id.clone(),
            module: bound.policy.module.clone(),
            digest: bound.facts.digest,
            summary: bound.facts.summary.clone(),
            work,
            input,
            reads: reads
                .iter()
                .zip(parts)
                .map(|(column, part)| ColumnRead { field: column.field.clone(), part })
                .collect(),
            lookups,
            rows,
            ordering,
            settings,
            services: grants.services.clone(),
            limits: bound.facts.limits.capped_by(&self.documents.framework.limits),
            removes,
            reads_labels: labels,
            segment: self.ended.len(),
            on_fault,
            because,
        });
        if let Some(reshaped) = reshaped {
            self.end_segment();
            self.columns = reshaped;
        }
    }

    /// Marks obligations as met on the columns that a filter or check read.
    fn discharge(&mut self, reads: &[Column], met: &BTreeSet<PartName>) {
        for column in &mut self.columns {
            if reads.iter().any(|read| read.name() == column.name()) {
                let now: Vec<PartName> = column.pending.intersection(met).cloned().collect();
                for id in now {
                    column.pending.remove(&id);
                    column.discharged.insert(id);
                }
            }
        }
    }
}

/// What a module plans, before it is held to anything.
struct Planned {
    /// The policy's settings, expressions compiled.
    settings: Value,
    reads: Vec<Read>,
    work: Work,
    ordering: Ordering,
    lookups: Vec<Lookup>,
}

/// What a module plans, after it was held to what it is bound to.
struct Held {
    settings: Value,
    rows: Option<PlannedRows>,
    reads: Vec<Column>,
    /// What is read of each, in the same order.
    parts: Vec<Part>,
    /// The columns of reference tables that it looks up.
    looked: Vec<Column>,
    work: Work,
    ordering: Ordering,
    lookups: Vec<Lookup>,
}
