//! Every work, in every batch size: the sandbox, the policies' own code and arrow's
//! kernels give equal answers. `measure` is what compares them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::expect_used)]

use std::path::{Path, PathBuf};

use bailiwick_bench::kernels::{self, Tables};
use bailiwick_bench::{Modules, Rounds, call};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn modules() -> Modules {
    let built = || workspace().join("target/guests/components");
    let folder = std::env::var_os("BAILIWICK_GUESTS").map_or_else(built, PathBuf::from);
    Modules::of(folder).unwrap()
}

/// Not to measure: every contestant runs a few times.
const ROUNDS: Rounds = Rounds { count: 1, at_least: std::time::Duration::ZERO };

#[test]
fn all_contestants_answer_alike() {
    let tables = Tables::of(workspace().join("examples/flights/data"));
    let modules = modules();
    let works = kernels::works();
    for work in &works {
        let table = tables.table(work.data).unwrap().in_batches(4_000, 1_024).unwrap();
        let name = kernels::contest_name(work, 1_024);
        let outcome = kernels::measure(work, &table, &modules, &name, ROUNDS).unwrap();
        assert_eq!(outcome.contestants.len(), 4, "{name}");
    }
    for policy in [
        "mask",
        "clean",
        "filter",
        "derive",
        "aggregate",
        "completeness",
        "range",
        "pattern",
        "allowed-values",
        "unique",
    ] {
        let of = |work: &kernels::Work| work.steps.iter().any(|step| step.module == policy);
        assert!(works.iter().any(of), "{policy} is measured");
    }
}

#[test]
fn a_call_is_taken_apart() {
    let tables = Tables::of(workspace().join("examples/flights/data"));
    let flights = tables.table(kernels::Data::Flights).unwrap();
    let outcome = call::measure(flights, &modules(), 64, ROUNDS).unwrap();
    let goals = call::goals(&[outcome]);
    assert_eq!(goals.len(), 1);
}
