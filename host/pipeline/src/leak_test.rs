//! What a plan says does not depend on a column, tested: the column is changed, and
//! nothing else may change.
//!
//! Columns of reference tables that the plan looks up are changed as those of the input are,
//! in a table of their own for each change.
//!
//! The steps of the plan are opened several times. One set is given the input as it is,
//! each other one the same batches with one column changed, and what comes of each batch
//! is compared at once, before anything is written: so nothing is delivered, and memory
//! is bounded whatever the rows. Each row carries its number through the steps, in a
//! column that none of them reads, so that rows can be matched where the change lets
//! some of them come or go.
//!
//! It is a test, of these rows and these changes. What makes lineage a fact is that a
//! module has nothing but the columns that it reads.

mod change;
mod comparison;
mod found;
mod probe;
mod subject;
mod text;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::{ArrayRef, RecordBatch, UInt64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use bailiwick_columnar::ColumnarError;
use bailiwick_engine::{MAX_OPEN, References};
use bailiwick_governance::Plan;
use rayon::iter::IntoParallelRefMutIterator;

use self::change::Way;
pub use self::found::{ColumnTest, Leak, LeakTest, Reached};
use self::probe::Probe;
use self::subject::Subject;
pub use self::text::leak_test_summary;
use crate::ending::Ending;
use crate::input::InputFile;
use crate::lane::Lane;
use crate::progress::{Progress, Quiet};
use crate::references::ReferenceFiles;
use crate::run::projected;
use crate::source::Source;
use crate::step::Resources;
use crate::workers::Workers;
use crate::{Pipeline, PipelineError, Prepared};

/// Changes that are tested beside each other: each has an instance of every step.
const AT_ONCE: usize = 8;

/// How a plan is tested for leaks.
#[derive(Clone)]
pub struct LeakTestOptions<'a> {
    /// A file to read in place of the one that the bindings name.
    pub input: Option<String>,
    /// The columns to change, one after the other: of the input by their names, of reference
    /// tables as `table.column`; empty: all that are read.
    pub columns: Vec<String>,
    /// What the changes are drawn from: the same seed makes the same ones.
    pub seed: u64,
    /// Set from elsewhere to end the test.
    pub cancel: Arc<AtomicBool>,
    /// Told how far the test is, in rows of all passes.
    pub progress: &'a dyn Progress,
}

impl Default for LeakTestOptions<'_> {
    fn default() -> Self {
        let (columns, cancel) = (Vec::new(), Arc::default());
        Self { input: None, columns, seed: 0, cancel, progress: &Quiet }
    }
}

impl std::fmt::Debug for LeakTestOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeakTestOptions")
            .field("input", &self.input)
            .field("columns", &self.columns)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

pub(crate) fn test(
    pipeline: &Pipeline,
    prepared: &Prepared,
    options: &LeakTestOptions<'_>,
) -> Result<LeakTest, PipelineError> {
    let plan = &prepared.plan;
    let columns = columns(plan, &options.columns)?;
    let input = InputFile::find(pipeline.mesh(), plan, &prepared.tables, options.input.as_deref())?;
    let cores = std::thread::available_parallelism().unwrap_or(std::num::NonZeroUsize::MIN);
    let workers = Workers::start(cores)?;
    let references = ReferenceFiles::find(pipeline.mesh(), prepared)?.load(None, &workers)?;
    let mut probes: Vec<Probe<'_>> = columns
        .iter()
        .flat_map(|subject| Way::ALL.map(|way| Probe::new(plan, subject, way, options.seed)))
        .collect();
    let room = MAX_OPEN as usize / plan.steps.len().max(1);
    let at_once = AT_ONCE.min(room.saturating_sub(1)).max(1);
    let passes = probes.len().div_ceil(at_once) as u64;
    let mut rows = 0;
    for (pass, probes) in (0..).zip(probes.chunks_mut(at_once)) {
        let mut source = Source::open(&input, &projected(plan), &plan.input.object, &workers)?;
        let total = source.total_rows();
        let told = |rows| {
            let (before, total) = (pass * total.unwrap_or(rows), total.map(|rows| rows * passes));
            options.progress.rows(before + rows, total);
            match options.cancel.load(Ordering::Relaxed) {
                true => Err(PipelineError::Cancelled { product: plan.product.clone() }),
                false => Ok(()),
            }
        };
        rows = Pass::open(pipeline, prepared, &source, &workers, &references, probes)?
            .through(&mut source, told)?;
        input.check_unchanged()?;
    }
    Ok(LeakTest::of(prepared, input.read, options.seed, rows, &probes))
}

