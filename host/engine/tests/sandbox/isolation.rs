//! A fresh instance for every batch, where that is asked for.

use bailiwick_engine::{Check, Conditions, Stage};
use bailiwick_terms::{Grants, Isolation, Limits, Services};

use crate::support::{emails, guest_with, ten_emails};

fn isolated() -> Limits {
    Limits { isolation: Isolation::Batch, ..Limits::default() }
}

fn chatterbox(limits: Limits) -> Stage {
    let services = Services { log: true, ..Services::default() };
    let guest = guest_with("chatterbox", Grants { services, ..Grants::default() }, limits);
    let settings = r#"{"say": "{}", "times": 1}"#;
    guest.stage(settings, &ten_emails().schema(), &["email"], &Conditions::default()).unwrap()
}

fn unique(limits: Limits) -> Check {
    let guest = guest_with("unique", Grants::default(), limits);
    guest.check("{}", &ten_emails().schema(), &["email"], &Conditions::default()).unwrap()
}

/// How often it was opened, by what it logged then, and what it gave for three batches.
fn opened(limits: Limits) -> (usize, Vec<bool>) {
    let mut stage = chatterbox(limits);
    let batches = [emails(&["a@x", "b@x"]), emails(&["c@x"]), emails(&["d@x"])];
    let same = batches.iter().map(|batch| stage.apply(batch).unwrap().as_ref() == Some(batch));
    let same = same.collect();
    let log = stage.take_log();
    (log.iter().filter(|line| line.text.as_str() == "opened").count(), same)
}

#[test]
fn a_map_is_opened_anew_for_each_batch() {
    // Three lines, one a level, at each opening.
    assert_eq!(opened(Limits::default()), (3, vec![true; 3]));
    assert_eq!(opened(isolated()), (9, vec![true; 3]));
}

#[test]
fn only_the_declared_state_goes_from_batch_to_batch() {
    let batches = [emails(&["a", "b", "a"]), emails(&["b", "c"]), emails(&["c", "a", "d"])];
    let judged = |limits| {
        let mut check = unique(limits);
        let failing: Vec<Vec<bool>> =
            batches.iter().map(|batch| check.push(batch).unwrap()[0].iter().collect()).collect();
        (failing, check.conclude().unwrap())
    };
    let (failing, measures) = judged(isolated());
    assert_eq!(failing, [vec![false, false, true], vec![true, false], vec![true, true, false]]);
    assert_eq!((failing, measures), judged(Limits::default()));
}
