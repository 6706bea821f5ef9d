//! Format-preserving encryption by the name of a key.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use bailiwick_engine::{Conditions, EngineError, Keyring, Module};
use bailiwick_terms::{Grants, Limits};

use crate::support::{approved, component, emails, engine, guest_with, words};

const DIGITS: &str = "0123456789";
const LETTERS: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

fn grants(keys: &[&str]) -> Grants {
    let mut grants = Grants::default();
    grants.services.encryption = keys.iter().map(|key| key.parse().unwrap()).collect();
    grants
}

fn conditions(keys: &[(&str, &[u8])]) -> Conditions {
    let mut keyring = Keyring::default();
    for (name, key) in keys {
        keyring.insert(name.parse().unwrap(), key).unwrap();
    }
    Conditions { keys: keyring, ..Conditions::default() }
}

/// What the standard module makes of one text.
fn encrypted(
    settings: &str,
    value: &str,
    conditions: &Conditions,
) -> Result<Option<String>, EngineError> {
    let module: Module = guest_with("encrypt", grants(&["cards"]), Limits::default());
    let batch = emails(&[value]);
    let mut stage = module.stage(settings, &batch.schema(), &["email"], conditions)?;
    let out = stage.apply(&batch)?.unwrap();
    let column = out.column_by_name("email").unwrap().as_string::<i32>();
    Ok(column.iter().next().flatten().map(ToOwned::to_owned))
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// The nine samples of NIST's "FF1samples.pdf", for SP 800-38G.
#[test]
fn encryption_is_ff1() {
    let key_256 = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";
    let samples = [
        (16, DIGITS, "", "0123456789", "2433477484"),
        (16, DIGITS, "9876543210", "0123456789", "6124200773"),
        (16, LETTERS, "7777pqrs777", "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
        (24, DIGITS, "", "0123456789", "2830668132"),
        (24, DIGITS, "9876543210", "0123456789", "2496655549"),
        (24, LETTERS, "7777pqrs777", "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
        (32, DIGITS, "", "0123456789", "6657667009"),
        (32, DIGITS, "9876543210", "0123456789", "1001623463"),
        (32, LETTERS, "7777pqrs777", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
    ];
    for (key_bytes, alphabet, tweak, plain, cipher) in samples {
        let key = bytes(&key_256[..key_bytes * 2]);
        let settings =
            format!(r#"{{"key": "cards", "alphabet": "{alphabet}", "tweak": "{tweak}"}}"#);
        let made = encrypted(&settings, plain, &conditions(&[("cards", &key)])).unwrap();
        assert_eq!(made.as_deref(), Some(cipher), "{key_bytes} bytes, tweak {tweak:?}");
        // What is between characters of the alphabet stays where it is.
        let parted = |text: &str| format!("{} {}", &text[..4], &text[4..]);
        let made = encrypted(&settings, &parted(plain), &conditions(&[("cards", &key)]));
        assert_eq!(made.unwrap(), Some(parted(cipher)));
    }
}

#[test]
fn a_key_joins_as_far_as_its_scope_and_no_scope_has_the_key_of_hashes() {
    let of = |key: &str, product: &str, run: &str| {
        let Conditions { keys, .. } = conditions(&[("cards", &[7; 32])]);
        let keys = keys.scoped(&product.parse().unwrap(), run);
        let conditions = Conditions { keys, ..Conditions::default() };
        encrypted(&format!(r#"{{"key": "{key}"}}"#), "4111111111111111", &conditions).unwrap()
    };
    let places = [("sales/a", "1"), ("sales/a", "2"), ("sales/b", "3"), ("air/a", "4")];
    let same = |key: &str| -> Vec<usize> {
        let all: Vec<_> = places.iter().map(|(product, run)| of(key, product, run)).collect();
        all.iter().map(|made| all.iter().position(|first| first == made).unwrap()).collect()
    };
    assert_eq!(same("cards"), [0, 0, 0, 0]);
    assert_eq!(same("cards@domain"), [0, 0, 0, 3]);
    assert_eq!(same("cards@product"), [0, 0, 2, 3]);
    assert_eq!(same("cards@run"), [0, 1, 2, 3]);
    assert_eq!(of("cards", "sales/a", "1"), of("cards@global", "sales/a", "1"));
}

#[test]
fn a_key_that_is_not_granted_or_none_of_aes_is_not_there() {
    let all = conditions(&[("cards", &[7; 32]), ("others", &[8; 32])]);
    let asked = |key: &str, conditions: &Conditions| {
        words(encrypted(&format!(r#"{{"key": "{key}"}}"#), "123456", conditions))
    };
    for key in ["others", "cards@product", "cards@team", "../cards", "@global"] {
        let said = asked(key, &all);
        assert!(said.contains(&format!("there is no key \"{key}\" to encrypt under")), "{said}");
    }
    insta::assert_snapshot!(asked("cards", &conditions(&[("cards", &[7; 20])])), @r#"module testers/encrypt@0.1.0 failed in push: it rejects its settings: there is no key "cards" to encrypt under: its approval must name it, the run must have it, and it must have 16, 24 or 32 bytes"#);
    // To have values hashed under a key is no grant to have them encrypted under it.
    let mut hashes = Grants::default();
    hashes.services.pseudonym.insert("cards".parse().unwrap());
    let approved = approved("encrypt", &component("encrypt"), hashes, Limits::default());
    insta::assert_snapshot!(words(engine().load(&approved)), @r#"testers/encrypt@0.1.0 is refused: it imports "bailiwick:policy/encryption@0.3.0", which its approval does not grant; approve it with `services: {encryption: [KEY]}`"#);
}

#[test]
fn what_is_too_short_is_never_let_through() {
    let keys = conditions(&[("cards", &[7; 32])]);
    let of =
        |more: &str, value: &str| encrypted(&format!(r#"{{"key": "cards"{more}}}"#), value, &keys);
    assert_eq!(of("", "123456").unwrap().map(|made| made.len()), Some(6));
    insta::assert_snapshot!(words(of("", "12345")), @r#"module testers/encrypt@0.1.0 failed in push: it rejects its rows: column "email": 1 texts have fewer than 6 or more than 256 characters of the alphabet: state `short: null`, or `on_fault: quarantine` to keep their rows back"#);
    for value in ["12345", "", "no digits", &"1".repeat(257)] {
        assert_eq!(of(r#", "short": "null""#, value).unwrap(), None, "{value}");
    }
    assert_eq!(of(r#", "others": "null""#, "123-456").unwrap(), None);
    assert!(words(of(r#", "others": "error""#, "123-456")).contains("has not"));
}

/// A request that no honest module makes.
fn request(request: &str) -> Result<i64, EngineError> {
    let module: Module = guest_with("cipherer", grants(&["cards"]), Limits::default());
    let batch = emails(&["a"]);
    let keys = conditions(&[("cards", &[7; 32])]);
    let mut stage = module.stage(request, &batch.schema(), &["email"], &keys)?;
    let out = stage.apply(&batch)?.unwrap();
    Ok(out.column_by_name("numerals").unwrap().as_primitive::<Int64Type>().value(0))
}

#[test]
fn every_part_of_a_request_is_checked() {
    let asked =
        |radix: u32, tweak: u32, (values, numerals): (u32, u32), numeral: u16, more: &str| {
            request(&format!(
                r#"{{"key": "cards", "radix": {radix}, "tweak_bytes": {tweak}, "values": {values},
                "numerals": {numerals}, "numeral": {numeral}{more}}}"#
            ))
        };
    assert_eq!(asked(10, 256, (3, 6), 9, "").unwrap(), 18);
    assert_eq!(asked(65_536, 0, (2, 256), 65_535, "").unwrap(), 512);
    assert_eq!(asked(2, 0, (1, 20), 1, "").unwrap(), 20);
    assert_eq!(asked(10, 0, (0, 6), 1, "").unwrap(), 0);
    let wrong = [
        (asked(1, 0, (1, 6), 0, ""), "the radix must be from 2 to 65,536"),
        (asked(65_537, 0, (1, 6), 0, ""), "the radix must be from 2 to 65,536"),
        (asked(u32::MAX, 0, (1, 6), 0, ""), "the radix must be from 2 to 65,536"),
        (asked(10, 257, (1, 6), 0, ""), "the tweak must have at most 256 bytes"),
        (asked(10, 0, (1, 6), 10, ""), "each numeral must be less than the radix"),
        (asked(10, 0, (1, 257), 1, ""), "a value must have at most 256 numerals"),
        (asked(10, 0, (1, 5), 1, ""), "a value has 5 numerals of radix 10, at least 6 are needed"),
        (asked(2, 0, (1, 19), 1, ""), "a value has 19 numerals of radix 2, at least 20"),
        (asked(1_000, 0, (1, 1), 1, ""), "a value has 1 numerals of radix 1000, at least 2"),
        (asked(10, 0, (1, 6), 1, r#", "offsets": []"#), "offsets must begin with 0"),
        (asked(10, 0, (1, 6), 1, r#", "offsets": [1, 6]"#), "offsets must begin with 0"),
        (asked(10, 0, (1, 12), 1, r#", "offsets": [0, 12, 6, 12]"#), "offsets must begin with 0"),
        (asked(10, 0, (1, 6), 1, r#", "offsets": [0, 7]"#), "offsets must begin with 0"),
        (asked(10, 0, (1, 12), 1, r#", "offsets": [0, 6]"#), "offsets must begin with 0"),
        (asked(10, 0, (1, 6), 1, r#", "offsets": [0, 4294967295]"#), "offsets must begin with 0"),
    ];
    for (made, expected) in wrong {
        let said = words(made);
        assert!(said.contains(expected), "{said}");
    }
}
