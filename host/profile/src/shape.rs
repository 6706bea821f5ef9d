//! Forms of texts: which kinds of characters follow each other.

/// The longest text whose form says every character.
const LONGEST: usize = 32;

/// The most characters that a form is made of: what is behind them is left out.
const MOST: usize = 200;

/// The class of a character.
fn class(character: char) -> char {
    match character {
        c if c.is_uppercase() => 'A',
        c if c.is_alphabetic() => 'a',
        c if c.is_numeric() => '9',
        c if c.is_ascii_graphic() || c == ' ' => c,
        _ => '?',
    }
}

/// The form of a text: character by character, or where it is long by runs.
pub(crate) fn form(text: &str, out: &mut String) {
    out.clear();
    if text.chars().nth(LONGEST).is_none() {
        out.extend(text.chars().map(class));
        return;
    }
    let plain: String = text.chars().take(MOST).map(class).collect();
    *out = by_runs(&plain);
}

/// A form that does not say how long its runs are.
pub(crate) fn by_runs(form: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    for character in form.chars() {
        let is_class = matches!(character, 'A' | 'a' | '9' | '?');
        if is_class && before == Some(character) {
            if !out.ends_with('+') {
                out.push('+');
            }
        } else {
            out.push(character);
        }
        before = Some(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_say_classes_and_runs() {
        let of = |text: &str| {
            let mut out = String::new();
            form(text, &mut out);
            out
        };
        assert_eq!(of("AB-1234"), "AA-9999");
        assert_eq!(of("Zoë 7"), "Aaa 9");
        assert_eq!(of("日本\u{200b}"), "aa?");
        assert_eq!(of(""), "");
        assert_eq!(of(&"x".repeat(32)), "a".repeat(32));
        assert_eq!(of(&format!("{}@9", "x".repeat(32))), "a+@9");
        assert_eq!(by_runs("Aaaa-99.9"), "Aa+-9+.9");
    }
}
