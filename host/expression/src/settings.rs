//! Expressions in a module's settings.

use arrow_schema::Field;
use serde_json::Value;

use crate::{ExpressionError, Purpose, compile};

/// The JSON Schema `format` of a setting that is an expression of any type.
pub const EXPRESSION: &str = "sql-expression";

/// The JSON Schema `format` of a setting that is an expression of type bool.
pub const PREDICATE: &str = "sql-predicate";

/// How many places of a schema are looked at: it comes from a domain, and may refer in
/// circles. Settings of some kilobytes have fewer by far.
const MAX_PLACES: usize = 100_000;

/// How many references and members lead to a place, at most.
const MAX_DEPTH: usize = 128;

/// A setting that is no expression over the columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting `{setting}`: {error}")]
pub struct SettingError {
    /// Where it is: names and indices, joined by points.
    pub setting: String,
    /// What is wrong.
    pub error: ExpressionError,
}

/// The settings with a program in the place of each expression, as the settings'
/// schema says where those are. Settings that do not fit the schema stay as they are.
///
/// # Errors
/// Every expression that is none over columns of these fields.
pub fn compile_settings(
    schema: &Value,
    settings: &Value,
    fields: &[Field],
) -> Result<Value, Vec<SettingError>> {
    let mut walk = Walk { root: schema, fields, errors: Vec::new(), places: 0 };
    let mut compiled = settings.clone();
    walk.place(schema, &mut compiled, "", 0);
    if walk.errors.is_empty() { Ok(compiled) } else { Err(walk.errors) }
}

/// The settings with its text in the place of each program: as they were written.
pub fn with_sources(settings: &Value) -> Value {
    match settings {
        Value::Object(members) => match (members.get("sql"), members.get("steps")) {
            (Some(sql @ Value::String(_)), Some(Value::Array(_))) => sql.clone(),
            _ => members.iter().map(|(name, value)| (name.clone(), with_sources(value))).collect(),
        },
        Value::Array(items) => items.iter().map(with_sources).collect(),
        other => other.clone(),
    }
}

/// The columns that the programs in compiled settings read, each once, in order.
pub fn columns_of(compiled: &Value) -> Vec<&str> {
    fn collect<'a>(value: &'a Value, names: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => match (members.get("columns"), members.get("steps")) {
                (Some(Value::Array(columns)), Some(Value::Array(_))) => {
                    let named = columns.iter().filter_map(|column| column.get("name")?.as_str());
                    for name in named {
                        if !names.contains(&name) {
                            names.push(name);
                        }
                    }
                }
                _ => members.values().for_each(|value| collect(value, names)),
            },
            Value::Array(items) => items.iter().for_each(|value| collect(value, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    collect(compiled, &mut names);
    names
}

struct Walk<'a> {
    root: &'a Value,
    fields: &'a [Field],
    errors: Vec<SettingError>,
    places: usize,
}

impl<'a> Walk<'a> {
    /// Compiles what is an expression at this place or below it.
    fn place(&mut self, schema: &'a Value, value: &mut Value, at: &str, depth: usize) {
        self.places += 1;
        if self.places > MAX_PLACES || depth > MAX_DEPTH {
            return;
        }
        let Value::Object(schema) = schema else { return };
        if let Some(purpose) = purpose(schema.get("format")) {
            self.compile(value, at, purpose);
            return;
        }
        if let Some(Value::String(reference)) = schema.get("$ref")
            && let Some(pointer) = reference.strip_prefix('#')
            && let Some(referred) = self.root.pointer(pointer)
        {
            self.place(referred, value, at, depth + 1);
        }
        for word in ["anyOf", "oneOf", "allOf"] {
            if let Some(Value::Array(alternatives)) = schema.get(word) {
                for alternative in alternatives {
                    self.place(alternative, value, at, depth + 1);
                }
            }
        }
        match value {
            Value::Object(members) => {
                let named = schema.get("properties").and_then(Value::as_object);
                let others = schema.get("additionalProperties");
                for (name, member) in members {
                    let below = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                    let of_name = named.and_then(|named| named.get(name));
                    if let Some(schema) = of_name.or(others) {
                        self.place(schema, member, &below, depth + 1);
                    }
                }
            }
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else { return };
                for (index, item) in items.iter_mut().enumerate() {
                    self.place(schema, item, &format!("{at}[{index}]"), depth + 1);
                }
            }
            _ => {}
        }
    }

    fn compile(&mut self, value: &mut Value, at: &str, purpose: Purpose) {
        let Value::String(sql) = &*value else { return };
        match compile(sql, self.fields, purpose) {
            // A program is plain data with finite numbers, which is always JSON.
            Ok(program) => *value = serde_json::to_value(program).unwrap_or_default(),
            Err(error) => {
                let error = SettingError { setting: at.to_owned(), error };
                if !self.errors.contains(&error) {
                    self.errors.push(error);
                }
            }
        }
    }
}

fn purpose(format: Option<&Value>) -> Option<Purpose> {
    match format.and_then(Value::as_str) {
        Some(EXPRESSION) => Some(Purpose::Value),
        Some(PREDICATE) => Some(Purpose::Predicate),
        _ => None,
    }
}
