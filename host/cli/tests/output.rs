//! What commands print where it cannot be printed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use support::{BAILIWICK, Ended, workspace};

/// A profile of the airports, printed there.
fn profile(out: Stdio, err: Stdio) -> Ended {
    let file = workspace().join("examples/flights/data/airports.parquet");
    let mut profile = Command::new(BAILIWICK);
    profile.arg("profile").arg(file).stdout(out).stderr(err);
    profile.spawn().unwrap().wait_with_output().unwrap().into()
}

/// A pipe that nobody reads.
fn unread() -> Stdio {
    let (_, writer) = std::io::pipe().unwrap();
    writer.into()
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let ended = profile(unread(), Stdio::piped()).good();
    assert_eq!(ended.err, "");
}

#[test]
fn nor_is_one_of_the_errors_and_the_exit_code_stays() {
    let mut refused = Command::new(BAILIWICK);
    refused.args(["profile", "nowhere.csv"]).stderr(unread());
    assert_eq!(refused.status().unwrap().code(), Some(5));
}

#[test]
fn a_full_disk_is() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    profile(full.into(), Stdio::piped()).refused(1, &["not all could be printed: No space left"]);
}
