//! Where obligations hold, and what meets them.

use std::collections::BTreeSet;

use bailiwick_terms::{Label, ModuleName, PartName};
use serde_json::Value;

use super::Walk;
use crate::contract::Property;
use crate::framework::Obligation;

impl<'a> Walk<'a> {
    /// The obligations that hold for a contract's column with these labels.
    pub(super) fn obligations_of<'l>(
        &self,
        property: &Property,
        labels: impl Iterator<Item = &'l Label>,
    ) -> BTreeSet<PartName> {
        let labels: BTreeSet<&Label> = labels.collect();
        let domain = self.documents.bindings.product.domain();
        self.documents
            .framework
            .obligations
            .iter()
            .filter(|obligation| obligation.when.holds(domain, property, &labels))
            .map(|obligation| obligation.id.clone())
            .collect()
    }

    /// The obligations that a module bound with settings meets.
    pub(super) fn met_by(&self, module: &ModuleName, settings: &Value) -> Vec<&'a Obligation> {
        self.documents
            .framework
            .obligations
            .iter()
            .filter(|obligation| obligation.require.is_met_by(module.unversioned(), settings))
            .collect()
    }

    pub(super) fn obligation(&self, id: &PartName) -> Option<&'a Obligation> {
        self.documents.framework.obligations.iter().find(|obligation| obligation.id == *id)
    }
}
