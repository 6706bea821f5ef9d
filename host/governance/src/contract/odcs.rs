//! Validation against the standard's own JSON Schemas.

use serde_json::Value;

use crate::document::{DocumentError, Problems, excerpt};
use crate::json_schema::violations;

const ODCS_3_0: &str = include_str!("../../schemas/odcs-3.0.2.schema.json");
const ODCS_3_1: &str = include_str!("../../schemas/odcs-3.1.0.schema.json");
const ODCS_3_2: &str = include_str!("../../schemas/odcs-3.2.0.schema.json");

/// Validates a contract against the schema of its version. One of 3.0 may fit the
/// schema of 3.1 instead: that names the versions of 3.0 in its `apiVersion` too, and
/// writers of contracts (of the standard's own examples among them) use what 3.1
/// brought without stating it. 3.2 is not used so, for it asks for less.
pub(super) fn validate(file: &str, document: &Value) -> Result<(), DocumentError> {
    const EXPECTED: &str = "expected one of v3.0.0, v3.0.1, v3.0.2, v3.1.0 and v3.2.0: \
                            a contract of the Open Data Contract Standard";
    let mut problems = Problems::default();
    let (own, later): (&str, Option<&str>) =
        match document.get("apiVersion").and_then(Value::as_str) {
            Some("v3.0.0" | "v3.0.1" | "v3.0.2") => (ODCS_3_0, Some(ODCS_3_1)),
            Some("v3.1.0") => (ODCS_3_1, None),
            Some("v3.2.0") => (ODCS_3_2, None),
            _ => {
                let found = match document.get("apiVersion") {
                    Some(other) => format!("found {}", excerpt(&other.to_string())),
                    None => "not there".to_owned(),
                };
                problems.add("/apiVersion", format!("{found}, {EXPECTED}"));
                return problems.or(file, ());
            }
        };
    let broken = |schema| {
        violations(schema, jsonschema::Draft::Draft201909, document)
            .map_err(|e| DocumentError::malformed(file, e))
    };
    let mut found = broken(own)?;
    if found.is_empty() {
        return Ok(());
    }
    if let Some(later) = later
        && broken(later)?.is_empty()
    {
        return Ok(());
    }
    for problem in &mut found {
        if let Some(element) = element(document, &problem.pointer) {
            problem.message = format!("{} (in {element})", problem.message);
        }
    }
    Problems::from_found(found).or(file, ())
}

/// The element that a pointer leads into, by the names on the way: people count
/// neither objects nor columns.
fn element(document: &Value, pointer: &str) -> Option<String> {
    let mut names = Vec::new();
    let mut at = document;
    for token in pointer.split('/').skip(1) {
        at = match at {
            // No key of the standard has a `/` or `~`, so that none is escaped.
            Value::Object(members) => members.get(token)?,
            Value::Array(items) => items.get(token.parse::<usize>().ok()?)?,
            _ => return None,
        };
        if let Some(Value::String(name)) = at.get("name") {
            names.push(name.as_str());
        }
    }
    (!names.is_empty()).then(|| names.join("."))
}
