//! From documents and approvals to a plan.

mod column;
mod contract_quality;
mod expressions;
mod floors;
mod input;
mod notes;
mod obligations;
mod output;
mod policy;
mod quarantine;
mod references;
mod row_filter;
mod rules;
mod source;
mod step;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bailiwick_terms::{DomainName, PartName, ProductName};

use column::Column;
use floors::Floors;
use references::Reference;

use crate::bindings::Bindings;
use crate::catalog::ModuleCatalog;
use crate::contract::Contract;
use crate::framework::Framework;
use crate::plan::{ContractQuality, Influence, Plan, Reason, Step};
use crate::refusal::{PlanError, Refusal};
use crate::signed_table::SignedTable;

/// What a plan is derived from, besides what the catalog answers.
#[derive(Debug, Clone, Copy)]
pub struct Documents<'a> {
    /// The product's contract.
    pub contract: &'a Contract,
    /// The product's bindings.
    pub bindings: &'a Bindings,
    /// Central governance's framework.
    pub framework: &'a Framework,
    /// The products that the input port and the reference tables name.
    pub upstream: &'a [Upstream<'a>],
    /// The tables of the signed repository that they name.
    pub tables: &'a [SignedTable],
}

impl<'a> Documents<'a> {
    /// What is known of a product that is named.
    fn producer(&self, product: &ProductName) -> Option<Upstream<'a>> {
        self.upstream.iter().find(|upstream| upstream.bindings.product == *product).copied()
    }

    /// What is known of a table that a domain signed.
    fn table(&self, domain: &DomainName, target: &str) -> Option<&'a SignedTable> {
        self.tables.iter().find(|table| table.domain == *domain && table.target == target)
    }
}

/// A product whose output is another's input, or a reference table of it.
#[derive(Debug, Clone, Copy)]
pub struct Upstream<'a> {
    /// Its contract.
    pub contract: &'a Contract,
    /// Its bindings: they say which object of the contract describes the port.
    pub bindings: &'a Bindings,
}

/// Derives the plan of a product.
///
/// # Errors
/// All that the rules refuse, as far as it can be told in one go.
pub fn plan(documents: &Documents<'_>, catalog: &dyn ModuleCatalog) -> Result<Plan, PlanError> {
    let mut walk = Walk::new(*documents, catalog);
    let input = walk.input();
    walk.references();
    walk.input_quality();
    for (i, policy) in documents.bindings.policies.iter().enumerate() {
        let reason = Reason::Binding { id: policy.id.clone(), position: i + 1 };
        walk.policy(policy, reason);
    }
    walk.output_quality();
    walk.end_segment();
    let output = walk.output();
    walk.hold_to_floors();
    walk.note_contract();
    let (Some(mut input), Some(output)) = (input, output) else {
        return Err(PlanError::Refused(walk.refusals));
    };
    if !walk.refusals.is_empty() {
        return Err(PlanError::Refused(walk.refusals));
    }
    let projection = walk.projection(&output);
    input.projection = input
        .columns
        .iter()
        .map(|column| column.field.name().clone())
        .filter(|name| projection.contains(name))
        .collect();
    let segments = walk.segments(&projection);
    walk.part_faults(&segments);
    Ok(Plan {
        product: documents.bindings.product.clone(),
        contract_version: documents.contract.version.clone(),
        segments,
        input,
        references: walk.looked_up(),
        steps: walk.steps,
        output,
        influences: walk.influences,
        contract_quality: walk.contract_quality,
        notes: walk.notes,
    })
}

/// The planner on its way through the policies.
struct Walk<'a> {
    documents: Documents<'a>,
    catalog: &'a dyn ModuleCatalog,
    /// The columns as they stand, in order.
    columns: Vec<Column>,
    /// The reference tables, by name; none: what it is was refused.
    references: BTreeMap<PartName, Option<Reference>>,
    steps: Vec<Step>,
    /// The floors that each step is held to.
    held_to: Vec<Floors>,
    ended: Vec<EndedSegment>,
    /// The columns as they stand before a step whose faults are quarantined, with the
    /// step's index.
    before_faults: Vec<(usize, Vec<Column>)>,
    influences: Vec<Influence>,
    /// The input columns that steps read as they are.
    read: BTreeSet<String>,
    /// What comes of each quality rule of the contract.
    contract_quality: Vec<ContractQuality>,
    notes: Vec<String>,
    refusals: Vec<Refusal>,
    /// Whether a refused policy may have added columns or taken all away: then a
    /// column that is not there is no news.
    unsure_of_columns: bool,
}

/// A segment that has all its steps.
struct EndedSegment {
    steps: Range<usize>,
    quarantines: bool,
    /// The columns that a row kept from the output leaves with.
    columns: Vec<Column>,
}

impl<'a> Walk<'a> {
    fn new(documents: Documents<'a>, catalog: &'a dyn ModuleCatalog) -> Self {
        Self {
            documents,
            catalog,
            columns: Vec::new(),
            references: BTreeMap::new(),
            steps: Vec::new(),
            held_to: Vec::new(),
            ended: Vec::new(),
            before_faults: Vec::new(),
            influences: Vec::new(),
            read: BTreeSet::new(),
            contract_quality: Vec::new(),
            notes: Vec::new(),
            refusals: Vec::new(),
            unsure_of_columns: false,
        }
    }

    /// A policy on many columns can find the same fault in each: it is told once.
    fn refuse(&mut self, refusal: Refusal) {
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name() == name)
    }

    /// From here on nothing is said of these columns.
    fn be_unsure_of(&mut self, names: &[String]) {
        for column in &mut self.columns {
            if names.iter().any(|name| name == column.name()) {
                column.unsure = true;
            }
        }
    }
}
