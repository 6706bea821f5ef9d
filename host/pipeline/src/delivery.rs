//! What leaves a run: the output, the quarantines, and the count of all rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{Array, RecordBatch};
use arrow_schema::Schema;
use bailiwick_columnar::ColumnarError;
use bailiwick_engine::LogLine;
use bailiwick_governance::{DEFAULT_MAX_FAULT_ROWS, Plan, Step};
use bailiwick_terms::ProductName;

use crate::PipelineError;
use crate::accounting::Accounting;
use crate::fault::FaultCount;
use crate::lane::{Governed, Quarantined};
use crate::memory::{HeldRows, RunMemory};
use crate::quarantine::{Quarantine, QuarantineError};
use crate::sink::{Sink, Written};
use crate::staging::Unsynced;
use crate::workers::Workers;

/// The open files of a run, and what went into them.
pub(crate) struct Delivering {
    product: ProductName,
    folder: PathBuf,
    output: Sink,
    /// One a segment.
    quarantines: Vec<Quarantine>,
    required: Vec<String>,
    required_nulls: BTreeMap<String, u64>,
    accounting: Accounting,
    steps: Vec<Step>,
    /// The faults so far, by their step's position.
    faults: BTreeMap<usize, FaultCount>,
    logged: Vec<(usize, LogLine)>,
    memory: RunMemory,
    /// What waits in the files' encoders.
    held: HeldRows,
}

/// What was delivered.
pub(crate) struct Delivered {
    pub(crate) accounting: Accounting,
    pub(crate) required_nulls: BTreeMap<String, u64>,
    pub(crate) output: Written,
    pub(crate) quarantine: Vec<Written>,
    /// The files, which may not be on the disk yet.
    pub(crate) files: Vec<Unsynced>,
}

impl Delivering {
    /// Opens the files of a plan's outputs in `folder`.
    pub(crate) fn open(
        plan: &Plan,
        folder: &Path,
        run: &str,
        workers: &Workers,
        memory: &RunMemory,
    ) -> Result<Self, PipelineError> {
        let fields: Vec<_> =
            plan.output.columns.iter().map(|column| column.field.clone()).collect();
        let schema = Arc::new(Schema::new(fields));
        let port = plan.output.port.as_str();
        let segments = plan.segments.iter().enumerate();
        Ok(Self {
            product: plan.product.clone(),
            folder: folder.to_owned(),
            output: Sink::create(folder, port, plan.output.format, schema, workers)?,
            quarantines: segments
                .map(|(index, segment)| Quarantine::new(index, segment, run, workers))
                .collect(),
            required: plan.output.required.clone(),
            required_nulls: BTreeMap::new(),
            accounting: Accounting::default(),
            steps: plan.steps.clone(),
            faults: BTreeMap::new(),
            logged: Vec::new(),
            memory: memory.clone(),
            held: memory.nothing(),
        })
    }

    /// Takes what came of the next batch.
    pub(crate) fn take(&mut self, governed: Governed) -> Result<(), PipelineError> {
        self.accounting.rows_in += governed.rows_in;
        self.accounting.filtered += governed.filtered;
        self.accounting.consumed += governed.consumed;
        self.accounting.produced += governed.produced;
        self.logged.extend(governed.logged);
        for (position, count) in governed.faults {
            self.faulted(position, count)?;
        }
        // Early on a share says little.
        self.hold_shares(u64::from(DEFAULT_MAX_FAULT_ROWS))?;
        for quarantined in governed.quarantined {
            self.quarantine(quarantined)?;
        }
        governed.delivered.map_or(Ok(()), |rows| self.deliver(&rows))?;
        let waiting = || {
            let quarantines = self.quarantines.iter().map(Quarantine::held_bytes);
            self.output.held_bytes() + quarantines.sum::<u64>()
        };
        self.memory.hold(&mut self.held, waiting)
    }

    /// Rows that were read, so far.
    pub(crate) fn rows_in(&self) -> u64 {
        self.accounting.rows_in
    }

    /// What was logged of batches, in their order, with the position of the step.
    pub(crate) fn logged(&self) -> &[(usize, LogLine)] {
        &self.logged
    }

    /// Counts the faults of all lanes, in the order of the batches: each lane holds its
    /// own to the same bound, and can only come to it later.
    fn faulted(&mut self, position: usize, count: FaultCount) -> Result<(), PipelineError> {
        let total = self.faults.entry(position).or_default();
        total.add(count);
        let Some(step) = self.steps.get(position) else { return Ok(()) };
        match &step.on_fault {
            Some(on_fault) if !total.is_within(FaultCount::most(on_fault.max_rows)) => {
                Err(PipelineError::too_many_faults(&self.product, step, on_fault))
            }
            _ => Ok(()),
        }
    }

    /// Holds the faults of each step to the share of the rows read so far that it may
    /// fault on, if they are more than so many.
    fn hold_shares(&self, more_than: u64) -> Result<(), PipelineError> {
        for (position, count) in &self.faults {
            let Some(step) = self.steps.get(*position) else { continue };
            let Some(on_fault) = &step.on_fault else { continue };
            let allowed = |percent: f64| percent / 100.0 * self.accounting.rows_in as f64;
            let too_many = |percent| count.rows as f64 > allowed(percent);
            if count.rows > more_than && on_fault.max_percent.is_some_and(too_many) {
                return Err(PipelineError::too_many_faults(&self.product, step, on_fault));
            }
        }
        Ok(())
    }

    fn quarantine(&mut self, quarantined: Quarantined) -> Result<(), PipelineError> {
        let Quarantined { segment, fault, rows, rules } = quarantined;
        // A step without a list of columns lets none leave.
        let nothing = BTreeSet::new();
        let only = fault.map(|position| {
            let on_fault = self.steps.get(position).and_then(|step| step.on_fault.as_ref());
            on_fault.map_or(&nothing, |on_fault| &on_fault.columns)
        });
        let Some(quarantine) = self.quarantines.get_mut(segment) else { return Ok(()) };
        quarantine.write(&self.folder, &rows, rules, only).map_err(|error| match error {
            QuarantineError::Columns(source) => {
                PipelineError::Columns { product: self.product.clone(), source }
            }
            QuarantineError::Output(error) => error,
        })
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

    /// Ends the files. `rows_read` is what the source counted.
    pub(crate) fn close(mut self, rows_read: u64) -> Result<Delivered, PipelineError> {
        self.hold_shares(0)?;
        let product = self.product;
        let unequal = |detail| PipelineError::Accounting { product: product.clone(), detail };
        if self.accounting.rows_in != rows_read {
            let sent = self.accounting.rows_in;
            return Err(unequal(format!("{rows_read} rows were read, and {sent} governed")));
        }
        let (mut quarantine, mut files) = (Vec::new(), Vec::new());
        for own in self.quarantines {
            self.accounting.quarantined += own.rows();
            if let Some((written, file)) = own.close()? {
                quarantine.push(written);
                files.push(file);
            }
        }
        let (output, file) = self.output.close()?;
        files.push(file);
        // The file's own count is what was delivered; ours says what should have been.
        if self.required_nulls.is_empty() && output.rows != self.accounting.rows_out {
            let (sent, kept) = (self.accounting.rows_out, output.rows);
            return Err(unequal(format!(
                "{sent} rows were sent to {}, which has {kept}",
                output.file
            )));
        }
        if !self.accounting.balances() {
            return Err(unequal(self.accounting.to_string()));
        }
        Ok(Delivered {
            accounting: self.accounting,
            required_nulls: self.required_nulls,
            output,
            quarantine,
            files,
        })
    }
}
