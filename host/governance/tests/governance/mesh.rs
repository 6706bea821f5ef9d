//! The documents of one product, and a catalog: each test changes what it is about.

use bailiwick_governance::{
    Bindings, Contract, Documents, Framework, Plan, PlanError, SignedTable, plan,
};

use crate::catalog::Catalog;

#[derive(Clone)]
pub(crate) struct Mesh {
    pub(crate) contract: String,
    pub(crate) bindings: String,
    pub(crate) framework: String,
    pub(crate) catalog: Catalog,
    pub(crate) tables: Vec<SignedTable>,
}

impl Mesh {
    pub(crate) fn sales() -> Self {
        Self {
            contract: include_str!("documents/contract.odcs.yaml").to_owned(),
            bindings: include_str!("documents/bindings.yaml").to_owned(),
            framework: include_str!("documents/framework.yaml").to_owned(),
            catalog: Catalog::standard(),
            tables: Vec::new(),
        }
    }

    pub(crate) fn contract(mut self, from: &str, to: &str) -> Self {
        self.contract = changed(&self.contract, from, to);
        self
    }

    pub(crate) fn bindings(mut self, from: &str, to: &str) -> Self {
        self.bindings = changed(&self.bindings, from, to);
        self
    }

    pub(crate) fn framework(mut self, from: &str, to: &str) -> Self {
        self.framework = changed(&self.framework, from, to);
        self
    }

    /// Adds a policy behind the others.
    pub(crate) fn policy(mut self, policy: &str) -> Self {
        self.bindings.push_str(policy);
        self
    }

    pub(crate) fn try_plan(&self) -> Result<Plan, PlanError> {
        let contract = Contract::read("contract.odcs.yaml", &self.contract).unwrap();
        let bindings = Bindings::read("bindings.yaml", &self.bindings).unwrap();
        let framework = Framework::read("framework.yaml", &self.framework).unwrap();
        let documents = Documents {
            contract: &contract,
            bindings: &bindings,
            framework: &framework,
            upstream: &[],
            tables: &self.tables,
        };
        plan(&documents, &self.catalog)
    }

    pub(crate) fn plan(&self) -> Plan {
        self.try_plan().unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn refused(&self) -> String {
        match self.try_plan() {
            Ok(_) => panic!("there is a plan"),
            Err(error) => error.to_string(),
        }
    }
}

/// The text with a part of it changed, which must be there once.
pub(crate) fn changed(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} in {text}");
    text.replace(from, to)
}
