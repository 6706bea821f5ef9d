//! Whose move it is.

use bailiwick_engine::EngineError;
use bailiwick_trust::TrustError;

use super::{PipelineError, ReferenceError};

/// Whose move it is when a run did not deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// Governance refuses: trust, approvals, the plan.
    Governance,
    /// The input is missing or broken.
    Input,
    /// A module misbehaved.
    Module,
    /// The machine: disk, permissions, another run, a repository's server that does not answer.
    Environment,
    /// Someone cancelled.
    Cancelled,
}

impl PipelineError {
    /// Whose move it is.
    pub fn blame(&self) -> Blame {
        match self {
            // Nothing that was read is wrong: there was nothing to read.
            Self::Trust(TrustError::Download { .. }) => Blame::Environment,
            Self::Trust(_)
            | Self::Document(_)
            | Self::OtherProduct { .. }
            | Self::OthersContract { .. }
            | Self::Plan { .. } => Blame::Governance,
            Self::Engine(EngineError::Refused { .. })
            | Self::Module { source: EngineError::Refused { .. }, .. } => Blame::Governance,
            Self::Module { .. } | Self::TooManyFaults { .. } => Blame::Module,
            Self::Reference { source: ReferenceError::NoFolder { .. }, .. } => Blame::Environment,
            Self::Input(_)
            | Self::Reference { .. }
            | Self::NoUpstream { .. }
            | Self::NotRead { .. } => Blame::Input,
            Self::Cancelled { .. } => Blame::Cancelled,
            Self::Engine(_)
            | Self::Cache(_)
            | Self::Columns { .. }
            | Self::Output { .. }
            | Self::Busy { .. }
            | Self::NotReproduced { .. }
            | Self::Accounting { .. }
            | Self::Mesh { .. }
            | Self::ServedRepository { .. }
            | Self::Key { .. }
            | Self::Memory { .. }
            | Self::NoRuns { .. }
            | Self::Threads { .. } => Blame::Environment,
        }
    }
}
