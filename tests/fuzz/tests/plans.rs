//! A module's JSON Schema and the settings that a binding gives it, both a domain's:
//! planning ends, whatever they say.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::LazyLock;

use arrow_schema::Schema;
use bailiwick_fuzz::bent;
use bailiwick_governance::{
    Bindings, CatalogError, CheckPlan, Contract, Documents, Framework, Kind, ModuleCatalog,
    ModuleFacts, PlanError, Scope, Shape, TableSchemas, TransformPlan, plan,
};
use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName, Ordering, Read};
use serde_json::Value;

const CONTRACT: &str = r#"{
    apiVersion: v3.1.0, kind: DataContract, id: "1", version: 1.0.0, status: active,
    schema: [
        {name: raw, logicalType: object, properties: [{name: email, logicalType: string}]},
        {name: kept, logicalType: object, properties: [{name: email, logicalType: string}]},
    ],
}"#;

const BINDINGS: &str = r#"{
    apiVersion: bailiwick/v1, product: sales/bookings,
    input: {port: raw, object: raw, location: bookings.parquet},
    output: {port: kept, object: kept},
    policies: [{id: mask, module: sales/mask@1.0.0, columns: [email]}],
}"#;

/// Bytes of a refusal at most: one is made for each fault that was found.
const LONGEST_REFUSAL: usize = 4_400;

static CONTRACT_READ: LazyLock<Contract> =
    LazyLock::new(|| Contract::read("contract.yaml", CONTRACT).unwrap());
static BINDINGS_READ: LazyLock<Bindings> =
    LazyLock::new(|| Bindings::read("bindings.yaml", BINDINGS).unwrap());
static FRAMEWORK_READ: LazyLock<Framework> =
    LazyLock::new(|| Framework::read("framework.yaml", "apiVersion: bailiwick/v1").unwrap());

/// One module, with a schema that its domain wrote.
struct Catalog {
    settings_schema: String,
}

impl ModuleCatalog for Catalog {
    fn module(&self, name: &ModuleName) -> Result<ModuleFacts, CatalogError> {
        Ok(ModuleFacts {
            digest: ModuleDigest::of(name.to_string().as_bytes()),
            kind: Kind::Transform,
            scope: Scope::Column,
            summary: "masks".into(),
            settings_schema: self.settings_schema.clone(),
            grants: Grants::default(),
            limits: Limits::default(),
        })
    }

    fn plan_transform(
        &self,
        _name: &ModuleName,
        _settings: &str,
        input: &Schema,
        _tables: &TableSchemas,
    ) -> Result<TransformPlan, CatalogError> {
        Ok(TransformPlan {
            reads: input.fields().iter().map(|field| Read::values(field.name())).collect(),
            writes: input.fields().iter().map(|field| field.as_ref().clone()).collect(),
            shape: Shape::Map,
            ordering: Ordering::Independent,
            lookups: Vec::new(),
        })
    }

    fn plan_check(
        &self,
        name: &ModuleName,
        _settings: &str,
        _input: &Schema,
        _tables: &TableSchemas,
    ) -> Result<CheckPlan, CatalogError> {
        Err(CatalogError::new(format!("{name} is a transform")))
    }
}

#[test]
fn plans() {
    bolero::check!().with_iterations(0).for_each(property);
}

#[test]
fn bent_plans() {
    bent("plans", 1_500, property);
}

/// The schema, a line of `---`, the settings.
fn property(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let (schema, settings) = text.split_once("\n---\n").unwrap_or((text, "{}"));
    let Ok(settings @ Value::Object(_)) = serde_json::from_str(settings) else {
        return;
    };
    let mut bindings = BINDINGS_READ.clone();
    for policy in &mut bindings.policies {
        policy.settings = settings.clone();
    }
    let documents = Documents {
        contract: &CONTRACT_READ,
        bindings: &bindings,
        framework: &FRAMEWORK_READ,
        upstream: &[],
        tables: &[],
    };
    let catalog = Catalog { settings_schema: schema.to_owned() };
    match plan(&documents, &catalog) {
        Ok(plan) => {
            let [step] = plan.steps.as_slice() else { panic!("{} steps", plan.steps.len()) };
            assert_eq!(step.settings, settings);
            // The same twice: a plan is named by its digest.
            let again = plan_again(&documents, &catalog);
            assert_eq!(again, plan.to_json().unwrap());
        }
        Err(PlanError::Refused(refusals)) => {
            assert!(!refusals.is_empty());
            for refusal in refusals {
                let message = refusal.to_string();
                assert!(message.len() <= LONGEST_REFUSAL, "{} bytes", message.len());
                let steers = |c: char| c.is_control() && c != '\n';
                assert!(!message.contains(steers), "{message:?}");
            }
        }
    }
}

fn plan_again(documents: &Documents<'_>, catalog: &Catalog) -> String {
    plan(documents, catalog).unwrap().to_json().unwrap()
}
