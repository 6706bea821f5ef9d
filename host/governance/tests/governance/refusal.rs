//! Every refusal, in its words.

use arrow_schema::{DataType, Field};
use bailiwick_governance::{Granularity, PlanError, Scope, Shape, TransformPlan};
use bailiwick_terms::{Ordering, Read};

use crate::catalog::{Answer, writes};
use crate::mesh::Mesh;

#[test]
fn an_input_object_that_is_not_there() {
    let mesh = Mesh::sales().bindings("object: bookings_raw", "object: raw");
    insta::assert_snapshot!(mesh.refused(), @"input port `raw`: the contract of sales/bookings has no object `raw`; its objects are `bookings_raw`, `bookings`");
}

#[test]
fn an_output_object_that_is_not_there() {
    let mesh = Mesh::sales().bindings("  object: bookings\n", "  object: sold\n");
    insta::assert_snapshot!(mesh.refused(), @"output port `bookings`: the contract of sales/bookings has no object `sold`; its objects are `bookings_raw`, `bookings`");
}

#[test]
fn an_upstream_product_that_is_not_given() {
    let mesh = Mesh::sales().bindings(
        "  object: bookings_raw\n  location: bookings.parquet",
        "  product: air/flights\n  from: flights",
    );
    insta::assert_snapshot!(mesh.refused(), @"input port `raw`: product air/flights is not published; publish it first, or name another product");
}

