//! What is known of the columns that a step writes.

use std::collections::{BTreeMap, BTreeSet};

use arrow_schema::Field;
use bailiwick_terms::{Label, PartName};

use super::column::Column;
use crate::plan::{LabelReason, ReferenceColumn};

/// What is known of every column that a step writes: it can depend on all that the
/// step read, and on nothing else.
pub(super) struct Written {
    labels: BTreeMap<Label, LabelReason>,
    origins: BTreeSet<String>,
    references: BTreeSet<ReferenceColumn>,
    through: Vec<String>,
    pending: BTreeSet<PartName>,
    discharged: BTreeSet<PartName>,
    floors: BTreeSet<PartName>,
}

impl Written {
    /// Of a step that reads these, may end these labels and meets these obligations.
    pub(super) fn of(
        step: &str,
        reads: &[Column],
        remove: &BTreeSet<Label>,
        met: &BTreeSet<PartName>,
    ) -> Self {
        let mut labels = BTreeMap::new();
        let mut through: Vec<String> = Vec::new();
        for column in reads {
            for label in column.labels.keys().filter(|label| !remove.contains(*label)) {
                labels.entry(label.clone()).or_insert_with(|| LabelReason::Read {
                    step: step.to_owned(),
                    column: column.name().to_owned(),
                });
            }
            for before in &column.through {
                if !through.contains(before) {
                    through.push(before.clone());
                }
            }
        }
        through.push(step.to_owned());
        let all = |of: fn(&Column) -> &BTreeSet<PartName>| -> BTreeSet<PartName> {
            reads.iter().flat_map(|column| of(column).iter().cloned()).collect()
        };
        let held = all(|column| &column.pending);
        let pending: BTreeSet<PartName> = held.difference(met).cloned().collect();
        let mut discharged = all(|column| &column.discharged);
        discharged.extend(met.iter().cloned());
        discharged.retain(|id| !pending.contains(id));
        let floors = all(|column| &column.floors);
        let origins = reads.iter().flat_map(|column| column.origins.iter().cloned()).collect();
        let references = reads.iter().flat_map(|column| column.references.iter().cloned());
        let references = references.collect();
        Self { labels, origins, references, through, pending, discharged, floors }
    }

    /// The column of a field that it writes.
    pub(super) fn column(&self, field: &Field) -> Column {
        Column {
            field: field.clone(),
            labels: self.labels.clone(),
            origins: self.origins.clone(),
            references: self.references.clone(),
            through: self.through.clone(),
            pending: self.pending.clone(),
            discharged: self.discharged.clone(),
            floors: self.floors.clone(),
            unsure: false,
        }
    }
}
