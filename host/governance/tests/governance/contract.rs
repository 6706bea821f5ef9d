//! ODCS contracts: versions, types, faults.

use bailiwick_governance::{Contract, type_name};

use crate::mesh::{Mesh, changed};

/// A contract with one object of these properties.
fn contract(version: &str, properties: &str) -> Contract {
    let text = format!(
        "apiVersion: {version}\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n\
         schema:\n  - name: o\n    properties:\n{properties}"
    );
    Contract::read("contract.odcs.yaml", &text).unwrap_or_else(|error| panic!("{error}"))
}

/// The type of a column, or what is wrong with it.
fn type_of(property: &str) -> String {
    let contract = contract("v3.2.0", &format!("      - {{name: c, {property}}}\n"));
    match contract.object("o").unwrap().property("c").unwrap().field() {
        Ok(field) => type_name(field.data_type()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn all_versions_from_3_0_to_3_2_are_read() {
    for version in ["v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0"] {
        let contract = contract(version, "      - {name: c, logicalType: date}\n");
        assert_eq!(contract.api_version, version);
    }
}

#[test]
fn what_a_later_version_brought_is_taken_in_an_earlier_one() {
    let contract = contract("v3.0.2", "      - {name: c, logicalType: timestamp}\n");
    assert_eq!(contract.objects[0].properties[0].logical_type.as_deref(), Some("timestamp"));
}

#[test]
fn what_governance_does_not_act_on_is_kept() {
    let contract = Contract::read("contract.odcs.yaml", &Mesh::sales().contract).unwrap();
    assert_eq!(contract.document["customProperties"][0]["property"], "steward");
    let rule = &contract.object("bookings").unwrap().property("id").unwrap().quality[0];
    assert_eq!((rule.title(), rule.kind.as_deref()), ("fresh ids", Some("sql")));
}

#[test]
fn physical_types_are_taken_where_they_are_known() {
    let cases = [
        ("tinyint", "int8"),
        ("INT", "int32"),
        ("int2", "int16"),
        ("BigInt", "int64"),
        ("uint16", "uint16"),
        ("real", "float32"),
        ("double precision", "float64"),
        ("numeric(10)", "decimal(10, 0)"),
        ("'decimal(38,38)'", "decimal(38, 38)"),
        ("'decimal(76, 2)'", "decimal(76, 2)"),
        ("character varying(20)", "string"),
        ("large_string", "large_string"),
        ("bytea", "binary"),
        ("fixed_binary(16)", "fixed_binary(16)"),
        ("bool", "boolean"),
        ("date", "date"),
        ("timestamp", "timestamp(us)"),
        ("'timestamp[ms, Europe/Berlin]'", "timestamp(ms, Europe/Berlin)"),
        ("timestamp(9) with time zone", "timestamp(ns, UTC)"),
        ("timestamp without time zone", "timestamp(us)"),
        ("timestamptz", "timestamp(us, UTC)"),
        ("time(ms)", "time(ms)"),
        ("duration(s)", "duration(s)"),
        ("'list<list<int32>>'", "list<list<int32>>"),
        ("'struct<a: int64, b: decimal(5, 2)>'", "struct<a: int64, b: decimal(5, 2)>"),
    ];
    for (physical, expected) in cases {
        assert_eq!(type_of(&format!("physicalType: {physical}")), expected, "{physical}");
        let again = format!("physicalType: '{expected}'");
        assert_eq!(type_of(&again), expected, "a type's name is read as that type");
    }
}

#[test]
fn logical_types_stand_in_where_they_are_not() {
    let cases = [
        ("logicalType: integer", "int64"),
        ("logicalType: number", "float64"),
        ("logicalType: string, physicalType: jsonb", "string"),
        ("logicalType: boolean", "boolean"),
        ("logicalType: date", "date"),
        ("logicalType: timestamp", "timestamp(us)"),
        ("logicalType: timestamp, logicalTypeOptions: {timezone: true}", "timestamp(us, UTC)"),
        ("logicalType: time", "time(us)"),
        ("logicalType: array, items: {logicalType: integer}", "list<int64>"),
        ("logicalType: object, properties: [{name: x, logicalType: date}]", "struct<x: date>"),
        ("logicalType: date, physicalType: timestamp(ms)", "timestamp(ms)"),
        ("logicalType: timestamp, physicalType: varchar(30)", "string"),
    ];
    for (property, expected) in cases {
        assert_eq!(type_of(property), expected, "{property}");
    }
}

#[test]
fn a_column_without_one_type_says_why() {
    insta::assert_snapshot!(type_of("description: bare"), @"column `c` has neither physicalType nor logicalType; state one of them");
    insta::assert_snapshot!(type_of("physicalType: geography"), @r#"column `c` has physicalType "geography", which is not known, and no logicalType; state a logicalType, or a physicalType such as int64, string or decimal(18, 2)"#);
    insta::assert_snapshot!(type_of("physicalType: int64, logicalType: string"), @r#"column `c` has physicalType "int64", which contradicts its logicalType "string"; state types that mean the same, or leave one of them out"#);
    insta::assert_snapshot!(type_of("physicalType: decimal, logicalType: number"), @r#"column `c` has physicalType "decimal"; write precision and scale, such as decimal(18, 2), the precision at most 76 and the scale no more than it"#);
    insta::assert_snapshot!(type_of("physicalType: 'decimal(77, 2)'"), @r#"column `c` has physicalType "decimal(77, 2)"; write precision and scale, such as decimal(18, 2), the precision at most 76 and the scale no more than it"#);
    insta::assert_snapshot!(type_of("physicalType: timestamp(7)"), @r#"column `c` has physicalType "timestamp(7)"; write timestamp(s), timestamp(ms), timestamp(us) or timestamp(ns), with a time zone as in timestamp(us, UTC)"#);
    insta::assert_snapshot!(type_of("logicalType: array"), @"column `c` is an array of nothing known; state `items`, or a physicalType such as list<string>");
    insta::assert_snapshot!(type_of("logicalType: object"), @"column `c` is an object without properties; state `properties`, or a physicalType such as string");
    insta::assert_snapshot!(type_of("logicalType: map, map: {key: {logicalType: string}, value: {logicalType: string}}"), @r#"column `c` has logicalType "map", which has no type of its own here; state a physicalType such as list<float32> or string"#);
    insta::assert_snapshot!(
        type_of("logicalType: object, properties: [{name: x, physicalType: money}]"),
        @r#"column `c.x` has physicalType "money", which is not known, and no logicalType; state a logicalType, or a physicalType such as int64, string or decimal(18, 2)"#
    );
}

#[test]
fn no_physical_type_makes_it_panic() {
    let deep = "list<".repeat(200);
    let texts = [
        "'<'",
        "'list<'",
        "'>('",
        "'list<>'",
        "'struct<a>'",
        "'struct<>'",
        "'ä('",
        "'()'",
        &format!("'{deep}'"),
    ];
    for text in texts {
        let found = type_of(&format!("physicalType: {text}"));
        assert!(found.contains("is not known"), "{text}: {found}");
    }
}

#[test]
fn faults_are_named_with_their_place() {
    let refused = |from: &str, to: &str| {
        let text = changed(&Mesh::sales().contract, from, to);
        Contract::read("sales/contract.odcs.yaml", &text).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused("apiVersion: v3.1.0", "apiVersion: v2.2.2"), @r#"sales/contract.odcs.yaml: at /apiVersion: found "v2.2.2", expected one of v3.0.0, v3.0.1, v3.0.2, v3.1.0 and v3.2.0: a contract of the Open Data Contract Standard"#);
    insta::assert_snapshot!(refused("apiVersion: v3.1.0\n", ""), @"sales/contract.odcs.yaml: at /apiVersion: not there, expected one of v3.0.0, v3.0.1, v3.0.2, v3.1.0 and v3.2.0: a contract of the Open Data Contract Standard");
    insta::assert_snapshot!(refused("status: active\n", ""), @r#"sales/contract.odcs.yaml: "status" is a required property"#);
    insta::assert_snapshot!(refused("status: active\n", "status: active\nstatus: draft\n"), @r#"sales/contract.odcs.yaml: duplicate entry with key "status""#);
    insta::assert_snapshot!(refused("{name: minutes, logicalType: number}", "{name: minutes, logicalType: float}"), @r#"sales/contract.odcs.yaml: at /schema/0/properties/5/logicalType: "float" is not one of "string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean" (in bookings_raw.minutes)"#);
    insta::assert_snapshot!(refused("mustBeGreaterThan: 0", "mustBeGreaterThan: many"), @r#"sales/contract.odcs.yaml: at /schema/1/properties/0/quality/0/mustBeGreaterThan: "many" is not of type "number" (in bookings.id.fresh ids)"#);
    insta::assert_snapshot!(refused("name: card,", "name: email,"), @r#"sales/contract.odcs.yaml: at /schema/0/properties/2/name: a property before it is called "email" too"#);
    insta::assert_snapshot!(refused("  - name: bookings\n", "  - name: bookings_raw\n"), @r#"sales/contract.odcs.yaml: at /schema/1/name: an object before it is called "bookings_raw" too"#);
    insta::assert_snapshot!(refused("schema:\n", "schema: 3\nother:\n"), @r#"sales/contract.odcs.yaml: at /schema: 3 is not of type "array"; additional properties are not allowed ('other' was unexpected)"#);
    insta::assert_snapshot!(refused("kind: DataContract", "kind: ["), @"sales/contract.odcs.yaml: did not find expected ',' or ']' at line 4 column 5, while parsing a flow sequence at line 2 column 7");
}

#[test]
fn an_error_lists_a_handful_and_counts_the_rest() {
    let properties = "      - {name: c, logicalType: float}\n".repeat(8);
    let text = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n\
         schema:\n  - name: o\n    properties:\n{properties}"
    );
    let error = Contract::read("c.yaml", &text).unwrap_err().to_string();
    assert!(error.ends_with("; and 3 more"), "{error}");
}
