//! The same batches give the same bytes, whichever engine, thread or time.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use bailiwick_engine::{Conditions, Engine, Module};
use bailiwick_terms::{Grants, Limits};

use crate::support::{approved, component, engine, guest};

fn batches() -> Vec<RecordBatch> {
    let texts: ArrayRef = Arc::new(StringArray::from_iter(
        (0..1_000).map(|row| (row % 7 != 0).then(|| format!("value {row}"))),
    ));
    // NaNs of different bits among them.
    let nan = |row: u64| f64::from_bits(0x7ff8_0000_0000_0000 | row);
    let numbers: ArrayRef = Arc::new(Float64Array::from_iter_values(
        (0..1_000).map(|row| if row % 3 == 0 { nan(row) } else { row as f64 / 3.0 }),
    ));
    let whole = RecordBatch::try_from_iter([("text", texts), ("number", numbers)]).unwrap();
    vec![whole.slice(0, 300), whole.slice(300, 1), whole.slice(301, 699)]
}

/// All that the witness was given and its whole memory at the end.
fn memory(module: &Module) -> Vec<u8> {
    let batches = batches();
    let settings = "{\"reads\": [\"text\", \"number\"]}";
    let (schema, columns) = (batches[0].schema(), ["text", "number"]);
    let mut stage = module.stage(settings, &schema, &columns, &Conditions::default()).unwrap();
    for batch in &batches {
        stage.push(batch).unwrap();
    }
    let told = stage.finish().unwrap().unwrap();
    told.column(0).as_binary::<i32>().value_data().to_vec()
}

#[test]
fn two_engines_leave_the_same_memory_behind() {
    let other = Engine::new().unwrap();
    let witness = approved("witness", &component("witness"), Grants::default(), Limits::default());
    let there = other.load(&witness).unwrap();
    let here = memory(&guest("witness"));
    assert!(here.len() > 1 << 20);
    assert!(here == memory(&there));
    assert!(here == memory(&guest("witness")));
}

#[test]
fn counting_fuel_changes_nothing() {
    let limits = Limits { fuel: Some(1 << 40), ..Limits::default() };
    let metered = approved("witness", &component("witness"), Grants::default(), limits);
    assert!(memory(&engine().load(&metered).unwrap()) == memory(&guest("witness")));
}

#[test]
fn threads_leave_the_same_memory_behind() {
    let witness = guest("witness");
    let expected = memory(&witness);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(memory(&witness) == expected));
        }
    });
}
