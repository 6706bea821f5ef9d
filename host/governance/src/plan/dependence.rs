//! What a plan says may change when one input column does.

use std::collections::BTreeSet;

use bailiwick_terms::PartName;

use super::{Influence, InfluenceKind, Lookup, Plan, ReferenceColumn, Step, Work};

/// What may change when the values of one column do, of the input or of a reference table, as the plan says: by its
/// lineage, and by its influences, the rows that the column helps to select. Whatever
/// is not in here must stay as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependence {
    /// The output columns that have it among their origins.
    pub outputs: BTreeSet<String>,
    /// How it helps decide which rows there are.
    pub selection: Vec<Influence>,
    /// For each step whether its answers may change.
    steps: Vec<bool>,
    /// Output columns that a step wrote which may be given other rows.
    swayed: BTreeSet<String>,
    /// For each segment the columns at its end that may change.
    quarantine: Vec<BTreeSet<String>>,
}

impl Dependence {
    /// Whether the column helps decide which rows there are.
    pub fn selects_rows(&self) -> bool {
        !self.selection.is_empty()
    }

    /// Whether values of this output column may change.
    pub fn may_change(&self, output: &str) -> bool {
        self.outputs.contains(output) || self.swayed.contains(output)
    }

    /// Whether the step at that position may answer otherwise: it reads what came of the
    /// column, or may be given other rows.
    pub fn may_answer_otherwise(&self, step: usize) -> bool {
        self.steps.get(step).copied().unwrap_or_default()
    }

    /// Whether values of this column may change in the quarantine of a segment.
    pub fn may_change_in_quarantine(&self, segment: usize, column: &str) -> bool {
        self.quarantine.get(segment).is_some_and(|columns| columns.contains(column))
    }
}

impl Plan {
    /// What may change when the values of an input column do.
    pub fn dependence(&self, column: &str) -> Dependence {
        self.dependence_on(None, column)
    }

    /// What may change when the values of a column of a reference table do.
    pub fn reference_dependence(&self, reference: &ReferenceColumn) -> Dependence {
        self.dependence_on(Some(&reference.table), &reference.column)
    }

    fn dependence_on(&self, table: Option<&PartName>, column: &str) -> Dependence {
        let own = |own: &&Influence| own.table.as_ref() == table && own.column == column;
        let selection: Vec<Influence> = self.influences.iter().filter(own).cloned().collect();
        let others_from = selection.iter().filter_map(|own| self.others_from(own)).min();
        // The columns as they stand: those that come of it, and those that were written
        // by a step that may have been given other rows.
        let (mut come, mut swayed) = (BTreeSet::new(), BTreeSet::new());
        if table.is_none() {
            come.insert(column.to_owned());
        }
        let mut steps = Vec::with_capacity(self.steps.len());
        let mut quarantine = Vec::with_capacity(self.segments.len());
        for segment in &self.segments {
            // A reshape ends its segment, and what is quarantined there left before it.
            for (position, step) in self.steps_of(&segment.steps) {
                let reads = |columns: &BTreeSet<String>| {
                    let picks = step.rows.iter().flat_map(|rows| &rows.reads);
                    step.reads.iter().chain(picks).any(|read| columns.contains(read.name()))
                };
                let looks_up = |lookup: &Lookup| {
                    table == Some(&lookup.table) && lookup.names().any(|name| name == column)
                };
                let comes = reads(&come) || step.lookups.iter().any(looks_up);
                let sways = reads(&swayed) || others_from.is_some_and(|from| position >= from);
                steps.push(comes || sways);
                let written: Vec<String> = step.written().map(str::to_owned).collect();
                if matches!(step.work, Work::Reshape { .. }) {
                    quarantine.push(&come | &swayed);
                    (come, swayed) = (BTreeSet::new(), BTreeSet::new());
                }
                for name in written {
                    place(&mut come, &name, comes);
                    place(&mut swayed, &name, sways);
                }
            }
            if !self.ends_in_reshape(&segment.steps) {
                quarantine.push(&come | &swayed);
            }
        }
        let outputs = self.output.columns.iter();
        let outputs = outputs
            .filter(|output| match table {
                None => output.origins.contains(column),
                Some(table) => {
                    output.references.iter().any(|own| own.table == *table && own.column == column)
                }
            })
            .map(|output| output.field.name().clone())
            .collect();
        Dependence { outputs, selection, steps, swayed, quarantine }
    }

    /// The first step that may be given other rows because of an influence.
    fn others_from(&self, influence: &Influence) -> Option<usize> {
        let position = self.steps.iter().position(|step| step.id == influence.step)?;
        let step = self.steps.get(position)?;
        if influence.kind != InfluenceKind::Quarantine || step.on_fault.is_some() {
            return Some(position + 1);
        }
        // Rows that a check marked stay to the end of their segment: steps see them like
        // all others. But a filter behind it drops none of them.
        let end = self.segments.get(step.segment)?.steps.end;
        let filter =
            self.steps_of(&(position + 1..end)).find(|(_, step)| step.work == Work::Filter);
        Some(filter.map_or(end, |(filter, _)| filter + 1))
    }

    fn ends_in_reshape(&self, steps: &std::ops::Range<usize>) -> bool {
        let last = steps.clone().last().and_then(|last| self.steps.get(last));
        last.is_some_and(|step| matches!(step.work, Work::Reshape { .. }))
    }

    fn steps_of(&self, steps: &std::ops::Range<usize>) -> impl Iterator<Item = (usize, &Step)> {
        let (first, count) = (steps.start, steps.len());
        self.steps.iter().enumerate().skip(first).take(count)
    }
}

/// Puts a name into a set, or takes it out.
fn place(names: &mut BTreeSet<String>, name: &str, there: bool) {
    if there {
        names.insert(name.to_owned());
    } else {
        names.remove(name);
    }
}
