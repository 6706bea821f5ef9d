//! What is said of cases that come otherwise than expected, of files that hold none, and of
//! what changed between two.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_cases::{Cases, MAX_CASES};
use bailiwick_engine::{Candidate, Engine};
use bailiwick_terms::MAX_CASES_BYTES;

fn module(name: &str) -> Candidate {
    let folder = std::env::var_os("BAILIWICK_GUESTS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/guests/components"),
        PathBuf::from,
    );
    let bytes = fs::read(folder.join(format!("{name}.wasm"))).unwrap();
    Engine::new().unwrap().local_candidate(name, &bytes).unwrap()
}

/// A file with this case alone, but for its name.
fn file(case: &str) -> String {
    format!("{{\"cases\": [{{\"name\": \"it\", {case}}}]}}")
}

fn read(text: &str) -> Result<Cases, String> {
    Cases::read("cases.json", text.as_bytes()).map_err(|error| error.to_string())
}

/// What differs in this case.
fn differences(module: &Candidate, case: &str) -> Vec<String> {
    let cases = read(&file(case)).unwrap();
    cases.run(module).next().unwrap().differences
}

const EMAIL: &str =
    r#""input": [{"name": "email", "type": "string", "values": ["ann@x.org", null]}]"#;

#[test]
fn a_map_is_compared_by_column_and_row() {
    let mask = module("mask");
    let case =
        |expected: &str| format!(r#""settings": {{"method": "email"}}, {EMAIL}, {expected}"#);
    let good = r#""output": [{"name": "email", "type": "string", "values": ["a***@x.org", null]}]"#;
    assert_eq!(differences(&mask, &case(good)), [""; 0]);
    for (expected, said) in [
        (
            r#""output": [{"name": "email", "type": "string", "values": ["b***@x.org", ""]}]"#,
            &[
                r#"column "email", row 1: expected "b***@x.org", found "a***@x.org""#,
                r#"column "email", row 2: expected "", found null"#,
            ][..],
        ),
        (
            r#""output": [{"name": "email", "type": "int64", "values": [1, 2]}]"#,
            &[r#"column "email": expected type int64, found string"#],
        ),
        (
            r#""output": [{"name": "email", "type": "string", "nullable": false, "values": ["a***@x.org", "b"]}]"#,
            &[
                r#"column "email": expected that it is not nullable, it is nullable"#,
                r#"column "email", row 2: expected "b", found null"#,
            ],
        ),
        (
            r#""output": [{"name": "email", "type": "string", "values": ["a***@x.org"]}]"#,
            &[r#"column "email": expected 1 rows, found 2"#],
        ),
        (
            r#""output": [{"name": "mail", "type": "string", "values": [null, null]}]"#,
            &[
                r#"column "mail" is expected, and is not there"#,
                r#"column "email" is there, and is not expected"#,
            ],
        ),
        (
            r#""kept": [true, true]"#,
            &["the case expects what this module does not give: it is a map, state `output`"],
        ),
        (r#""refused": "no""#, &[r#"expected the refusal "no", and nothing is refused"#]),
    ] {
        assert_eq!(differences(&mask, &case(expected)), said, "{expected}");
    }
}

#[test]
fn many_differences_are_counted() {
    let values = ["\"x\""; 12].join(", ");
    let column = format!(r#"[{{"name": "a", "type": "string", "values": [{values}]}}]"#);
    // It puts texts into upper case.
    let told = differences(&module("poison"), &format!(r#""input": {column}, "output": {column}"#));
    assert_eq!(told.len(), 11, "{told:?}");
    assert_eq!(told.last().unwrap(), "and 2 more");
}

#[test]
fn a_filter_is_compared_by_row() {
    let filter = module("filter");
    let case = |kept: &str| {
        format!(
            r#""settings": {{"where": "delay > 1"}}, "kept": {kept},
            "input": [{{"name": "delay", "type": "int64", "values": [1, 2, null]}}]"#
        )
    };
    assert_eq!(differences(&filter, &case("[false, true, false]")), [""; 0]);
    assert_eq!(
        differences(&filter, &case("[true, true, true]")),
        ["row 1: expected that it stays, it goes", "row 3: expected that it stays, it goes"]
    );
}

#[test]
fn a_check_is_compared_by_rule_and_figure() {
    let range = module("range");
    let input = r#""input": [{"name": "fare", "type": "double", "values": [-1, 2, null]}]"#;
    let case = |expected: &str| format!(r#""settings": {{"min": 0}}, {input}, {expected}"#);
    assert_eq!(
        differences(&range, &case(r#""failing": {"in-range": [true, false, false]}"#)),
        [""; 0]
    );
    assert_eq!(
        differences(
            &range,
            &case(
                r#""failing": {"in-range": [false, false, false], "x": [true, true, true]}, "measures": {"in-range": {"m": 1}}"#
            )
        ),
        [
            r#"rule "in-range", row 1: expected that it passes, it fails"#,
            r#"rule "x" is expected, and no such rule judges rows"#,
            r#"rule "in-range", m: a figure is expected, and there is none"#,
        ]
    );
    let rows = module("row-count");
    let case = |measures: &str| format!(r#"{input}, "columns": [], "measures": {measures}"#);
    assert_eq!(
        differences(&rows, &case(r#"{"row-count": {"value": 4}}"#)),
        [r#"rule "row-count", value: expected 4, found 3"#]
    );
    assert_eq!(
        differences(&rows, &case("{}")),
        [r#"rule "row-count", value: found 3, none is expected"#]
    );
}

#[test]
fn a_refusal_is_compared_by_its_words() {
    let mask = module("mask");
    let unknown = format!(r#""settings": {{"method": "wish"}}, {EMAIL}, "#);
    let said = differences(&mask, &format!(r#"{unknown} "output": []"#));
    let [said] = said.as_slice() else { panic!("{said:?}") };
    let words = said.strip_prefix("it is refused: ").unwrap();
    let words = serde_json::to_string(words).unwrap();
    assert_eq!(differences(&mask, &format!(r#"{unknown} "refused": {words}"#)), [""; 0]);
    let other = differences(&mask, &format!(r#"{unknown} "refused": "no""#));
    assert!(other[0].starts_with("expected the refusal \"no\", found "), "{other:?}");
}

#[test]
fn a_trap_is_no_refusal_and_the_next_case_runs() {
    let poison = module("poison");
    let case = |name: &str, value: &str| {
        format!(
            r#"{{"name": "{name}",
            "input": [{{"name": "a", "type": "string", "values": ["{value}"]}}],
            "output": [{{"name": "a", "type": "string", "values": ["FINE"]}}]}}"#
        )
    };
    let text = format!(r#"{{"cases": [{}, {}]}}"#, case("bad", "trap"), case("good", "fine"));
    let outcomes: Vec<_> = read(&text).unwrap().run(&poison).collect();
    assert!(outcomes[0].differences[0].starts_with("in push, it trapped"), "{outcomes:?}");
    assert!(outcomes[1].is_passed(), "{outcomes:?}");
}

#[test]
fn what_is_no_file_of_cases_is_refused_by_file_and_case() {
    let of = |case: &str| read(&file(case)).unwrap_err();
    for (found, said) in [
        (read("[").unwrap_err(), &["cases.json", "line 1", "docs/cases.md"][..]),
        (read(r#"{"cases": 3}"#).unwrap_err(), &["cases.json", "docs/cases.md"]),
        (read(r#"{"cases": [{"input": []}]}"#).unwrap_err(), &["test case number 1", "`name`"]),
        (of(r#""inputs": []"#), &["test case \"it\"", "unknown field `inputs`", "`input`"]),
        (of(EMAIL), &["test case \"it\"", "state one of", "`output`", "`refused`"]),
        (
            of(r#""input": [{"name": "a", "type": "txt", "values": []}], "kept": []"#),
            &["test case \"it\"", "column \"a\"", "\"txt\"", "int64"],
        ),
        (
            of(r#""input": [{"name": "a", "type": "int64", "values": [1, 1.5]}], "kept": []"#),
            &["column \"a\", row 2", "1.5", "whole number"],
        ),
        (
            of(r#""input": [{"name": "a", "type": "int8", "values": [1, 300]}], "kept": []"#),
            &["column \"a\", row 2", "300", "within the type's range"],
        ),
        (
            of(
                r#""input": [{"name": "a", "type": "int8", "nullable": false, "values": [null]}], "kept": []"#,
            ),
            &["column \"a\", row 1 is null"],
        ),
        (
            of(r#""input": [{"name": "a", "type": "date", "values": ["x"]}], "kept": []"#),
            &["column \"a\", row 1", "2013-07-19"],
        ),
        (of(&format!(r#"{EMAIL}, "kept": [true]"#)), &["1 entries for 2 rows"]),
        (of(&format!(r#"{EMAIL}, "columns": ["b"], "kept": [true, true]"#)), &["\"b\"", "`input`"]),
    ] {
        for words in said {
            assert!(found.contains(words), "expected {words:?} in: {found}");
        }
    }
    let twice = r#"{"name": "a", "input": [], "kept": []}"#;
    let error = read(&format!(r#"{{"cases": [{twice}, {twice}]}}"#)).unwrap_err();
    assert!(error.contains("two test cases are named \"a\""), "{error}");
}

#[test]
fn so_many_cases_and_bytes_and_no_more() {
    let case = |at: usize| format!(r#"{{"name": "{at}", "input": [], "kept": []}}"#);
    let file = |cases: usize| {
        format!(r#"{{"cases": [{}]}}"#, (0..cases).map(case).collect::<Vec<_>>().join(","))
    };
    assert_eq!(read(&file(MAX_CASES)).unwrap().as_slice().len(), MAX_CASES);
    let error = read(&file(MAX_CASES + 1)).unwrap_err();
    assert!(error.contains("cases.json holds 257 test cases, and at most 256 may be"), "{error}");

    let most = usize::try_from(MAX_CASES_BYTES).unwrap();
    let padded = |bytes: usize| file(1) + &" ".repeat(bytes - file(1).len());
    assert_eq!(read(&padded(most)).unwrap().as_slice().len(), 1);
    let error = read(&padded(most + 1)).unwrap_err();
    assert!(error.contains("more than the 1048576 bytes"), "{error}");
}

#[test]
fn what_changed_is_told_by_name() {
    let case = |name: &str, value: &str| {
        format!(
            r#"{{"name": "{name}", "refused": "no",
            "input": [{{"name": "a", "type": "string", "values": ["{value}"]}}]}}"#
        )
    };
    let file = |cases: &[String]| read(&format!(r#"{{"cases": [{}]}}"#, cases.join(","))).unwrap();
    let before = file(&[case("same", "x"), case("other", "x"), case("gone", "x")]);
    let now = file(&[case("new", "x"), case("other", "y"), case("same", "x")]);
    let changes = now.changes_since(&before);
    assert_eq!(changes.to_string(), "1 added, 1 changed, 1 removed");
    assert_eq!(
        (changes.added, changes.changed),
        (vec!["new".to_owned()], vec!["other".to_owned()])
    );
    assert_eq!(changes.removed, ["gone"]);
    assert!(now.changes_since(&now).is_empty());
}
