//! Segments: what a row kept from the output leaves with. And, as it follows from
//! that, which input columns have to be read at all.

use std::collections::BTreeSet;

use super::column::{Column, listed};
use super::{EndedSegment, Walk};
use crate::bindings::OnFailure;
use crate::framework::Framework;
use crate::plan::{PlannedOutput, Segment, Withheld, Work};

impl Walk<'_> {
    /// Ends the segment that the last step is of. The last segment may have no step,
    /// so that there is always one; an empty one after a reshape is a segment too.
    pub(super) fn end_segment(&mut self) {
        let first = self.ended.last().map_or(0, |ended| ended.steps.end);
        let steps = first..self.steps.len();
        let quarantines = self.steps.iter().skip(first).any(|step| {
            matches!(&step.work, Work::Check { on_failure: OnFailure::Quarantine, .. })
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
        self.ended.iter().map(|ended| self.segment(ended, projection)).collect()
    }

    fn segment(&self, ended: &EndedSegment, projection: &BTreeSet<String>) -> Segment {
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
                quarantine.push(column.field.clone());
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
