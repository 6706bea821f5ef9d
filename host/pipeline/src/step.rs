//! One step of the plan, opened.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, FieldRef, SchemaRef};
use bailiwick_columnar::ColumnarError;
use bailiwick_engine::{
    CheckPlan, Conditions, EngineError, Fault, Granularity, GuestText, Keyring, LimitKind,
    LogLevel, LogLine, Lookup, MemoryAccount, References, Rule, Shape, TableError, TransformPlan,
};
use bailiwick_governance as governance;
use bailiwick_governance::{ColumnRead, RowFilter, Step, Work};
use bailiwick_terms::{Ordering, ProductName, Read};

use crate::fault::FaultCount;
use crate::faults::Faults;
use crate::gate::Tally;
use crate::judge::{Judge, Judgement, Picked};
use crate::marks::Marked;
use crate::report::{RuleReport, StepReport};
use crate::work::{Answer, Answered, OpenWork, WorkError};
use crate::{PipelineError, Prepared};

/// What steps are opened with, besides what the plan says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resources {
    pub(crate) keys: Keyring,
    pub(crate) references: References,
    /// What all of them may hold together; none: as much as their own limits let them.
    pub(crate) memory: Option<MemoryAccount>,
}

/// A step of the plan, opened.
pub(crate) struct OpenStep {
    product: ProductName,
    step: Step,
    position: usize,
    counts: Counts,
    /// What it logged when it was opened.
    opened_log: Vec<LogLine>,
    /// What instances logged that are gone.
    log: Vec<LogLine>,
    faults: Faults,
    work: OpenWork,
}

/// What went into a step and came out of it.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    rows: u64,
    bytes_in: u64,
    bytes_out: u64,
}

/// What a step made of a batch.
#[derive(Default)]
pub(crate) struct Applied {
    /// Rows that a filter dropped.
    pub(crate) filtered: u64,
    /// The rows that its module faults on, as they were before, and why each is apart.
    pub(crate) faulted: Option<(RecordBatch, ArrayRef)>,
    /// How many rows these are, and what finding them took.
    pub(crate) faults: FaultCount,
}

impl OpenStep {
    /// Opens the step at that position in the plan for batches of `schema`.
    pub(crate) fn open(
        prepared: &Prepared,
        position: usize,
        resources: &Resources,
        schema: &SchemaRef,
    ) -> Result<Self, PipelineError> {
        let product = prepared.plan.product.clone();
        let step = prepared.plan.steps.get(position);
        let known = step.and_then(|step| Some((step, prepared.modules.get(&step.module)?)));
        let Some((step, module)) = known else {
            let detail = format!("step {} has no module", position + 1);
            return Err(PipelineError::Accounting { product, detail });
        };
        let conditions = Conditions {
            limits: Some(step.limits.clone()),
            keys: resources.keys.clone(),
            references: resources.references.clone(),
            withhold_text: !step.reads_labels.is_empty(),
            memory: resources.memory.clone(),
        };
        let settings = step.settings_json();
        let reads: Vec<Read> = step.reads.iter().map(ColumnRead::to_read).collect();
        let stage = |writes: &[Field], shape| {
            let plan = TransformPlan {
                reads: reads.clone(),
                writes: refs(writes),
                shape,
                ordering: step.ordering,
                lookups: lookups(step),
            };
            module.open_stage(&settings, &plan, schema, &conditions)
        };
        let opened = match &step.work {
            Work::Map { writes } => stage(writes, Shape::Map).map(OpenWork::transform),
            Work::Filter => stage(&[], Shape::Filter).map(OpenWork::transform),
            Work::Reshape { writes } => stage(writes, Shape::Reshape).map(OpenWork::transform),
            Work::Check { rules, on_failure } => {
                let plan = CheckPlan {
                    reads: reads.clone(),
                    rules: rules.iter().map(|planned| engine_rule(&planned.rule)).collect(),
                    ordering: step.ordering,
                    lookups: lookups(step),
                };
                let tally = Tally::new(&step.id, rules, *on_failure);
                let picked =
                    step.rows.as_ref().map(|rows| picked(prepared, step, rows, resources, schema));
                let picked = picked.transpose()?;
                let (rows, schema) = match picked {
                    Some((rows, schema)) => (Some(rows), schema),
                    None => (None, Arc::clone(schema)),
                };
                let check = module.open_check(&settings, &plan, &schema, &conditions);
                check.map(|mut check| {
                    if step.on_fault.is_some() {
                        check.keep_way_back();
                    }
                    OpenWork::Check(Box::new(Judge::new(check, rows)), tally)
                })
            }
        };
        let mut work = opened.map_err(|source| failed(&product, step, source))?;
        let opened_log = work.take_log();
        Ok(Self {
            product,
            step: step.clone(),
            position,
            counts: Counts::default(),
            opened_log,
            log: Vec::new(),
            faults: Faults::default(),
            work,
        })
    }

