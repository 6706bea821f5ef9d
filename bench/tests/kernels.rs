//! Every work, in every batch size: the sandbox, the policies' own code and arrow's
//! kernels give equal answers. `measure` is what compares them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bailiwick_bench::kernels::{self, Costs, Tables};
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
        let arrow = usize::from(work.arrow.is_some());
        assert_eq!(outcome.contestants.len(), 3 + arrow, "{name}");
    }
}

/// The names of the folders in `policies/`.
fn policies() -> BTreeSet<String> {
    let folders = std::fs::read_dir(workspace().join("policies")).unwrap();
    folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_policy_has_one_work_that_stands_for_its_cost() {
    let works = kernels::works();
    let costing = works.iter().filter(|work| work.cost.is_some());
    let mut policies = policies();
    for work in costing {
        assert_eq!(work.steps.len(), 1, "{}", work.name);
        let policy = work.steps[0].module;
        assert!(policies.remove(policy), "{policy} is no policy, or has two such works");
    }
    assert!(policies.is_empty(), "not measured, add to bench/src/kernels/works: {policies:?}");
}

#[test]
fn the_costs_that_are_shown_are_those_of_every_policy() {
    let costs = Costs::read(&workspace().join("docs/costs.json")).unwrap();
    let shown: BTreeSet<String> = costs.policies.keys().cloned().collect();
    assert_eq!(shown, policies(), "measure again: {}", costs.command);
    for (policy, cost) in &costs.policies {
        let works = kernels::works();
        let of = |work: &&kernels::Work| work.cost == Some(cost.case.as_str());
        let work = works.iter().filter(of).find(|work| work.steps[0].module == policy.as_str());
        assert!(work.is_some(), "{policy} was measured otherwise: {}", costs.command);
        assert!(cost.ns_per_row > 0.0 && cost.ratio_to_native > 0.0, "{policy}");
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
