//! `foreign-key`, `join` and `reconcile`, as components that look rows up in the host's own
//! index, against what SQL finds: `tests/checks/compute_references.py`.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use bailiwick_engine::{Conditions, Measure, Module, References, TableBuilder};
use bailiwick_terms::{Grants, Limits, PartName};
use serde_json::{Value, json};

use crate::support::guest_with;

const EXPECTED: &str = include_str!("../../../../tests/checks/expected/references.json");

/// Rows of a batch, of the input and of the table.
const BATCH: usize = 77;

fn expected() -> Value {
    serde_json::from_str(EXPECTED).unwrap()
}

fn values(of: &Value) -> Vec<&Value> {
    of.as_array().unwrap().iter().collect()
}

fn texts(of: &Value) -> ArrayRef {
    Arc::new(values(of).into_iter().map(Value::as_str).collect::<StringArray>())
}

fn wide(of: &Value) -> Int64Array {
    values(of).into_iter().map(Value::as_i64).collect()
}

fn amounts(of: &Value) -> ArrayRef {
    let parsed = values(of).into_iter().map(|v| v.as_str().map(|text| text.parse().unwrap()));
    Arc::new(parsed.collect::<Float64Array>())
}

/// The input: its numbers have 32 bits, those of the table 64.
fn rows(expected: &Value) -> RecordBatch {
    let rows = &expected["rows"];
    let narrow = wide(&rows["number"]);
    let narrow = narrow.iter().map(|v| v.map(|v| i32::try_from(v).unwrap()));
    let columns: [(&str, ArrayRef); 3] = [
        ("code", texts(&rows["code"])),
        ("number", Arc::new(narrow.collect::<Int32Array>())),
        ("amount", amounts(&rows["amount"])),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn name() -> PartName {
    "known".parse().unwrap()
}

fn references(expected: &Value) -> References {
    let table = &expected["table"];
    let columns: [(&str, ArrayRef); 4] = [
        ("code", texts(&table["code"])),
        ("number", Arc::new(wide(&table["number"]))),
        ("name", texts(&table["name"])),
        ("amount", amounts(&table["amount"])),
    ];
    let whole = RecordBatch::try_from_iter(columns).unwrap();
    let mut table = TableBuilder::new(&whole.schema());
    for batch in batches(&whole) {
        table.push(&batch).unwrap();
    }
    [(name(), Arc::new(table.finish(None).unwrap()))].into_iter().collect()
}

fn batches(whole: &RecordBatch) -> Vec<RecordBatch> {
    let starts = (0..whole.num_rows()).step_by(BATCH);
    starts.map(|start| whole.slice(start, BATCH.min(whole.num_rows() - start))).collect()
}

/// A standard module that may look rows up, bound to the table.
fn module(which: &str, references: &References) -> Module {
    let mut grants = Grants::default();
    grants.services.lookup = true;
    let schema = references.get(&name()).unwrap().schema();
    guest_with(which, grants, Limits::default()).with_tables([(name(), schema)].into())
}

#[test]
fn keys_are_found_as_sql_finds_them() {
    let expected = expected();
    let (rows, references) = (rows(&expected), references(&expected));
    let (foreign_key, join) = (module("foreign-key", &references), module("join", &references));
    let conditions = Conditions { references, ..Conditions::default() };
    for case in values(&expected["lookups"]) {
        let on: Vec<&str> = values(&case["on"]).into_iter().filter_map(Value::as_str).collect();
        let settings = json!({"table": "known", "on": on}).to_string();
        let mut check = foreign_key.check(&settings, &rows.schema(), &on, &conditions).unwrap();
        let settings = json!({
            "on": on, "several": "first",
            "add": [
                {"column": "name", "default": "nobody"},
                {"column": "number", "as": "theirs"},
                {"column": "number", "as": "or_zero", "default": 0},
            ],
        });
        let settings = settings.to_string();
        let mut stage = join.stage(&settings, &rows.schema(), &on, &conditions).unwrap();
        let (mut failing, mut names) = (Vec::new(), Vec::new());
        let (mut numbers, mut or_zero) = (Vec::new(), Vec::new());
        for (at, batch) in batches(&rows).iter().enumerate() {
            let failed = &check.push(batch).unwrap()[0];
            failing.extend(failed.set_indices().map(|row| at * BATCH + row));
            let out = stage.apply(batch).unwrap().unwrap();
            let named = out.column_by_name("name").unwrap().as_string::<i32>();
            names.extend(named.iter().map(|name| name.map(str::to_owned)));
            let wide = |name| out.column_by_name(name).unwrap().as_primitive::<Int64Type>();
            numbers.extend(wide("theirs"));
            or_zero.extend(wide("or_zero"));
        }
        assert_eq!(json!(failing), case["failing"], "keys {on:?} of no row");
        assert_eq!(json!(names), case["names"], "names by {on:?}");
        assert_eq!(json!(numbers), case["numbers"], "numbers by {on:?}");
        let unmatched = names.iter().map(|name| name.as_deref() == Some("nobody"));
        let wanted =
            unmatched.zip(&numbers).map(|(none, number)| if none { Some(0) } else { *number });
        assert_eq!(or_zero, wanted.collect::<Vec<_>>(), "numbers by {on:?}, or 0");
        assert!(!failing.is_empty() && failing.len() < rows.num_rows(), "nothing is told by it");
    }
}

#[test]
fn several_rows_of_a_key_end_a_join_that_asks_for_one() {
    let expected = expected();
    let (rows, references) = (rows(&expected), references(&expected));
    let join = module("join", &references);
    let conditions = Conditions { references, ..Conditions::default() };
    let settings = json!({"add": [{"column": "name"}]}).to_string();
    let mut stage = join.stage(&settings, &rows.schema(), &["code"], &conditions).unwrap();
    let error = stage.apply(&rows).unwrap_err().to_string();
    assert!(error.contains("rows of the batch is that of several rows of the table"), "{error}");
}

#[test]
fn groups_are_reconciled_as_sql_counts_and_sums_them() {
    let expected = expected();
    let (rows, references) = (rows(&expected), references(&expected));
    let reconcile = module("reconcile", &references);
    let conditions = Conditions { references, ..Conditions::default() };
    for case in values(&expected["reconciliations"]) {
        let by: Vec<&str> =
            values(&case["group_by"]).into_iter().filter_map(Value::as_str).collect();
        let columns: Vec<&str> = by.iter().copied().chain(["amount"]).collect();
        let settings = json!({
            "group_by": by,
            "tolerance": case["tolerance"],
            "tolerance_percent": case["tolerance_percent"],
        });
        let settings = settings.to_string();
        let open = || reconcile.check(&settings, &rows.schema(), &columns, &conditions).unwrap();
        let mut parts: Vec<_> = (0..3).map(|_| open()).collect();
        for (at, batch) in batches(&rows).iter().enumerate() {
            parts[at % 3].push(batch).unwrap();
        }
        let mut whole = parts.pop().unwrap();
        for mut part in parts {
            whole.merge(&part.state().unwrap()).unwrap();
        }
        let measures = whole.conclude().unwrap();
        let found = |rule: &str, name: &str| {
            let of = |own: &&Measure| own.rule == rule && own.name == name;
            measures.iter().find(of).map(|own| own.value)
        };
        assert_eq!(found("rows", "groups"), case["groups"].as_f64(), "groups of {settings}");
        for rule in ["rows", "amount-sum"] {
            assert_eq!(found(rule, "value"), case[rule].as_f64(), "{rule} of {settings}");
        }
        assert_eq!(found("rows", "own"), Some(rows.num_rows() as f64));
    }
}
