//! JSON Schema: what a document breaks, where, in words.

mod work;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, ValidationError};
use serde_json::Value;

use crate::document::{Problem, excerpt};

/// A schema that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON Schema: {0}")]
pub(crate) struct SchemaError(String);

/// Problems that are told of one document: more than anyone mends at once.
const MOST_PROBLEMS: usize = 100;

/// What settings break of the schema of their module.
///
/// It comes from the module's domain, so nothing in it may cost more than its own size
/// and the settings': patterns run on an engine that takes linear time, references are
/// followed so far and no further, and none leads elsewhere.
pub(crate) fn settings_violations(
    schema: &str,
    settings: &Value,
) -> Result<Vec<Problem>, SchemaError> {
    let schema = parsed(schema)?;
    work::check(&schema, settings).map_err(|e| SchemaError(e.to_string()))?;
    violations_of(&schema, Draft::Draft202012, settings)
}

/// What a document breaks of a schema of our own.
pub(crate) fn violations(
    schema: &str,
    draft: Draft,
    document: &Value,
) -> Result<Vec<Problem>, SchemaError> {
    violations_of(&parsed(schema)?, draft, document)
}

fn parsed(schema: &str) -> Result<Value, SchemaError> {
    serde_json::from_str(schema).map_err(|e| SchemaError(e.to_string()))
}

fn violations_of(
    schema: &Value,
    draft: Draft,
    document: &Value,
) -> Result<Vec<Problem>, SchemaError> {
    let validator = jsonschema::options()
        .with_draft(draft)
        .with_pattern_options(PatternOptions::regex())
        .offline()
        .build(schema)
        .map_err(|e| SchemaError(problem(&e).to_string()))?;
    let errors: Vec<ValidationError<'_>> =
        validator.iter_errors(document).take(MOST_PROBLEMS).collect();
    let mut found = Vec::new();
    for error in errors.iter().filter(|error| !follows(error, &errors)) {
        let problem = problem(error);
        // One fault is often found by several keywords.
        if !found.contains(&problem) {
            found.push(problem);
        }
    }
    Ok(found)
}

/// Whether an error only follows from another: where a part does not fit, its
/// properties count as unevaluated ones of the whole, though nothing is wrong with
/// their being there.
fn follows(error: &ValidationError<'_>, errors: &[ValidationError<'_>]) -> bool {
    let unevaluated = |error: &ValidationError<'_>| {
        matches!(error.kind(), ValidationErrorKind::UnevaluatedProperties { .. })
    };
    let at = error.instance_path().to_string();
    unevaluated(error)
        && errors.iter().any(|other| {
            let other_at = other.instance_path().to_string();
            let below = other_at.strip_prefix(&at);
            !unevaluated(other)
                && below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        })
}

/// The problem, told where it is: of a choice that nothing fits, the branch that
/// came nearest, for "is not valid under any of the schemas" helps nobody.
fn problem(error: &ValidationError<'_>) -> Problem {
    let nearest = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            nearest(context)
        }
        _ => None,
    };
    match nearest {
        Some(nearest) => problem(nearest),
        None => Problem { pointer: error.instance_path().to_string(), message: message(error) },
    }
}

fn message(error: &ValidationError<'_>) -> String {
    let message = match error.kind() {
        // The whole choice: the library's own words stop after the second.
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let options: Vec<String> = options.iter().map(Value::to_string).collect();
            format!("{} is not one of {}", error.instance(), options.join(", "))
        }
        _ => lowercase_start(&error.to_string()),
    };
    excerpt(&message)
}

/// The error of the branch that got deepest into the document, and of those the
/// one with the fewest errors.
fn nearest<'a>(
    branches: &'a [Vec<ValidationError<'static>>],
) -> Option<&'a ValidationError<'static>> {
    let depth =
        |error: &ValidationError<'_>| error.instance_path().to_string().matches('/').count();
    branches
        .iter()
        .filter_map(|errors| {
            let deepest = errors.iter().max_by_key(|error| depth(error))?;
            Some((deepest, depth(deepest), errors.len()))
        })
        .max_by_key(|(_, depth, errors)| (*depth, std::cmp::Reverse(*errors)))
        .map(|(deepest, ..)| deepest)
}

fn lowercase_start(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}
