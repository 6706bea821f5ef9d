//! One execution of a plan over its input.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_schema::FieldRef;
use bailiwick_engine::MAX_OPEN;
use bailiwick_governance::{Plan, Step};
use bailiwick_terms::PartName;
use sha2::{Digest, Sha256};

use crate::delivery::{Delivered, Delivering};
use crate::ending::{Ending, Found};
use crate::input::{InputFile, InputRead};
use crate::lane::Lane;
use crate::lanes::govern;
use crate::memory::RunMemory;
use crate::progress::{Progress, Quiet};
use crate::references::ReferenceFiles;
use crate::report::{Delivery, REPORT_VERSION, Report, junit, page};
use crate::source::Source;
use crate::staging::{Commit, JUNIT, PAGE, PLAN, ProductFolder, REPORT, Staging, write_file};
use crate::step::Resources;
use crate::workers::Workers;
use crate::{Pipeline, PipelineError, Prepared};

/// The version of bailiwick, part of a run's id: another version may write other bytes.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How a plan is executed.
#[derive(Clone)]
pub struct RunOptions<'a> {
    /// A file to read in place of the one that the bindings name. It must be as the
    /// same contract object describes it.
    pub input: Option<String>,
    /// How many batches are governed at a time, each in a lane of its own; none: as many
    /// as the machine has cores. What comes of the run is the same for any number.
    pub lanes: Option<NonZeroUsize>,
    /// The most that the run may hold in memory, bytes: its modules' memories, its reference
    /// tables, the rows that wait for a lane, are in one or behind it, and those in encoders
    /// until their row group is written; none: as much as its modules' own limits let it.
    ///
    /// Rows are counted when they enter a lane and, by what steps made of them, when they
    /// leave it; encoders after each batch. Not counted is what does not grow with rows: three
    /// batches that are read ahead (16,384 rows each), what decoding a page and encoding 16,384
    /// rows of a column takes, compiled code and the program itself.
    pub memory_bytes: Option<u64>,
    /// Set from elsewhere to end the run: it then delivers nothing.
    pub cancel: Arc<AtomicBool>,
    /// Told how far the run is.
    pub progress: &'a dyn Progress,
}

impl Default for RunOptions<'_> {
    fn default() -> Self {
        let (input, lanes, memory_bytes, cancel) = (None, None, None, Arc::default());
        Self { input, lanes, memory_bytes, cancel, progress: &Quiet }
    }
}

impl std::fmt::Debug for RunOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunOptions")
            .field("input", &self.input)
            .field("lanes", &self.lanes)
            .field("memory_bytes", &self.memory_bytes)
            .finish_non_exhaustive()
    }
}

/// How a run ended that no error ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Everything is committed.
    Delivered {
        /// The folder of the run.
        folder: PathBuf,
        /// Whether it is new, or gave again what was committed before.
        commit: Commit,
        /// What it found.
        report: Box<Report>,
    },
    /// A quality gate failed: nothing is delivered.
    Blocked {
        /// The file of the report.
        file: PathBuf,
        /// What it found.
        report: Box<Report>,
    },
}

impl Outcome {
    /// What the run found.
    pub fn report(&self) -> &Report {
        match self {
            Self::Delivered { report, .. } | Self::Blocked { report, .. } => report,
        }
    }
}

