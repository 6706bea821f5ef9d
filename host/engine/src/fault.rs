//! How a module can fail, and what is said of it.

use std::fmt;

use bailiwick_columnar::ColumnarError;
use bailiwick_terms::{ModuleName, NameError, PartName};

use crate::{GuestText, TableError};

/// Why the engine cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The bytes are not a component of ours.
    #[error("{module} is refused: {refusal}")]
    Refused {
        /// The module, by name or file.
        module: String,
        /// Why.
        refusal: Admission,
    },

    /// A call into a module did not end well.
    #[error("module {module} failed in {call}: {fault}")]
    Fault {
        /// The module.
        module: ModuleName,
        /// The function called.
        call: Call,
        /// What happened.
        fault: Fault,
    },

    /// Columns of ours cannot cross into the module.
    #[error("module {module} cannot be given its columns: {source}")]
    Columns {
        /// The module.
        module: ModuleName,
        /// Why.
        source: ColumnarError,
    },

    /// A reference table that it looks rows up in cannot be had.
    #[error("module {module} cannot look up rows in table {table}: {source}")]
    Reference {
        /// The module.
        module: ModuleName,
        /// The table.
        table: PartName,
        /// Why.
        source: TableError,
    },

    /// A module of one kind was used as one of another.
    #[error("module {module} is a {found} module, not a {expected} module")]
    WrongKind {
        /// The module.
        module: ModuleName,
        /// The kind asked for.
        expected: crate::Kind,
        /// The kind it is.
        found: crate::Kind,
    },

    /// The machine does not let the engine be set up.
    #[error("the sandbox cannot be set up on this machine: {reason}")]
    Setup {
        /// What wasmtime says.
        reason: String,
    },
}

/// Why bytes are not admitted as a module.
#[derive(Debug, thiserror::Error)]
pub enum Admission {
    /// Larger than its limit.
    #[error(
        "it has {found} bytes, more than the {limit} allowed; raise `module_bytes` in its approval, or make it smaller"
    )]
    TooLarge {
        /// Its size, bytes.
        found: u64,
        /// The limit, bytes.
        limit: u64,
    },
    /// Not WebAssembly, or broken.
    #[error("it is not a WebAssembly component ({reason}); build it with `bailiwick build`")]
    NotWasm {
        /// What the parser says.
        reason: String,
    },
    /// Compiling it could take more time or memory than any honest module needs.
    #[error(
        "it has {found} {what}, more than the {limit} that a module may have; make it simpler, or split it into several modules"
    )]
    TooComplex {
        /// What there is too much of.
        what: &'static str,
        /// How much there is, as far as it was looked at.
        found: u64,
        /// The most there may be.
        limit: u64,
    },
    /// A core module.
    #[error("it is a core WebAssembly module, not a component; build it with `bailiwick build`")]
    CoreModule,
    /// It exports none of what a module exports.
    #[error("it exports no {expected}; a module exports `module` and either `transform` or `quality` of bailiwick:policy@{version}", version = bailiwick_terms::WIT_VERSION)]
    MissingExport {
        /// The interface looked for.
        expected: &'static str,
    },
    /// It exports both `transform` and `quality`.
    #[error("it exports both transform and quality; split it into two modules")]
    TwoKinds,
    /// It speaks another version of the contract.
    #[error("it was built for bailiwick:policy@{found}, this host speaks @{expected}; build it again with the matching guest SDK", expected = bailiwick_terms::WIT_VERSION)]
    WitVersion {
        /// Its version.
        found: GuestText,
    },
    /// It imports what it was not granted or what does not exist.
    #[error("it imports \"{import}\", which {why}")]
    Import {
        /// The import.
        import: GuestText,
        /// Why that is refused and what to do.
        why: &'static str,
    },
    /// It does not compile, or its exports and imports have the wrong types.
    #[error("it cannot be linked: {reason}")]
    Link {
        /// What wasmtime says.
        reason: String,
    },
    /// What it says of itself is not well-formed.
    #[error("its description is not usable: {reason}")]
    Description {
        /// What is wrong with it.
        reason: String,
    },
    /// It calls itself otherwise than it was signed.
    #[error(
        "it describes itself as {found}, but was signed as {expected}; publish it under its own name and version"
    )]
    OtherName {
        /// The name it was signed under.
        expected: String,
        /// The name it gives itself.
        found: String,
    },
    /// Asking it for its description failed.
    #[error("it failed in {call}: {fault}")]
    Fault {
        /// The function called.
        call: Call,
        /// What happened.
        fault: Fault,
    },
}

