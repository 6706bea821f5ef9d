//! Modules' own tests: where they are found, and how their outcome is told.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::Context;
use bailiwick_cases::{Cases, Outcome};
use bailiwick_guest_build::cases_beside;
use bailiwick_terms::MAX_CASES_BYTES;

use crate::statement::printable;

/// The tests beside a component, with their bytes; none if it has no such file.
pub(crate) fn beside(component: &Path) -> anyhow::Result<Option<(Cases, Vec<u8>)>> {
    let file = cases_beside(component);
    let shown = file.display().to_string();
    let cannot = || format!("cannot read {shown}");
    let opened = match File::open(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.with_context(cannot)?,
    };
    let mut bytes = Vec::new();
    // One byte more shows that there are too many.
    opened.take(MAX_CASES_BYTES + 1).read_to_end(&mut bytes).with_context(cannot)?;
    Ok(Some((Cases::read(&shown, &bytes)?, bytes)))
}

/// How many passed, and what came otherwise than expected in the others; whether all passed.
pub(crate) fn print_outcomes(outcomes: &[Outcome]) -> bool {
    let passed = outcomes.iter().filter(|outcome| outcome.is_passed()).count();
    outln!("tests: {passed} of {} passed", outcomes.len());
    for outcome in outcomes.iter().filter(|outcome| !outcome.is_passed()) {
        outln!("  failed  {}", printable(&outcome.case));
        print_differences(outcome);
    }
    passed == outcomes.len()
}

/// What came otherwise than expected, a line each.
pub(crate) fn print_differences(outcome: &Outcome) {
    for difference in &outcome.differences {
        outln!("    {}", printable(difference));
    }
}
