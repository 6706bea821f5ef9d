//! Settings schemas that make work: honest ones pass, others are refused before they do.

use std::fmt::Write;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::mesh::Mesh;

/// Longer than any schema takes that is used, even on a machine that has much to do.
const LONG: Duration = Duration::from_secs(20);

/// What planning says, with this schema of the module `mask` and these settings.
fn planned(schema: &str, settings: &serde_json::Value) -> String {
    let mut mesh =
        Mesh::sales().bindings("settings: {method: email}", &format!("settings: {settings}"));
    mesh.catalog.get("governance/mask@1.0.0").facts.settings_schema = schema.to_owned();
    let start = Instant::now();
    let said = mesh.try_plan().map_or_else(|error| error.to_string(), |_| "planned".to_owned());
    assert!(start.elapsed() < LONG, "it took {:?}", start.elapsed());
    said
}

/// A schema of so many parts, each of which refers to the next so many times.
fn doubling(levels: usize, times: usize) -> String {
    let mut parts = String::new();
    for level in 0..levels {
        let next = format!("{{\"$ref\": \"#/$defs/s{}\"}},", level + 1).repeat(times);
        write!(parts, "\"s{level}\": {{\"allOf\": [{}]}},", next.trim_end_matches(',')).unwrap();
    }
    format!(
        "{{\"$ref\": \"#/$defs/s0\", \"$defs\": {{{parts} \"s{levels}\": {{\"type\": \"object\"}}}}}}"
    )
}

const REFUSED: &str = "its references stand for more than 262144 steps with these settings";

#[test]
fn references_that_double_at_each_step_are_refused() {
    let settings = json!({"method": "email"});
    for levels in [20, 60, 200] {
        let said = planned(&doubling(levels, 2), &settings);
        assert!(said.contains(REFUSED), "{levels} levels: {said}");
    }
    assert_eq!(planned(&doubling(10, 2), &settings), "planned");
}

#[test]
fn a_chain_of_references_has_an_end() {
    let settings = json!({"method": "email"});
    assert_eq!(planned(&doubling(200, 1), &settings), "planned");
    let said = planned(&doubling(4_000, 1), &settings);
    assert!(said.contains("its schemas are within each other more than 512 deep"), "{said}");
}

#[test]
fn a_chain_that_no_setting_reaches_does_no_harm() {
    let reached = "\"$ref\": \"#/$defs/s0\"";
    let unreached = format!("\"properties\": {{\"x\": {{{reached}}}}}");
    let chain = doubling(4_000, 1).replacen(reached, &unreached, 1);
    planned(&chain, &json!({"method": "email"}));
}

#[test]
fn recursion_that_doubles_with_the_depth_of_the_settings_is_refused() {
    let twice = r##"{"properties": {"in": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}}"##;
    let once = r##"{"properties": {"in": {"$ref": "#"}}}"##;
    let mut settings = json!({});
    for _ in 0..60 {
        settings = json!({"in": settings});
    }
    let said = planned(twice, &settings);
    assert!(said.contains(REFUSED), "{said}");
    assert_eq!(planned(once, &settings), "planned");
}

#[test]
fn a_schema_refers_to_its_own_parts_by_pointers_alone() {
    let settings = json!({"method": "email"});
    for keyword in ["$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor"] {
        let said = planned(&format!(r#"{{"{keyword}": "a"}}"#), &settings);
        assert!(said.contains(&format!("it uses `{keyword}`")), "{said}");
    }
    let renamed = r##"{"allOf": [{"$id": "urn:a", "$ref": "#"}]}"##;
    assert!(planned(renamed, &settings).contains("it uses `$id`"));
    let itself = r##"{"$id": "https://example.com/s", "$ref": "https://example.com/s#/$defs/a"}"##;
    assert!(planned(itself, &settings).contains("it refers to elsewhere"));
    let encoded = r##"{"$ref": "#/$defs/a%20b", "$defs": {"a b": {"required": ["n"]}}}"##;
    assert!(planned(encoded, &settings).contains("required property"));
}
