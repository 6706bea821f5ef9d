//! A module's own tests, under review.

use bailiwick_cases::{Cases, CasesError};
use bailiwick_engine::Candidate;
use bailiwick_terms::ModuleName;
use bailiwick_trust::{Repository, TrustError};

use crate::cases::print_outcomes;
use crate::statement::printable;

/// Runs the tests that the domain signed with a module, and says how they ended; whether
/// none of them failed.
pub(super) fn run(
    repository: &Repository,
    module: &ModuleName,
    candidate: &Candidate,
) -> Result<bool, TrustError> {
    let cases = match signed(repository, module)?.transpose() {
        Ok(cases) => cases.unwrap_or_default(),
        // Submitted by other means than `bailiwick submit`, which looks at them.
        Err(error) => {
            outln!("tests: {error}");
            return Ok(false);
        }
    };
    if cases.as_slice().is_empty() {
        outln!("tests: none were submitted");
        return Ok(true);
    }
    Ok(print_outcomes(&cases.run(candidate).collect::<Vec<_>>()))
}

/// What is tested otherwise than it was for a version before.
pub(super) fn print_changes(repository: &Repository, module: &ModuleName, former: &ModuleName) {
    let of = |module| -> anyhow::Result<Cases> {
        Ok(signed(repository, module)?.transpose()?.unwrap_or_default())
    };
    match (of(module), of(former)) {
        (Ok(now), Ok(before)) => {
            let changes = now.changes_since(&before);
            if changes.is_empty() {
                outln!("  tests  the same");
                return;
            }
            outln!("  tests  {changes}");
            for (word, names) in [
                ("added", changes.added),
                ("changed", changes.changed),
                ("removed", changes.removed),
            ] {
                for name in names {
                    outln!("    {word:<7}  {}", printable(&name));
                }
            }
        }
        (Err(error), _) | (_, Err(error)) => outln!("  tests  not compared: {error}"),
    }
}

/// The tests as they are signed; none if there are none.
fn signed(
    repository: &Repository,
    module: &ModuleName,
) -> Result<Option<Result<Cases, CasesError>>, TrustError> {
    let document = repository.cases(module)?;
    Ok(document.map(|document| Cases::read(document.path(), document.bytes())))
}
