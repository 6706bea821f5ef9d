//! Why a run did not deliver, and whose move it is.

mod blame;
mod input;

use std::path::PathBuf;

use bailiwick_columnar::ColumnarError;
use bailiwick_engine::{CacheError, EngineError, KeyError};
use bailiwick_governance::{DocumentError, FaultQuarantine, PlanError, Step};
use bailiwick_terms::{PartName, ProductName};
use bailiwick_trust::TrustError;

pub use blame::Blame;
pub use input::{InputError, ReferenceError};

/// Why a run did not deliver.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// The repository, or something in it, is not trusted.
    #[error(transparent)]
    Trust(#[from] TrustError),

    /// A signed document cannot be read.
    #[error(transparent)]
    Document(#[from] DocumentError),

    /// A product's bindings are another product's: they would be judged by what that one
    /// may do.
    #[error(
        "{file} is of product {expected} and speaks of {found}; correct `product`, and submit \
         it again"
    )]
    OtherProduct {
        /// The document.
        file: String,
        /// The product that it speaks of.
        found: ProductName,
        /// The product that it is published as.
        expected: ProductName,
    },

    /// A product's contract says that it is another's.
    #[error(
        "{file} is of product {expected} and states `{field}: {found}`, which is another's; \
         correct it, or leave it out"
    )]
    OthersContract {
        /// The document.
        file: String,
        /// Where in it.
        field: &'static str,
        /// What it states there.
        found: String,
        /// The product that it is published as.
        expected: ProductName,
    },

    /// Governance refuses the plan.
    #[error("{product} cannot be planned:\n{source}")]
    Plan {
        /// The product.
        product: ProductName,
        /// The refusals.
        source: PlanError,
    },

    /// A module failed, or is none of ours.
    #[error("step {step} of {product}: {source}")]
    Module {
        /// The product.
        product: ProductName,
        /// The step of the plan.
        step: String,
        /// What happened.
        source: EngineError,
    },

    /// A module faulted on more rows than its binding lets a run quarantine.
    #[error(
        "step {step} of {product}: its module faults more often than `{bounds}` allows; nothing was delivered. Without `on_fault: quarantine` the run ends at the first \
         fault and says what it is"
    )]
    TooManyFaults {
        /// The product.
        product: ProductName,
        /// The step of the plan.
        step: String,
        /// How many rows with a fault a run may quarantine, as the bindings state it.
        bounds: String,
    },

    /// The sandbox itself cannot be set up.
    #[error(transparent)]
    Engine(EngineError),

    /// Others could put code into the folder of compiled modules.
    #[error(transparent)]
    Cache(#[from] CacheError),

    /// Columns of ours could not be put together.
    #[error("{product}: {source}")]
    Columns {
        /// The product.
        product: ProductName,
        /// What happened.
        source: ColumnarError,
    },

    /// The input is not what the contract describes, or cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),

    /// A reference table cannot be had.
    #[error("reference {reference} of {product}: {source}")]
    Reference {
        /// The product that is run.
        product: ProductName,
        /// The reference.
        reference: PartName,
        /// Why not.
        source: ReferenceError,
    },

    /// The producer of an input port or a reference has delivered nothing yet.
    #[error(
        "{reader} of {product} is {producer}, which has no committed run in {directory}; \
         run {producer} first"
    )]
    NoUpstream {
        /// The product that is run.
        product: ProductName,
        /// Its input port or its reference.
        reader: String,
        /// The product that was to be read.
        producer: ProductName,
        /// Where its runs are looked for.
        directory: PathBuf,
    },

    /// A product has no run of which anything could be told.
    #[error("{product} has no run in {directory}; run it first")]
    NoRuns {
        /// The product.
        product: ProductName,
        /// Where its runs are looked for.
        directory: PathBuf,
    },

    /// A column to change is none that the plan reads.
    #[error("{product} reads no input column {column:?}; it reads {read}")]
    NotRead {
        /// The product.
        product: ProductName,
        /// The column.
        column: String,
        /// Those that it reads.
        read: String,
    },

    /// A file or folder of the run cannot be written or moved.
    #[error("cannot write {path}: {reason}; nothing of this run was delivered")]
    Output {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },

    /// Another run of the product holds its output folder.
    #[error("another run of {product} is under way in {directory}; wait for it to end")]
    Busy {
        /// The product.
        product: ProductName,
        /// The output folder.
        directory: PathBuf,
    },

    /// A run of the same inputs, modules and governance gave other bytes before.
    #[error(
        "run {run} of {product} was committed before with another {file}; the same run must give \
         the same bytes, so the committed file was changed since: move {directory} away and run again"
    )]
    NotReproduced {
        /// The product.
        product: ProductName,
        /// The run's id.
        run: String,
        /// The file that differs.
        file: String,
        /// The committed run.
        directory: PathBuf,
    },

    /// Rows in and rows out do not add up.
    #[error(
        "the rows of {product} do not add up: {detail}; nothing was delivered. \
         This is a defect of bailiwick: please report it"
    )]
    Accounting {
        /// The product.
        product: ProductName,
        /// What does not add up.
        detail: String,
    },

    /// The mesh file cannot be used.
    #[error("{file}: {reason}")]
    Mesh {
        /// The file.
        file: PathBuf,
        /// What is wrong with it and what to do.
        reason: String,
    },

    /// The repository is to be written to and is at an address.
    #[error(
        "the repository is at {address}, where it can only be read; to write to it, name its \
         folder as `repository` in mesh.yaml, on the machine that has it"
    )]
    ServedRepository {
        /// The address.
        address: String,
    },

    /// A key of the mesh cannot be used.
    #[error("{file}: {source}")]
    Key {
        /// The key's file.
        file: PathBuf,
        /// Why.
        source: KeyError,
    },

    /// The run would hold more memory than it may.
    #[error(
        "the run of {product} would hold more than the {limit_bytes} bytes of memory that it may, \
         in its modules and the rows between them; nothing was delivered. Run in fewer lanes \
         (`--lanes`), or let it hold more (`--memory`)"
    )]
    Memory {
        /// The product.
        product: ProductName,
        /// What it may hold, bytes.
        limit_bytes: u64,
    },

    /// The threads of a run cannot be started.
    #[error("cannot start {threads} threads: {reason}; run with fewer")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system says.
        reason: String,
    },

    /// The run was cancelled.
    #[error("the run of {product} was cancelled; nothing of it was delivered")]
    Cancelled {
        /// The product.
        product: ProductName,
    },
}

impl PipelineError {
    pub(crate) fn too_many_faults(
        product: &ProductName,
        step: &Step,
        on_fault: &FaultQuarantine,
    ) -> Self {
        let (product, step) = (product.clone(), step.id.clone());
        Self::TooManyFaults { product, step, bounds: on_fault.bounds() }
    }
}