#[test]
fn a_contract_column_without_a_type() {
    let mesh = Mesh::sales()
        .contract(
            "{name: minutes, logicalType: number}",
            "{name: minutes, physicalType: geography}",
        )
        .contract(
            "{name: comment, logicalType: string,",
            "{name: comment, logicalType: string, physicalType: int64,",
        );
    insta::assert_snapshot!(mesh.refused(), @r#"
    input port `raw`: object `bookings_raw`: column `minutes` has physicalType "geography", which is not known, and no logicalType; state a logicalType, or a physicalType such as int64, string or decimal(18, 2)
    input port `raw`: object `bookings_raw`: column `comment` has physicalType "int64", which contradicts its logicalType "string"; state types that mean the same, or leave one of them out
    "#);
}

#[test]
fn a_policy_on_a_column_that_is_not_there() {
    let mesh = Mesh::sales().bindings("columns: [email]", "columns: [emial]");
    insta::assert_snapshot!(mesh.refused(), @r#"
    policy `mask-email`: there is no column `emial` at this point; the columns are `id`, `email`, `card`, `carrier`, `distance`, `minutes`, `comment`
    output port `bookings`: column `email` is labelled `pii` (classification of bookings_raw.email in the contract of sales/bookings), and the port is not cleared for that label; bind a module to it whose approval removes `pii`, take the column out of object `bookings`, or ask central governance to clear the port
    output port `bookings`: obligation `pii-masked` is not met on column `email` (personal data leaves masked); bind governance/mask to column `email`
    "#);
}

#[test]
fn a_module_that_is_not_approved() {
    let mesh = Mesh::sales().bindings("mask@1.0.0", "mask@1.0.1");
    insta::assert_snapshot!(mesh.refused(), @"policy `mask-email`: module governance/mask@1.0.1 is not approved by central governance");
}

#[test]
fn a_module_that_cannot_work_on_the_columns() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("sales/derive@0.3.0").answer = Answer::Fails("distance is no integer");
    insta::assert_snapshot!(mesh.refused(), @"policy `derive-speed`: distance is no integer");
}

#[test]
fn settings_that_the_module_does_not_know() {
    let mesh = Mesh::sales().bindings("{method: email}", "{method: emial, cut: 3}");
    insta::assert_snapshot!(mesh.refused(), @r#"
    policy `mask-email`: the settings do not fit governance/mask@1.0.0: at /method: "emial" is not one of "email", "null", "hash"
    policy `mask-email`: the settings do not fit governance/mask@1.0.0: additional properties are not allowed ('cut' was unexpected)
    "#);
}

#[test]
fn settings_of_the_most_bytes_and_of_one_more() {
    let mesh = Mesh::sales();
    assert_eq!(r#"{"method":"email"}"#.len(), 18);
    mesh.clone().framework("{call_ms: 2000}", "{settings_bytes: 18}").plan();
    let mesh = mesh.framework("{call_ms: 2000}", "{settings_bytes: 17}");
    insta::assert_snapshot!(mesh.refused(), @"policy `mask-email`: settings of 18 bytes, and governance/mask@1.0.0 takes at most 17; shorten them");
}

#[test]
fn a_settings_schema_that_is_none() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("governance/mask@1.0.0").facts.settings_schema =
        r#"{"type": "objekt"}"#.to_owned();
    insta::assert_snapshot!(mesh.refused(), @r#"policy `mask-email`: the settings schema of governance/mask@1.0.0 is not a JSON Schema: at /type: "objekt" is not of type "array"; bind another version of the module"#);
}

#[test]
fn a_settings_schema_that_refers_elsewhere() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("governance/mask@1.0.0").facts.settings_schema =
        r#"{"$ref": "https://example.com/settings.json"}"#.to_owned();
    insta::assert_snapshot!(mesh.refused(), @"policy `mask-email`: the settings schema of governance/mask@1.0.0 is not a JSON Schema: it refers to elsewhere: refer to its own parts by `#/…` alone; bind another version of the module");
}

#[test]
fn a_settings_schema_that_refers_to_itself_ends() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("governance/mask@1.0.0").facts.settings_schema =
        r##"{"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}}"##.to_owned();
    let _ = mesh.try_plan();
}

#[test]
fn a_module_of_one_column_without_a_column() {
    let mesh = Mesh::sales().policy("  - {id: bare, module: governance/range@1.0.0}\n");
    insta::assert_snapshot!(mesh.refused(), @"policy `bare`: governance/range@1.0.0 works on one column at a time, and none is named; state `columns` or `labels`");
}

#[test]
fn a_transform_with_words_for_checks() {
    let mesh = Mesh::sales().bindings(
        "settings: {name: speed}",
        "settings: {name: speed}\n    on_failure: observe\n    threshold: {mustBe: 0}",
    );
    insta::assert_snapshot!(mesh.refused(), @r#"
    policy `derive-speed`: `on_failure` is for checks, and sales/derive@0.3.0 is a transform; leave out `on_failure`
    policy `derive-speed`: `threshold` is for checks, and sales/derive@0.3.0 is a transform; leave out `threshold`
    "#);
}

#[test]
fn a_module_that_reads_what_it_is_not_bound_to() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("sales/derive@0.3.0").answer = Answer::Plans(TransformPlan {
        reads: ["distance", "card", "distance"].map(Read::values).to_vec(),
        writes: Vec::new(),
        shape: Shape::Map,
        ordering: Ordering::Independent,
        lookups: Vec::new(),
    });
    insta::assert_snapshot!(mesh.refused(), @r#"
    policy `derive-speed`: sales/derive@0.3.0 plans to read column `card`, which it is not bound to; it is bound to `distance`, `minutes`
    policy `derive-speed`: sales/derive@0.3.0 plans to read column `distance` twice; bind another version of the module
    "#);
}

#[test]
fn a_module_that_writes_what_it_is_not_bound_to() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("sales/derive@0.3.0").answer = writes("carrier", DataType::Utf8);
    insta::assert_snapshot!(mesh.refused(), @"policy `derive-speed`: sales/derive@0.3.0 writes column `carrier`, which comes with the input and which it is not bound to; bind it to `carrier` as well, so that it replaces the column, or let it write a column of another name");
}

#[test]
fn two_policies_that_write_the_same_new_column() {
    let mesh =
        Mesh::sales().policy("  - {id: again, module: sales/derive@0.3.0, columns: [distance]}\n");
    insta::assert_snapshot!(mesh.refused(), @"policy `again`: sales/derive@0.3.0 writes column `speed`, which step `derive-speed` has written and which it is not bound to; bind it to `speed` as well, so that it replaces the column, or let it write a column of another name");
}

#[test]
fn a_module_that_writes_a_column_twice() {
    let mut mesh = Mesh::sales();
    let speed = Field::new("speed", DataType::Float64, true);
    mesh.catalog.get("sales/derive@0.3.0").answer = Answer::Writes(vec![speed.clone(), speed]);
    insta::assert_snapshot!(mesh.refused(), @"policy `derive-speed`: sales/derive@0.3.0 plans to write column `speed` twice; bind another version of the module");
}

#[test]
fn a_filter_that_writes() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("governance/filter@1.0.0").answer = Answer::Plans(TransformPlan {
        reads: Vec::new(),
        writes: vec![Field::new("carrier", DataType::Utf8, true)],
        shape: Shape::Filter,
        ordering: Ordering::Independent,
        lookups: Vec::new(),
    });
    insta::assert_snapshot!(mesh.refused(), @"policy `own-carrier`: governance/filter@1.0.0 plans a filter that writes columns");
}

