//! Forms of text, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, check, check_in_parts, plan_check};
use bailiwick_guest::{DataType, Dimension, Error, Field, Schema, schema_of};
use bailiwick_policy_pattern::{Form, Pattern};

fn failing(pattern: &str, values: &[Option<&str>]) -> Vec<usize> {
    let rows = Rows::new().column("c", values.iter().copied());
    check::<Pattern>(&settings(pattern), &[rows]).unwrap().failing("matches-pattern")
}

fn settings(pattern: &str) -> String {
    format!(r#"{{"pattern":"{}"}}"#, pattern.replace('\\', r"\\"))
}

fn refused(pattern: &str, data_type: DataType) -> Error {
    let schema = Schema::new([Field::new("c", data_type)]);
    plan_check::<Pattern>(&settings(pattern), &schema).unwrap_err()
}

#[test]
fn the_whole_text_has_the_form_and_nulls_pass() {
    let values = [Some("JFK"), Some("JFKX"), None, Some(""), Some(" JFK"), Some("jfk")];
    assert_eq!(failing("[A-Z]{3}", &values), [1, 3, 4, 5]);
    assert_eq!(failing("^[A-Z]{3}$", &values), [1, 3, 4, 5]);
    assert_eq!(failing("(?i)[A-Z]{3}", &values), [1, 3, 4]);
}

#[test]
fn every_alternative_is_about_the_whole_text() {
    let values = [Some("a"), Some("ab"), Some("abc"), Some("xa"), Some("a\n")];
    assert_eq!(failing("a|ab", &values), [2, 3, 4]);
    assert_eq!(failing("^a|ab$", &values), [2, 3, 4]);
    // Many lines change the anchors within, not the whole text's.
    assert_eq!(failing("(?m)^a$", &values), [1, 2, 3, 4]);
    assert_eq!(failing("(?s:.*)a(?s:.*)", &values), [0_usize; 0]);
}

#[test]
fn characters_outside_ascii_are_characters() {
    let values = [Some("zoë"), Some("zo"), Some("日本語"), Some("é́")];
    assert_eq!(failing("...", &values), [1, 3]);
    assert_eq!(failing("[a-zë]+", &values), [2, 3]);
}

#[test]
fn registrations_and_addresses() {
    let tail = "^N[1-9]([0-9]{0,4}|[0-9]{0,3}[A-HJ-NP-Z]|[0-9]{0,2}[A-HJ-NP-Z]{2})$";
    let tails = ["N14228", "N3EHAA", "N1", "N123AB", "N0123", "D942DN", "N1234AB", "N12345"];
    assert_eq!(failing(tail, &tails.map(Some)), [1, 4, 5, 6]);
    let email = r"^[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$";
    let emails = ["jane@example.com", "jane@example", "j@ex.co.uk", "jane example.com", "J@x.org"];
    assert_eq!(failing(email, &emails.map(Some)), [1, 3, 4]);
}

#[test]
fn remembered_verdicts_are_those_of_the_same_text() {
    // Far more values than are remembered, each twice, short and long.
    let value = |at: usize| format!("{}{}", "x".repeat(at % 40), at / 2);
    let values: Vec<String> = (0..30_000).map(|at| value(at % 17_000)).collect();
    let batches: Vec<Rows> = values
        .chunks(4_000)
        .map(|values| Rows::new().column("c", values.iter().map(String::as_str)))
        .collect();
    let even = |text: &String| text.ends_with(['0', '2', '4', '6', '8']);
    let odd: Vec<bool> = values.iter().map(|text| !even(text)).collect();
    // The second is one that verdicts are remembered of.
    for pattern in ["x*[0-9]*[02468]", "(?x) x* [0-9]* [02468]"] {
        let verdict = check::<Pattern>(&settings(pattern), &batches).unwrap();
        assert_eq!(verdict.failing.first(), Some(&odd), "{pattern}");
    }
    // A text with zero bytes behind it is another one.
    for pattern in ["a", "(?x) a"] {
        assert_eq!(failing(pattern, &[Some("a"), Some("a\0"), Some("a"), Some("")]), [1, 3]);
    }
}

#[test]
fn large_text_no_rows_and_all_null() {
    let large = Rows::new().column_as("c", DataType::LargeUtf8, [Some("a"), Some("b"), None]);
    let verdict = check::<Pattern>(&settings("a"), &[large]).unwrap();
    assert_eq!(verdict.failing("matches-pattern"), [1]);
    assert!(failing("a", &[]).is_empty());
    assert!(failing("a", &[None; 100]).is_empty());
}

#[test]
fn parts_say_the_same_as_one() {
    let batches: Vec<Rows> = [["a", "b"], ["b", "a"], ["c", "a"]]
        .into_iter()
        .map(|values| Rows::new().column("c", values))
        .collect();
    let whole = check::<Pattern>(&settings("a"), &batches).unwrap();
    let parts = check_in_parts::<Pattern>(&settings("a"), &[&batches[..1], &batches[1..]]);
    assert_eq!(parts.unwrap(), whole);
    assert_eq!(whole.rules[0].dimension, Dimension::Conformity);
    assert_eq!(whole.rules[0].summary, r#"column "c" matches a"#);
}

#[test]
fn what_is_no_pattern_or_no_text_is_refused_when_planned() {
    for pattern in
        ["(", "a)(b", "[a", "a{2,1}", "(?=a)", r"\p{L}", r"(a)\1", "(((a{999}){999}){999})"]
    {
        let error = refused(pattern, DataType::Utf8);
        assert!(matches!(error, Error::Settings(_)), "{pattern}: {error}");
        assert!(error.text().starts_with("`pattern` "), "{error}");
    }
    for data_type in [DataType::Int32, DataType::Binary, DataType::Date32] {
        assert!(matches!(refused("a", data_type), Error::Fields(_)));
    }
    let rows = Rows::new().column("c", ["x"]);
    for settings in ["{}", r#"{"pattern":1}"#, r#"{"pattern":"a","flags":"i"}"#] {
        let error = check::<Pattern>(settings, std::slice::from_ref(&rows)).unwrap_err();
        assert!(matches!(error, Error::Settings(_)), "{settings}: {error}");
    }
    assert!(schema_of::<Form>().contains(r#""required":["pattern"]"#));
}
