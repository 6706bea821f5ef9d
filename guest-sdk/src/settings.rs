//! What a binding can set, and its JSON Schema.
//!
//! The schema is text put together from literals that the derive macro wrote: it
//! costs a component a few kilobytes, where building it out of values at run time
//! costs tens.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

pub use bailiwick_guest_macros::Settings;

/// A type that settings are made of: derive it, along with serde's `Deserialize`.
///
/// The JSON Schema (draft 2020-12) follows serde's attributes; doc comments become
/// descriptions. `#[settings(minimum = 1, maximum = 9)]` on a field of numbers adds
/// bounds to the schema, `#[settings(as = "String")]` gives it the schema of
/// another type, as custom deserialisation needs. On a type that is read by way of
/// another (`#[serde(try_from = "Flat")]`), `as = "Self"` keeps the schema of its own
/// definition: code to read an enum with inner tags is some 30 KiB, a flat struct's 5.
///
/// ```
/// use bailiwick_guest::{Settings, schema_of};
/// use serde::Deserialize;
///
/// /// Shows the first characters.
/// #[derive(Deserialize, Settings)]
/// #[serde(deny_unknown_fields)]
/// struct Show {
///     /// How many.
///     #[settings(minimum = 1)]
///     characters: u32,
/// }
///
/// assert_eq!(
///     schema_of::<Show>(),
///     concat!(
///         r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","#,
///         r#""description":"Shows the first characters.","type":"object","#,
///         r#""properties":{"characters":{"description":"How many.","#,
///         r#""type":"integer","minimum":1,"maximum":4294967295}},"#,
///         r#""required":["characters"],"additionalProperties":false}"#,
///     )
/// );
/// ```
pub trait Settings: DeserializeOwned {
    /// Where the type is defined and its name, if it gets a definition of its own:
    /// that makes types possible that contain themselves.
    const NAME: Option<(&'static str, &'static str)> = None;

    /// Whether a field of this type may be left out.
    const OPTIONAL: bool = false;

    /// The type's schema as JSON text.
    fn schema(definitions: &mut Definitions) -> String;
}

/// The definitions that a schema refers to.
#[derive(Debug, Default)]
pub struct Definitions {
    // Path, name as defined, schema; the latter empty while it is being made.
    known: Vec<((&'static str, &'static str), String, String)>,
}

