//! `completeness`: every column at once.

use serde_json::{Value, json};

use crate::comparison::assert_same;
use crate::data::{Table, bookings, flights};
use crate::runs::Policy;

fn every_column(
    tables: &[Table; 2],
    settings: &Value,
    missing: impl Fn(&Table, &str) -> Vec<bool>,
) {
    let schema = tables[0].schema();
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let expected: Vec<_> = columns.iter().map(|column| missing(&tables[0], column)).collect();
    let policy = Policy::new("completeness", settings.clone(), &columns);
    for table in tables {
        let (failing, measures) = policy.judge(table);
        assert_eq!((failing.len(), measures.len()), (columns.len(), 0));
        for ((column, expected), failing) in columns.iter().zip(&expected).zip(&failing) {
            assert_same(&format!("{settings} of {column}"), expected, failing);
        }
    }
}

#[test]
fn nulls_are_missing() {
    let settings = json!({});
    every_column(flights(), &settings, Table::nulls);
    every_column(bookings(), &settings, Table::nulls);
    let missing = |column: &str| flights()[0].nulls(column).iter().filter(|null| **null).count();
    let counts = ["dep_time", "arr_time", "arr_delay", "tailnum", "origin"].map(missing);
    assert_eq!(counts, [8_255, 8_713, 9_430, 2_512, 0], "as the data's README says");
}

#[test]
fn empty_text_is_missing_where_settings_say_so() {
    let settings = json!({"empty_is_missing": true});
    let missing = |table: &Table, column: &str| {
        if table.field(column).data_type() == &arrow_schema::DataType::Utf8 {
            table
                .texts(column)
                .iter()
                .map(|value| value.as_deref().unwrap_or("").is_empty())
                .collect()
        } else {
            table.nulls(column)
        }
    };
    every_column(flights(), &settings, missing);
    assert!(bookings()[0].texts("email").contains(&Some(String::new())));
    every_column(bookings(), &settings, missing);
}
