//! A catalog whose answers are plain data.

use std::collections::BTreeMap;

use arrow_schema::{DataType, Field, Schema};
use bailiwick_governance::{
    CatalogError, CheckPlan, Granularity, Kind, ModuleCatalog, ModuleFacts, Rule, Scope, Shape,
    TableSchemas, TransformPlan,
};
use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName, Ordering, Read, Services};

/// What a module plans.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Writes every column that it is bound to, of the same type.
    Rewrites,
    /// Reads what it is bound to and writes these fields.
    Writes(Vec<Field>),
    /// Makes new rows of these fields.
    Reshapes(Vec<Field>),
    /// Keeps rows by what it is bound to.
    Filters,
    /// Judges by these rules.
    Checks(Vec<Rule>),
    /// Plans exactly this.
    Plans(TransformPlan),
    /// Gives up.
    Fails(&'static str),
}

#[derive(Clone)]
pub(crate) struct Module {
    pub(crate) facts: ModuleFacts,
    pub(crate) answer: Answer,
}

#[derive(Clone, Default)]
pub(crate) struct Catalog(pub(crate) BTreeMap<ModuleName, Module>);

impl Catalog {
    pub(crate) fn standard() -> Self {
        let mut catalog = Self::default();
        catalog.add(
            "governance/mask@1.0.0",
            Scope::Column,
            &["pii", "restricted"],
            Answer::Rewrites,
        );
        let mask = catalog.get("governance/mask@1.0.0");
        mask.facts.grants.remove = mask.facts.grants.read.clone();
        mask.facts.settings_schema = r#"{
            "type": "object",
            "properties": {"method": {"enum": ["email", "null", "hash"]}, "key": {"type": "string"}},
            "required": ["method"],
            "additionalProperties": false
        }"#
        .to_owned();
        mask.facts.grants.services =
            Services { pseudonym: ["customer".parse().unwrap()].into(), ..Services::default() };
        catalog.add("sales/derive@0.3.0", Scope::Columns, &[], writes("speed", DataType::Float64));
        catalog.add("governance/clean@1.0.0", Scope::Column, &["pii"], Answer::Rewrites);
        catalog.add(
            "governance/filter@1.0.0",
            Scope::Column,
            &[],
            Answer::Plans(TransformPlan {
                reads: vec![Read::values("carrier")],
                writes: Vec::new(),
                shape: Shape::Filter,
                ordering: Ordering::Independent,
                lookups: Vec::new(),
            }),
        );
        catalog.check("governance/range@1.0.0", Scope::Column, &[("min", Granularity::Row)]);
        catalog.check("governance/count@1.0.0", Scope::Columns, &[("rows", Granularity::Dataset)]);
        catalog
    }

    pub(crate) fn add(&mut self, name: &str, scope: Scope, read: &[&str], answer: Answer) {
        let kind = match answer {
            Answer::Checks(_) => Kind::Quality,
            _ => Kind::Transform,
        };
        let facts = ModuleFacts {
            digest: ModuleDigest::of(name.as_bytes()),
            kind,
            scope,
            summary: format!("what {name} does"),
            settings_schema: "{}".to_owned(),
            grants: Grants {
                read: read.iter().map(|label| label.parse().unwrap()).collect(),
                ..Grants::default()
            },
            limits: Limits::default(),
        };
        self.0.insert(name.parse().unwrap(), Module { facts, answer });
    }

    pub(crate) fn check(&mut self, name: &str, scope: Scope, rules: &[(&str, Granularity)]) {
        let rules = rules
            .iter()
            .map(|(id, granularity)| Rule {
                id: (*id).to_owned(),
                summary: format!("{id} must hold"),
                dimension: "conformity".to_owned(),
                granularity: *granularity,
            })
            .collect();
        self.add(name, scope, &[], Answer::Checks(rules));
    }

    pub(crate) fn get(&mut self, name: &str) -> &mut Module {
        self.0.get_mut(&name.parse().unwrap()).unwrap()
    }
}

fn reads(input: &Schema) -> Vec<Read> {
    input.fields().iter().map(|field| Read::values(field.name())).collect()
}

pub(crate) fn writes(name: &str, data_type: DataType) -> Answer {
    Answer::Writes(vec![Field::new(name, data_type, true)])
}

impl ModuleCatalog for Catalog {
    fn module(&self, name: &ModuleName) -> Result<ModuleFacts, CatalogError> {
        self.0.get(name).map(|module| module.facts.clone()).ok_or_else(|| {
            CatalogError::new(format!("module {name} is not approved by central governance"))
        })
    }

    fn plan_transform(
        &self,
        name: &ModuleName,
        _settings: &str,
        input: &Schema,
        _tables: &TableSchemas,
    ) -> Result<TransformPlan, CatalogError> {
        let reads = reads(input);
        let ordering = Ordering::Independent;
        match self.0[name].answer.clone() {
            Answer::Rewrites => Ok(TransformPlan {
                reads,
                writes: input.fields().iter().map(|field| field.as_ref().clone()).collect(),
                shape: Shape::Map,
                ordering,
                lookups: Vec::new(),
            }),
            Answer::Writes(writes) => Ok(TransformPlan {
                reads,
                writes,
                shape: Shape::Map,
                ordering,
                lookups: Vec::new(),
            }),
            Answer::Reshapes(writes) => Ok(TransformPlan {
                reads,
                writes,
                shape: Shape::Reshape,
                ordering,
                lookups: Vec::new(),
            }),
            Answer::Filters => Ok(TransformPlan {
                reads,
                writes: Vec::new(),
                shape: Shape::Filter,
                ordering,
                lookups: Vec::new(),
            }),
            Answer::Plans(plan) => Ok(plan),
            Answer::Fails(message) => Err(CatalogError::new(message)),
            Answer::Checks(_) => panic!("{name} is a check"),
        }
    }

    fn plan_check(
        &self,
        name: &ModuleName,
        _settings: &str,
        input: &Schema,
        _tables: &TableSchemas,
    ) -> Result<CheckPlan, CatalogError> {
        match self.0[name].answer.clone() {
            Answer::Checks(rules) => Ok(CheckPlan {
                reads: reads(input),
                rules,
                ordering: Ordering::Ordered,
                lookups: Vec::new(),
            }),
            Answer::Fails(message) => Err(CatalogError::new(message)),
            _ => panic!("{name} is a transform"),
        }
    }
}
