//! Batches through the opened steps of a plan, to the output and the quarantine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};
use bailiwick_columnar::ColumnarError;
use bailiwick_engine::Keyring;
use bailiwick_governance::Work;
use bailiwick_terms::ProductName;

use crate::accounting::Accounting;
use crate::marks::Marked;
use crate::quarantine::{Quarantine, QuarantineError};
use crate::report::{RuleReport, StepReport};
use crate::sink::{Sink, Written};
use crate::step::OpenStep;
use crate::workers::Workers;
use crate::{PipelineError, Prepared};

/// The opened steps of one segment, and its quarantine.
struct OpenSegment {
    steps: Vec<OpenStep>,
    /// The reshape that ends it, if one does.
    reshape: Option<OpenStep>,
    quarantine: Quarantine,
}

/// The opened plan, with its files.
pub(crate) struct Flow {
    product: ProductName,
    folder: PathBuf,
    segments: Vec<OpenSegment>,
    output: Sink,
    required: Vec<String>,
    required_nulls: BTreeMap<String, u64>,
    accounting: Accounting,
}

/// What came of all batches.
pub(crate) struct Flowed {
    pub(crate) accounting: Accounting,
    pub(crate) rules: Vec<RuleReport>,
    pub(crate) required_nulls: BTreeMap<String, u64>,
    pub(crate) steps: Vec<StepReport>,
    pub(crate) output: Written,
    pub(crate) quarantine: Vec<Written>,
}

impl Flow {
    /// Opens every step of the plan for batches of `schema`, and the files in `folder`.
    pub(crate) fn open(
        prepared: &Prepared,
        keys: &Keyring,
        schema: &SchemaRef,
        folder: &Path,
        run: &str,
        workers: &Workers,
    ) -> Result<Self, PipelineError> {
        let plan = &prepared.plan;
        let mut schema = Arc::clone(schema);
        let mut segments = Vec::with_capacity(plan.segments.len());
        for (index, segment) in plan.segments.iter().enumerate() {
            let mut opened = OpenSegment {
                steps: Vec::new(),
                reshape: None,
                quarantine: Quarantine::new(index, segment, run, workers),
            };
            for step in plan.steps.get(segment.steps.clone()).unwrap_or_default() {
                let open = OpenStep::open(prepared, step, keys, &mut schema)?;
                if matches!(step.work, Work::Reshape { .. }) {
                    opened.reshape = Some(open);
                } else {
                    opened.steps.push(open);
                }
            }
            segments.push(opened);
        }
        let fields: Vec<_> =
            plan.output.columns.iter().map(|column| column.field.clone()).collect();
        let output = Sink::create(
            folder,
            plan.output.port.as_str(),
            plan.output.format,
            Arc::new(Schema::new(fields)),
            workers,
        )?;
        Ok(Self {
            product: plan.product.clone(),
            folder: folder.to_owned(),
            segments,
            output,
            required: plan.output.required.clone(),
            required_nulls: BTreeMap::new(),
            accounting: Accounting::default(),
        })
    }

    /// Sends a batch of the input through.
    pub(crate) fn push(&mut self, batch: RecordBatch) -> Result<(), PipelineError> {
        self.accounting.rows_in += batch.num_rows() as u64;
        self.enter(0, batch)
    }

    fn enter(&mut self, index: usize, batch: RecordBatch) -> Result<(), PipelineError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let Some(segment) = self.segments.get_mut(index) else {
            return self.deliver(&batch);
        };
        let product = &self.product;
        let columns = |source| PipelineError::Columns { product: product.clone(), source };
        let mut marked = Marked::new(batch);
        for step in &mut segment.steps {
            if marked.batch.num_rows() == 0 {
                break;
            }
            self.accounting.filtered += step.apply(&mut marked)?;
        }
        let parted = marked.part().map_err(columns)?;
        if let Some((rows, rules)) = parted.quarantined {
            segment.quarantine.write(&self.folder, &rows, rules).map_err(|error| match error {
                QuarantineError::Columns(source) => columns(source),
                QuarantineError::Output(error) => error,
            })?;
        }
        let passing = parted.passing;
        let Some(reshape) = &mut segment.reshape else {
            return self.enter(index + 1, passing);
        };
        if passing.num_rows() == 0 {
            return Ok(());
        }
        self.accounting.consumed += passing.num_rows() as u64;
        match reshape.reshape(&passing)? {
            Some(rows) => {
                self.accounting.produced += rows.num_rows() as u64;
                self.enter(index + 1, rows)
            }
            None => Ok(()),
        }
    }

    fn deliver(&mut self, batch: &RecordBatch) -> Result<(), PipelineError> {
        self.accounting.rows_out += batch.num_rows() as u64;
        for column in &self.required {
            let nulls = batch.column_by_name(column).map_or(0, |array| array.logical_null_count());
            if nulls > 0 {
                *self.required_nulls.entry(column.clone()).or_default() += nulls as u64;
            }
        }
        // A run with nulls where the contract allows none is blocked: its rows are
        // counted to the end, and no longer written.
        if !self.required_nulls.is_empty() {
            return Ok(());
        }
        let columns = |source: ColumnarError| PipelineError::Columns {
            product: self.product.clone(),
            source,
        };
        let schema = self.output.schema();
        let present = batch.schema();
        let indices = schema.fields().iter().map(|field| present.index_of(field.name()));
        let indices =
            indices.collect::<Result<Vec<_>, _>>().map_err(|error| columns(error.into()))?;
        let projected = batch.project(&indices).map_err(|error| columns(error.into()))?;
        let typed = RecordBatch::try_new(schema.clone(), projected.columns().to_vec())
            .map_err(|error| columns(error.into()))?;
        self.output.write(&typed)
    }

    /// Ends the input: reshapes give what they hold, checks conclude, files close.
    pub(crate) fn finish(mut self) -> Result<Flowed, PipelineError> {
        for index in 0..self.segments.len() {
            let Some(segment) = self.segments.get_mut(index) else { break };
            for open in &mut segment.steps {
                open.finish()?;
            }
            if let Some(reshape) = &mut segment.reshape
                && let Some(rows) = reshape.finish()?
            {
                self.accounting.produced += rows.num_rows() as u64;
                self.enter(index + 1, rows)?;
            }
        }
        let (mut rules, mut steps, mut quarantine) = (Vec::new(), Vec::new(), Vec::new());
        for segment in self.segments {
            self.accounting.quarantined += segment.quarantine.rows();
            for open in segment.steps.into_iter().chain(segment.reshape) {
                let (step, found) = open.conclude()?;
                steps.push(step);
                rules.extend(found);
            }
            quarantine.extend(segment.quarantine.close()?);
        }
        let output = self.output.close()?;
        // The file's own count is what was delivered; ours says what should have been.
        if self.required_nulls.is_empty() && output.rows != self.accounting.rows_out {
            let (sent, kept) = (self.accounting.rows_out, output.rows);
            let detail = format!("{sent} rows were sent to {}, which has {kept}", output.file);
            return Err(PipelineError::Accounting { product: self.product, detail });
        }
        Ok(Flowed {
            accounting: self.accounting,
            rules,
            required_nulls: self.required_nulls,
            steps,
            output,
            quarantine,
        })
    }
}
