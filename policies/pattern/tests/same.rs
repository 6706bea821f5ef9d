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

/// Few enough that many texts match: a letter in both cases, what is no word, ends of
/// lines.
const FEW: &[char] = &['a', 'A', ' ', '\n', '\r', 'é'];

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

/// What is nothing itself, and what sets what others are.
const LOOKS: &[&str] = &[
    "^",
    "$",
    r"\A",
    r"\z",
    r"\b",
    r"\B",
    r"\<",
    r"\>",
    r"\b{start-half}",
    r"\b{end-half}",
    "(?i)",
    "(?-i)",
    "(?m)",
    "(?mR)",
    "(?s)",
    "(?-m)",
    ".",
    "a",
    "[^a]",
];

fn character() -> impl Strategy<Value = char> {
    prop_oneof![6 => select(FEW), 1 => select(CHARACTERS)]
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(character(), 0..5).prop_map(String::from_iter)
}

fn pattern() -> impl Strategy<Value = String> {
    let literal =
        character().prop_map(|character| regex_lite::escape(character.encode_utf8(&mut [0; 4])));
    let atom = prop_oneof![select(ATOMS), select(LOOKS)].prop_map(str::to_owned);
    let any = select(&["(?s:.*)", "(?s:.)?"][..]).prop_map(str::to_owned);
    let leaf = prop_oneof![3 => atom, 2 => literal, 1 => any];
    leaf.prop_recursive(5, 32, 5, |inner| {
        let many = proptest::collection::vec(inner.clone(), 1..6);
        let open = select(
            &["(", "(?:", "(?P<n>", "(?i:", "(?s-i:", "(?m:", "(?R-m:", "(?mR:", "(?x:"][..],
        );
        let count = select(&["*", "+", "?", "*?", "{2}", "{0}", "{1,}", "{0,2}", "{ 1 , 3 }?"][..]);
        prop_oneof![
            4 => many.clone().prop_map(|parts| parts.concat()),
            1 => many.prop_map(|parts| parts.join("|")),
            1 => (open, inner.clone()).prop_map(|(open, inner)| format!("{open}{inner})")),
            1 => (inner, count).prop_map(|(inner, count)| format!("(?:{inner}){count}")),
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
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_096) })]

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

#[test]
fn every_look_holds_where_regex_lite_says() {
    let mut texts = vec![String::new()];
    // All of up to four characters.
    for _ in 0..4 {
        let longer =
            texts.iter().flat_map(|text| FEW.iter().map(move |next| format!("{text}{next}")));
        texts = texts.iter().cloned().chain(longer).collect();
    }
    texts.sort_unstable();
    texts.dedup();
    for look in LOOKS {
        for flags in ["", "(?m)", "(?R)", "(?mR)"] {
            for before in 0..4 {
                let pattern = format!("(?s:.){{{before}}}{flags}{look}(?s:.*)");
                assert_eq!(differing(&pattern, &texts), [""; 0], "{pattern}");
            }
        }
    }
}
