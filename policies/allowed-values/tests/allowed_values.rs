//! Known values of each type of column, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Literals, Rows, check, check_in_parts, plan_check};
use bailiwick_guest::{
    DataType, DecimalBuilder, Dimension, Error, Field, Schema, TimeUnit, schema_of,
};
use bailiwick_policy_allowed_values::{Allowed, AllowedValues};

fn unknown<L: Literals>(values: &str, given: impl IntoIterator<Item = L>) -> Vec<usize> {
    unknown_of(values, &Rows::new().column("c", given))
}

fn unknown_of(values: &str, rows: &Rows) -> Vec<usize> {
    let settings = format!(r#"{{"values":{values}}}"#);
    check::<AllowedValues>(&settings, std::slice::from_ref(rows)).unwrap().failing("allowed")
}

fn refused(values: &str, data_type: DataType) -> Error {
    let settings = format!(r#"{{"values":{values}}}"#);
    let schema = Schema::new([Field::new("c", data_type)]);
    plan_check::<AllowedValues>(&settings, &schema).unwrap_err()
}

#[test]
fn texts_are_compared_byte_by_byte_and_nulls_pass() {
    let given = [Some("EWR"), None, Some("ewr"), Some("EWR "), Some(""), Some("LGA"), Some("EW")];
    assert_eq!(unknown(r#"["EWR","JFK","LGA","EWR"]"#, given), [2, 3, 4, 6]);
    assert_eq!(unknown(r#"[""]"#, given), [0, 2, 3, 5, 6]);
    let large = Rows::new().column_as("c", DataType::LargeUtf8, [Some("web"), Some("fax"), None]);
    assert_eq!(unknown_of(r#"["web","app"]"#, &large), [1]);
}

#[test]
fn texts_of_every_length_are_told_apart() {
    // Around 7 bytes a text is looked up another way.
    let text = |length: usize| "abcdefghij".get(..length).unwrap().to_owned();
    for known in 0..=10 {
        let given: Vec<String> = (0..=10).map(text).collect();
        let others: Vec<usize> = (0..=10).filter(|length| *length != known).collect();
        let values = format!(r#"["{}"]"#, text(known));
        assert_eq!(unknown(&values, given.iter().map(String::as_str)), others);
    }
    let given = ["Zürich", "Zurich", "日本", "日本語", "日", "a\0", "a", "abcdefgh", "abcdefgi"];
    assert_eq!(unknown(r#"["Zürich","日本語","a","abcdefgh"]"#, given), [1, 2, 4, 5, 8]);
}

#[test]
fn many_values_are_found_as_few_are() {
    let known: Vec<String> = (0..500).map(|at| format!("\"{}\"", at * 3)).collect();
    let given: Vec<String> = (0..1_600).map(|at| at.to_string()).collect();
    let found = unknown(&format!("[{}]", known.join(",")), given.iter().map(String::as_str));
    let expected: Vec<usize> = (0..1_600).filter(|at| at % 3 != 0 || *at >= 1_500).collect();
    assert_eq!(found, expected);

    let known: Vec<String> = (-50..50).map(|at| (at * 3).to_string()).collect();
    let found = unknown(&format!("[{}]", known.join(",")), -200_i64..200);
    let expected =
        (-200_i64..200).enumerate().filter(|(_, at)| at % 3 != 0 || !(-150..150).contains(at));
    assert_eq!(found, expected.map(|(row, _)| row).collect::<Vec<_>>());
}

#[test]
fn integers_of_every_width() {
    assert_eq!(unknown("[1,2,255]", [Some(1_u8), Some(3), None, Some(255)]), [1]);
    assert_eq!(unknown("[-1,0]", [-1_i8, 1]), [1]);
    assert_eq!(unknown("[18446744073709551615]", [u64::MAX, 0]), [1]);
    assert_eq!(unknown("[-9223372036854775808]", [i64::MIN, 0]), [1]);
}

#[test]
fn bools() {
    let given = [Some(true), Some(false), None];
    assert_eq!(unknown("[true]", given), [1]);
    assert_eq!(unknown("[false]", given), [0]);
    assert!(unknown("[true,false]", given).is_empty());
}

#[test]
fn dates_times_and_decimals() {
    let dates = Rows::new().column_as("c", DataType::Date32, [Some(15_706), Some(15_707), None]);
    assert_eq!(unknown_of(r#"["2013-01-01"]"#, &dates), [1]);
    let times = DataType::Timestamp(TimeUnit::Second, None);
    let times = Rows::new().column_as("c", times, [60_i64, 61]);
    assert_eq!(unknown_of(r#"["1970-01-01T00:01:00"]"#, &times), [1]);
    let mut cents = DecimalBuilder::with_capacity(3, 10, 2);
    [Some(150), Some(151), None].into_iter().for_each(|value| cents.push_option(value));
    let field = Field::new("c", DataType::Decimal128 { precision: 10, scale: 2 });
    assert_eq!(unknown_of(r#"[1.5,"2.00",-3]"#, &Rows::new().array(field, cents.finish())), [1]);
}

#[test]
fn no_rows_and_all_null() {
    assert!(unknown(r#"["a"]"#, Vec::<&str>::new()).is_empty());
    assert!(unknown(r#"["a"]"#, vec![None::<&str>; 65]).is_empty());
    assert!(unknown("[1]", vec![None::<i32>; 65]).is_empty());
    assert!(unknown("[true]", vec![None::<bool>; 65]).is_empty());
}

#[test]
fn parts_say_the_same_as_one() {
    let batches: Vec<Rows> = [vec![Some("a"), None], vec![], vec![Some("b"), Some("a")]]
        .into_iter()
        .map(|values| Rows::new().column("c", values))
        .collect();
    let settings = r#"{"values":["a"]}"#;
    let whole = check::<AllowedValues>(settings, &batches).unwrap();
    let parts = check_in_parts::<AllowedValues>(settings, &[&batches[..2], &batches[2..]]);
    assert_eq!(parts.unwrap(), whole);
    assert_eq!(whole.failing("allowed"), [2]);
    assert_eq!(whole.rules[0].summary, r#"column "c" is one of a"#);
    assert_eq!(whole.rules[0].dimension, Dimension::Conformity);
}

#[test]
fn values_of_another_type_are_refused_when_planned() {
    for (values, data_type) in [
        ("[]", DataType::Utf8),
        ("[1]", DataType::Utf8),
        ("[null]", DataType::Utf8),
        ("\"a\"", DataType::Utf8),
        (r#"["1"]"#, DataType::Int32),
        ("[1.5]", DataType::Int32),
        ("[256]", DataType::UInt8),
        ("[\"true\"]", DataType::Bool),
        (r#"["tomorrow"]"#, DataType::Date32),
    ] {
        let error = refused(values, data_type);
        assert!(matches!(error, Error::Settings(_)), "{values}: {error}");
    }
    for data_type in [DataType::Float64, DataType::Float16, DataType::Binary, DataType::Struct] {
        let error = refused("[1]", data_type);
        assert!(matches!(error, Error::Fields(_)), "{error}");
    }
    assert!(schema_of::<Allowed>().contains(r#""required":["values"]"#));
}
