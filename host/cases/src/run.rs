//! Cases, run.

use std::sync::Arc;

use arrow_schema::Schema;
use bailiwick_engine::{
    Candidate, EngineError, Fault, GuestText, Keyring, ReferenceTable, References, Scope,
    TableBuilder, Trial, Tried,
};
use bailiwick_governance::module_settings;
use bailiwick_terms::{NameError, ProductName};
use serde::Serialize;

use crate::column::{Column, batch};
use crate::comparison::differences;
use crate::expected::Expected;
use crate::{Case, Cases};

/// The domain, the product and the run that cases stand for.
const LOCAL: &str = "local";

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The name of the case.
    pub case: String,
    /// What came otherwise than expected, a line each; none: it passed.
    pub differences: Vec<String>,
}

impl Outcome {
    /// Whether all came as expected.
    pub fn is_passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl Cases {
    /// Runs each case in a fresh sandbox. One that cannot be run has failed, and says why.
    pub fn run<'a>(&'a self, module: &'a Candidate) -> impl Iterator<Item = Outcome> + 'a {
        self.as_slice().iter().map(|case| case.run(module))
    }
}

/// Why nothing came of a case.
enum Nothing {
    /// The module or the planner refuses, in these words.
    Refused(String),
    /// It ended in another way.
    Failed(String),
}

impl Nothing {
    fn failed(error: impl ToString) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<NameError> for Nothing {
    fn from(error: NameError) -> Self {
        Self::failed(error)
    }
}

impl From<EngineError> for Nothing {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Fault { fault: Fault::Rejected { text, .. }, .. } => {
                Self::Refused(text.to_string())
            }
            EngineError::Fault { call, fault, .. } => Self::Failed(format!("in {call}, {fault}")),
            error => Self::failed(error),
        }
    }
}

impl Case {
    fn run(&self, module: &Candidate) -> Outcome {
        let differences = match (self.tried(module), &self.expected) {
            // As the words of a module are shown: what is escaped in one is in the other.
            (Err(Nothing::Refused(words)), Expected::Refused(expected))
                if words == GuestText::new(expected).as_str() =>
            {
                Vec::new()
            }
            (Err(Nothing::Refused(words)), Expected::Refused(expected)) => {
                vec![format!("expected the refusal {expected:?}, found {words:?}")]
            }
            (Err(Nothing::Refused(words)), _) => vec![format!("it is refused: {words}")],
            (Err(Nothing::Failed(why)), _) => vec![why],
            (Ok(_), Expected::Refused(expected)) => {
                vec![format!("expected the refusal {expected:?}, and nothing is refused")]
            }
            (Ok(tried), expected) => differences(&tried, expected),
        };
        Outcome { case: self.name.clone(), differences }
    }

    fn tried(&self, module: &Candidate) -> Result<Tried, Nothing> {
        let description = module.description();
        if let (Scope::Column, [] | [_, _, ..]) = (description.scope, self.bound.as_slice()) {
            return Err(Nothing::Failed(format!(
                "the module works on one column at a time, and the case binds {}; name the one in \
                 `columns`",
                self.bound.len()
            )));
        }
        let rows = batch(&self.input).map_err(Nothing::failed)?;
        let schema = rows.schema();
        let bound = self.bound.iter().filter_map(|name| schema.field_with_name(name).ok());
        let bound: Vec<_> = bound.cloned().collect();
        let settings = module_settings(&description.settings_schema, &self.settings, &bound)
            .map_err(|error| Nothing::Refused(GuestText::new(&error.to_string()).to_string()))?;
        let tried = module.try_out(&Trial {
            settings: settings.to_string(),
            rows,
            bound: self.bound.clone(),
            keys: self.keyring()?,
            references: self.tables()?,
        });
        Ok(tried?)
    }

    fn keyring(&self) -> Result<Keyring, Nothing> {
        let mut keys = Keyring::default();
        for (name, key) in &self.keys {
            keys.insert(name.clone(), key.as_bytes()).map_err(Nothing::failed)?;
        }
        // Whose they would be: keys of a scope are derived of it.
        let product = ProductName::new(LOCAL.parse()?, LOCAL.parse()?);
        Ok(keys.scoped(&product, LOCAL))
    }

    fn tables(&self) -> Result<References, Nothing> {
        let tables = self.references.iter();
        tables.map(|(name, columns)| Ok((name.clone(), Arc::new(table(columns)?)))).collect()
    }
}

fn table(columns: &[Column]) -> Result<ReferenceTable, Nothing> {
    let fields: Vec<_> = columns.iter().map(|column| Arc::clone(&column.field)).collect();
    let mut table = TableBuilder::new(&Schema::new(fields));
    let rows = batch(columns).map_err(Nothing::failed)?;
    table.push(&rows).map_err(Nothing::failed)?;
    table.finish(None).map_err(Nothing::failed)
}
