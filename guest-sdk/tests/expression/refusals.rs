//! What a module says of programs that nobody compiled, and of other columns than a
//! program was made for.

use bailiwick_guest::testing::Rows;
use bailiwick_guest::{Error, Predicate, Read};
use serde::de::value::StrDeserializer;
use serde::{Deserialize, de};

fn program(json: &str) -> Predicate {
    serde_json::from_str(json).unwrap()
}

const DELAYED: &str = r#"{"sql": "a > 1", "type": "bool",
    "columns": [{"name": "a", "part": "values", "type": "integer"}],
    "steps": [{"op": "integer", "integer": 1}, {"op": "column", "integer": 0},
              {"op": "lt", "of": [0, 1]}]}"#;

#[test]
fn text_is_no_program() {
    let text: StrDeserializer<'_, de::value::Error> =
        de::IntoDeserializer::into_deserializer("a > 1");
    assert!(Predicate::deserialize(text).is_err());
}

#[test]
fn columns_are_those_that_it_was_made_for() {
    let delayed = program(DELAYED);
    assert_eq!(delayed.reads(), [Read::from("a")]);
    assert!(delayed.check(Rows::new().column("a", [1_i16]).schema()).is_ok());
    let refused = delayed.check(Rows::new().column("a", ["x"]).schema()).unwrap_err();
    assert_eq!(
        refused,
        Error::fields("column \"a\" is utf8, expected integer, which `a > 1` was made for")
    );
    assert!(delayed.check(Rows::new().column("b", [1_i64]).schema()).is_err());
}

#[test]
fn steps_are_made_of_ones_before_them_of_the_kinds_that_they_take() {
    let rows = Rows::new().column("a", [1_i64]);
    for (from, to) in [
        (r#""of": [0, 1]"#, r#""of": [0, 2]"#),
        (r#""of": [0, 1]"#, r#""of": [0, 9]"#),
        (r#""of": [0, 1]"#, r#""of": [0]"#),
        (r#""op": "lt""#, r#""op": "like""#),
        (r#""op": "lt""#, r#""op": "add""#),
        (r#""op": "integer""#, r#""op": "float""#),
        (r#""integer": 0}"#, r#""integer": 7}"#),
        (r#""integer": 0}"#, r#""integer": -1}"#),
        (r#""type": "bool""#, r#""type": "text""#),
        (r#""type": "bool""#, r#""type": "what""#),
    ] {
        let bent = DELAYED.replacen(from, to, 1);
        assert_ne!(bent, DELAYED);
        let refused = program(&bent).check(rows.schema()).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{bent}: {refused}");
    }
    let unknown = DELAYED.replace("\"lt\"", "\"launch\"");
    assert!(serde_json::from_str::<Predicate>(&unknown).is_err());
}