pub(crate) fn run(
    pipeline: &Pipeline,
    prepared: &Prepared,
    options: &RunOptions<'_>,
) -> Result<Outcome, PipelineError> {
    let (mesh, plan) = (pipeline.mesh(), &prepared.plan);
    let digest = plan.digest().map_err(|error| PipelineError::Accounting {
        product: plan.product.clone(),
        detail: format!("the plan has no digest: {error}"),
    })?;
    let input = InputFile::find(mesh, plan, &prepared.tables, options.input.as_deref())?;
    let lanes = lanes(options, plan);
    let workers = Workers::start(lanes)?;
    let mut source = Source::open(&input, &projected(plan), &plan.input.object, &workers)?;
    let references = ReferenceFiles::find(mesh, prepared)?;
    let run = run_id(plan, &digest, &input, &references);

    let folder = ProductFolder::new(&mesh.output, &plan.product);
    let staging = Staging::begin(&folder, &plan.product, &run)?;
    let memory = RunMemory::of(&plan.product, options.memory_bytes);
    let resources = Resources {
        keys: pipeline.keys().scoped(&plan.product, &run),
        references: references.load(memory.account(), &workers)?,
        memory: memory.account().cloned(),
    };
    let opened = Lane::open(prepared, &resources, source.schema(), lanes.get())?;
    let mut delivering = Delivering::open(plan, staging.path(), &run, &workers, &memory)?;
    let total = source.total_rows();
    let ended = govern(&plan.product, &mut source, opened, &memory, |governed| {
        if options.cancel.load(Ordering::Relaxed) {
            return Err(PipelineError::Cancelled { product: plan.product.clone() });
        }
        delivering.take(governed)?;
        options.progress.rows(delivering.rows_in(), total);
        Ok(())
    })?;
    input.check_unchanged()?;
    let mut ending = Ending::of(&plan.product, ended, &workers)?;
    while let Some(governed) = ending.next()? {
        delivering.take(governed)?;
    }
    let found = ending.conclude(delivering.logged())?;
    let mut delivered = delivering.close(source.rows())?;
    let mut files = std::mem::take(&mut delivered.files);
    let read = (input.read, references.read());
    let mut report = report(prepared, (run, digest), read, found, delivered);
    if report.delivery == Delivery::Blocked {
        // What was written stays invisible and goes with the staging folder.
        report.output = None;
        report.quarantine.clear();
        let file = staging.block(&forms(&report)?)?;
        return Ok(Outcome::Blocked { file, report: Box::new(report) });
    }
    for (name, text) in forms(&report)? {
        files.push(write_file(staging.path(), name, &text)?);
    }
    let text = plan.to_json().map_err(|error| PipelineError::Accounting {
        product: plan.product.clone(),
        detail: format!("the plan cannot be written: {error}"),
    })?;
    files.push(write_file(staging.path(), PLAN, &(text + "\n"))?);
    let (folder, commit) = staging.commit(&report, &files)?;
    Ok(Outcome::Delivered { folder, commit, report: Box::new(report) })
}

/// The report for machines, for people and for build servers: file names and texts.
fn forms(report: &Report) -> Result<[(&'static str, String); 3], PipelineError> {
    let json = report.to_json().map_err(|error| PipelineError::Accounting {
        product: report.product.clone(),
        detail: format!("the report cannot be written: {error}"),
    })?;
    Ok([(REPORT, json), (PAGE, page(report)), (JUNIT, junit(report))])
}

/// The lanes of a run: those asked for or the machine's cores, as long as there is room
/// for the steps of each.
fn lanes(options: &RunOptions<'_>, plan: &Plan) -> NonZeroUsize {
    let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let instances = plan.steps.iter().flat_map(Step::modules).count();
    let room = NonZeroUsize::new(MAX_OPEN as usize / instances.max(1));
    options.lanes.unwrap_or_else(cores).min(room.unwrap_or(NonZeroUsize::MIN))
}

/// The fields to read: those of the plan's projection, in the contract's order.
pub(crate) fn projected(plan: &Plan) -> Vec<FieldRef> {
    let columns = plan.input.columns.iter();
    columns
        .filter(|column| plan.input.projection.contains(column.field.name()))
        .map(|column| Arc::new(column.field.clone()))
        .collect()
}

/// The id of a run: the same inputs, plan and version of bailiwick give the same.
fn run_id(
    plan: &Plan,
    plan_digest: &str,
    input: &InputFile,
    references: &ReferenceFiles<'_>,
) -> String {
    let mut digest = Sha256::new();
    for part in [
        VERSION,
        &plan.product.to_string(),
        plan_digest,
        &input.read.sha256,
        &input.read.format.to_string(),
    ] {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    // The plan says which they are, and in this order.
    for read in references.read().values() {
        digest.update(&read.sha256);
    }
    hex::encode(digest.finalize()).chars().take(16).collect()
}

fn report(
    prepared: &Prepared,
    (run, plan_digest): (String, String),
    (input, references): (InputRead, BTreeMap<PartName, InputRead>),
    found: Found,
    delivered: Delivered,
) -> Report {
    let plan = &prepared.plan;
    let blocked =
        found.rules.iter().any(|rule| rule.blocks) || !delivered.required_nulls.is_empty();
    Report {
        report_version: REPORT_VERSION.to_owned(),
        product: plan.product.clone(),
        run,
        bailiwick: VERSION.to_owned(),
        delivery: if blocked { Delivery::Blocked } else { Delivery::Delivered },
        plan: plan_digest,
        documents: prepared.documents.clone(),
        input,
        references,
        accounting: delivered.accounting,
        rules: found.rules,
        contract_quality: plan.contract_quality.clone(),
        required_nulls: delivered.required_nulls,
        steps: found.steps,
        output: Some(delivered.output),
        quarantine: delivered.quarantine,
        lineage: Report::lineage_of(plan),
        reference_lineage: Report::reference_lineage_of(plan),
        notes: plan.notes.clone(),
    }
}
