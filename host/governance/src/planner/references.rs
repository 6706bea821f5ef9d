//! Reference tables: which there are, what policies are given of them, and what steps look
//! up.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_schema::{Field, Schema, SchemaRef};
use bailiwick_terms::PartName;

use super::Walk;
use super::column::{Column, listed};
use super::input::input_column;
use super::policy::Bound;
use super::source::{Described, declared_labels};
use crate::bindings::Source;
use crate::catalog::TableSchemas;
use crate::plan::{Lookup, PlannedReference, PlannedSource, ReferenceColumn};
use crate::refusal::{Refusal, RefusalRule};

/// A reference table of the bindings.
pub(super) struct Reference {
    source: PlannedSource,
    object: String,
    schema: SchemaRef,
    columns: Vec<Column>,
}

impl<'a> Walk<'a> {
    /// Finds what the reference tables of the bindings are.
    pub(super) fn references(&mut self) {
        let bindings = self.documents.bindings;
        for (name, source) in &bindings.references {
            let reference = self.reference(name, source);
            self.references.insert(name.clone(), reference);
        }
    }

    fn reference(&mut self, name: &PartName, source: &'a Source) -> Option<Reference> {
        let at = format!("reference `{name}`");
        let refused = |rule, column, found, remedy| Refusal {
            rule,
            at: at.clone(),
            column,
            found,
            remedy: Some(remedy),
        };
        let Described { source, contract, object } = match self.described(source) {
            Ok(found) => found,
            Err((found, remedy)) => {
                self.refuse(refused(RefusalRule::NoSuchName, None, found, remedy));
                return None;
            }
        };
        let mut columns = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            let field = match property.field() {
                Ok(field) => field,
                Err(error) => {
                    let found = format!(
                        "object `{}`: column `{}` {}",
                        object.name, error.column, error.found
                    );
                    let column = Some(property.name.clone());
                    self.refuse(refused(RefusalRule::ColumnType, column, found, error.remedy));
                    return None;
                }
            };
            let labels = declared_labels(self.documents.framework, contract, object, property);
            let pending = self.obligations_of(property, labels.keys());
            let floors = self.floors_of(property, labels.keys());
            let column = property.name.clone();
            columns.push(Column {
                field,
                labels,
                origins: BTreeSet::new(),
                references: BTreeSet::from([ReferenceColumn { table: name.clone(), column }]),
                through: Vec::new(),
                pending,
                discharged: BTreeSet::new(),
                floors,
                unsure: false,
            });
        }
        let fields: Vec<Field> = columns.iter().map(|column| column.field.clone()).collect();
        let schema = Arc::new(Schema::new(fields));
        Some(Reference { source, object: object.name.clone(), schema, columns })
    }

    /// The tables that a policy is given, or its refusals: none where what one of them is
    /// was refused before.
    pub(super) fn tables(&self, bound: &Bound<'_>) -> Result<TableSchemas, Vec<Refusal>> {
        let policy = bound.policy;
        let mut wrong = Vec::new();
        if !policy.references.is_empty() && !bound.facts.grants.services.lookup {
            wrong.push(
                bound.refusal(
                    RefusalRule::Policy,
                    None,
                    format!(
                        "`references`, and the approval of {} does not let it look rows up",
                        policy.module
                    ),
                    "leave them out, or ask central governance for an approval with \
                 `services: {lookup: true}`"
                        .to_owned(),
                ),
            );
        }
        let mut tables = TableSchemas::new();
        for name in &policy.references {
            match self.references.get(name) {
                Some(Some(reference)) => {
                    tables.insert(name.clone(), Arc::clone(&reference.schema));
                }
                // What is wrong with it was said.
                Some(None) => return Err(Vec::new()),
                None => wrong.push(bound.refusal(
                    RefusalRule::NoSuchName,
                    None,
                    format!("the bindings have no reference `{name}`"),
                    format!(
                        "their `references` are {}",
                        listed(self.references.keys().map(PartName::as_str))
                    ),
                )),
            }
        }
        if wrong.is_empty() { Ok(tables) } else { Err(wrong) }
    }

    /// The columns of reference tables that a plan looks up, each called by its table and
    /// its name, or what is wrong with the plan.
    pub(super) fn looked(
        &self,
        bound: &Bound<'_>,
        lookups: &[Lookup],
    ) -> Result<Vec<Column>, Vec<Refusal>> {
        let mut looked: Vec<Column> = Vec::new();
        let mut wrong = Vec::new();
        for lookup in lookups {
            let table = &lookup.table;
            let given = bound.policy.references.contains(table);
            let reference = self.references.get(table).filter(|_| given);
            for name in lookup.names() {
                let column = reference.and_then(Option::as_ref).and_then(|reference| {
                    reference.columns.iter().find(|column| column.name() == name)
                });
                let Some(column) = column else {
                    wrong.push(bound.refusal(
                        RefusalRule::ModulePlan,
                        None,
                        format!(
                            "{} plans to look up column `{name}` of table `{table}`, which it is \
                             not given",
                            bound.policy.module
                        ),
                        "bind another version of the module".to_owned(),
                    ));
                    continue;
                };
                let field = column.field.clone().with_name(format!("{table}.{name}"));
                if looked.iter().all(|before| before.name() != field.name()) {
                    looked.push(Column { field, ..column.clone() });
                }
            }
        }
        if wrong.is_empty() { Ok(looked) } else { Err(wrong) }
    }

    /// The tables that steps look rows up in, with the columns that they look up.
    pub(super) fn looked_up(&self) -> Vec<PlannedReference> {
        let lookups = || self.steps.iter().flat_map(|step| &step.lookups);
        let planned = self.references.iter().filter_map(|(name, reference)| {
            let reference = reference.as_ref()?;
            let named: BTreeSet<&str> =
                lookups().filter(|lookup| lookup.table == *name).flat_map(Lookup::names).collect();
            if named.is_empty() {
                return None;
            }
            let columns = reference.columns.iter().filter(|column| named.contains(column.name()));
            Some(PlannedReference {
                name: name.clone(),
                source: reference.source.clone(),
                object: reference.object.clone(),
                columns: columns.map(input_column).collect(),
            })
        });
        planned.collect()
    }
}
