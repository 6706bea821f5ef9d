//! `bindings.yaml`: what is read, and what is wrong with it.

use bailiwick_governance::{Bindings, DEFAULT_MAX_FAULT_ROWS, Format, OnFault, Selection, Source};

use crate::mesh::{Mesh, changed};

fn refused(from: &str, to: &str) -> String {
    let text = changed(&Mesh::sales().bindings, from, to);
    Bindings::read("sales/bindings.yaml", &text).unwrap_err().to_string()
}

#[test]
fn what_is_stated_is_what_is_read() {
    let bindings = Bindings::read("bindings.yaml", &Mesh::sales().bindings).unwrap();
    assert_eq!(bindings.product.to_string(), "sales/bookings");
    assert_eq!(bindings.output.format, Format::Parquet);
    assert_eq!(
        bindings.policies[1].columns,
        Selection::Columns(vec!["distance".into(), "minutes".into()])
    );
}

#[test]
fn the_format_follows_the_extension() {
    let of = |location: &str| {
        let text = changed(&Mesh::sales().bindings, "bookings.parquet", location);
        match Bindings::read("bindings.yaml", &text).unwrap().input.source {
            Source::Location { format, .. } => format,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(of("a.b/c.CSV"), Format::Csv);
    assert_eq!(of("s3://bucket/c.jsonl"), Format::Ndjson);
    assert_eq!(of("c.arrow"), Format::Arrow);
    assert_eq!(of("folder\n  format: csv"), Format::Csv);
    insta::assert_snapshot!(refused("bookings.parquet", "a.parquet/bookings"), @r#"sales/bindings.yaml: at /input/location: the extension of "a.parquet/bookings" is of no known format: state `format` (parquet, csv, ndjson or arrow)"#);
}

#[test]
fn a_location_stays_within_the_data_folder() {
    for out in ["../output/hr/people.parquet", "/etc/shadow.csv", "a/../../b.csv", "file:///x.csv"]
    {
        let refused = refused("bookings.parquet", out);
        assert!(refused.contains("at /input/location") && refused.contains("leads out"), "{out}");
    }
    let text = changed(&Mesh::sales().bindings, "bookings.parquet", "2026/a..b.parquet");
    Bindings::read("bindings.yaml", &text).unwrap();
}

#[test]
fn settings_are_read_in_one_order_however_they_are_written() {
    let text = |settings: &str| changed(&Mesh::sales().bindings, "{min: 0}", settings);
    let settings = |text: &str| {
        Bindings::read("bindings.yaml", text).unwrap().policies[2].settings.to_string()
    };
    assert_eq!(settings(&text("{b: {d: 1, c: 2}, a: [x]}")), r#"{"a":["x"],"b":{"c":2,"d":1}}"#);
    assert_eq!(settings(&text("{}")), "{}");
    assert_eq!(settings(&text("")), "{}");
}

#[test]
fn what_a_fault_leads_to() {
    let of = |stated: &str| {
        let text = changed(&Mesh::sales().bindings, "columns: [email]", stated);
        Bindings::read("bindings.yaml", &text).unwrap().policies[0].on_fault
    };
    assert_eq!(of("columns: [email]"), OnFault::Fail);
    assert_eq!(of("columns: [email]\n    on_fault: fail"), OnFault::Fail);
    let max_rows = DEFAULT_MAX_FAULT_ROWS;
    assert_eq!(
        of("columns: [email]\n    on_fault: quarantine"),
        OnFault::Quarantine { max_rows, max_percent: None }
    );
    assert_eq!(
        of("columns: [email]\n    on_fault: quarantine\n    max_fault_rows: 3"),
        OnFault::Quarantine { max_rows: 3, max_percent: None }
    );
    assert_eq!(
        of("columns: [email]\n    on_fault: quarantine\n    max_fault_percent: 0.5"),
        OnFault::Quarantine { max_rows: u32::MAX, max_percent: Some(0.5) }
    );
    insta::assert_snapshot!(refused("columns: [email]", "columns: [email]\n    on_fault: quarantine\n    max_fault_percent: 101"), @"sales/bindings.yaml: at /policies/0/max_fault_percent: found 101, expected more than 0 and at most 100");
    insta::assert_snapshot!(refused("columns: [email]", "columns: [email]\n    max_fault_rows: 3"), @"sales/bindings.yaml: at /policies/0/max_fault_rows: it is for `on_fault: quarantine`: state that, or leave it out");
    insta::assert_snapshot!(refused("columns: [email]", "columns: [email]\n    on_fault: quarantine\n    max_fault_rows: 0"), @"sales/bindings.yaml: at /policies/0/max_fault_rows: found 0, expected at least 1; state `on_fault: fail` to let no row fault");
}

#[test]
fn faults_are_named_with_their_place() {
    insta::assert_snapshot!(refused("bailiwick/v1", "bailiwick/v2"), @r#"sales/bindings.yaml: at /apiVersion: found "bailiwick/v2", expected "bailiwick/v1""#);
    insta::assert_snapshot!(refused("columns: [email]", "colums: [email]"), @"sales/bindings.yaml: policies[0]: unknown field `colums`, expected one of `id`, `module`, `columns`, `labels`, `references`, `where`, `settings`, `on_failure`, `severity`, `dimension`, `tags`, `on_fault`, `max_fault_rows`, `max_fault_percent`, `threshold` at line 13 column 5");
    insta::assert_snapshot!(refused("governance/mask@1.0.0", "governance/mask"), @r#"sales/bindings.yaml: policies[0]: "governance/mask" is not a module: expected `domain/module@version`, such as `governance/mask@1.0.0` at line 11 column 5"#);
    insta::assert_snapshot!(refused("id: derive-speed", "id: mask-email"), @"sales/bindings.yaml: at /policies/1/id: a policy before it is called `mask-email` too, expected an id of its own");
    insta::assert_snapshot!(refused("columns: [email]", "columns: [email, email]"), @"sales/bindings.yaml: at /policies/0/columns/1: column `email` stands in the list twice");
    insta::assert_snapshot!(refused("columns: [email]", "columns: [email]\n    labels: [pii]"), @"sales/bindings.yaml: at /policies/0: expected `columns` or `labels`, found both");
    insta::assert_snapshot!(refused("{min: 0}", "[1]"), @"sales/bindings.yaml: at /policies/2/settings: expected a mapping, found [1]");
    insta::assert_snapshot!(refused("{min: 0}", "{min: 0, min: 1}"), @r#"sales/bindings.yaml: policies[2].settings: duplicate entry with key "min" at line 22 column 15"#);
    insta::assert_snapshot!(refused("on_failure: quarantine", "on_failure: ignore"), @"sales/bindings.yaml: policies[2].on_failure: unknown variant `ignore`, expected one of `observe`, `quarantine`, `block` at line 23 column 17");
    insta::assert_snapshot!(refused("  location: bookings.parquet", "  from: bookings"), @"sales/bindings.yaml: at /input: expected either `object` and `location` (and `format`), or `product` and `from`, or `domain` and `target` (and `format`)");
    insta::assert_snapshot!(refused("product: sales/bookings", "product: [sales"), @"sales/bindings.yaml: did not find expected ',' or ']' at line 3 column 6, while parsing a flow sequence at line 2 column 10");
}

#[test]
fn there_is_one_port_of_each_kind() {
    insta::assert_snapshot!(
        refused(
            "  port: raw\n  object: bookings_raw\n  location: bookings.parquet",
            "  - port: raw\n    object: bookings_raw\n    location: bookings.parquet",
        ),
        @"sales/bindings.yaml: found a list of ports, expected one: a product has one input port and one output port"
    );
}

#[test]
fn no_text_makes_it_panic() {
    for text in
        ["", "~", "[]", "1", "{}", "\u{0}", "a: *b", "- - -", "!!binary x", "{? {a: 1} : 2}"]
    {
        assert!(Bindings::read("bindings.yaml", text).is_err(), "{text:?}");
    }
}
