//! The columns that come in, with their labels and obligations.

use std::collections::BTreeSet;

use arrow_schema::{DataType, Field};

use super::Walk;
use super::column::Column;
use super::source::{ContractOf, Described, declared_labels};
use crate::contract::{Property, SchemaObject};
use crate::plan::{InputColumn, PlannedInput};
use crate::refusal::{Refusal, RefusalRule};

impl Walk<'_> {
    /// The input, its projection still empty; none if it was refused.
    pub(super) fn input(&mut self) -> Option<PlannedInput> {
        let bindings = self.documents.bindings;
        let at = format!("input port `{}`", bindings.input.port);
        let Described { source, contract, object } = match self.described(&bindings.input.source) {
            Ok(described) => described,
            Err((found, remedy)) => {
                self.unsure_of_columns = true;
                self.refuse(Refusal {
                    rule: RefusalRule::NoSuchName,
                    at,
                    column: None,
                    found,
                    remedy: Some(remedy),
                });
                return None;
            }
        };
        for property in &object.properties {
            self.input_column(&at, contract, object, property);
        }
        Some(PlannedInput {
            port: bindings.input.port.clone(),
            source,
            object: object.name.clone(),
            columns: self.columns.iter().map(input_column).collect(),
            projection: Vec::new(),
        })
    }

    fn input_column(
        &mut self,
        at: &str,
        contract: ContractOf<'_>,
        object: &SchemaObject,
        property: &Property,
    ) {
        let field = property.field();
        let unsure = field.is_err();
        let field = field.unwrap_or_else(|error| {
            self.refuse(Refusal {
                rule: RefusalRule::ColumnType,
                at: at.to_owned(),
                column: Some(property.name.clone()),
                found: format!(
                    "object `{}`: column `{}` {}",
                    object.name, error.column, error.found
                ),
                remedy: Some(error.remedy),
            });
            Field::new(&property.name, DataType::Null, true)
        });
        self.note_column(object, property, &field);
        let labels = declared_labels(self.documents.framework, contract, object, property);
        let pending = self.obligations_of(property, labels.keys());
        let floors = self.floors_of(property, labels.keys());
        self.columns.push(Column {
            field,
            labels,
            origins: BTreeSet::from([property.name.clone()]),
            references: BTreeSet::new(),
            through: Vec::new(),
            pending,
            discharged: BTreeSet::new(),
            floors,
            unsure,
        });
    }
}

pub(super) fn input_column(column: &Column) -> InputColumn {
    InputColumn {
        field: column.field.clone(),
        labels: column.carried_labels(),
        obligations: column.pending.clone(),
    }
}
