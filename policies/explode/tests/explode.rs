//! `explode`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bailiwick_guest::testing::{Literals, Rows, plan_reshape, reshape};
use bailiwick_guest::{Array, Bitmap, DataType, Error, Field};
use bailiwick_policy_explode::Exploding;
use proptest::prelude::*;

/// Rows of lists: none is null.
fn rows(lists: &[Option<Vec<Option<i64>>>]) -> Rows {
    let mut offsets = vec![0];
    let mut values = Vec::new();
    for list in lists {
        values.extend(list.iter().flatten().copied());
        offsets.push(values.len() as u32);
    }
    let valid: Bitmap = lists.iter().map(Option::is_some).collect();
    let lists_of = Array::from_lists(&offsets, Literals::array(values.into_iter())).unwrap();
    let field =
        Field::new("list", DataType::List).with_children([Field::new("item", DataType::Int64)]);
    Rows::new()
        .column("id", (0..lists.len()).map(|id| id.to_string()))
        .array(field, lists_of.with_validity(Some(valid.bits())))
}

fn exploded(settings: &str, rows: &Rows) -> Rows {
    reshape::<Exploding>(settings, std::slice::from_ref(rows)).unwrap().remove(0)
}

fn given() -> Rows {
    rows(&[Some(vec![Some(5), None, Some(7)]), None, Some(vec![]), Some(vec![Some(9)])])
}

fn texts(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned())).collect()
}

#[test]
fn each_value_becomes_a_row() {
    let out = exploded(r#"{"column": "list", "as": "value", "position": "at"}"#, &given());
    assert_eq!(out.schema().names(), ["id", "value", "at"]);
    assert_eq!(out.texts("id"), texts(&["0", "0", "0", "3"]));
    assert_eq!(out.values::<i64>("value"), [Some(5), None, Some(7), Some(9)]);
    assert_eq!(out.values::<i64>("at"), [Some(1), Some(2), Some(3), Some(1)]);
}

#[test]
fn a_row_without_a_value_stays_if_it_is_asked_for() {
    let settings = r#"{"column": "list", "position": "at", "keep_empty": true}"#;
    let out = exploded(settings, &given());
    assert_eq!(out.texts("id"), texts(&["0", "0", "0", "1", "2", "3"]));
    assert_eq!(out.values::<i64>("list"), [Some(5), None, Some(7), None, None, Some(9)]);
    assert_eq!(out.values::<i64>("at"), [Some(1), Some(2), Some(3), None, None, Some(1)]);
}

#[test]
fn what_is_no_list_is_refused() {
    let refused = plan_reshape::<Exploding>(r#"{"column": "id"}"#, given().schema()).unwrap_err();
    assert_eq!(refused, Error::fields("column \"id\" is utf8, expected a list"));
    let twice = r#"{"column": "list", "as": "id"}"#;
    let refused = plan_reshape::<Exploding>(twice, given().schema()).unwrap_err();
    assert_eq!(refused, Error::settings("two columns would be named `id`"));
}

proptest! {
    /// Against `flat_map`.
    #[test]
    fn it_gives_what_flat_map_gives(
        lists in prop::collection::vec(prop::option::of(prop::collection::vec(prop::option::of(any::<i64>()), 0..4)), 0..20),
        keep_empty: bool,
    ) {
        let settings = format!(r#"{{"column": "list", "keep_empty": {keep_empty}}}"#);
        let out = exploded(&settings, &rows(&lists));
        let expected: Vec<(String, Option<i64>)> = lists.iter().enumerate().flat_map(|(id, list)| {
            let mut values = list.clone().unwrap_or_default();
            if values.is_empty() && keep_empty {
                values.push(None);
            }
            values.into_iter().map(move |value| (id.to_string(), value))
        }).collect();
        let found: Vec<_> = out.texts("id").into_iter().map(Option::unwrap).zip(out.values::<i64>("list")).collect();
        prop_assert_eq!(found, expected);
    }
}
