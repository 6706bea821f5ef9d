//! The columns that come in, with their labels and obligations.

use std::collections::{BTreeMap, BTreeSet};

use arrow_schema::{DataType, Field};
use bailiwick_terms::{Label, ProductName};

use super::column::{Column, listed};
use super::{Upstream, Walk};
use crate::bindings::Source;
use crate::contract::{Contract, Property, SchemaObject};
use crate::framework::Framework;
use crate::plan::{InputColumn, LabelReason, PlannedInput, PlannedSource, Statement};
use crate::refusal::{Refusal, RefusalRule};

impl<'a> Walk<'a> {
    /// The input, its projection still empty; none if it was refused.
    pub(super) fn input(&mut self) -> Option<PlannedInput> {
        let bindings = self.documents.bindings;
        let at = format!("input port `{}`", bindings.input.port);
        let found = match &bindings.input.source {
            Source::Location { object, location, format } => {
                let source =
                    PlannedSource::Location { location: location.clone(), format: *format };
                object_of(self.documents.contract, object, &bindings.product)
                    .map(|object| (source, &bindings.product, object))
            }
            Source::Product { product, from } => {
                upstream_port(self.documents.producer(product), product, from.as_str()).map(
                    |(upstream, object)| {
                        let source = PlannedSource::Product {
                            product: product.clone(),
                            port: from.clone(),
                            format: upstream.bindings.output.format,
                            contract_version: upstream.contract.version.clone(),
                        };
                        (source, product, object)
                    },
                )
            }
        };
        let (source, product, object) = match found {
            Ok(found) => found,
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
            self.input_column(&at, product, object, property);
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
        product: &ProductName,
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
        let labels = declared_labels(self.documents.framework, product, object, property);
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

/// What is wrong, and what to do.
type Wrong = (String, String);

/// An object of a contract.
pub(super) fn object_of<'a>(
    contract: &'a Contract,
    name: &str,
    product: &ProductName,
) -> Result<&'a SchemaObject, Wrong> {
    let object = contract.object(name).ok_or_else(|| {
        (
            format!("the contract of {product} has no object `{name}`"),
            format!(
                "its objects are {}",
                listed(contract.objects.iter().map(|object| object.name.as_str()))
            ),
        )
    })?;
    if object.properties.is_empty() {
        return Err((
            format!("object `{name}` of the contract of {product} has no properties"),
            "list its columns under `properties`".to_owned(),
        ));
    }
    Ok(object)
}

pub(super) fn upstream_port<'a>(
    upstream: Option<Upstream<'a>>,
    product: &ProductName,
    port: &str,
) -> Result<(Upstream<'a>, &'a SchemaObject), Wrong> {
    let Some(upstream) = upstream else {
        return Err((
            format!("product {product} is not published"),
            "publish it first, or name another product".to_owned(),
        ));
    };
    let output = &upstream.bindings.output;
    if output.port.as_str() != port {
        return Err((
            format!("product {product} has no output port `{port}`"),
            format!("its output port is `{}`", output.port),
        ));
    }
    let object = object_of(upstream.contract, &output.object, product)?;
    Ok((upstream, object))
}

/// The labels that a contract's column declares: those of its `classification` and
/// `tags` that the framework knows.
pub(super) fn declared_labels(
    framework: &Framework,
    product: &ProductName,
    object: &SchemaObject,
    property: &Property,
) -> BTreeMap<Label, LabelReason> {
    let classification =
        property.classification.iter().map(|text| (text, Statement::Classification));
    let tags = property.tags.iter().map(|text| (text, Statement::Tag));
    let mut labels = BTreeMap::new();
    for (text, by) in classification.chain(tags) {
        let label = text.parse::<Label>().ok();
        if let Some(label) = label.filter(|label| framework.labels.contains_key(label)) {
            labels.entry(label).or_insert_with(|| LabelReason::Contract {
                product: product.clone(),
                object: object.name.clone(),
                column: property.name.clone(),
                by,
            });
        }
    }
    labels
}
