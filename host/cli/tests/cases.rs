//! Modules' own tests, run by those who write them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::process::Command;

use support::{BAILIWICK, Ended, component, workspace};
use tempfile::TempDir;

const PASSES: &str = r#"{"name": "texts are shouted",
    "input": [{"name": "a", "type": "string", "values": ["a", null]}],
    "output": [{"name": "a", "type": "string", "values": ["A", null]}]}"#;
const FAILS: &str = r#"{"name": "texts stay",
    "input": [{"name": "a", "type": "string", "values": ["A", "b"]}],
    "output": [{"name": "a", "type": "string", "values": ["A", "b"]}]}"#;
const TRAPS: &str = r#"{"name": "all texts do",
    "input": [{"name": "a", "type": "string", "values": ["trap"]}],
    "output": [{"name": "a", "type": "string", "values": ["TRAP"]}]}"#;
const UNKNOWN_SETTING: &str = r#"{"name": "it can whisper", "settings": {"whisper": true},
    "input": [{"name": "a", "type": "string", "values": ["A"]}],
    "output": [{"name": "a", "type": "string", "values": ["a"]}]}"#;

/// A folder with a module that puts texts into upper case, and these tests of it.
fn module(cases: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(component("poison"), folder.path().join("poison.wasm")).unwrap();
    let text = format!(r#"{{"cases": [{}]}}"#, cases.join(", "));
    fs::write(folder.path().join("poison.cases.json"), text).unwrap();
    folder
}

fn test(folder: &TempDir, words: &[&str]) -> Ended {
    let mut command = Command::new(BAILIWICK);
    command.arg("test").args(words).current_dir(folder.path()).output().unwrap().into()
}

#[test]
fn each_test_has_its_line() {
    let ended = test(&module(&[PASSES]), &["poison.wasm"]).good();
    assert_eq!(ended.out, "poison 0.1.0\n  passed  texts are shouted\ntests: 1 of 1 passed\n");
}

#[test]
fn what_differs_is_told_and_all_others_run() {
    let folder = module(&[FAILS, TRAPS, UNKNOWN_SETTING, PASSES]);
    let ended = test(&folder, &["poison.wasm"]).refused(6, &[]);
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(
        lines[1..3],
        ["  FAILED  texts stay", r#"    column "a", row 2: expected "b", found "B""#,]
    );
    assert_eq!(lines[3], "  FAILED  all texts do");
    assert!(lines[4].starts_with("    in push, it trapped"), "{}", ended.out);
    assert_eq!(lines[5], "  FAILED  it can whisper");
    assert!(
        lines[6].starts_with("    it is refused: ") && lines[6].contains("whisper"),
        "{lines:?}"
    );
    assert_eq!(lines[7..], ["  passed  texts are shouted", "tests: 1 of 4 passed"]);
}

#[test]
fn as_json_for_other_programs() {
    let ended = test(&module(&[PASSES, FAILS]), &["--json", "poison.wasm"]).refused(6, &[]);
    let json: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(json[0]["module"], "poison");
    assert_eq!(json[0]["tests"][0]["differences"], serde_json::json!([]));
    assert_eq!(json[0]["tests"][1]["case"], "texts stay");
    assert!(json[0]["tests"][1]["differences"][0].as_str().unwrap().contains("row 2"));
}

#[test]
fn a_module_without_tests_is_an_error() {
    let folder = module(&[]);
    // A file without any says as much as none.
    test(&folder, &["poison.wasm"]).refused(5, &["poison.wasm has no test cases", "cases.json"]);
    fs::remove_file(folder.path().join("poison.cases.json")).unwrap();
    test(&folder, &["poison.wasm"]).refused(5, &["poison.wasm has no test cases", "cases.json"]);
    test(&folder, &["nowhere.wasm"]).refused(1, &["nowhere.wasm"]);
    test(&folder, &["."]).refused(1, &["holds no Cargo.toml"]);
}

#[test]
fn a_file_that_is_broken_is_named_with_its_case() {
    let folder = module(&[r#"{"name": "it", "inputs": []}"#]);
    test(&folder, &["poison.wasm"]).refused(5, &["poison.cases.json", "\"it\"", "`inputs`"]);
}

#[test]
fn a_crate_is_built_first() {
    // Where the components of the tests were built: nothing is left to compile.
    let target = component("mask").ancestors().nth(2).unwrap().display().to_string();
    let folder = workspace().join("policies/mask").display().to_string();
    let words = [folder.as_str(), "--target-dir", &target];
    let ended = test(&module(&[]), &words).good();
    assert!(ended.out.contains("mask 0.1.0\n  passed  "), "{}", ended.out);
}
