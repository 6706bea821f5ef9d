//! What the exit code says.

use std::process::ExitCode;

use bailiwick_cases::CasesError;
use bailiwick_engine::EngineError;
use bailiwick_pipeline::{Blame, PipelineError};
use bailiwick_profile::ProfileError;
use bailiwick_trust::{PublishError, TrustError};

/// A quality gate failed.
pub(crate) const GATE: u8 = 3;
/// Governance refuses.
pub(crate) const REFUSED: u8 = 4;
/// The input is missing or broken.
const INPUT: u8 = 5;
/// A module misbehaved.
const MODULE: u8 = 6;
/// Something depends on a column that the plan says does not.
const LEAK: u8 = 7;
/// Cancelled: 128 and the number of SIGINT, as shells have it.
const CANCELLED: u8 = 130;

pub(crate) const HELP: &str = "\
Exit codes:
  0    good
  1    the machine or a file of the mesh: disk, permissions, another run under way,
       a repository's server that does not answer
  2    the command line is not understood
  3    a quality gate failed: nothing was delivered, the report says why
  4    refused by governance: signatures, approvals, or the plan
  5    bad input: missing, unreadable, or not what its contract describes
  6    a module failed: it rejected rows, trapped, went past a limit, or does not do what
       its own tests say
  7    a leak: something changed that the plan says does not depend on what was changed
  130  cancelled: nothing was delivered";

/// The code for a leak test that found nothing, or something.
pub(crate) fn of_leaks(is_tight: bool) -> ExitCode {
    if is_tight { ExitCode::SUCCESS } else { ExitCode::from(LEAK) }
}

/// The code for modules' own tests that all passed, or did not.
pub(crate) fn of_tests(are_passed: bool) -> ExitCode {
    if are_passed { ExitCode::SUCCESS } else { ExitCode::from(MODULE) }
}

/// The code for an error that ended a command.
pub(crate) fn code_of(error: &anyhow::Error) -> ExitCode {
    let of_pipeline = |error: &PipelineError| match error.blame() {
        Blame::Governance => REFUSED,
        Blame::Input => INPUT,
        Blame::Module => MODULE,
        Blame::Environment => 1,
        Blame::Cancelled => CANCELLED,
    };
    let code = error.chain().find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<PipelineError>() {
            Some(of_pipeline(error))
        } else if let Some(ProfileError::Input(error)) = cause.downcast_ref::<ProfileError>() {
            Some(of_pipeline(error))
        } else if cause.is::<CasesError>() {
            Some(INPUT)
        } else if let Some(error) = cause.downcast_ref::<EngineError>() {
            Some(if matches!(error, EngineError::Setup { .. }) { 1 } else { REFUSED })
        } else {
            let refused = cause.is::<TrustError>() || cause.is::<PublishError>();
            refused.then_some(REFUSED)
        }
    });
    ExitCode::from(code.unwrap_or(1))
}