    /// Its place among the plan's steps.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// The schema of what it gives, for batches of the schema that it was opened for.
    pub(crate) fn schema(&self, given: &SchemaRef) -> SchemaRef {
        match &self.work {
            OpenWork::Transform(stage) => Arc::clone(stage.schema()),
            OpenWork::Check(..) => Arc::clone(given),
        }
    }

    /// What its module logged since this was last asked.
    pub(crate) fn take_log(&mut self) -> Vec<LogLine> {
        let mut lines = std::mem::take(&mut self.log);
        lines.append(&mut self.work.take_log());
        lines
    }

    /// A map, a filter or a check does its work on a batch.
    pub(crate) fn apply(&mut self, marked: &mut Marked) -> Result<Applied, PipelineError> {
        self.counts.rows += marked.batch.num_rows() as u64;
        let columns = |source: ColumnarError| PipelineError::Columns {
            product: self.product.clone(),
            source,
        };
        let mut applied = Applied::default();
        let answer = match &self.step.on_fault {
            None => {
                let answer = self.work.push(&marked.batch);
                answer.map_err(|source| failed(&self.product, &self.step, source))?
            }
            Some(on_fault) => {
                let allowed = FaultCount::most(on_fault.max_rows).less(self.faults.count);
                let answered = self.work.push_in_parts(&marked.batch, allowed);
                let answered = answered.map_err(|error| match error {
                    WorkError::Module(source) => failed(&self.product, &self.step, source),
                    WorkError::Columns(source) => columns(source),
                    WorkError::TooManyFaults => {
                        PipelineError::too_many_faults(&self.product, &self.step, on_fault)
                    }
                })?;
                let Answered { answer, faults, retries, logged } = answered;
                self.log.extend(logged);
                applied.faults = FaultCount { rows: faults.len() as u64, retries };
                self.faults.count.add(applied.faults);
                if !faults.is_empty() {
                    let reasons = self.faults.reasons(&self.step, &faults);
                    applied.faulted = Some(marked.take_out(&reasons).map_err(columns)?);
                }
                answer
            }
        };
        match (answer, &mut self.work) {
            (Answer::Replaced(batch), _) => marked.batch = batch,
            (Answer::Kept(keep), _) => applied.filtered = marked.filter(keep).map_err(columns)?,
            (Answer::Judged(Judgement { failing, rows }), OpenWork::Check(_, tally)) => {
                let quarantines = tally.quarantines();
                let counts = failing.iter().map(|bits| bits.count_set_bits() as u64);
                let names = tally.count(rows, counts);
                if quarantines {
                    for (name, bits) in names.iter().zip(failing) {
                        marked.mark(name, bits);
                    }
                }
            }
            // INVARIANT: only a check says which rows fail.
            (Answer::Judged(_), OpenWork::Transform(_)) => {}
        }
        Ok(applied)
    }

    /// A reshape takes in a batch, and may give rows.
    pub(crate) fn reshape(
        &mut self,
        batch: &RecordBatch,
    ) -> Result<Option<RecordBatch>, PipelineError> {
        self.counts.rows += batch.num_rows() as u64;
        match &mut self.work {
            OpenWork::Transform(stage) => {
                stage.apply(batch).map_err(|source| failed(&self.product, &self.step, source))
            }
            OpenWork::Check(..) => Ok(None),
        }
    }

    /// Ends a transform's input; a reshape may give rows.
    pub(crate) fn finish(&mut self) -> Result<Option<RecordBatch>, PipelineError> {
        match &mut self.work {
            OpenWork::Transform(stage) => {
                stage.finish().map_err(|source| failed(&self.product, &self.step, source))
            }
            OpenWork::Check(..) => Ok(None),
        }
    }

    /// Takes in what the same step of another lane holds, after the last batch.
    pub(crate) fn absorb(&mut self, other: Self) -> Result<(), PipelineError> {
        let counts = other.counted();
        self.faults.absorb(&other.faults);
        self.counts.rows += counts.rows;
        self.counts.bytes_in += counts.bytes_in;
        self.counts.bytes_out += counts.bytes_out;
        let merged = match (&mut self.work, other.work) {
            (OpenWork::Check(own, tally), OpenWork::Check(mut other, others)) => {
                tally.absorb(&others);
                other.state().and_then(|state| own.merge(&state))
            }
            (OpenWork::Transform(own), OpenWork::Transform(mut other))
                if matches!(self.step.work, Work::Reshape { .. }) =>
            {
                other.state().and_then(|state| own.merge(&state))
            }
            // Maps and filters hold nothing.
            _ => Ok(()),
        };
        merged.map_err(|source| failed(&self.product, &self.step, source))?;
        // How many lanes were merged is not to be seen in the report.
        drop(self.work.take_log());
        Ok(())
    }