impl Definitions {
    /// The schema of a type, or a reference to its definition.
    pub fn refer<T: Settings>(&mut self) -> String {
        let Some(path) = T::NAME else { return T::schema(self) };
        let known = self.known.iter().find(|(known, ..)| *known == path);
        let name = match known {
            Some((_, name, _)) => name.clone(),
            None => {
                let (_, name) = path;
                let same = self.known.iter().filter(|((_, known), ..)| *known == name).count();
                let name = if same == 0 { name.to_owned() } else { format!("{name}{}", same + 1) };
                let at = self.known.len();
                self.known.push((path, name.clone(), String::new()));
                let schema = T::schema(self);
                if let Some((.., text)) = self.known.get_mut(at) {
                    *text = schema;
                }
                name
            }
        };
        format!(r##"{{"$ref":"#/$defs/{name}"}}"##)
    }
}

/// The whole JSON Schema of a module's settings.
pub fn schema_of<T: Settings>() -> String {
    let mut definitions = Definitions::default();
    let root = T::schema(&mut definitions);
    let mut text = with(r#""$schema":"https://json-schema.org/draft/2020-12/schema""#, root);
    if !definitions.known.is_empty() {
        let of_each = definitions
            .known
            .iter()
            .map(|(_, name, schema)| [r#"""#, name, r#"":"#, schema].concat());
        text.pop();
        text.push_str(r#","$defs":{"#);
        text.push_str(&of_each.collect::<Vec<_>>().join(","));
        text.push_str("}}");
    }
    text
}

/// A schema with more members, written as JSON, before its own.
#[doc(hidden)]
pub fn with(members: &str, schema: String) -> String {
    match schema.strip_prefix('{') {
        Some("}") => format!("{{{members}}}"),
        Some(rest) if !members.is_empty() => format!("{{{members},{rest}"),
        _ => schema,
    }
}

/// A schema with a bound, in place of the one that it has: `minimum` or `maximum`.
#[doc(hidden)]
pub fn bounded(key: &str, value: &str, mut schema: String) -> String {
    let mark = format!("\"{key}\":");
    if let Some(start) = schema.find(&mark).map(|at| at + mark.len()) {
        let rest = schema.get(start..).unwrap_or_default();
        let end = start + rest.find([',', '}']).unwrap_or(rest.len());
        schema.replace_range(start..end, value);
    } else {
        schema.pop();
        schema.push_str(&format!(",{mark}{value}}}"));
    }
    schema
}

/// A schema of an object, put together by the derive macro.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct ObjectSchema {
    properties: String,
    required: String,
}

impl ObjectSchema {
    /// Adds a property; the name is a JSON string.
    pub fn property(&mut self, name: &str, required: bool, schema: &str) {
        for (list, text) in [(&mut self.properties, Some(schema)), (&mut self.required, None)] {
            if text.is_none() && !required {
                continue;
            }
            if !list.is_empty() {
                list.push(',');
            }
            list.push_str(name);
            if let Some(schema) = text {
                list.push(':');
                list.push_str(schema);
            }
        }
    }

    /// The schema.
    pub fn finish(self, closed: bool) -> String {
        let mut text = String::from(r#"{"type":"object""#);
        if !self.properties.is_empty() {
            text.push_str(r#","properties":{"#);
            text.push_str(&self.properties);
            text.push('}');
        }
        if !self.required.is_empty() {
            text.push_str(r#","required":["#);
            text.push_str(&self.required);
            text.push(']');
        }
        if closed {
            text.push_str(r#","additionalProperties":false"#);
        }
        text.push('}');
        text
    }
}

macro_rules! plain {
    ($($type:ty, $schema:expr;)*) => {
        $(
            impl Settings for $type {
                fn schema(_: &mut Definitions) -> String {
                    String::from($schema)
                }
            }
        )*
    };
}

plain! {
    String, r#"{"type":"string"}"#;
    char, r#"{"type":"string","minLength":1,"maxLength":1}"#;
    bool, r#"{"type":"boolean"}"#;
    f32, r#"{"type":"number"}"#;
    f64, r#"{"type":"number"}"#;
    u8, r#"{"type":"integer","minimum":0,"maximum":255}"#;
    u16, r#"{"type":"integer","minimum":0,"maximum":65535}"#;
    u32, r#"{"type":"integer","minimum":0,"maximum":4294967295}"#;
    u64, r#"{"type":"integer","minimum":0}"#;
    i8, r#"{"type":"integer","minimum":-128,"maximum":127}"#;
    i16, r#"{"type":"integer","minimum":-32768,"maximum":32767}"#;
    i32, r#"{"type":"integer","minimum":-2147483648,"maximum":2147483647}"#;
    i64, r#"{"type":"integer"}"#;
    (), r#"{"type":"null"}"#;
}

impl<T: Settings> Settings for Option<T> {
    const OPTIONAL: bool = true;

    fn schema(definitions: &mut Definitions) -> String {
        format!(r#"{{"anyOf":[{},{{"type":"null"}}]}}"#, definitions.refer::<T>())
    }
}

impl<T: Settings> Settings for Vec<T> {
    fn schema(definitions: &mut Definitions) -> String {
        format!(r#"{{"type":"array","items":{}}}"#, definitions.refer::<T>())
    }
}

impl<T: Settings> Settings for BTreeMap<String, T> {
    fn schema(definitions: &mut Definitions) -> String {
        format!(r#"{{"type":"object","additionalProperties":{}}}"#, definitions.refer::<T>())
    }
}

impl<T: Settings> Settings for Box<T> {
    const NAME: Option<(&'static str, &'static str)> = T::NAME;
    const OPTIONAL: bool = T::OPTIONAL;

    fn schema(definitions: &mut Definitions) -> String {
        T::schema(definitions)
    }
}
