//! What a leak test found.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_governance::Plan;
use bailiwick_terms::{Label, ProductName};
use serde::Serialize;

use super::probe::Probe;
use super::subject::Subject;
use crate::Prepared;
use crate::input::InputRead;

/// What a leak test found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeakTest {
    /// The product.
    pub product: ProductName,
    /// What was read.
    pub input: InputRead,
    /// What the changes were drawn from.
    pub seed: u64,
    /// The rows that each change went over.
    pub rows: u64,
    /// Each column that was changed.
    pub columns: Vec<ColumnTest>,
    /// Input columns that the plan never reads.
    pub unread: Vec<String>,
}

impl LeakTest {
    pub(super) fn of(
        prepared: &Prepared,
        input: InputRead,
        seed: u64,
        rows: u64,
        probes: &[Probe<'_>],
    ) -> Self {
        let plan = &prepared.plan;
        let (mut columns, mut subjects): (Vec<ColumnTest>, Vec<&Subject>) = Default::default();
        for probe in probes {
            match subjects.iter().position(|own| **own == probe.subject) {
                Some(at) => {
                    if let Some(own) = columns.get_mut(at) {
                        own.take(plan, probe);
                    }
                }
                None => {
                    let mut own = ColumnTest::new(plan, probe);
                    own.take(plan, probe);
                    columns.push(own);
                    subjects.push(&probe.subject);
                }
            }
        }
        let names = plan.input.columns.iter().map(|column| column.field.name());
        let unread = names.filter(|name| !plan.input.projection.contains(name)).cloned().collect();
        Self { product: plan.product.clone(), input, seed, rows, columns, unread }
    }

    /// Whether nothing changed that the plan says does not depend on what was changed.
    pub fn is_tight(&self) -> bool {
        self.columns.iter().all(|column| column.leaks.is_empty())
    }
}

/// What changing one column came to, in all ways in which it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnTest {
    /// The column: of the input, or as `table.column` of a reference table.
    pub column: String,
    /// What it is classified as.
    pub labels: BTreeSet<Label>,
    /// In how many rows, of the input or of the table, it was changed, over all ways; none: there was nothing to change
    /// it to, and it was not tested.
    pub changed: u64,
    /// The output columns that changed with it, as the plan says they may.
    pub reached: Vec<Reached>,
    /// The steps by which it helps decide which rows there are.
    pub selects: BTreeSet<String>,
    /// How often a row came into the output or left it because of that.
    pub moved: u64,
    /// Steps that read what comes of it, and ended the test by faulting on a change.
    pub ended: BTreeSet<String>,
    /// What changed and should not have.
    pub leaks: Vec<Leak>,
}

/// An output column that changes with the column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// The output column.
    pub column: String,
    /// The steps that its values went through, in order.
    pub through: Vec<String>,
    /// Labels of the column that the output column has no more, as approvals let
    /// steps remove them.
    pub removed: BTreeSet<Label>,
}

/// Something that changed, and does not depend on what was changed, says the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// What changed.
    pub what: String,
    /// The first row in which it did, from 1: of the input, or behind a reshape of the
    /// output; none: it is not in single rows.
    pub row: Option<u64>,
}

impl ColumnTest {
    fn new(plan: &Plan, probe: &Probe<'_>) -> Self {
        let labels = probe.subject.planned(plan).into_iter().flat_map(|column| &column.labels);
        Self {
            column: probe.subject.to_string(),
            labels: labels.map(|carried| carried.label.clone()).collect(),
            changed: 0,
            reached: Vec::new(),
            selects: probe.dependence.selection.iter().map(|own| own.step.clone()).collect(),
            moved: 0,
            ended: BTreeSet::new(),
            leaks: Vec::new(),
        }
    }

    fn take(&mut self, plan: &Plan, probe: &Probe<'_>) {
        let seen = &probe.seen;
        self.changed += seen.changed;
        self.moved += seen.moved;
        self.ended.extend(seen.ended.clone());
        let reached = |name: &String| {
            seen.reached.contains(name) || self.reached.iter().any(|own| own.column == *name)
        };
        let outputs = plan.output.columns.iter();
        self.reached = outputs
            .filter(|output| reached(output.field.name()))
            .map(|output| {
                let kept: BTreeSet<&Label> = output.labels.iter().map(|own| &own.label).collect();
                let removed = self.labels.iter().filter(|label| !kept.contains(label));
                Reached {
                    column: output.field.name().clone(),
                    through: output.through.clone(),
                    removed: removed.cloned().collect(),
                }
            })
            .collect();
        let mut leaks: BTreeMap<String, Option<u64>> =
            self.leaks.drain(..).map(|leak| (leak.what, leak.row)).collect();
        for (what, row) in &seen.leaks {
            leaks.entry(what.clone()).or_insert(*row);
        }
        self.leaks = leaks.into_iter().map(|(what, row)| Leak { what, row }).collect();
    }
}
