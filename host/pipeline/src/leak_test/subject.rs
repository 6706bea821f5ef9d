//! What is changed: a column of the input or of a reference table.

use std::fmt;
use std::sync::Arc;

use bailiwick_engine::References;
use bailiwick_governance::{Dependence, InputColumn, Plan, ReferenceColumn};

use super::change::Way;
use super::comparison::differing;
use crate::error::ReferenceError;

/// What is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// A column of the input.
    Input(String),
    /// A column of a reference table.
    Reference(ReferenceColumn),
}

impl Subject {
    /// All that the plan reads: of the input first.
    pub(super) fn all(plan: &Plan) -> Vec<Self> {
        let input = plan.input.projection.iter().cloned().map(Self::Input);
        let references = plan.references.iter().flat_map(|reference| {
            reference.columns.iter().map(move |column| {
                let (table, column) = (reference.name.clone(), column.field.name().clone());
                Self::Reference(ReferenceColumn { table, column })
            })
        });
        input.chain(references).collect()
    }

    /// What may change with it.
    pub(super) fn dependence(&self, plan: &Plan) -> Dependence {
        match self {
            Self::Input(column) => plan.dependence(column),
            Self::Reference(reference) => plan.reference_dependence(reference),
        }
    }

    /// What the plan says of the column.
    pub(super) fn planned<'p>(&self, plan: &'p Plan) -> Option<&'p InputColumn> {
        let (columns, name) = match self {
            Self::Input(name) => (&plan.input.columns, name),
            Self::Reference(ReferenceColumn { table, column }) => {
                let reference = plan.references.iter().find(|own| own.name == *table)?;
                (&reference.columns, column)
            }
        };
        columns.iter().find(|own| own.field.name() == name)
    }

    /// The reference tables with this column changed, if it is of one of them, and in how
    /// many rows it was.
    pub(super) fn changed(
        &self,
        references: &References,
        way: Way,
        seed: u64,
    ) -> Result<(References, u64), ReferenceError> {
        let Self::Reference(ReferenceColumn { table: name, column }) = self else {
            return Ok((references.clone(), 0));
        };
        let of_column = references.get(name).and_then(|table| Some((table, table.column(column)?)));
        let Some((table, values)) = of_column else { return Ok((references.clone(), 0)) };
        let changed = way
            .changed(values, seed, &self.to_string(), 0)
            .map_err(|error| ReferenceError::Table(error.into()))?;
        let rows = differing(values, &changed).count() as u64;
        let table = Arc::new(table.replacing(column, changed)?);
        Ok((references.with(name.clone(), table), rows))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(column) => f.write_str(column),
            Self::Reference(reference) => reference.fmt(f),
        }
    }
}