/// The columns to change: those named, or all that are read.
fn columns(plan: &Plan, named: &[String]) -> Result<Vec<Subject>, PipelineError> {
    let read = Subject::all(plan);
    if named.is_empty() {
        return Ok(read);
    }
    let of_name = |name: &String| {
        let found = read.iter().find(|subject| subject.to_string() == *name).cloned();
        found.ok_or_else(|| PipelineError::NotRead {
            product: plan.product.clone(),
            column: name.clone(),
            read: read.iter().map(Subject::to_string).collect::<Vec<_>>().join(", "),
        })
    };
    named.iter().map(of_name).collect()
}

/// The input, once through all steps as it is and once for each of some changes.
struct Pass<'a, 'p> {
    prepared: &'a Prepared,
    workers: &'a Workers,
    rows: RowNumbers,
    unchanged: Lane,
    probes: &'a mut [Probe<'p>],
}

impl<'a, 'p> Pass<'a, 'p> {
    fn open(
        pipeline: &Pipeline,
        prepared: &'a Prepared,
        source: &Source,
        workers: &'a Workers,
        references: &References,
        probes: &'a mut [Probe<'p>],
    ) -> Result<Self, PipelineError> {
        let rows = RowNumbers::new(&prepared.plan, source.schema());
        let open = |references| {
            let keys = pipeline.keys().clone();
            let resources = Resources { keys, references, memory: None };
            let mut lanes = Lane::open(prepared, &resources, &rows.schema, 1)?;
            Ok::<_, PipelineError>(lanes.pop().unwrap_or_default())
        };
        for probe in probes.iter_mut() {
            probe.begin(references, open)?;
        }
        Ok(Self { prepared, workers, unchanged: open(references.clone())?, rows, probes })
    }

    /// Sends all batches through. Gives the number of rows.
    fn through(
        mut self,
        source: &mut Source,
        told: impl Fn(u64) -> Result<(), PipelineError>,
    ) -> Result<u64, PipelineError> {
        let product = &self.prepared.plan.product;
        let (adapter, rows) = (source.adapter(), self.rows.name.clone());
        let mut number = 0;
        loop {
            let before = source.rows();
            let Some(raw) = source.next()? else { break };
            let batch = self
                .rows
                .numbered(&adapter.adapt(&raw)?, before)
                .map_err(|source| PipelineError::Columns { product: product.clone(), source })?;
            let unchanged = match self.unchanged.push(number, batch.clone()) {
                Ok(governed) => governed,
                // Nobody stops the one lane that there is.
                Err(error) => match error.of(product) {
                    Some(error) => return Err(error),
                    None => break,
                },
            };
            self.each(|probe| probe.push(number, &batch, &unchanged, &rows))?;
            number += 1;
            told(source.rows())?;
        }
        let mut ending =
            Ending::of(product, vec![std::mem::take(&mut self.unchanged)], self.workers)?;
        let workers = self.workers;
        self.each(|probe| probe.end(workers))?;
        while let Some(unchanged) = ending.next()? {
            self.each(|probe| probe.next(&unchanged, &rows))?;
        }
        let unchanged = ending.conclude(&[])?;
        self.each(|probe| probe.conclude(&unchanged))?;
        Ok(source.rows())
    }

    /// Does something with each probe, on all threads.
    fn each(
        &mut self,
        work: impl Fn(&mut Probe<'p>) -> Result<(), PipelineError> + Send + Sync,
    ) -> Result<(), PipelineError> {
        let product = &self.prepared.plan.product;
        self.workers.each(product, self.probes.par_iter_mut(), work).map(drop)
    }
}

/// The column that carries the number of each row, from 0, beside those of the input.
struct RowNumbers {
    name: String,
    schema: SchemaRef,
}

impl RowNumbers {
    /// Under a name that no column has and none gets.
    fn new(plan: &Plan, input: &SchemaRef) -> Self {
        let mut name = "row".to_owned();
        let taken = |name: &str| {
            input.index_of(name).is_ok()
                || plan.steps.iter().any(|step| step.written().any(|written| written == name))
        };
        while taken(&name) {
            name.push('_');
        }
        let mut fields = input.fields().to_vec();
        fields.push(Arc::new(Field::new(&name, DataType::UInt64, false)));
        Self { name, schema: Arc::new(Schema::new(fields)) }
    }

    /// A batch with the numbers of its rows, of which so many are before it.
    fn numbered(&self, batch: &RecordBatch, before: u64) -> Result<RecordBatch, ColumnarError> {
        let numbers: ArrayRef =
            Arc::new(UInt64Array::from_iter_values((before..).take(batch.num_rows())));
        let columns = batch.columns().iter().cloned().chain([numbers]).collect();
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }
}