#[test]
fn new_rows_without_a_column() {
    let mut mesh = Mesh::sales();
    mesh.catalog.get("sales/derive@0.3.0").answer = Answer::Reshapes(Vec::new());
    insta::assert_snapshot!(mesh.refused(), @"policy `derive-speed`: sales/derive@0.3.0 plans new rows without a column; bind another version of the module");
}

#[test]
fn a_label_without_a_grant() {
    let mesh = Mesh::sales().bindings("columns: [distance, minutes]", "columns: [distance, card]");
    insta::assert_snapshot!(mesh.refused(), @r#"
    policy `derive-speed`: sales/derive@0.3.0 reads column `card`, which is labelled `restricted`, and its approval does not grant that label; ask central governance for an approval that may read `restricted`, or leave `card` out of the policy
    output port `bookings`: column `speed` is labelled `restricted` (step `derive-speed` read column `card`, which carries it), and the port is not cleared for that label; bind a module to it whose approval removes `restricted`, take the column out of object `bookings`, or ask central governance to clear the port
    "#);
}

#[test]
fn an_output_column_that_nothing_writes() {
    let mesh = Mesh::sales().contract("{name: speed,", "{name: velocity,");
    insta::assert_snapshot!(mesh.refused(), @"output port `bookings`: object `bookings` promises column `velocity`, and no step writes it and the input does not have it; bind a transform that writes it, or take it out of the contract; the columns are `id`, `email`, `card`, `carrier`, `distance`, `minutes`, `comment`, `speed`");
}

#[test]
fn an_output_column_of_another_type() {
    let mesh = Mesh::sales().contract(
        "{name: speed, logicalType: number}",
        "{name: speed, physicalType: 'decimal(9, 2)'}",
    );
    insta::assert_snapshot!(mesh.refused(), @"output port `bookings`: column `speed` is float64 at the end of the plan, and object `bookings` promises decimal(9, 2); state `physicalType: float64` in the contract, or bind a transform that gives decimal(9, 2)");
}

#[test]
fn a_label_that_the_port_is_not_cleared_for() {
    let mesh = Mesh::sales()
        .contract("{name: speed, logicalType: number}", "{name: card, logicalType: string}")
        .contract(
            "      - {name: email, logicalType: string}",
            "      - {name: email, logicalType: string, tags: [restricted]}",
        );
    insta::assert_snapshot!(mesh.refused(), @r#"
    output port `bookings`: column `email` is labelled `restricted` (a tag of bookings.email in the contract of sales/bookings), and the port is not cleared for that label; bind a module to it whose approval removes `restricted`, take the column out of object `bookings`, or ask central governance to clear the port
    output port `bookings`: column `card` is labelled `restricted` (classification of bookings_raw.card in the contract of sales/bookings), and the port is not cleared for that label; bind a module to it whose approval removes `restricted`, take the column out of object `bookings`, or ask central governance to clear the port
    "#);
}

#[test]
fn a_label_that_the_contract_does_not_declare() {
    let mesh = Mesh::sales()
        .framework("default: []", "default: [restricted]")
        .contract("{name: speed, logicalType: number}", "{name: card, logicalType: string}");
    insta::assert_snapshot!(mesh.refused(), @"output port `bookings`: column `card` arrives labelled `restricted` (classification of bookings_raw.card in the contract of sales/bookings), and object `bookings` does not say so; state `classification: restricted` or the tag `restricted` on it in the contract, or bind a module to it whose approval removes `restricted`");
    mesh.contract(
        "{name: card, logicalType: string}",
        "{name: card, logicalType: string, tags: [restricted]}",
    )
    .plan();
}

#[test]
fn an_obligation_that_is_not_met() {
    let mesh = Mesh::sales()
        .bindings("governance/mask@1.0.0", "governance/clean@1.0.0")
        .framework("default: []", "default: [pii]")
        .contract(
            "      - {name: email, logicalType: string}",
            "      - {name: email, logicalType: string, tags: [pii]}",
        );
    insta::assert_snapshot!(mesh.refused(), @"output port `bookings`: obligation `pii-masked` is not met on column `email` (personal data leaves masked); bind governance/mask to column `email`");
}

#[test]
fn thresholds_for_rules_that_are_not_there_or_of_another_kind() {
    let mut mesh = Mesh::sales().bindings(
        "threshold: {unit: percent, mustBeLessOrEqualTo: 1}",
        "threshold: [{rule: max, mustBe: 0}, {rule: mean, unit: rows, mustBe: 0}]",
    );
    let rules = [("min", Granularity::Row), ("mean", Granularity::Dataset)];
    mesh.catalog.check("governance/range@1.0.0", Scope::Column, &rules);
    insta::assert_snapshot!(mesh.refused(), @r#"
    policy `distance-range`: a threshold is for rule `max`, which governance/range@1.0.0 does not have; its rules are `min`, `mean`
    policy `distance-range`: the threshold for rule `mean` counts failing rows by a `unit`, and the rule speaks of all rows together; leave out `unit`
    "#);
}

#[test]
fn a_quarantine_of_all_rows_together() {
    let mesh = Mesh::sales().policy(
        "  - {id: enough, module: governance/count@1.0.0, on_failure: quarantine, \
         threshold: {unit: rows, mustBeGreaterThan: 0}}\n",
    );
    insta::assert_snapshot!(mesh.refused(), @r#"
    policy `enough`: `on_failure: quarantine`, and governance/count@1.0.0 has no rule of single rows; state `on_failure: block` or `on_failure: observe`
    policy `enough`: the threshold counts failing rows by a `unit`, and governance/count@1.0.0 has no rule of single rows; leave out `unit`
    "#);
}

#[test]
fn a_module_with_two_rules_of_one_name() {
    let mut mesh = Mesh::sales();
    let rules = [("min", Granularity::Row), ("min", Granularity::Row)];
    mesh.catalog.check("governance/range@1.0.0", Scope::Column, &rules);
    insta::assert_snapshot!(mesh.refused(), @"policy `distance-range`: governance/range@1.0.0 plans two rules `min`; bind another version of the module");
}

#[test]
fn all_refusals_are_found_at_once_and_say_which_rule_and_column() {
    let mesh = Mesh::sales()
        .bindings("columns: [distance, minutes]", "columns: [distance, card]")
        .bindings("columns: [carrier]", "columns: [carier]")
        .contract(
            "      - {name: distance, logicalType: number}",
            "      - {name: distance, logicalType: integer}",
        );
    let Err(PlanError::Refused(refusals)) = mesh.try_plan() else {
        panic!("there is a plan");
    };
    insta::assert_snapshot!(serde_json::to_string_pretty(&refusals).unwrap(), @r#"
    [
      {
        "rule": "label-grant",
        "at": "policy `derive-speed`",
        "column": "card",
        "found": "sales/derive@0.3.0 reads column `card`, which is labelled `restricted`, and its approval does not grant that label",
        "remedy": "ask central governance for an approval that may read `restricted`, or leave `card` out of the policy"
      },
      {
        "rule": "no-such-column",
        "at": "policy `own-carrier`",
        "column": "carier",
        "found": "there is no column `carier` at this point",
        "remedy": "the columns are `id`, `email`, `card`, `carrier`, `distance`, `minutes`, `comment`, `speed`"
      },
      {
        "rule": "output-column",
        "at": "output port `bookings`",
        "column": "distance",
        "found": "column `distance` is float64 at the end of the plan, and object `bookings` promises int64",
        "remedy": "state `physicalType: float64` in the contract, or bind a transform that gives int64"
      },
      {
        "rule": "clearance",
        "at": "output port `bookings`",
        "column": "speed",
        "found": "column `speed` is labelled `restricted` (step `derive-speed` read column `card`, which carries it), and the port is not cleared for that label",
        "remedy": "bind a module to it whose approval removes `restricted`, take the column out of object `bookings`, or ask central governance to clear the port"
      }
    ]
    "#);
}
