//! A column at one point of the plan.

use std::collections::{BTreeMap, BTreeSet};

use arrow_schema::Field;
use bailiwick_terms::{Label, PartName};

use crate::plan::{CarriedLabel, LabelReason, ReferenceColumn};

/// A column at one point of the plan.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) field: Field,
    pub(super) labels: BTreeMap<Label, LabelReason>,
    /// The input columns that its values can depend on.
    pub(super) origins: BTreeSet<String>,
    /// The columns of reference tables that its values can depend on.
    pub(super) references: BTreeSet<ReferenceColumn>,
    /// The steps that its values went through, in order; none: it is an input
    /// column as it was read.
    pub(super) through: Vec<String>,
    /// Obligations that hold for it and are not met.
    pub(super) pending: BTreeSet<PartName>,
    /// Obligations that were met on the way.
    pub(super) discharged: BTreeSet<PartName>,
    /// Floors that hold for it: its own, and those of all that it was made of.
    pub(super) floors: BTreeSet<PartName>,
    /// Whether a refusal before this point leaves open what the column is: then
    /// nothing more is said of it, for that would only repeat the refusal.
    pub(super) unsure: bool,
}

impl Column {
    pub(super) fn name(&self) -> &str {
        self.field.name()
    }

    /// Whether it is an input column as it was read.
    pub(super) fn is_untouched(&self) -> bool {
        self.through.is_empty() && self.origins.contains(self.name())
    }

    pub(super) fn carried_labels(&self) -> Vec<CarriedLabel> {
        self.labels
            .iter()
            .map(|(label, because)| CarriedLabel { label: label.clone(), because: because.clone() })
            .collect()
    }
}

/// Names in backticks, as many as a line can hold.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const LISTED: usize = 20;
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    let mut text =
        names.iter().take(LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if let Some(more) = names.len().checked_sub(LISTED).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
