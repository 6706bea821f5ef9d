//! Whether a column holds personal data, by what is recognised in its values.

use bailiwick_guest::Measure;
use bailiwick_policy_personal_data as module;
use bailiwick_policy_personal_data::Kind;

use crate::module::named;
use crate::profile::{Confidence, Suspicion};

/// The rule of the module `personal-data`.
const RULE: &str = "no-personal-data";

/// What the figures of the module `personal-data` make one suspect, of so many values.
///
/// The module says how telling a kind's form is; how many of the values have it says how
/// likely they all are of it. One mail address in a column of remarks is personal data, and
/// surely one; one number in ten of 16 digits passes for that of a card by chance.
pub(crate) fn recognised(measures: &[Measure], values: u64) -> Vec<Suspicion> {
    let found = Kind::ALL.into_iter().filter_map(|kind| {
        let rows = named(measures, RULE, kind.name()).filter(|rows| *rows > 0.0)?;
        let share = rows / values as f64;
        let confidence = match kind.confidence() {
            module::Confidence::High => Confidence::High,
            module::Confidence::Medium if share >= 0.5 => Confidence::High,
            module::Confidence::Medium if share >= 0.2 => Confidence::Medium,
            module::Confidence::Low if share >= 0.9 => Confidence::Medium,
            _ => Confidence::Low,
        };
        Some(Suspicion {
            kind: kind.name().to_owned(),
            confidence,
            because: format!("recognised in {rows} of {values} values"),
        })
    });
    found.collect()
}

/// The suspicions, the surest first, each kind once.
pub(crate) fn joined(suspicions: Vec<Suspicion>) -> Vec<Suspicion> {
    let mut joined: Vec<Suspicion> = Vec::new();
    for suspicion in suspicions {
        match joined.iter_mut().find(|before| before.kind == suspicion.kind) {
            None => joined.push(suspicion),
            Some(before) => {
                before.confidence = before.confidence.max(suspicion.confidence);
                before.because = format!("{}; {}", before.because, suspicion.because);
            }
        }
    }
    joined.sort_by(|a, b| b.confidence.cmp(&a.confidence).then_with(|| a.kind.cmp(&b.kind)));
    joined
}
