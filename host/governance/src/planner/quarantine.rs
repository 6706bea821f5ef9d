//! Segments: what a row kept from the output leaves with. And, as it follows from
//! that, which input columns have to be read at all.

use std::collections::BTreeSet;

use bailiwick_terms::Ordering;

use super::column::{Column, listed};
use super::policy::Bound;
use super::{EndedSegment, Walk};
use crate::bindings::{OnFailure, OnFault};
use crate::framework::Framework;
use crate::plan::{PlannedOutput, Segment, Withheld, Work};
use crate::refusal::RefusalRule;

impl Walk<'_> {
    /// Ends the segment that the last step is of. The last segment may have no step,
    /// so that there is always one; an empty one after a reshape is a segment too.
    pub(super) fn end_segment(&mut self) {
        let first = self.ended.last().map_or(0, |ended| ended.steps.end);
        let steps = first..self.steps.len();
        let quarantines = self.steps.iter().skip(first).any(|step| {
            step.on_fault.is_some()
                || matches!(&step.work, Work::Check { on_failure: OnFailure::Quarantine, .. })
        });
        self.ended.push(EndedSegment { steps, quarantines, columns: self.columns.clone() });
    }

    /// The input columns that have to be read: a step reads them, or they reach the
    /// output or the quarantine of a segment that has one.
    pub(super) fn projection(&self, output: &PlannedOutput) -> BTreeSet<String> {
        let mut projection = self.read.clone();
        for column in &output.columns {
            let name = column.field.name();
            if self.column(name).is_some_and(Column::is_untouched) {
                projection.insert(name.clone());
            }
        }
        for segment in self.ended.iter().filter(|segment| segment.quarantines) {
            for column in &segment.columns {
                if column.is_untouched() && kept_back(column, self.documents.framework).is_none() {
                    projection.insert(column.name().to_owned());
                }
            }
        }
        projection
    }

    pub(super) fn segments(&self, projection: &BTreeSet<String>) -> Vec<Segment> {
        let ended = self.ended.iter().enumerate();
        ended.map(|(index, ended)| self.segment(index, ended, projection)).collect()
    }

    /// To find the row on which a module faults, rows are pushed again: what came before
    /// must not matter, or be there to go back to.
    pub(super) fn refuse_faults_without_a_way_back(
        &mut self,
        bound: &Bound<'_>,
        work: &Work,
        ordering: Ordering,
    ) {
        if bound.policy.on_fault == OnFault::Fail {
            return;
        }
        if !self.documents.framework.quarantines_faults {
            self.refuse(bound.refusal(
                RefusalRule::Policy,
                None,
                "`on_fault: quarantine`, and the framework lets no row with a fault be quarantined"
                    .to_owned(),
                "leave out `on_fault`: a fault then ends the run".to_owned(),
            ));
        }
        let why = match (work, ordering) {
            (Work::Reshape { .. }, _) => "makes new rows of all rows together",
            (Work::Map { .. } | Work::Filter, Ordering::Ordered) => {
                "needs all rows in order, and has no state to go back to"
            }
            _ => return,
        };
        self.refuse(bound.refusal(
            RefusalRule::Policy,
            None,
            format!("`on_fault: quarantine`, and {} {why}", bound.policy.module),
            "leave out `on_fault`: a fault then ends the run".to_owned(),
        ));
    }

    /// Settles what a row leaves with on which a step faults. The step and those behind
    /// it in its segment have not worked on that row: what they write is not there in
    /// its final form, and what they would have met is not met.
    pub(super) fn part_faults(&mut self, segments: &[Segment]) {
        let framework = self.documents.framework;
        for (index, before) in &self.before_faults {
            let Some(step) = self.steps.get_mut(*index) else { continue };
            let Some(segment) = segments.get(step.segment) else { continue };
            let Some(ended) = self.ended.get(step.segment) else { continue };
            let leaves = |column: &&Column| {
                let at_end = ended.columns.iter().find(|end| end.name() == column.name());
                let is_final = at_end.is_some_and(|end| end.through == column.through);
                let cleared = segment.quarantine.iter().any(|f| f.name() == column.name());
                is_final && cleared && kept_back(column, framework).is_none()
            };
            let columns = before.iter().filter(leaves).map(|column| column.name().to_owned());
            if let Some(on_fault) = &mut step.on_fault {
                on_fault.columns = columns.collect();
            }
        }
    }

    fn segment(
        &self,
        index: usize,
        ended: &EndedSegment,
        projection: &BTreeSet<String>,
    ) -> Segment {
        // A row that leaves before a column is there has null in it.
        let faults = self.steps.iter().any(|step| step.segment == index && step.on_fault.is_some());
        let mut quarantine = Vec::new();
        let mut withheld = Vec::new();
        for column in &ended.columns {
            if let Some(because) = kept_back(column, self.documents.framework) {
                withheld.push(Withheld { column: column.name().to_owned(), because });
            } else if column.is_untouched() && !projection.contains(column.name()) {
                withheld.push(Withheld {
                    column: column.name().to_owned(),
                    because: "nothing needs it, so that it is not read".to_owned(),
                });
            } else {
                let nullable = faults || column.field.is_nullable();
                quarantine.push(column.field.clone().with_nullable(nullable));
            }
        }
        Segment { steps: ended.steps.clone(), quarantines: ended.quarantines, quarantine, withheld }
    }
}

/// Why a column may not go into a quarantine.
fn kept_back(column: &Column, framework: &Framework) -> Option<String> {
    let labels: Vec<&str> = column
        .labels
        .keys()
        .filter(|label| !framework.quarantine.contains(*label))
        .map(|label| label.as_str())
        .collect();
    if !labels.is_empty() {
        return Some(format!(
            "labelled {}, and the quarantine is not cleared for that",
            listed(labels)
        ));
    }
    if !column.pending.is_empty() {
        let ids = listed(column.pending.iter().map(|id| id.as_str()));
        return Some(format!("obligation {ids} is not met on it at that point"));
    }
    None
}
