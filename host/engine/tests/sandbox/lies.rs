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
        "rows-more",
        "rows-fewer",
        "length-more",
        "nodes-more",
        "nodes-none",
        "buffers-more",
        "buffers-fewer",
        "values-short",
        "values-long",
        "bool-long",
        "list-fewer",
    ];
    insta::assert_snapshot!(verdicts(&lies), @r#"
    rows-more            push: BROKEN: rows of the batch: expected 10, got 11
    rows-fewer           push: BROKEN: rows of the batch: expected 10, got 9
    length-more          push: BROKEN: length of column "out": expected 10, got 11
    nodes-more           push: BROKEN: nodes left over of the batch: expected 0, got 1
    nodes-none           push: BROKEN: nodes of column "out": expected 1, got 0
    buffers-more         push: BROKEN: buffers left over of the batch: expected 0, got 1
    buffers-fewer        push: BROKEN: buffers of column "out": expected 1, got 0
    values-short         push: BROKEN: bytes of values of column "out": expected 40, got 39
    values-long          push: BROKEN: bytes of values of column "out": expected 40, got 41
    bool-long            push: BROKEN: bytes of values of column "out": expected 2, got 3
    list-fewer           push: BROKEN: length of column "out", child "item": expected 10, got 9
    "#);
}

#[test]
fn text_and_offsets() {
    let lies = [
        "text-not-utf8",
        "text-split",
        "text-start",
        "text-fall",
        "text-negative",
        "text-past-end",
        "text-before-end",
        "text-few-offsets",
        "large-huge",
        "large-negative",
    ];
    insta::assert_snapshot!(verdicts(&lies), @r#"
    text-not-utf8        push: BROKEN: column "out" holds text that is not UTF-8
    text-split           push: BROKEN: column "out" holds text that is not UTF-8
    text-start           push: BROKEN: offsets of column "out": the first is not 0
    text-fall            push: BROKEN: offsets of column "out": they fall
    text-negative        push: BROKEN: offsets of column "out": they fall
    text-past-end        push: BROKEN: offsets of column "out": the last is not the number of bytes
    text-before-end      push: BROKEN: offsets of column "out": the last is not the number of bytes
    text-few-offsets     push: BROKEN: bytes of offsets of column "out": expected 44, got 40
    large-huge           push: BROKEN: offsets of column "out": the last is past 4 GiB
    large-negative       push: BROKEN: offsets of column "out": they fall
    "#);
}

#[test]
fn nulls_and_decimals() {
    let lies = [
        "null-count",
        "null-count-huge",
        "null-uncounted",
        "null-short",
        "null-long",
        "null-required",
        "decimal-wide",
        "decimal256-wide",
    ];
    insta::assert_snapshot!(verdicts(&lies), @r#"
    null-count           push: BROKEN: nulls of column "out": expected 0, got 1
    null-count-huge      push: BROKEN: nulls of column "out": expected 10, got 4294967295
    null-uncounted       push: BROKEN: nulls of column "out": expected 10, got 0
    null-short           push: BROKEN: bytes of validity of column "out": expected 2, got 1
    null-long            push: BROKEN: bytes of validity of column "out": expected 2, got 3
    null-required        push: BROKEN: column "out" was declared not nullable, yet 10 values are null
    decimal-wide         push: BROKEN: column "out" holds a decimal of more digits than its type has
    decimal256-wide      push: BROKEN: column "out" holds a decimal of more digits than its type has
    "#);
}

#[test]
fn answers_of_another_shape() {
    let lies = [
        "output-keep",
        "output-rows",
        "output-nothing",
        "finish-rows",
        "keep-columns",
        "keep-short",
        "keep-long",
        "keep-past-rows",
        "keep-finish",
        "pass-columns",
        "pass-claims-many",
    ];
    insta::assert_snapshot!(verdicts(&lies), @"
    output-keep          push: BROKEN: it gave an output that is not one of its shape, map: `columns` was expected
    output-rows          push: BROKEN: it gave an output that is not one of its shape, map: `columns` was expected
    output-nothing       push: BROKEN: it gave an output that is not one of its shape, map: `columns` was expected
    finish-rows          finish: BROKEN: only a reshape may give rows when it finishes
    keep-columns         push: BROKEN: it gave an output that is not one of its shape, filter: `keep` was expected
    keep-short           push: BROKEN: bytes of a bitmap: expected 2, got 1
    keep-long            push: BROKEN: bytes of a bitmap: expected 2, got 3
    keep-past-rows       push: BROKEN: a bitmap has set bits past its 10 rows
    keep-finish          finish: BROKEN: only a reshape may give rows when it finishes
    pass-columns         push: BROKEN: it gave an output that is not one of its shape, reshape: `rows` or `nothing` was expected
    pass-claims-many     push: it went past its limit of 4194304 rows a call gives back (output_rows); fix the module, or raise the limit in its approval
    ");
}

#[test]
fn crashes() {
    let lies = [
        "plan-traps",
        "open-traps",
        "push-traps",
        "push-panics",
        "push-reads-outside",
        "push-divides",
        "push-recurses",
        "finish-traps",
    ];
    insta::assert_snapshot!(verdicts(&lies), @"
    plan-traps           plan: it trapped: wasm trap: wasm `unreachable` instruction executed
    open-traps           open: it trapped: wasm trap: wasm `unreachable` instruction executed
    push-traps           push: it trapped: wasm trap: wasm `unreachable` instruction executed
    push-panics          push: it trapped: wasm trap: wasm `unreachable` instruction executed
    push-reads-outside   push: it trapped: wasm trap: out of bounds memory access
    push-divides         push: it trapped: wasm trap: integer divide by zero
    push-recurses        push: it went past its limit of 1048576 bytes of stack; fix the module: its calls nest without end
    finish-traps         finish: it trapped: wasm trap: wasm `unreachable` instruction executed
    ");
}

#[test]
fn plans() {
    let lies = [
        "plan-unknown-read",
        "plan-reads-twice",
        "plan-writes-none",
        "plan-writes-twice",
        "keep-writes",
        "plan-format",
        "plan-decimal",
        "plan-width",
        "plan-fewer-children",
        "plan-list-children",
        "plan-leaf-children",
        "plan-deep",
        "plan-wide",
        "plan-long-name",
    ];
    insta::assert_snapshot!(verdicts(&lies), @r#"
    plan-unknown-read    plan: BROKEN: it plans to read column "salary\u{1b}[2J", which its binding does not give it
    plan-reads-twice     plan: BROKEN: it plans to read column "email" twice
    plan-writes-none     plan: BROKEN: it plans to write no column
    plan-writes-twice    plan: column "out" is there twice; rename one of them
    keep-writes          plan: BROKEN: a filter plans to write columns; it may write none
    plan-format          plan: BROKEN: field "out" has format "tsq:\n", which is none of the contract's
    plan-decimal         plan: BROKEN: field "out" has format "d:39,2", which is none of the contract's
    plan-width           plan: BROKEN: field "out" has format "w:-1", which is none of the contract's
    plan-fewer-children  plan: BROKEN: the declared fields do not add up: a field has fewer children than it says
    plan-list-children   plan: BROKEN: the declared fields do not add up: a list must have exactly one child
    plan-leaf-children   plan: BROKEN: the declared fields do not add up: a field without nesting has children
    plan-deep            plan: BROKEN: levels of nesting of the declared schema: at most 16, got 17
    plan-wide            plan: BROKEN: fields of the declared schema: at most 10000, got 10001
    plan-long-name       plan: BROKEN: bytes of a declared field: at most 4096, got 4097
    "#);
}

#[test]
fn refusals() {
    let lies = ["plan-settings", "plan-fields", "open-rejects"];
    insta::assert_snapshot!(verdicts(&lies), @"
    plan-settings        plan: it rejects its settings: no such lie
    plan-fields          plan: it rejects its columns: no text among the columns
    open-rejects         open: it rejects its settings: no such lie
    ");
}

#[test]
fn text_that_the_component_model_refuses() {
    insta::assert_snapshot!(verdicts(&["push-broken-text"]), @"push-broken-text     push: BROKEN: invalid utf-8 sequence of 1 bytes from index 1");
}