impl Admission {
    /// What the parser says may repeat names out of the file.
    pub(crate) fn not_wasm(error: &wasmparser::BinaryReaderError) -> Self {
        Admission::NotWasm { reason: GuestText::new(&error.to_string()).to_string() }
    }
}

impl From<NameError> for Admission {
    fn from(error: NameError) -> Self {
        Admission::Description { reason: GuestText::new(&error.to_string()).to_string() }
    }
}

/// A function of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Instantiation, start functions included.
    Start,
    /// `module.describe`.
    Describe,
    /// `transform.plan` or `quality.plan`.
    Plan,
    /// `stage.open` or `check.open`.
    Open,
    /// `stage.push` or `check.push`.
    Push,
    /// `stage.finish`.
    Finish,
    /// `stage.state` or `check.state`.
    State,
    /// `stage.merge` or `check.merge`.
    Merge,
    /// `check.conclude`.
    Conclude,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Call::Start => "start",
            Call::Describe => "describe",
            Call::Plan => "plan",
            Call::Open => "open",
            Call::Push => "push",
            Call::Finish => "finish",
            Call::State => "state",
            Call::Merge => "merge",
            Call::Conclude => "conclude",
        })
    }
}

/// How a call into a module ended, when not well.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The module said no, in its own words.
    #[error("it rejects its {subject}: {text}")]
    Rejected {
        /// What it rejects.
        subject: Subject,
        /// Its words, harmless.
        text: GuestText,
    },
    /// It crashed.
    #[error("it trapped: {reason}")]
    Trapped {
        /// The kind of trap.
        reason: String,
    },
    /// It went past a limit.
    #[error("it went past its limit of {allowed} {limit}; {}", limit.advice())]
    LimitExceeded {
        /// Which limit.
        limit: LimitKind,
        /// What was allowed.
        allowed: u64,
    },
    /// Its answer breaks the contract.
    #[error(transparent)]
    Malformed(#[from] ColumnarError),
    /// Its answer is well-formed but not the one this call asks for.
    #[error("it broke the contract: {0}")]
    Contract(String),
    /// A call after a fault: the sandbox is gone.
    #[error("it failed before, so its sandbox was discarded; open it anew")]
    Discarded,
    /// Something of ours failed.
    #[error("the host failed: {0}")]
    Host(String),
}

/// What a module rejects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The settings of the binding.
    Settings,
    /// The columns of the binding.
    Fields,
    /// The rows.
    Data,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Subject::Settings => "settings",
            Subject::Fields => "columns",
            Subject::Data => "rows",
        })
    }
}

/// A limit that a module went past: those of [`Limits`](bailiwick_terms::Limits), and
/// four that no approval can raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// `call_ms`.
    CallMs,
    /// `fuel`.
    Fuel,
    /// `memory_bytes`.
    MemoryBytes,
    /// `table_elements`.
    TableElements,
    /// `output_rows`.
    OutputRows,
    /// `output_bytes`.
    OutputBytes,
    /// `settings_bytes`.
    SettingsBytes,
    /// What all modules of a run may hold together: see [`MemoryAccount`](crate::MemoryAccount).
    RunMemory,
    /// The wasm stack, a fixed number of bytes.
    StackBytes,
    /// Core instances, memories or tables of one component, a fixed number.
    Instances,
    /// Resources that one component holds at a time, a fixed number.
    Handles,
}

impl LimitKind {
    /// What to do about it.
    fn advice(self) -> &'static str {
        match self {
            LimitKind::RunMemory => "run in fewer lanes, or let the run hold more",
            LimitKind::StackBytes => "fix the module: its calls nest without end",
            LimitKind::Instances => "make it of fewer core modules",
            LimitKind::Handles => "fix the module: it needs one for each stage or check",
            LimitKind::SettingsBytes => "shorten them, or raise the limit in its approval",
            _ => "fix the module, or raise the limit in its approval",
        }
    }
}

impl fmt::Display for LimitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LimitKind::CallMs => "milliseconds a call (call_ms)",
            LimitKind::Fuel => "units of fuel a call (fuel)",
            LimitKind::MemoryBytes => "bytes of memory (memory_bytes)",
            LimitKind::TableElements => "table elements (table_elements)",
            LimitKind::OutputRows => "rows a call gives back (output_rows)",
            LimitKind::OutputBytes => "bytes a call gives back (output_bytes)",
            LimitKind::SettingsBytes => "bytes of settings (settings_bytes)",
            LimitKind::RunMemory => "bytes of memory of the whole run",
            LimitKind::StackBytes => "bytes of stack",
            LimitKind::Instances => "core instances",
            LimitKind::Handles => "resource handles",
        })
    }
}
