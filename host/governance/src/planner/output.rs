//! What leaves through the output port, and whether it may.

use std::collections::BTreeMap;

use arrow_schema::Field;
use bailiwick_terms::{Label, PartName};
use serde_json::Value;

use super::Walk;
use super::column::{Column, listed};
use super::source::{ContractOf, declared_labels, object_of};
use crate::contract::{Property, SchemaObject, same_type, type_name};
use crate::plan::{LabelReason, OutputColumn, PlannedOutput, Withheld};
use crate::refusal::{Refusal, RefusalRule};

impl Walk<'_> {
    /// The output; none if its object was refused.
    pub(super) fn output(&mut self) -> Option<PlannedOutput> {
        let output = &self.documents.bindings.output;
        let product = &self.documents.bindings.product;
        let object = match object_of(self.documents.contract, &output.object, product) {
            Ok(object) => object,
            Err((found, remedy)) => {
                self.refuse_output(RefusalRule::NoSuchName, None, found, remedy);
                return None;
            }
        };
        let columns: Vec<OutputColumn> = object
            .properties
            .iter()
            .filter_map(|property| self.output_column(object, property))
            .collect();
        let required = |property: &&Property| property.required;
        let withheld = self
            .columns
            .iter()
            .filter(|column| object.property(column.name()).is_none())
            .map(|column| Withheld {
                column: column.name().to_owned(),
                because: format!("object `{}` of the contract does not list it", object.name),
            })
            .collect();
        Some(PlannedOutput {
            port: output.port.clone(),
            object: object.name.clone(),
            format: output.format,
            columns,
            required: object
                .properties
                .iter()
                .filter(required)
                .map(|property| property.name.clone())
                .collect(),
            withheld,
        })
    }

    /// One column that the contract promises; none if it was refused, or is unsure.
    fn output_column(
        &mut self,
        object: &SchemaObject,
        property: &Property,
    ) -> Option<OutputColumn> {
        let name = &property.name;
        let promised = match property.field() {
            Ok(field) => field,
            Err(error) => {
                self.refuse_output(
                    RefusalRule::ColumnType,
                    Some(name),
                    format!("object `{}`: column `{}` {}", object.name, error.column, error.found),
                    error.remedy,
                );
                return None;
            }
        };
        self.note_column(object, property, &promised);
        let Some(column) = self.column(name).cloned() else {
            if !self.unsure_of_columns {
                let there = listed(self.columns.iter().map(Column::name));
                self.refuse_output(
                    RefusalRule::OutputColumn,
                    Some(name),
                    format!(
                        "object `{}` promises column `{name}`, and no step writes it and the \
                         input does not have it",
                        object.name
                    ),
                    format!(
                        "bind a transform that writes it, or take it out of the contract; the \
                         columns are {there}"
                    ),
                );
            }
            return None;
        };
        if column.unsure {
            return None;
        }
        self.refuse_type(object, &column, &promised);
        let own = ContractOf::Product(&self.documents.bindings.product);
        let declared = declared_labels(self.documents.framework, own, object, property);
        self.refuse_labels(object, &column, &declared);
        self.refuse_obligations(property, &column, &declared);
        self.hold_checks_of(property, &column, &declared);
        let mut delivered = column;
        for (label, because) in declared {
            delivered.labels.entry(label).or_insert(because);
        }
        Some(OutputColumn {
            labels: delivered.carried_labels(),
            field: Field::new(name, delivered.field.data_type().clone(), !property.required),
            origins: delivered.origins,
            references: delivered.references,
            through: delivered.through,
            discharged: delivered.discharged,
        })
    }

    fn refuse_type(&mut self, object: &SchemaObject, column: &Column, promised: &Field) {
        if same_type(column.field.data_type(), promised.data_type()) {
            return;
        }
        let (planned, promised) =
            (type_name(column.field.data_type()), type_name(promised.data_type()));
        let name = column.name();
        self.refuse_output(
            RefusalRule::OutputColumn,
            Some(name),
            format!(
                "column `{name}` is {planned} at the end of the plan, and object `{}` promises \
                 {promised}",
                object.name
            ),
            format!(
                "state `physicalType: {planned}` in the contract, or bind a transform that gives \
                 {promised}"
            ),
        );
    }

    /// Refuses labels that the port is not cleared for, and labels that arrive
    /// though the contract does not say so.
    fn refuse_labels(
        &mut self,
        object: &SchemaObject,
        column: &Column,
        declared: &BTreeMap<Label, LabelReason>,
    ) {
        let bindings = self.documents.bindings;
        let cleared =
            self.documents.framework.clearance.of(&bindings.product, &bindings.output.port);
        let name = column.name();
        let mut all = column.labels.clone();
        for (label, because) in declared {
            all.entry(label.clone()).or_insert_with(|| because.clone());
        }
        for (label, because) in &all {
            if !cleared.contains(label) {
                self.refuse_output(
                    RefusalRule::Clearance,
                    Some(name),
                    format!(
                        "column `{name}` is labelled `{label}` ({because}), and the port is not \
                         cleared for that label"
                    ),
                    format!(
                        "bind a module to it whose approval removes `{label}`, take the column out \
                         of object `{}`, or ask central governance to clear the port",
                        object.name
                    ),
                );
            } else if !declared.contains_key(label) {
                self.refuse_output(
                    RefusalRule::UndeclaredLabel,
                    Some(name),
                    format!(
                        "column `{name}` arrives labelled `{label}` ({because}), and object `{}` \
                         does not say so",
                        object.name
                    ),
                    format!(
                        "state `classification: {label}` or the tag `{label}` on it in the \
                         contract, or bind a module to it whose approval removes `{label}`"
                    ),
                );
            }
        }
    }

    /// Refuses obligations that are not met: those that came with the data, and
    /// those that hold for what the contract promises.
    fn refuse_obligations(
        &mut self,
        property: &Property,
        column: &Column,
        declared: &BTreeMap<Label, LabelReason>,
    ) {
        let labels = column.labels.keys().chain(declared.keys());
        let mut pending = column.pending.clone();
        pending.extend(
            self.obligations_of(property, labels)
                .into_iter()
                .filter(|id| !column.discharged.contains(id)),
        );
        for id in &pending {
            self.refuse_obligation(id, column);
        }
    }

    fn refuse_obligation(&mut self, id: &PartName, column: &Column) {
        let Some(obligation) = self.obligation(id) else {
            return;
        };
        let name = column.name();
        let require = &obligation.require;
        let with = match &require.settings {
            Value::Null => String::new(),
            settings => format!(" with settings {settings}"),
        };
        self.refuse_output(
            RefusalRule::Obligation,
            Some(name),
            format!("obligation `{id}` is not met on column `{name}` ({})", obligation.description),
            format!("bind {} to column `{name}`{with}", require.module),
        );
    }

    fn refuse_output(
        &mut self,
        rule: RefusalRule,
        column: Option<&str>,
        found: String,
        remedy: String,
    ) {
        let at = format!("output port `{}`", self.documents.bindings.output.port);
        let column = column.map(str::to_owned);
        self.refuse(Refusal { rule, at, column, found, remedy: Some(remedy) });
    }
}
