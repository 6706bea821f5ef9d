//! A work: what is to be done, on which rows, and how each contestant does it.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch};
use bailiwick_engine::Conditions;
use serde_json::Value;

use super::{Answer, ArrowKernel, NativeStep, Opener, Sandboxed};
use crate::Modules;
use crate::data::Table;

/// Which rows a work is done on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// [`flights`](crate::data::flights).
    Flights,
    /// [`lineitem`](crate::data::lineitem).
    Lineitem,
    /// [`contacts`](crate::data::contacts).
    Contacts,
    /// [`orders`](crate::data::orders).
    Orders,
}

/// Whether a run takes up what the one before it left, and so whether it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does, and it takes the same time whatever that is.
    Kept,
    /// It begins with nothing, for what was seen before changes what there is to do; and
    /// the end of the input, when most of it may be done, is part of it.
    Fresh,
    /// As that, and a check gives its measures at the end.
    Judged,
}

/// A policy bound to columns.
#[derive(Debug, Clone)]
pub struct Step {
    /// The module's name.
    pub module: &'static str,
    /// Its settings.
    pub settings: Value,
    /// The columns it is bound to.
    pub columns: &'static [&'static str],
    /// Opens the policy's own code natively.
    pub native: Opener,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Work {
    /// Its name.
    pub name: &'static str,
    /// On which rows.
    pub data: Data,
    /// The reference table that its policies look rows up in, made of the same rows.
    pub reference: Option<fn(&Table) -> anyhow::Result<RecordBatch>>,
    /// As policies, one after the other. Where there are several, each writes the
    /// columns that it reads, and no two of them the same.
    pub steps: Vec<Step>,
    /// With arrow's kernels, where they have the same.
    pub arrow: Option<fn() -> Box<dyn ArrowKernel>>,
    /// Whether a run takes up what the one before it left.
    pub state: State,
    /// What it is in a few words, if it stands for its policy where [`Costs`](super::Costs)
    /// are listed: of each policy one does.
    pub cost: Option<&'static str>,
}

impl Work {
    /// The same, standing for its policy.
    pub fn costing(self, case: &'static str) -> Self {
        Self { cost: Some(case), ..self }
    }

    /// What arrow's kernels answer to a table; none where they have not the same.
    ///
    /// # Errors
    /// Where a kernel fails.
    pub fn answer_of_arrow(&self, table: &Table) -> anyhow::Result<Option<Answer>> {
        let Some(arrow) = self.arrow else { return Ok(None) };
        let mut kernel = arrow();
        let mut answer = Answer::default();
        for batch in table.batches() {
            answer.push(kernel.push(batch)?);
        }
        answer.push(kernel.finish()?);
        Ok(Some(answer))
    }

    /// What the modules answer to a table.
    ///
    /// # Errors
    /// Where a module fails.
    pub fn answer_of_sandbox(&self, table: &Table, modules: &Modules) -> anyhow::Result<Answer> {
        Sandboxed::open(self, table, modules)?.answer(table)
    }

    /// What the policies' own code answers to a table.
    ///
    /// # Errors
    /// Where it fails, or answers what cannot be lifted.
    pub fn answer_of_native(&self, table: &Table, modules: &Modules) -> anyhow::Result<Answer> {
        let sandboxed = Sandboxed::open(self, table, modules)?;
        let mut native = NativeStep::open_all(self, &sandboxed)?;
        let mut answer = Answer::default();
        for wires in sandboxed.wires(table)? {
            let mut columns = Vec::new();
            for (step, wire) in native.iter_mut().zip(wires) {
                columns.extend(step.answer(wire)?);
            }
            answer.push(columns);
        }
        let mut columns = Vec::new();
        for step in &mut native {
            columns.extend(step.finish()?);
            if self.state == State::Judged {
                columns.push(measures(step.conclude()?));
            }
        }
        answer.push(columns);
        Ok(answer)
    }
}

/// The values of measures, in their order.
pub(crate) fn measures(values: impl IntoIterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

/// The name of the key that values are hashed under, and the key: it need not be secret.
pub(crate) const KEY: (&str, &[u8]) = (crate::repository::KEY, &[7; 32]);

/// Under what conditions modules are opened.
///
/// # Errors
/// Where the key is none.
pub(crate) fn conditions() -> anyhow::Result<Conditions> {
    let mut conditions = Conditions::default();
    conditions.keys.insert(KEY.0.parse()?, KEY.1)?;
    Ok(conditions)
}