    fn counted(&self) -> Counts {
        let Counts { rows, bytes_in, bytes_out } = self.counts;
        let (more_in, more_out) = match &self.work {
            OpenWork::Transform(stage) => (stage.bytes_in(), stage.bytes_out()),
            OpenWork::Check(check, _) => (check.bytes_in(), check.bytes_out()),
        };
        Counts { rows, bytes_in: bytes_in + more_in, bytes_out: bytes_out + more_out }
    }

    /// Ends the step: a check gives its findings. `logged` is what it logged of batches.
    pub(crate) fn conclude(
        mut self,
        logged: &[&LogLine],
    ) -> Result<(StepReport, Vec<RuleReport>), PipelineError> {
        let Counts { rows, bytes_in, bytes_out } = self.counted();
        let ended = self.work.take_log();
        let Self { product, step, opened_log, faults, work, .. } = self;
        let (concluded, rules) = match work {
            OpenWork::Transform(_) => (Vec::new(), Vec::new()),
            OpenWork::Check(mut check, tally) => {
                let measures =
                    check.conclude().map_err(|source| failed(&product, &step, source))?;
                (check.take_log(), tally.conclude(&step, &measures))
            }
        };
        let lines = opened_log.iter().chain(logged.iter().copied()).chain(&ended).chain(&concluded);
        let report = StepReport {
            log: within(lines, step.limits.log_bytes),
            step: step.id,
            module: step.module,
            digest: step.digest,
            rows,
            bytes_in,
            bytes_out,
            faults: faults.report(),
        };
        Ok((report, rules))
    }
}

/// The filter of a check's rows, opened, and the schema of what it leaves of a batch.
fn picked(
    prepared: &Prepared,
    step: &Step,
    rows: &RowFilter,
    resources: &Resources,
    schema: &SchemaRef,
) -> Result<(Picked, SchemaRef), PipelineError> {
    let product = &prepared.plan.product;
    let unknown = |what: &str| PipelineError::Accounting {
        product: product.clone(),
        detail: format!("step {}: {what}", step.id),
    };
    let module = prepared.modules.get(&rows.module);
    let module = module.ok_or_else(|| unknown("the filter of its rows has no module"))?;
    let columns = step.reads.iter().map(|read| schema.index_of(read.name()));
    let columns = columns.collect::<Result<Vec<usize>, _>>();
    let columns = columns.map_err(|error| unknown(&error.to_string()))?;
    let picked = schema.project(&columns).map_err(|error| unknown(&error.to_string()))?;
    let plan = TransformPlan {
        reads: rows.reads.iter().map(ColumnRead::to_read).collect(),
        writes: Vec::new(),
        shape: Shape::Filter,
        ordering: Ordering::Independent,
        lookups: Vec::new(),
    };
    // It is given no keys: a filter that asked for one would not be loaded.
    let conditions = Conditions {
        limits: Some(rows.limits.clone()),
        withhold_text: !step.reads_labels.is_empty(),
        memory: resources.memory.clone(),
        ..Conditions::default()
    };
    let filter = module.open_stage(&rows.settings.to_string(), &plan, schema, &conditions);
    let filter = filter.map_err(|source| failed(product, step, source))?;
    Ok((Picked { module: rows.module.clone(), filter, columns }, Arc::new(picked)))
}

fn failed(product: &ProductName, step: &Step, source: EngineError) -> PipelineError {
    if let EngineError::Fault {
        fault: Fault::LimitExceeded { limit: LimitKind::RunMemory, allowed: limit_bytes },
        ..
    }
    | EngineError::Reference { source: TableError::Memory { limit_bytes }, .. } = source
    {
        return PipelineError::Memory { product: product.clone(), limit_bytes };
    }
    PipelineError::Module { product: product.clone(), step: step.id.clone(), source }
}

fn refs(fields: &[Field]) -> Vec<FieldRef> {
    fields.iter().cloned().map(Arc::new).collect()
}

fn lookups(step: &Step) -> Vec<Lookup> {
    let lookup = |lookup: &governance::Lookup| Lookup {
        table: lookup.table.clone(),
        on: refs(&lookup.on),
        columns: lookup.columns.clone(),
    };
    step.lookups.iter().map(lookup).collect()
}

fn engine_rule(rule: &governance::Rule) -> Rule {
    Rule {
        id: rule.id.clone(),
        summary: GuestText::new(&rule.summary),
        dimension: rule.dimension.clone(),
        granularity: match rule.granularity {
            governance::Granularity::Row => Granularity::Row,
            governance::Granularity::Dataset => Granularity::Dataset,
        },
    }
}

/// The lines up to the limit of a run, whatever each lane was allowed.
fn within<'a>(lines: impl Iterator<Item = &'a LogLine>, limit: u64) -> Vec<String> {
    let mut left = limit;
    lines
        .map_while(|line| {
            left = left.checked_sub(line.cost())?;
            Some(in_words(line))
        })
        .collect()
}

fn in_words(line: &LogLine) -> String {
    let level = match line.level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
    };
    format!("{level}: {}", line.text)
}
