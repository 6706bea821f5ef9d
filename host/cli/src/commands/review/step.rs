//! What a module would do in one step of a plan.

use std::collections::BTreeSet;

use bailiwick_governance::{Step, Work};
use bailiwick_terms::Label;

use crate::statement::printable;

pub(super) fn print(step: &Step) {
    let reads: Vec<&str> = step.reads.iter().map(|read| read.name()).collect();
    let writes: Vec<&str> = step.written().collect();
    let work = match &step.work {
        Work::Map { .. } => "map",
        Work::Filter => "filter",
        Work::Reshape { .. } => "reshape",
        Work::Check { .. } => "check",
    };
    let listed = |names: &[&str]| match names {
        [] => "nothing".to_owned(),
        names => printable(&names.join(", ")),
    };
    outln!("  {}  {work}, reads {}, writes {}", step.id, listed(&reads), listed(&writes));
    let labels = |labels: &BTreeSet<Label>| {
        labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    for lookup in &step.lookups {
        outln!("    looks up in {}", printable(&lookup.to_string()));
    }
    if !step.reads_labels.is_empty() {
        outln!("    reads labels {}", labels(&step.reads_labels));
    }
    if !step.removes.is_empty() {
        outln!("    removes labels {}", labels(&step.removes));
    }
    outln!("    settings {}", printable(&step.settings_json()));
}
