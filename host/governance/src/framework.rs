//! `framework.yaml`: what central governance asks of every product.

mod floor;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_terms::{
    DomainName, Label, Limits, ModuleName, PartName, PortName, ProductName, UnversionedModule,
};
use serde_json::Value;

pub use floor::{Floor, SettingFloor};

use crate::bindings::OnFailure;
use crate::contract::Property;
use crate::document::DocumentError;

/// What central governance asks of every product.
#[derive(Debug, Clone, PartialEq)]
pub struct Framework {
    /// The labels there are, each with what it stands for. A classification or tag
    /// of a contract that is not among them is no label.
    pub labels: BTreeMap<Label, String>,
    /// Which policies are mandatory, and where.
    pub obligations: Vec<Obligation>,
    /// What policies may not fall below, and where.
    pub floors: Vec<Floor>,
    /// Caps on what any module may use; what the document leaves out is not capped.
    pub limits: Limits,
    /// Which labels may leave through which port.
    pub clearance: Clearance,
    /// The labels that a quarantine may hold.
    pub quarantine: BTreeSet<Label>,
    /// The modules that the quality rules of contracts are executed by; none: they are
    /// not executed.
    pub standard_checks: Option<StandardChecks>,
    /// Whether policies may have rows quarantined on which their module faults.
    pub quarantines_faults: bool,
}

impl Framework {
    /// Reads the framework. The file's name is for errors alone.
    ///
    /// # Errors
    /// If the text is not YAML of the form of `framework.yaml`, or contradicts itself.
    pub fn read(file: &str, text: &str) -> Result<Self, DocumentError> {
        text::read(file, text)
    }
}

/// The modules that the quality rules of contracts are executed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandardChecks {
    /// The domain that publishes them.
    pub domain: DomainName,
    /// Their version.
    pub version: String,
    /// What a rule leads to that is not met, unless the contract calls it less than an
    /// error.
    pub on_failure: OnFailure,
}

impl StandardChecks {
    /// The check of that name; none where name or version are none.
    pub fn module(&self, name: &str) -> Option<ModuleName> {
        format!("{}/{name}@{}", self.domain, self.version).parse().ok()
    }
}

/// A rule that makes a policy mandatory wherever its condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Obligation {
    /// Unique within the framework.
    pub id: PartName,
    /// One sentence: what must be so, and why.
    pub description: String,
    /// Where it holds.
    pub when: Condition,
    /// What it asks for.
    pub require: Requirement,
}

/// Which columns an obligation or a floor speaks of: those for which all that is stated
/// holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// The column carries this label.
    pub label: Option<Label>,
    /// The product that is planned is of this domain.
    pub domain: Option<DomainName>,
    /// The contract gives the column this `logicalType`.
    pub logical_type: Option<String>,
    /// The contract gives the column this tag, whether or not it is a label.
    pub tag: Option<String>,
}

impl Condition {
    /// Whether it holds for a column of a contract that carries these labels, in a product
    /// of a domain.
    pub(crate) fn holds(
        &self,
        domain: &DomainName,
        property: &Property,
        labels: &BTreeSet<&Label>,
    ) -> bool {
        let logical_type = property.logical_type.as_ref();
        self.is_of_domain(domain)
            && self.label.as_ref().is_none_or(|label| labels.contains(label))
            && self.logical_type.as_ref().is_none_or(|asked| logical_type == Some(asked))
            && self.tag.as_ref().is_none_or(|tag| property.tags.contains(tag))
    }

    /// Whether it can hold in products of a domain.
    pub(crate) fn is_of_domain(&self, domain: &DomainName) -> bool {
        self.domain.as_ref().is_none_or(|asked| asked == domain)
    }

    /// Whether it speaks of some columns only.
    pub(crate) fn is_of_columns(&self) -> bool {
        self.label.is_some() || self.logical_type.is_some() || self.tag.is_some()
    }
}

/// The policy that an obligation asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// The module, in any approved version.
    pub module: UnversionedModule,
    /// Settings that it must be bound with, among others; null: any.
    pub settings: Value,
}

impl Requirement {
    /// Whether a module bound with settings is what is asked for.
    pub fn is_met_by(&self, module: &UnversionedModule, settings: &Value) -> bool {
        self.module == *module && holds(&self.settings, settings)
    }
}

/// Whether settings say all that is asked for: objects may say more, all else is equal.
fn holds(asked: &Value, settings: &Value) -> bool {
    match (asked, settings) {
        (Value::Null, _) => true,
        (Value::Object(asked), Value::Object(settings)) => asked
            .iter()
            .all(|(key, asked)| settings.get(key).is_some_and(|found| holds(asked, found))),
        // 1 and 1.0 are the same number in JSON, yet not the same value here.
        (Value::Number(asked), Value::Number(found)) => {
            asked == found || asked.as_f64() == found.as_f64()
        }
        (asked, found) => asked == found,
    }
}

/// Which labels may leave through which port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clearance {
    /// Through a port that is not named.
    pub default: BTreeSet<Label>,
    /// Through the ports named.
    pub ports: BTreeMap<(ProductName, PortName), BTreeSet<Label>>,
}

impl Clearance {
    /// The labels that may leave through a port.
    pub fn of(&self, product: &ProductName, port: &PortName) -> &BTreeSet<Label> {
        self.ports.get(&(product.clone(), port.clone())).unwrap_or(&self.default)
    }
}
