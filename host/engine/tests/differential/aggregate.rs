//! `aggregate`: every function, by one and two columns, with nulls among the keys.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use arrow_schema::DataType;
use serde_json::{Value, json};

use crate::comparison::{assert_same, assert_same_bits};
use crate::data::{Cell, FLIGHTS, Table, bookings, flights};
use crate::runs::Policy;

/// Into how many parts rows are cut: not one of the batches' ends is theirs.
const PARTS: usize = 7;

/// The numbers of the rows of each group, in the order of the groups' keys.
fn grouped(table: &Table, by: &[&str]) -> BTreeMap<Vec<Option<Cell>>, Vec<usize>> {
    let keys: Vec<_> = by.iter().map(|name| table.cells(name)).collect();
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for row in 0..table.rows() {
        groups.entry(keys.iter().map(|key| key[row].clone()).collect()).or_default().push(row);
    }
    groups
}

/// The output in batches of each size and in parts: they must be the same.
fn aggregated(tables: &[Table; 2], settings: &Value, columns: &[&str]) -> Table {
    let policy = Policy::new("aggregate", settings.clone(), columns);
    let found = policy.reshape(&tables[0]);
    assert!(found == policy.reshape(&tables[1]), "{settings}: other batches, other rows");
    for table in tables {
        let merged: RecordBatch = policy.reshape_in_parts(table, PARTS);
        assert!(found == merged, "{settings}: in parts, other rows");
    }
    Table(vec![found])
}

/// Every measure of a column of integers and a column of cells, by these columns.
fn measured_by(by: &[&str]) {
    let settings = json!({"group_by": by, "measures": [
        {"function": "count", "as": "rows"},
        {"function": "count", "column": "arr_delay", "as": "arrived"},
        {"function": "sum", "column": "arr_delay", "as": "total"},
        {"function": "mean", "column": "arr_delay", "as": "average"},
        {"function": "min", "column": "arr_delay", "as": "earliest"},
        {"function": "max", "column": "arr_delay", "as": "latest"},
        {"function": "count", "column": "tailnum", "as": "with_tail"},
        {"function": "min", "column": "tailnum", "as": "first_tail"},
        {"function": "max", "column": "tailnum", "as": "last_tail"},
        {"function": "min", "column": "time_hour", "as": "from"},
        {"function": "max", "column": "time_hour", "as": "until"},
        {"function": "sum", "column": "distance", "as": "miles"}
    ]});
    let mut columns = by.to_vec();
    columns.extend(["arr_delay", "tailnum", "time_hour", "distance"]);
    columns.sort_unstable();
    columns.dedup();
    let found = aggregated(flights(), &settings, &columns);

    let table = &flights()[0];
    let groups = grouped(table, by);
    assert_eq!(groups.values().map(Vec::len).sum::<usize>(), FLIGHTS);
    for (at, name) in by.iter().enumerate() {
        let keys: Vec<_> = groups.keys().map(|key| key[at].clone()).collect();
        assert_same(name, &keys, &found.cells(name));
        assert_eq!(found.field(name).data_type(), table.field(name).data_type());
    }
    let cells = |column: &str, measure: fn(Vec<Cell>) -> Option<Cell>, name: &str| {
        let values = table.cells(column);
        let present =
            |rows: &Vec<usize>| rows.iter().filter_map(|row| values[*row].clone()).collect();
        let expected: Vec<_> = groups.values().map(|rows| measure(present(rows))).collect();
        assert_same(name, &expected, &found.cells(name));
    };
    let counted = |cells: Vec<Cell>| Some(Cell::Integer(cells.len() as i64));
    let summed = |cells: Vec<Cell>| (!cells.is_empty()).then(|| Cell::Integer(sum(&cells)));
    let least = |cells: Vec<Cell>| cells.into_iter().min();
    let greatest = |cells: Vec<Cell>| cells.into_iter().max();
    let rows: Vec<_> = groups.values().map(|rows| Some(rows.len() as i64)).collect();
    assert_same("rows", &rows, &found.integers("rows"));
    cells("arr_delay", counted, "arrived");
    cells("arr_delay", summed, "total");
    cells("arr_delay", least, "earliest");
    cells("arr_delay", greatest, "latest");
    cells("tailnum", counted, "with_tail");
    cells("tailnum", least, "first_tail");
    cells("tailnum", greatest, "last_tail");
    cells("time_hour", least, "from");
    cells("time_hour", greatest, "until");
    cells("distance", summed, "miles");

    let totals = found.integers("total").into_iter().zip(found.integers("arrived"));
    let averages: Vec<_> =
        totals.map(|(sum, count)| sum.map(|sum| sum as f64 / count.unwrap() as f64)).collect();
    assert_same_bits("average", &averages, &found.floats("average"));
    for (name, data_type) in [
        ("rows", &DataType::Int64),
        ("total", &DataType::Int64),
        ("average", &DataType::Float64),
        ("latest", &DataType::Int32),
        ("last_tail", &DataType::Utf8),
        ("until", table.field("time_hour").data_type()),
    ] {
        assert_eq!(found.field(name).data_type(), data_type, "{name}");
    }
}

