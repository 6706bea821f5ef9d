//! YAML that says exactly what was meant.

use serde_json::Value;

/// Words that YAML 1.1 or 1.2 takes for something else than text.
const WORDS: [&str; 14] = [
    "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "none", "default",
    "value",
];

/// A text as a scalar: plain where it is a word that means nothing else, and else quoted,
/// with every character escaped that a reader could take for a line's end or not print.
pub(super) fn text(text: &str) -> String {
    let of_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let is_word = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(of_word)
        && !WORDS.contains(&text);
    if is_word {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            c if c.is_alphanumeric() => quoted.push(c),
            c if u32::from(c) <= 0xff => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if u32::from(c) <= 0xffff => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    quoted + "\""
}

/// A value in flow style.
pub(super) fn value(of: &Value) -> String {
    match of {
        Value::String(string) => text(string),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let member = |(name, of): (&String, &Value)| format!("{}: {}", text(name), value(of));
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// A comment of one line, whatever its text.
pub(super) fn comment(text: &str) -> String {
    let plain =
        |c: char| if c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() { c } else { '·' };
    text.chars().map(plain).collect()
}
