//! How much work a schema makes of a document, looked at before any of it is done.
//!
//! References let a short schema stand for any amount of work: one that refers to the
//! next twice, that to the one behind it twice, is a thousand million after thirty. So
//! the schema is gone through with the document first, as a validator would that stops
//! at nothing, and no further than is reasonable.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// Schemas that may be applied to parts of one document: settings of 64 KiB have at most
/// some 30,000 parts, and each has a handful of schemas.
const MOST_STEPS: usize = 1 << 18;
/// Schemas that may be applied within each other: documents of 128 levels are refused
/// when they are read, and each level has one or two.
const MOST_DEPTH: usize = 512;

/// Keywords whose schemas are applied to the value itself.
const IN_PLACE: [&str; 5] = ["not", "if", "then", "else", "additionalItems"];
/// Keywords with a list of such schemas.
const IN_PLACE_LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Keywords whose schema is applied to each part of an object or list.
const EACH_PART: [&str; 6] = [
    "additionalProperties",
    "unevaluatedProperties",
    "items",
    "contains",
    "unevaluatedItems",
    "propertyNames",
];

/// Why a schema is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooMuch {
    /// It would take more steps.
    Steps,
    /// Its schemas are within each other more deeply.
    Depth,
    /// A keyword by which schemas find each other that cannot be followed here.
    Keyword(&'static str),
    /// A reference that leads out of it.
    Elsewhere,
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Steps => write!(
                f,
                "its references stand for more than {MOST_STEPS} steps with these settings: \
                 refer to each part once"
            ),
            Self::Depth => {
                write!(f, "its schemas are within each other more than {MOST_DEPTH} deep")
            }
            Self::Keyword(keyword) => {
                write!(f, "it uses `{keyword}`: refer to its own parts by `#/…` alone")
            }
            Self::Elsewhere => {
                f.write_str("it refers to elsewhere: refer to its own parts by `#/…` alone")
            }
        }
    }
}

/// Refuses a schema that makes too much work of a document.
pub(super) fn check(schema: &Value, document: &Value) -> Result<(), TooMuch> {
    Walk { root: schema, steps: 0, path: Vec::new() }.apply(schema, document)
}

struct Walk<'a> {
    root: &'a Value,
    steps: usize,
    /// The schemas within each other, each with the value that it is applied to.
    path: Vec<(&'a Value, &'a Value)>,
}

impl<'a> Walk<'a> {
    fn apply(&mut self, schema: &'a Value, value: &'a Value) -> Result<(), TooMuch> {
        let Value::Object(keywords) = schema else { return Ok(()) };
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err(TooMuch::Steps);
        }
        if self.path.len() == MOST_DEPTH {
            return Err(TooMuch::Depth);
        }
        // A schema that comes back to itself at the same value says nothing new.
        let same =
            |(own, at): &(&Value, &Value)| std::ptr::eq(*own, schema) && std::ptr::eq(*at, value);
        if self.path.iter().any(same) {
            return Ok(());
        }
        self.path.push((schema, value));
        self.in_place(keywords, value)?;
        self.parts(keywords, value)?;
        self.path.pop();
        Ok(())
    }

    /// The schemas that are applied to the value itself.
    fn in_place(
        &mut self,
        keywords: &'a Map<String, Value>,
        value: &'a Value,
    ) -> Result<(), TooMuch> {
        for keyword in ["$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor"] {
            if keywords.contains_key(keyword) {
                return Err(TooMuch::Keyword(keyword));
            }
        }
        // Below the root it would change what a reference means.
        if self.path.len() > 1 && keywords.contains_key("$id") {
            return Err(TooMuch::Keyword("$id"));
        }
        if let Some(Value::String(reference)) = keywords.get("$ref") {
            // RFC 6901, section 6: a fragment is a pointer, percent-encoded.
            let pointer = reference.strip_prefix('#').ok_or(TooMuch::Elsewhere)?;
            let pointer = percent_decode_str(pointer).decode_utf8_lossy();
            // The validator refuses one that leads nowhere.
            if let Some(target) = self.root.pointer(&pointer) {
                self.apply(target, value)?;
            }
        }
        for keyword in IN_PLACE {
            if let Some(schema) = keywords.get(keyword) {
                self.apply(schema, value)?;
            }
        }
        for keyword in IN_PLACE_LISTS {
            for schema in keywords.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.apply(schema, value)?;
            }
        }
        for keyword in ["dependentSchemas", "dependencies"] {
            for schema in keywords.get(keyword).and_then(Value::as_object).into_iter().flatten() {
                self.apply(schema.1, value)?;
            }
        }
        Ok(())
    }

    /// The schemas that are applied to its parts.
    fn parts(&mut self, keywords: &'a Map<String, Value>, value: &'a Value) -> Result<(), TooMuch> {
        if let (Some(Value::Object(named)), Value::Object(members)) =
            (keywords.get("properties"), value)
        {
            for (name, member) in members {
                if let Some(schema) = named.get(name) {
                    self.apply(schema, member)?;
                }
            }
        }
        let patterns = keywords.get("patternProperties").and_then(Value::as_object);
        let lists = ["prefixItems", "items"].map(|keyword| keywords.get(keyword));
        let lists = lists.into_iter().flatten().filter_map(Value::as_array).flatten();
        let each: Vec<&Value> = EACH_PART
            .iter()
            .filter_map(|keyword| keywords.get(*keyword))
            .chain(patterns.into_iter().flat_map(Map::values))
            .chain(lists)
            .collect();
        let parts: Vec<&Value> = match value {
            Value::Object(members) => members.values().collect(),
            Value::Array(items) => items.iter().collect(),
            _ => return Ok(()),
        };
        for schema in each {
            for part in &parts {
                self.apply(schema, part)?;
            }
        }
        Ok(())
    }
}