fn sum(cells: &[Cell]) -> i64 {
    let number = |cell: &Cell| match cell {
        Cell::Integer(value) => *value,
        Cell::Text(text) => panic!("{text} is no number"),
    };
    cells.iter().map(number).sum()
}

#[test]
fn by_one_column() {
    measured_by(&["origin"]);
    measured_by(&["time_hour"]);
}

#[test]
fn by_one_column_with_nulls() {
    measured_by(&["tailnum"]);
    measured_by(&["dep_delay"]);
}

#[test]
fn by_two_columns() {
    measured_by(&["origin", "dest"]);
}

#[test]
fn by_two_columns_with_nulls() {
    measured_by(&["tailnum", "origin"]);
    measured_by(&["dep_time", "carrier"]);
}

#[test]
fn all_rows_together() {
    measured_by(&[]);
}

#[test]
fn no_rows_at_all() {
    let measures = json!([
        {"function": "count", "as": "rows"},
        {"function": "sum", "column": "arr_delay", "as": "total"}
    ]);
    let none = Table(vec![flights()[0].0[0].slice(0, 0)]);
    for (by, rows) in [(vec![], 1), (vec!["origin"], 0)] {
        let settings = json!({"group_by": by, "measures": measures});
        let policy = Policy::new("aggregate", settings, &["origin", "arr_delay"]);
        let found = Table(vec![policy.reshape(&none)]);
        assert_eq!(found.integers("rows"), vec![Some(0); rows]);
        assert_eq!(found.integers("total"), vec![None; rows]);
    }
}

/// The sum of floats, exact and rounded once: as integers, in units of 2⁻⁷⁰.
fn exact_sum(values: &[f64]) -> f64 {
    let unit = 70_f64.exp2();
    let whole = |value: &f64| {
        let units = value * unit;
        assert!(units.fract() == 0.0 && units.abs() < 100_f64.exp2(), "{value} is in range");
        units as i128
    };
    values.iter().map(whole).sum::<i128>() as f64 / unit
}

/// Every measure of a column of floats.
fn floats_measured_by(tables: &[Table; 2], of: &str, by: &[&str]) {
    let settings = json!({"group_by": by, "measures": [
        {"function": "count", "column": of, "as": "count"},
        {"function": "sum", "column": of, "as": "sum"},
        {"function": "mean", "column": of, "as": "mean"},
        {"function": "min", "column": of, "as": "min"},
        {"function": "max", "column": of, "as": "max"}
    ]});
    let columns: Vec<_> = by.iter().copied().chain([of]).collect();
    let found = aggregated(tables, &settings, &columns);
    let values = tables[0].floats(of);
    let groups: Vec<Vec<f64>> = grouped(&tables[0], by)
        .into_values()
        .map(|rows| rows.into_iter().filter_map(|row| values[row]).collect())
        .collect();
    let counts: Vec<_> = groups.iter().map(|values| Some(values.len() as i64)).collect();
    assert_same("count", &counts, &found.integers("count"));
    let measure = |name: &str, native: &dyn Fn(&[f64]) -> f64| {
        let present = |values: &Vec<f64>| (!values.is_empty()).then(|| native(values));
        let expected: Vec<_> = groups.iter().map(present).collect();
        assert_same_bits(&format!("{name} of {of} by {by:?}"), &expected, &found.floats(name));
    };
    measure("sum", &exact_sum);
    measure("mean", &|values| exact_sum(values) / values.len() as f64);
    measure("min", &|values| values.iter().copied().fold(f64::INFINITY, f64::min));
    measure("max", &|values| values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
}

#[test]
fn floats() {
    floats_measured_by(bookings(), "fare", &["loyalty_tier"]);
    floats_measured_by(bookings(), "fare", &["channel", "date_of_birth"]);
    floats_measured_by(bookings(), "fare", &[]);
}

#[test]
fn floats_of_all_flights() {
    let (miles, minutes) = (flights()[0].integers("distance"), flights()[0].integers("air_time"));
    let speeds: Vec<_> = miles
        .iter()
        .zip(&minutes)
        .map(|(miles, minutes)| Some((*miles)? as f64 / (*minutes)? as f64))
        .collect();
    let tables = [0, 1].map(|size| flights()[size].with("speed", &speeds));
    floats_measured_by(&tables, "speed", &[]);
    floats_measured_by(&tables, "speed", &["carrier"]);
    floats_measured_by(&tables, "speed", &["tailnum", "origin"]);
}
