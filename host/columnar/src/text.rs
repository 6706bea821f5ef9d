//! Words of a module, made harmless.

use std::fmt;

use crate::Untrusted;

/// The longest text of a module that is kept, characters: enough for a sentence,
/// too little to carry a table away.
const MAX_CHARS: usize = 500;

/// A text that a module wrote: bounded, and with every control character escaped,
/// so that it cannot steer a terminal or forge a line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestText(String);

impl GuestText {
    /// Makes a text harmless.
    pub fn new(text: &str) -> Self {
        let mut kept = String::new();
        for (count, c) in text.chars().enumerate() {
            if count == MAX_CHARS {
                kept.push('…');
                break;
            }
            // Control characters, and the invisible ones that turn or hide text.
            if c.is_control() || is_invisible(c) {
                kept.extend(c.escape_default());
            } else {
                kept.push(c);
            }
        }
        Self(kept)
    }

    /// What stands in for a text of a module that read labelled columns.
    pub fn withheld() -> Self {
        Self("(withheld: the module reads labelled columns)".into())
    }

    /// The harmless text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Untrusted<String>> for GuestText {
    fn from(text: Untrusted<String>) -> Self {
        Self::new(&text.into_inner())
    }
}

/// Format characters (Unicode category Cf) and separators of lines: they turn or
/// hide the text around them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

impl fmt::Display for GuestText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
