//! What the reader of a plan should know, though nothing is wrong.

use arrow_schema::Field;
use bailiwick_terms::Label;

use super::Walk;
use crate::contract::{Property, SchemaObject, type_name};
use crate::plan::Work;

impl Walk<'_> {
    /// Notes on how a column of the input or output was read.
    pub(super) fn note_column(
        &mut self,
        object: &SchemaObject,
        property: &Property,
        field: &Field,
    ) {
        let column = format!("{}.{}", object.name, property.name);
        if let Some(classification) = &property.classification {
            let known = classification
                .parse::<Label>()
                .is_ok_and(|label| self.documents.framework.labels.contains_key(&label));
            if !known {
                self.note(format!(
                    "classification {classification:?} of {column} is no label of the framework, \
                     so that no rule acts on it"
                ));
            }
        }
        if let Some(physical) = property.physical_type.as_ref()
            && property.physical_type_is_unknown()
        {
            self.note(format!(
                "physicalType {physical:?} of {column} is not known: its logicalType makes it {}",
                type_name(field.data_type())
            ));
        }
    }

    /// Notes on what the product's own contract promises and no step holds.
    pub(super) fn note_contract(&mut self) {
        let bindings = self.documents.bindings;
        let contract = self.documents.contract;
        let output = contract.object(&bindings.output.object);
        for property in output.iter().flat_map(|object| &object.properties) {
            if property.unique && !self.uniqueness_is_judged(&property.name) {
                self.note(format!(
                    "the contract promises that {}.{} is unique, and no check of uniqueness reads it",
                    bindings.output.object, property.name
                ));
            }
        }
    }

    fn uniqueness_is_judged(&self, column: &str) -> bool {
        self.steps.iter().any(|step| match &step.work {
            Work::Check { rules, .. } => {
                step.reads.iter().any(|field| field.name() == column)
                    && rules.iter().any(|rule| rule.rule.dimension == "uniqueness")
            }
            _ => false,
        })
    }
}
