//! What is said of a module that fails, one of each kind; what comes of each way to
//! fail is in the tests `hostile`.

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

#[test]
fn without_a_lie_it_adds_zeros() {
    let zeros: ArrayRef = Arc::new(Int32Array::from(vec![0; 10]));
    let out = told("none").unwrap();
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].column(0), ten_emails().column(0));
    assert_eq!(out[0].column(1), &zeros);
}

#[test]
fn each_kind_of_failure_is_told_in_words() {
    let lies = [
        "plan-settings",
        "plan-fields",
        "plan-format",
        "open-traps",
        "push-data",
        "rows-more",
        "output-keep",
        "pass-claims-many",
    ];
    let mut table = String::new();
    for lie in lies {
        writeln!(table, "{lie:<16} {}", words(told(lie))).unwrap();
    }
    insta::assert_snapshot!(table, @r#"
    plan-settings    module testers/liar@0.1.0 failed in plan: it rejects its settings: no such lie
    plan-fields      module testers/liar@0.1.0 failed in plan: it rejects its columns: no text among the columns
    plan-format      module testers/liar@0.1.0 failed in plan: the module broke the contract: field "out" has format "tsq:\n", which is none of the contract's
    open-traps       module testers/liar@0.1.0 failed in open: it trapped: wasm trap: wasm `unreachable` instruction executed
    push-data        module testers/liar@0.1.0 failed in push: it rejects its rows: cannot parse "jane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.com"\r\n\u{1b}[31mERROR\u{7} all is lost\u{202e}
    rows-more        module testers/liar@0.1.0 failed in push: the module broke the contract: rows of the batch: expected 10, got 11
    output-keep      module testers/liar@0.1.0 failed in push: it broke the contract: it gave an output that is not one of its shape, map: `columns` was expected
    pass-claims-many module testers/liar@0.1.0 failed in push: it went past its limit of 4194304 rows a call gives back (output_rows); fix the module, or raise the limit in its approval
    "#);
}
