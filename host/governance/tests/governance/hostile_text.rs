//! Documents that stand for more than they seem to, or say what a terminal obeys.

use bailiwick_governance::{Bindings, Contract, DocumentError, Framework};

/// A list of so many values, referred to so many times: a text of 7 KB for a list of
/// a million, or of 40 KB for gigabytes.
fn squared(count: usize) -> String {
    format!("many: &many [{}]\nlabels: [{}]\n", "1,".repeat(count), "*many,".repeat(count))
}

fn too_much<T: std::fmt::Debug>(read: Result<T, DocumentError>) {
    let said = read.unwrap_err().to_string();
    assert!(said.contains("its aliases stand for far more than its text"), "{said}");
}

#[test]
fn aliases_of_a_list_are_not_followed_without_end() {
    for count in [1_000, 5_000] {
        let bomb = squared(count);
        too_much(Contract::read("contract.yaml", &bomb));
        too_much(Bindings::read("bindings.yaml", &bomb));
        too_much(Framework::read("framework.yaml", &bomb));
    }
}

#[test]
fn aliases_of_a_text_are_not_followed_without_end() {
    let bomb = format!("long: &long {}\nall: [{}]\n", "x".repeat(9_000), "*long,".repeat(3_000));
    too_much(Contract::read("contract.yaml", &bomb));
}

#[test]
fn aliases_that_save_writing_are_followed() {
    let framework = "apiVersion: bailiwick/v1
labels: [{name: pii, description: &same says who a person is}, {name: restricted, description: *same}]
clearance: {default: &both [pii, restricted]}
quarantine: {clearance: *both}
";
    let framework = Framework::read("framework.yaml", framework).unwrap();
    assert_eq!(framework.quarantine, framework.clearance.default);
    assert_eq!(framework.labels.len(), 2);
}

#[test]
fn an_error_cannot_steer_a_terminal() {
    let text = "apiVersion: \"\\e[2J\\x07\"\nproduct: a/b\ninput: {port: a, object: o, location: x.csv}\n\
                output: {port: o, object: o}\n\"\\e[1m\": 1\n";
    let said = Bindings::read("bindings.yaml", text).unwrap_err().to_string();
    assert!(!said.contains(|c: char| c.is_control() && c != '\n'), "{said:?}");
}
