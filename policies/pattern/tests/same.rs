//! Whatever the pattern becomes, it says what `regex-lite` says of the whole text.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, check};
use bailiwick_policy_pattern::Pattern;
use proptest::prelude::*;
use proptest::sample::select;
use regex_lite::Regex;

/// Of all lengths in UTF-8, with letters that Unicode folds to ASCII and line ends.
const CHARACTERS: &[char] = &[
    'a',
    'b',
    'k',
    's',
    'z',
    'A',
    'B',
    'K',
    'S',
    'Z',
    '0',
    '9',
    '_',
    '-',
    '.',
    ' ',
    '\t',
    '\n',
    '\r',
    '\0',
    '\u{7f}',
    '\u{80}',
    'é',
    'É',
    'ß',
    'ſ',
    '٣',
    '日',
    '\u{212a}',
    '\u{d7ff}',
    '\u{e000}',
    '\u{ffff}',
    '😀',
    '\u{10ffff}',
];

/// What a pattern is made of, each one alone.
const ATOMS: &[&str] = &[
    "",
    ".",
    "^",
    "$",
    r"\A",
    r"\z",
    r"\b",
    r"\B",
    r"\<",
    r"\>",
    r"\b{start}",
    r"\b{end}",
    r"\b{start-half}",
    r"\b{end-half}",
    r"\d",
    r"\D",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    r"\x41",
    r"\xe9",
    r"\u00E9",
    r"\u{1F600}",
    r"\n",
    r"\.",
    "[ab]",
    "[^ab]",
    "[a-z]",
    "[^a-z]",
    "[A-z]",
    "[Z-b]",
    "[^Z-b]",
    r"[\d_]",
    r"[^\W]",
    r"[\D\d]",
    "[é-日]",
    "[^é]",
    "[a-é]",
    "[]a]",
    "[^-a]",
    "[a-]",
    "[[:alpha:]]",
    "[[:^space:]é]",
    "[^[:word:]-]",
    r"[\x{0}-\x{10FFFF}]",
    r"[^\x{0}-\x{10FFFF}]",
    r"[\n\r]",
    "(?i)",
    "(?-i)",
    "(?s)",
    "(?m)",
    "(?R)",
    "(?mR)",
    "(?u)",
    "(?-u)",
    "(?U)",
    "(?x) a # b\n",
];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(CHARACTERS), 0..6).prop_map(String::from_iter)
}

fn pattern() -> impl Strategy<Value = String> {
    let literal = select(CHARACTERS)
        .prop_map(|character: char| regex_lite::escape(character.encode_utf8(&mut [0; 4])));
    let leaf = prop_oneof![select(ATOMS).prop_map(str::to_owned), literal];
    leaf.prop_recursive(5, 32, 4, |inner| {
        let many = proptest::collection::vec(inner.clone(), 1..4);
        let open = select(&["(", "(?:", "(?P<n>", "(?i:", "(?s-i:", "(?m:", "(?R-m:", "(?x:"][..]);
        let count = select(&["*", "+", "?", "*?", "{2}", "{0}", "{1,}", "{0,2}", "{ 1 , 3 }?"][..]);
        prop_oneof![
            many.clone().prop_map(|parts| parts.concat()),
            many.prop_map(|parts| parts.join("|")),
            (open, inner.clone()).prop_map(|(open, inner)| format!("{open}{inner})")),
            (inner, count).prop_map(|(inner, count)| format!("{inner}{count}")),
        ]
    })
}

fn settings(pattern: &str) -> String {
    let escaped = pattern.chars().map(|character| match character {
        '"' | '\\' | '\0'..' ' => format!(r"\u{:04x}", u32::from(character)),
        _ => character.into(),
    });
    format!(r#"{{"pattern":"{}"}}"#, escaped.collect::<String>())
}

/// The texts on which the module does not say what `regex-lite` says.
fn differing(pattern: &str, texts: &[String]) -> Vec<String> {
    let regex = Regex::new(&format!("^(?:{pattern})$")).unwrap();
    let rows = Rows::new().column("c", texts.iter().map(String::as_str));
    let verdict = check::<Pattern>(&settings(pattern), &[rows]).unwrap();
    let differs = |(text, fails): &(&String, &bool)| regex.is_match(text) == **fails;
    let judged = texts.iter().zip(verdict.failing.first().unwrap());
    judged.filter(differs).map(|(text, _)| text.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pattern_says_what_regex_lite_says(
        pattern in pattern(),
        texts in proptest::collection::vec(text(), 1..64),
    ) {
        prop_assume!(Regex::new(&pattern).is_ok());
        prop_assert_eq!(differing(&pattern, &texts), [""; 0]);
    }
}

#[test]
fn every_class_holds_the_characters_that_regex_lite_says() {
    let texts: Vec<String> = ('\0'..='\u{2fff}')
        .chain(['\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}'])
        .map(String::from)
        .collect();
    for atom in ATOMS {
        for pattern in [atom.to_string(), format!("(?i:{atom})"), format!("(?sR){atom}")] {
            assert_eq!(differing(&pattern, &texts), [""; 0], "{pattern}");
        }
    }
}

#[test]
fn patterns_of_any_size_say_what_regex_lite_says() {
    let lengths = [0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 1_000, 3_000];
    let texts: Vec<String> = lengths
        .into_iter()
        .flat_map(|length| ["a", "é", "x"].map(|unit| unit.repeat(length)))
        .flat_map(|text| [format!("{text}!"), text])
        .collect();
    for pattern in
        ["a{16}", "[aé]{0,32}!?", ".{0,256}", "(a|.){255,1000}!", "(?:.*a.{12})+", "(?x) a+"]
    {
        assert_eq!(differing(pattern, &texts), [""; 0], "{pattern}");
    }
}
