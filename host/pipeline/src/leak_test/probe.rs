//! One column, changed in one way, on its way through the steps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::RecordBatch;
use bailiwick_columnar::ColumnarError;
use bailiwick_engine::References;
use bailiwick_governance::{Dependence, Plan};

use super::change::Way;
use super::comparison::{Comparison, differing};
use super::subject::Subject;
use crate::PipelineError;
use crate::ending::{Ending, Found};
use crate::lane::{Governed, Lane};
use crate::workers::Workers;

/// One column, changed in one way, and what came of it.
pub(super) struct Probe<'p> {
    plan: &'p Plan,
    pub(super) subject: Subject,
    way: Way,
    seed: u64,
    pub(super) dependence: Dependence,
    at: At,
    pub(super) seen: Seen,
}

/// How far it is.
enum At {
    /// Not begun, or at its end.
    Rest,
    Rows(Box<Lane>),
    End(Box<Ending>),
}

/// What was seen of a change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Rows, of the input or of the table, in which the column was changed.
    pub(super) changed: u64,
    /// Output columns of which a value was another.
    pub(super) reached: BTreeSet<String>,
    /// Rows that came into the output or left it.
    pub(super) moved: u64,
    /// The step that ended it by a fault which may come of the change.
    pub(super) ended: Option<String>,
    /// What changed that should not, with the first such row, from 1, where it has one.
    pub(super) leaks: BTreeMap<String, Option<u64>>,
    /// Rows without a number that were matched by their place so far.
    pub(super) placed: u64,
}

impl Seen {
    /// Takes down a leak: the first of its kind stays.
    pub(super) fn leak(&mut self, what: String, row: Option<u64>) {
        self.leaks.entry(what).or_insert(row);
    }
}

impl<'p> Probe<'p> {
    pub(super) fn new(plan: &'p Plan, subject: &Subject, way: Way, seed: u64) -> Self {
        let dependence = subject.dependence(plan);
        let (subject, seen) = (subject.clone(), Seen::default());
        Self { plan, subject, way, seed, dependence, at: At::Rest, seen }
    }

    /// Begins with steps that are opened with these reference tables, changed where it is a
    /// column of theirs that is.
    pub(super) fn begin(
        &mut self,
        references: &References,
        open: impl FnOnce(References) -> Result<Lane, PipelineError>,
    ) -> Result<(), PipelineError> {
        let changed = self.subject.changed(references, self.way, self.seed);
        let (references, changed) = changed.map_err(|source| {
            let (product, subject) = (self.plan.product.clone(), self.subject.to_string());
            let detail = format!("{subject} cannot be changed: {source}");
            PipelineError::Accounting { product, detail }
        })?;
        self.seen.changed += changed;
        self.at = At::Rows(Box::new(open(references)?));
        Ok(())
    }

    /// Sends a batch through, changed, and compares what comes of it.
    pub(super) fn push(
        &mut self,
        number: u64,
        batch: &RecordBatch,
        unchanged: &Governed,
        rows: &str,
    ) -> Result<(), PipelineError> {
        let At::Rows(lane) = &mut self.at else { return Ok(()) };
        let columns =
            |source| PipelineError::Columns { product: self.plan.product.clone(), source };
        let batch = match &self.subject {
            Subject::Reference(_) => batch.clone(),
            Subject::Input(column) => {
                let changed = changed(batch, column, self.way, self.seed, number);
                let (batch, changed) = changed.map_err(columns)?;
                self.seen.changed += changed;
                batch
            }
        };
        let governed = match lane.push(number, batch) {
            Ok(governed) => governed,
            Err(error) => return error.of(&self.plan.product).map_or(Ok(()), |e| self.fault(e)),
        };
        self.compare(unchanged, &governed, rows)
    }

    /// Ends the input.
    pub(super) fn end(&mut self, workers: &Workers) -> Result<(), PipelineError> {
        if let At::Rows(lane) = std::mem::replace(&mut self.at, At::Rest) {
            match Ending::of(&self.plan.product, vec![*lane], workers) {
                Ok(ending) => self.at = At::End(Box::new(ending)),
                Err(error) => self.fault(error)?,
            }
        }
        Ok(())
    }

    /// Compares what reshapes give at the end.
    pub(super) fn next(&mut self, unchanged: &Governed, rows: &str) -> Result<(), PipelineError> {
        let At::End(ending) = &mut self.at else { return Ok(()) };
        match ending.next() {
            Ok(governed) => self.compare(unchanged, &governed.unwrap_or_default(), rows),
            Err(error) => self.fault(error),
        }
    }

    /// Compares what checks found.
    pub(super) fn conclude(&mut self, unchanged: &Found) -> Result<(), PipelineError> {
        let At::End(ending) = std::mem::replace(&mut self.at, At::Rest) else { return Ok(()) };
        match ending.conclude(&[]) {
            Ok(found) => {
                let comparison = Comparison { plan: self.plan, dependence: &self.dependence };
                comparison.found(unchanged, &found, &mut self.seen);
                Ok(())
            }
            Err(error) => self.fault(error),
        }
    }

    fn compare(
        &mut self,
        unchanged: &Governed,
        changed: &Governed,
        rows: &str,
    ) -> Result<(), PipelineError> {
        let comparison = Comparison { plan: self.plan, dependence: &self.dependence };
        comparison
            .governed(unchanged, changed, rows, &mut self.seen)
            .map_err(|source| PipelineError::Columns { product: self.plan.product.clone(), source })
    }

    /// A step faulted that did not without the change: it may, where it reads what came
    /// of the column.
    fn fault(&mut self, error: PipelineError) -> Result<(), PipelineError> {
        self.at = At::Rest;
        let (PipelineError::Module { step, .. } | PipelineError::TooManyFaults { step, .. }) =
            &error
        else {
            return Err(error);
        };
        let position = self.plan.steps.iter().position(|own| own.id == *step);
        if position.is_some_and(|position| self.dependence.may_answer_otherwise(position)) {
            self.seen.ended = Some(step.clone());
        } else {
            self.seen.leak(format!("step {step} faults"), None);
        }
        Ok(())
    }
}

/// A batch with one column changed, and in how many rows it was.
fn changed(
    batch: &RecordBatch,
    column: &str,
    way: Way,
    seed: u64,
    number: u64,
) -> Result<(RecordBatch, u64), ColumnarError> {
    let index = batch.schema().index_of(column)?;
    let values = batch.column(index);
    let changed = way.changed(values, seed, column, number)?;
    let rows = differing(values, &changed).count() as u64;
    let mut columns = batch.columns().to_vec();
    if let Some(column) = columns.get_mut(index) {
        *column = changed;
    }
    Ok((RecordBatch::try_new(Arc::clone(batch.schema_ref()), columns)?, rows))
}
