//! `project`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bailiwick_guest::testing::{Rows, plan_reshape, reshape, reshape_in_parts};
use bailiwick_guest::{Array, Bitmap, DataType, Field, Ordering, Read};
use bailiwick_policy_project::Projecting;

fn rows() -> Rows {
    let address = Field::new("address", DataType::Struct).with_children([
        Field::new("city", DataType::Int64).required(),
        Field::new("zip", DataType::Int64),
    ]);
    let customer = Field::new("customer", DataType::Struct).with_children([address]);
    let cities = Array::from_values([1_i64, 2, 3]);
    let there = |bits: [bool; 3]| bits.into_iter().collect::<Bitmap>();
    let zips = Array::from_values([10_i64, 20, 30]);
    let zips = zips.with_validity(Some(there([true, true, false]).bits()));
    let address = Array::from_children(3, [cities, zips]).unwrap();
    let address = address.with_validity(Some(there([true, false, true]).bits()));
    let customers = Array::from_children(3, [address]).unwrap();
    Rows::new().column("id", [7_i64, 8, 9]).array(customer, customers).column("x", ["a", "b", "c"])
}

#[test]
fn columns_are_chosen_renamed_and_ordered() {
    let settings = r#"{"columns": [{"column": "x"}, {"column": "id", "as": "key"}]}"#;
    let plan = plan_reshape::<Projecting>(settings, rows().schema()).unwrap();
    assert_eq!(plan.reads, ["x", "id"].map(Read::from));
    assert_eq!(plan.ordering, Some(Ordering::Independent));
    let out = reshape::<Projecting>(settings, &[rows(), rows()]).unwrap();
    assert_eq!(out.len(), 2);
    assert_eq!(out[1].schema().names(), ["x", "key"]);
    assert_eq!(out[1].values::<i64>("key"), [Some(7), Some(8), Some(9)]);
    let rows = rows();
    let parts = [std::slice::from_ref(&rows), std::slice::from_ref(&rows)];
    assert_eq!(reshape_in_parts::<Projecting>(settings, &parts).unwrap(), out);
}

#[test]
fn fields_of_structs_are_null_where_a_struct_on_the_way_is() {
    let settings = r#"{"columns": [
        {"column": "customer", "path": ["address", "city"]},
        {"column": "customer", "path": ["address", "zip"], "as": "code"}
    ]}"#;
    let plan = plan_reshape::<Projecting>(settings, rows().schema()).unwrap();
    assert_eq!(plan.reads, [Read::from("customer")]);
    assert!(plan.writes.iter().all(|field| field.nullable));
    let out = reshape::<Projecting>(settings, &[rows()]).unwrap();
    assert_eq!(out[0].values::<i64>("city"), [Some(1), None, Some(3)]);
    assert_eq!(out[0].values::<i64>("code"), [Some(10), None, None]);
}

#[test]
fn what_is_not_there_is_refused() {
    for (settings, said) in [
        (r#"{"columns": []}"#, "`columns` names no column"),
        (r#"{"columns": [{"column": "y"}]}"#, "no column \"y\""),
        (
            r#"{"columns": [{"column": "customer", "path": ["adress"]}]}"#,
            "`customer` has no field `adress`: it has address",
        ),
        (r#"{"columns": [{"column": "id", "path": ["x"]}]}"#, "`id` has no field `x`: it has none"),
        (
            r#"{"columns": [{"column": "id"}, {"column": "x", "as": "id"}]}"#,
            "two columns would be named `id`: say `as`",
        ),
    ] {
        let refused = plan_reshape::<Projecting>(settings, rows().schema()).unwrap_err();
        assert!(refused.text().contains(said), "{refused}");
    }
}
