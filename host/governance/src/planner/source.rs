//! What stands behind an input port or a reference table, and which contract describes it.

use std::collections::BTreeMap;

use bailiwick_terms::{DomainName, Label, ProductName};

use super::column::listed;
use super::{SignedTable, Upstream, Walk};
use crate::bindings::{Format, Source};
use crate::contract::{Contract, Property, SchemaObject};
use crate::framework::Framework;
use crate::plan::{LabelReason, PlannedSource, Statement};

/// What stands behind a port or a table.
pub(super) struct Described<'a> {
    pub(super) source: PlannedSource,
    /// Whose contract describes it.
    pub(super) contract: ContractOf<'a>,
    /// The object of that contract.
    pub(super) object: &'a SchemaObject,
}

/// Whose a contract is.
#[derive(Clone, Copy)]
pub(super) enum ContractOf<'a> {
    Product(&'a ProductName),
    /// The path of a table in the signed repository.
    Target(&'a str),
}

impl ContractOf<'_> {
    /// Why a column carries a label that the contract states.
    fn states(self, object: &SchemaObject, property: &Property, by: Statement) -> LabelReason {
        let column = property.name.clone();
        match self {
            Self::Product(product) => LabelReason::Contract {
                product: product.clone(),
                object: object.name.clone(),
                column,
                by,
            },
            Self::Target(target) => LabelReason::Target { target: target.to_owned(), column, by },
        }
    }
}

impl<'a> Walk<'a> {
    /// What stands behind a source that the bindings name.
    pub(super) fn described(&self, source: &'a Source) -> Result<Described<'a>, Wrong> {
        let own = &self.documents.bindings.product;
        match source {
            Source::Location { object, location, format } => Ok(Described {
                source: PlannedSource::Location { location: location.clone(), format: *format },
                contract: ContractOf::Product(own),
                object: object_of(self.documents.contract, object, own)?,
            }),
            Source::Product { product, from } => {
                let producer = self.documents.producer(product);
                let (upstream, object) = upstream_port(producer, product, from.as_str())?;
                let source = PlannedSource::Product {
                    product: product.clone(),
                    port: from.clone(),
                    format: upstream.bindings.output.format,
                    contract_version: upstream.contract.version.clone(),
                };
                Ok(Described { source, contract: ContractOf::Product(product), object })
            }
            Source::Target { domain, target, format } => {
                let table = self.documents.table(domain, target);
                described_target(table, (domain, target), *format)
            }
        }
    }
}

fn described_target<'a>(
    table: Option<&'a SignedTable>,
    (domain, target): (&DomainName, &'a str),
    format: Format,
) -> Result<Described<'a>, Wrong> {
    let Some(table) = table else {
        return Err((
            format!("domain {domain} has published no table {target}"),
            "publish it first, or name another".to_owned(),
        ));
    };
    let source = PlannedSource::Target {
        domain: domain.clone(),
        target: target.to_owned(),
        format,
        sha256: table.sha256.clone(),
        contract_version: table.contract_version.clone(),
    };
    Ok(Described { source, contract: ContractOf::Target(target), object: &table.object })
}

/// What is wrong, and what to do.
pub(super) type Wrong = (String, String);

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

fn upstream_port<'a>(
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
    contract: ContractOf<'_>,
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
            labels.entry(label).or_insert_with(|| contract.states(object, property, by));
        }
    }
    labels
}
