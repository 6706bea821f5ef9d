//! Schemas as lists of fields, and back.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Fields};
use bailiwick_columnar::{
    ColumnarError, Malformed, Untrusted, WireField, fields_from_wire, fields_to_wire,
};

use crate::columns::types;

fn wire(name: &str, format: &str, children: u32) -> WireField {
    WireField {
        name: name.into(),
        format: format.into(),
        nullable: true,
        children,
        metadata: Vec::new(),
    }
}

fn read(fields: Vec<WireField>) -> Result<Vec<FieldRef>, ColumnarError> {
    fields_from_wire(Untrusted::new(fields))
}

fn malformed(fields: Vec<WireField>) -> Malformed {
    match read(fields).unwrap_err() {
        ColumnarError::Malformed(malformed) => malformed,
        other => panic!("another error: {other}"),
    }
}

#[test]
fn every_type_has_its_format_and_comes_back() {
    let types = types();
    let fields: Vec<FieldRef> = types
        .iter()
        .enumerate()
        .map(|(at, (data_type, _))| {
            Arc::new(Field::new(format!("c{at}"), data_type.clone(), at % 2 == 0))
        })
        .collect();
    for (field, (_, format)) in fields.iter().zip(&types) {
        let wire = fields_to_wire(std::slice::from_ref(field)).unwrap();
        assert_eq!(&wire[0].format, format);
    }
    assert_eq!(read(fields_to_wire(&fields).unwrap()).unwrap(), fields);
}

#[test]
fn children_follow_their_field_depth_first() {
    let leaf = Field::new("leaf", DataType::Int32, false);
    let list = Field::new("list", DataType::List(Arc::new(leaf)), true);
    let next = Field::new("next", DataType::Utf8, true);
    let top = Field::new("top", DataType::Struct(Fields::from(vec![list, next])), false);
    let wire = fields_to_wire(&[Arc::new(top)]).unwrap();
    let order: Vec<_> =
        wire.iter().map(|f| (f.name.as_str(), f.format.as_str(), f.nullable, f.children)).collect();
    assert_eq!(
        order,
        [
            ("top", "+s", false, 2),
            ("list", "+l", true, 1),
            ("leaf", "i", false, 0),
            ("next", "u", true, 0)
        ]
    );
}

#[test]
fn metadata_crosses_in_one_order() {
    let metadata: HashMap<String, String> =
        (0..20).map(|n| (format!("key{n:02}"), format!("value{n}"))).collect();
    let field = Field::new("a", DataType::Int8, true).with_metadata(metadata.clone());
    let wire = fields_to_wire(&[Arc::new(field)]).unwrap();
    assert!(wire[0].metadata.is_sorted());
    assert_eq!(read(wire).unwrap()[0].metadata(), &metadata);
}

#[test]
fn formats_outside_the_contract_are_refused() {
    let formats = [
        "",
        "n",
        "vu",
        "vz",
        "+vl",
        "+vL",
        "+w:3",
        "+m",
        "+r",
        "+ud:0,1",
        "tiM",
        "tiD",
        "tin",
        "x",
        "B",
        "bb",
        " b",
        "ts",
        "tsx:",
        "tsxUTC",
        "ttx",
        "tt",
        "tD",
        "tdd",
        "td",
        "w:",
        "w:0",
        "w:-1",
        "w:1048577",
        "w:99999999999",
        "w:x",
        "d:",
        "d:5",
        "d:0,0",
        "d:39,0",
        "d:77,0,256",
        "d:5,6",
        "d:5,2,64",
        "d:5,2,256,1",
        "d:-1,0",
        "d:256,0",
        "d:5,999",
    ];
    for format in formats {
        let expected = Malformed::Format { field: "a".into(), format: format.into() };
        assert_eq!(malformed(vec![wire("a", format, 0)]), expected);
    }
}

#[test]
fn formats_at_their_limits_are_read() {
    for format in ["w:1", "w:1048576", "d:38,38", "d:1,-5", "d:76,76,256", "d:9,2,128", "tsn:"] {
        assert!(read(vec![wire("a", format, 0)]).is_ok(), "{format}");
    }
}

#[test]
fn children_must_add_up() {
    let fewer = Malformed::Schema { problem: "a field has fewer children than it says" };
    assert_eq!(malformed(vec![wire("a", "+s", 1)]), fewer);
    assert_eq!(malformed(vec![wire("a", "+s", u32::MAX), wire("b", "i", 0)]), fewer);
    let list = Malformed::Schema { problem: "a list must have exactly one child" };
    assert_eq!(malformed(vec![wire("a", "+l", 0)]), list);
    assert_eq!(malformed(vec![wire("a", "+L", 2), wire("b", "i", 0), wire("c", "i", 0)]), list);
    let leaf = Malformed::Schema { problem: "a field without nesting has children" };
    assert_eq!(malformed(vec![wire("a", "i", 1), wire("b", "i", 0)]), leaf);
}

#[test]
fn names_at_the_top_are_unique() {
    let twice = read(vec![wire("a", "i", 0), wire("b", "i", 0), wire("a", "u", 0)]);
    assert_eq!(twice, Err(ColumnarError::DuplicateColumn { column: "a".into() }));
}

fn too_many(field: &str, what: &'static str, limit: u64, found: u64) -> Malformed {
    Malformed::TooMany { field: field.into(), what, limit, found }
}

#[test]
fn nesting_is_bounded() {
    let deep = |levels: usize| {
        let mut fields = vec![wire("a", "+s", 1); levels - 1];
        fields.push(wire("a", "i", 0));
        fields
    };
    assert!(read(deep(16)).is_ok());
    let expected = too_many("the declared schema", "levels of nesting", 16, 17);
    assert_eq!(malformed(deep(17)), expected);
}

#[test]
fn the_number_of_fields_is_bounded() {
    let many = |count: u32| {
        let mut fields = vec![wire("a", "+s", count - 1)];
        fields.extend((1..count).map(|at| wire(&format!("c{at}"), "i", 0)));
        fields
    };
    assert!(read(many(10_000)).is_ok());
    let expected = too_many("the declared schema", "fields", 10_000, 10_001);
    assert_eq!(malformed(many(10_001)), expected);
}

#[test]
fn texts_of_a_field_are_bounded() {
    let long = |bytes: usize| "x".repeat(bytes);
    assert!(read(vec![wire(&long(4_096), "i", 0)]).is_ok());
    let expected = too_many("a declared field", "bytes", 4_096, 4_097);
    let bent: [fn(&mut WireField, String); 4] = [
        |field, text| field.name = text,
        |field, text| field.format = text,
        |field, text| field.metadata = vec![(text, String::new())],
        |field, text| field.metadata = vec![(String::new(), text)],
    ];
    for bend in bent {
        let mut field = wire("a", "i", 0);
        bend(&mut field, long(4_097));
        assert_eq!(malformed(vec![field]), expected);
    }
}
