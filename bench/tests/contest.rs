//! Rounds, what comes of them, and where it is kept.

use std::cell::RefCell;
use std::time::Duration;

use bailiwick_bench::{Contest, Goal, Machine, Outcome, Results, Rounds, Section, Spread};
use serde_json::Value;

/// One run each.
fn rounds(count: usize) -> Rounds {
    Rounds { count, at_least: Duration::ZERO }
}

fn named(name: &str, times: &[f64]) -> (String, Vec<f64>) {
    (name.to_owned(), times.to_vec())
}

#[test]
fn a_ratio_is_the_median_of_the_ratios_within_rounds() {
    // The second round was slow for both, in the third the machine calmed down midway.
    let times = [named("ours", &[20.0, 300.0, 40.0]), named("theirs", &[10.0, 100.0, 40.0])];
    let outcome = Outcome::of_times("fake", 10, 2, times);
    assert_eq!(outcome.ratio("ours", "theirs"), Some(2.0));
    assert_eq!(outcome.ratio("theirs", "ours"), Some(0.5));
    assert_eq!(outcome.ratio("ours", "nobody"), None);
    let ours = outcome.contestant("ours").unwrap();
    assert_eq!(ours.ns_per_row, Spread { min: 2.0, median: 4.0, p90: 30.0 });
    assert_eq!(ours.ns_per_call, Spread { min: 10.0, median: 20.0, p90: 150.0 });
    assert_eq!(outcome.rounds, 3);
}

#[test]
fn a_spread_does_not_depend_on_the_order() {
    let spread = Spread::of([9.0, 1.0, 5.0, 3.0, 7.0, 2.0, 8.0, 4.0, 10.0, 6.0]);
    assert_eq!(spread, Spread { min: 1.0, median: 5.5, p90: 9.0 });
    assert_eq!(Spread::of([4.0]), Spread { min: 4.0, median: 4.0, p90: 4.0 });
    assert_eq!(Spread::of([]), Spread { min: 0.0, median: 0.0, p90: 0.0 });
}

#[test]
fn every_round_begins_with_another_contestant() {
    let log = RefCell::new(String::new());
    let say = |letter: char| {
        log.borrow_mut().push(letter);
        Ok(())
    };
    let outcome = Contest::new("order", 1)
        .contestant("a", || say('a'))
        .contestant("b", || say('b'))
        .contestant("c", || say('c'))
        .run(rounds(4))
        .unwrap();
    let log = log.into_inner();
    let rounds = log.get(log.len() - 12..).unwrap();
    assert_eq!(rounds, "abcbcacababc");
    assert_eq!(outcome.rounds, 4);
}

#[test]
fn each_run_takes_an_input_of_its_own() {
    let log = RefCell::new(Vec::new());
    let mut made = 0;
    Contest::new("inputs", 1)
        .prepared(
            "own",
            || {
                made += 1;
                Ok(made)
            },
            |input| {
                log.borrow_mut().push(input);
                Ok(())
            },
        )
        .run(rounds(3))
        .unwrap();
    let log = log.into_inner();
    assert_eq!(log, (1..=made).collect::<Vec<_>>());
    assert!(made >= 3);
}

#[test]
fn a_failure_names_contest_and_contestant() {
    let failing = Contest::new("contest", 1)
        .contestant("good", || Ok(()))
        .contestant("bad", || -> anyhow::Result<()> { anyhow::bail!("no") });
    let error = failing.run(rounds(1)).unwrap_err();
    assert_eq!(format!("{error:#}"), "contest: contestant bad failed: no");
}

#[test]
fn a_goal_is_met_up_to_its_bound() {
    let goal = Goal::ratio("a / b", 1.6, 1.6);
    assert!(goal.met);
    assert_eq!(goal.to_string(), "a / b: 1.60, goal <= 1.6: met");
    let goal = Goal::quantity("call", 6.0, 6.01, "µs");
    assert!(!goal.met);
    assert_eq!(goal.to_string(), "call: 6.01 µs, goal <= 6 µs: NOT MET");
}

#[test]
fn sections_are_kept_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let section = |measured| Section {
        machine: Machine::here(folder.path()),
        command: vec!["bench".into()],
        contests: vec![Outcome::of_times("fake", 1, 1, [named("ours", &[measured])])],
        goals: vec![Goal::ratio("ours", 2.0, measured)],
        facts: Value::Null,
    };
    Results::record(folder.path(), "one", section(1.0)).unwrap();
    Results::record(folder.path(), "two", section(2.0)).unwrap();
    let again = section(3.0);
    Results::record(folder.path(), "one", again.clone()).unwrap();
    let results = Results::read(folder.path()).unwrap();
    assert_eq!(results.sections.keys().collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(results.sections["one"], again);

    let path = folder.path().join("results.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("bailiwick-bench/1", "bailiwick-bench/0")).unwrap();
    assert!(Results::read(folder.path()).unwrap_err().to_string().contains("remove it"));
}
