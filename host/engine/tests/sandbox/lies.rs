//! Each way to break the contract, and exactly what is said of it. After each, the
//! same engine and the same module still serve honest settings.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, RecordBatch};
use bailiwick_engine::{Conditions, EngineError};

use crate::support::{guest, ten_emails, words};

/// Plans, opens, pushes and finishes with that lie.
fn told(lie: &str) -> Result<Vec<RecordBatch>, EngineError> {
    let batch = ten_emails();
    let settings = format!("{{\"lie\": \"{lie}\"}}");
    let mut stage =
        guest("liar").stage(&settings, &batch.schema(), &["email"], &Conditions::default())?;
    let pushed = stage.apply(&batch)?;
    let finished = stage.finish()?;
    Ok(pushed.into_iter().chain(finished).collect())
}

fn honest() {
    let zeros: ArrayRef = Arc::new(Int32Array::from(vec![0; 10]));
    let out = told("none").unwrap();
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].column(0), ten_emails().column(0));
    assert_eq!(out[0].column(1), &zeros);
}

/// Each lie and what was said of it, with what all have in common left out.
fn verdicts(lies: &[&str]) -> String {
    let mut table = String::new();
    for lie in lies {
        let said = words(told(lie));
        let said = said.strip_prefix("module testers/liar@0.1.0 failed in ").unwrap_or(&said);
        let said = said.replace("the module broke the contract", "BROKEN");
        writeln!(table, "{lie:<20} {}", said.replace("it broke the contract", "BROKEN")).unwrap();
        honest();
    }
    table
}

#[test]
fn batches_of_the_wrong_size() {
    let lies = [
        "rows-more", "rows-fewer", "length-more", "nodes-more", "nodes-none", "buffers-more",
        "buffers-fewer", "values-short", "values-long", "bool-long", "list-fewer",
    ];
    insta::assert_snapshot!(verdicts(&lies), @"");
}

#[test]
fn text_and_offsets() {
    let lies = [
        "text-not-utf8", "text-split", "text-start", "text-fall", "text-negative",
        "text-past-end", "text-before-end", "text-few-offsets", "large-huge", "large-negative",
    ];
    insta::assert_snapshot!(verdicts(&lies), @"");
}

#[test]
fn nulls_and_decimals() {
    let lies = [
        "null-count", "null-count-huge", "null-uncounted", "null-short", "null-long",
        "null-required", "decimal-wide", "decimal256-wide",
    ];
    insta::assert_snapshot!(verdicts(&lies), @"");
}

#[test]
fn answers_of_another_shape() {
    let lies = [
        "output-keep", "output-rows", "output-nothing", "finish-rows", "keep-columns",
        "keep-short", "keep-long", "keep-past-rows", "keep-finish", "pass-columns",
        "pass-claims-many",
    ];
    insta::assert_snapshot!(verdicts(&lies), @"");
}

#[test]
fn crashes() {
    let lies = [
        "plan-traps", "open-traps", "push-traps", "push-panics", "push-reads-outside",
        "push-divides", "push-recurses", "finish-traps",
    ];
    insta::assert_snapshot!(verdicts(&lies), @"");
}

#[test]
fn plans() {
    let lies = [
        "plan-unknown-read", "plan-reads-twice", "plan-writes-none", "plan-writes-twice",
        "keep-writes", "plan-format", "plan-decimal", "plan-width", "plan-fewer-children",
        "plan-list-children", "plan-leaf-children", "plan-deep", "plan-wide", "plan-long-name",
    ];
    insta::assert_snapshot!(verdicts(&lies), @"");
}

#[test]
fn refusals() {
    let lies = ["plan-settings", "plan-fields", "open-rejects"];
    insta::assert_snapshot!(verdicts(&lies), @"");
}

#[test]
fn text_that_the_component_model_refuses() {
    insta::assert_snapshot!(verdicts(&["push-broken-text"]), @"");
}
