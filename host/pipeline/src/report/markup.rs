//! Text of a report within XML and HTML.

use std::fmt;

/// A text whose characters stand for themselves in XML 1.0 and in HTML, within an
/// element or an attribute in double quotes. What XML has no word for becomes U+FFFD.
pub(super) struct Escaped<'t>(pub(super) &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            // The end of a line would become a space within an attribute.
            '\n' => f.write_str("&#10;"),
            // XML 1.0, 2.2: the other controls are no characters of it.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => f.write_str("\u{fffd}"),
            c => fmt::Write::write_char(f, c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn nothing_can_end_what_it_stands_in() {
        let text = "<a href=\"x\" title='y'>&\n\u{0}\u{1b}[2J\u{85}é🙂";
        assert_eq!(
            Escaped(text).to_string(),
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&#10;\u{fffd}\u{fffd}[2J\u{fffd}é🙂"
        );
    }
}
