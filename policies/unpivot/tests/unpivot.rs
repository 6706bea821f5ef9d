//! `unpivot`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bailiwick_guest::Error;
use bailiwick_guest::testing::{Rows, plan_reshape, reshape};
use bailiwick_policy_unpivot::Unpivoting;
use proptest::prelude::*;

fn rows(values: &[(Option<i64>, Option<i64>)]) -> Rows {
    Rows::new()
        .column("jan", values.iter().map(|row| row.0))
        .column("id", (0..values.len()).map(|id| id as i64))
        .column("feb", values.iter().map(|row| row.1))
}

fn settings(keep_nulls: bool) -> String {
    format!(
        r#"{{"columns": ["jan", "feb"], "name": "month", "value": "sales", "keep_nulls": {keep_nulls}}}"#
    )
}

fn unpivoted(keep_nulls: bool, rows: &Rows) -> Vec<(i64, String, Option<i64>)> {
    let out = reshape::<Unpivoting>(&settings(keep_nulls), std::slice::from_ref(rows)).unwrap();
    assert_eq!(out[0].schema().names(), ["id", "month", "sales"]);
    let (ids, months) = (out[0].values::<i64>("id"), out[0].texts("month"));
    let months = months.into_iter().map(Option::unwrap);
    let ids = ids.into_iter().map(Option::unwrap);
    ids.zip(months)
        .zip(out[0].values("sales"))
        .map(|((id, month), sales)| (id, month, sales))
        .collect()
}

#[test]
fn each_column_becomes_a_row() {
    let rows = rows(&[(Some(1), Some(2)), (None, Some(3))]);
    let row = |id, month: &str, sales| (id, month.to_owned(), sales);
    assert_eq!(
        unpivoted(false, &rows),
        [row(0, "jan", Some(1)), row(0, "feb", Some(2)), row(1, "feb", Some(3))]
    );
    assert_eq!(unpivoted(true, &rows)[2], row(1, "jan", None));
}

#[test]
fn columns_are_of_one_type_and_names_their_own() {
    let mixed = rows(&[(None, None)]).column("mar", ["x"]);
    let other = settings(false).replace("\"feb\"]", "\"mar\"]");
    let refused = plan_reshape::<Unpivoting>(&other, mixed.schema()).unwrap_err();
    assert_eq!(
        refused,
        Error::fields(
            "column \"mar\" is utf8, expected int64, as column \"jan\" is: cast one of them before"
        )
    );
    let twice = settings(false).replace("sales", "id");
    let refused = plan_reshape::<Unpivoting>(&twice, mixed.schema()).unwrap_err();
    assert_eq!(refused, Error::settings("two columns would be named `id`"));
}

proptest! {
    #[test]
    fn it_gives_what_two_loops_give(
        values in prop::collection::vec((prop::option::of(any::<i64>()), prop::option::of(any::<i64>())), 0..30),
        keep_nulls: bool,
    ) {
        let mut expected = Vec::new();
        for (id, (jan, feb)) in values.iter().enumerate() {
            for (month, sales) in [("jan", *jan), ("feb", *feb)] {
                if keep_nulls || sales.is_some() {
                    expected.push((id as i64, month.to_owned(), sales));
                }
            }
        }
        prop_assert_eq!(unpivoted(keep_nulls, &rows(&values)), expected);
    }
}
