//! Policies that look rows up in a table that the host holds: natively they ask the same
//! index.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow_select::concat::concat_batches;
use bailiwick_guest::runtime::MapModule;
use bailiwick_policy_foreign_key::ForeignKey;
use bailiwick_policy_join::Join;
use bailiwick_policy_reconcile::Reconcile;
use serde_json::json;

use super::super::work::{Data, State, Work};
use super::super::{check, transform};
use super::alone::work;
use crate::data::Table;

pub(super) fn works() -> Vec<Work> {
    let by_tail_number = (Data::Flights, &["tailnum"][..]);
    let add = json!({"on": ["tailnum"], "add": [
        {"column": "model", "default": "unknown"},
        {"column": "seats"},
    ]});
    let by_carrier = json!({"on": ["carrier", "distance"], "group_by": ["carrier"]});
    let of_planes = |work: Work| Work { reference: Some(planes), ..work };
    vec![
        of_planes(work(
            "foreign-key",
            check::<ForeignKey>,
            by_tail_number,
            State::Kept,
            json!({"on": ["tailnum"]}),
        ))
        .costing("texts of 6 bytes, sought in 3,400 rows by the host's index"),
        of_planes(work("join", transform::<MapModule<Join>>, by_tail_number, State::Kept, add))
            .costing(
                "a text and an int32 column, by texts of 6 bytes, out of 3,400 rows by the host's index",
            ),
        Work {
            reference: Some(ledger),
            ..work(
                "reconcile",
                check::<Reconcile>,
                (Data::Flights, &["carrier", "distance"]),
                State::Judged,
                by_carrier,
            )
        }
        .costing("int32 summed by texts of 2 bytes, against a table of as many rows"),
    ]
}

/// A row for each plane that flew, but for one in twenty, which is not known.
fn planes(flights: &Table) -> anyhow::Result<RecordBatch> {
    let mut numbers = BTreeSet::new();
    for batch in flights.batches() {
        let column = batch.column_by_name("tailnum").context("flights have a tailnum")?;
        numbers.extend(column.as_string::<i32>().iter().flatten());
    }
    let known = numbers.iter().enumerate().filter(|(at, _)| at % 20 != 0);
    let known: Vec<&str> = known.map(|(_, number)| *number).collect();
    let models = (0..known.len()).map(|at| format!("A{}-{}", 300 + at % 41, at % 9));
    let seats = (0_i32..).zip(&known).map(|(at, _)| 50 + at % 331);
    let columns: [(&str, ArrayRef); 3] = [
        ("tailnum", Arc::new(StringArray::from_iter_values(&known))),
        ("model", Arc::new(StringArray::from_iter_values(models))),
        ("seats", Arc::new(Int32Array::from_iter_values(seats))),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// The flights themselves, as another system has them.
fn ledger(flights: &Table) -> anyhow::Result<RecordBatch> {
    let whole = concat_batches(flights.schema(), flights.batches())?;
    let places = ["carrier", "distance"].map(|name| whole.schema().index_of(name));
    let places: Vec<usize> = places.into_iter().collect::<Result<_, _>>()?;
    Ok(whole.project(&places)?)
}
