//! Keyed hashes by the name of a key.

use arrow_array::cast::AsArray;
use bailiwick_engine::{Conditions, EngineError, Keyring, MIN_KEY_BYTES, Module};
use bailiwick_terms::{Grants, Limits};

use crate::support::{approved, component, emails, engine, guest_with, words};

fn grants(keys: &[&str]) -> Grants {
    let mut grants = Grants::default();
    grants.services.pseudonym = keys.iter().map(|key| key.parse().unwrap()).collect();
    grants
}

fn hasher() -> Module {
    guest_with("hasher", grants(&["research"]), Limits::default())
}

fn conditions(keys: &[(&str, &[u8])]) -> Conditions {
    let mut keyring = Keyring::default();
    for (name, key) in keys {
        keyring.insert(name.parse().unwrap(), key).unwrap();
    }
    Conditions { keys: keyring, ..Conditions::default() }
}

fn hashes(key: &str, values: &[&str], conditions: &Conditions) -> Result<Vec<String>, EngineError> {
    let batch = emails(values);
    let settings = format!("{{\"key\": \"{key}\"}}");
    let mut stage = hasher().stage(&settings, &batch.schema(), &["email"], conditions)?;
    let out = stage.apply(&batch)?.unwrap();
    let hash = out.column_by_name("hash").unwrap().as_fixed_size_binary();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(hash.iter().flatten().map(hex).collect())
}

/// RFC 4231, sections 4.2 and 4.7.
#[test]
fn hashes_are_hmac_sha_256() {
    let short = hashes("research", &["Hi There"], &conditions(&[("research", &[0x0b; 20])]));
    assert_eq!(
        short.unwrap(),
        ["b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"]
    );
    let text = "Test Using Larger Than Block-Size Key - Hash Key First";
    let long = hashes("research", &[text], &conditions(&[("research", &[0xaa; 131])]));
    assert_eq!(long.unwrap(), ["60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"]);
}

#[test]
fn each_value_has_a_hash_of_its_own() {
    let conditions = conditions(&[("research", &[7; 32])]);
    let found = hashes("research", &["a", "", "ab", "a"], &conditions).unwrap();
    assert_eq!(found.len(), 4);
    assert_eq!(found[0], found[3]);
    assert!(found[0] != found[1] && found[1] != found[2] && found[0] != found[2]);
    assert_eq!(hashes("research", &[], &conditions).unwrap(), Vec::<String>::new());
}

#[test]
fn a_key_that_the_approval_does_not_name_is_not_there_even_if_the_host_has_it() {
    let conditions = conditions(&[("research", &[7; 32]), ("marketing", &[8; 32])]);
    assert!(hashes("research", &["a"], &conditions).is_ok());
    insta::assert_snapshot!(words(hashes("marketing", &["a"], &conditions)), @r#"module testers/hasher@0.1.0 failed in push: it rejects its settings: there is no key "marketing": its approval must name it, and the run must have it"#);
}

#[test]
fn a_key_that_the_host_does_not_have_is_not_there_even_if_it_is_granted() {
    insta::assert_snapshot!(words(hashes("research", &["a"], &conditions(&[]))), @r#"module testers/hasher@0.1.0 failed in push: it rejects its settings: there is no key "research": its approval must name it, and the run must have it"#);
    insta::assert_snapshot!(words(hashes("../etc/passwd", &["a"], &conditions(&[]))), @r#"module testers/hasher@0.1.0 failed in push: it rejects its settings: there is no key "../etc/passwd": its approval must name it, and the run must have it"#);
}

fn scoped(product: &str, run: &str) -> Conditions {
    let Conditions { keys, .. } = conditions(&[("research", &[7; 32]), ("marketing", &[8; 32])]);
    Conditions { keys: keys.scoped(&product.parse().unwrap(), run), ..Conditions::default() }
}

#[test]
fn hashes_join_as_far_as_the_scope_of_their_key() {
    let places = [("sales/a", "1"), ("sales/a", "2"), ("sales/b", "3"), ("air/a", "4")];
    let of = |scope: &str| -> Vec<String> {
        let key = format!("research{scope}");
        let hash = |(product, run): &(&str, &str)| {
            hashes(&key, &["a"], &scoped(product, run)).unwrap().remove(0)
        };
        places.iter().map(hash).collect()
    };
    let [global, domain, product, run] = ["", "@domain", "@product", "@run"].map(of);
    assert_eq!(global, of("@global"));
    let same = |of: &[String]| -> Vec<usize> {
        of.iter().map(|hash| of.iter().position(|first| first == hash).unwrap()).collect()
    };
    assert_eq!(same(&global), [0, 0, 0, 0]);
    assert_eq!(same(&domain), [0, 0, 0, 3]);
    assert_eq!(same(&product), [0, 0, 2, 3]);
    assert_eq!(same(&run), [0, 1, 2, 3]);
    // No scope's hashes are another's.
    let mut all: Vec<String> = [global, domain, product, run].concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 1 + 2 + 3 + 4);
    // That is, under a key that is derived by this.
    let derived = hashes(
        "research",
        &["bailiwick: the key of a join scope\0product\0sales/a"],
        &scoped("sales/a", "1"),
    );
    let key: Vec<u8> = {
        let text = derived.unwrap().remove(0);
        let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(byte).collect()
    };
    let under_it = hashes("research", &["a"], &conditions(&[("research", &key)])).unwrap();
    assert_eq!(hashes("research@product", &["a"], &scoped("sales/a", "1")).unwrap(), under_it);
}

#[test]
fn a_scope_gives_no_key_that_is_not_granted_and_none_of_another_name_is_there() {
    for key in ["marketing@product", "marketing@global", "research@team", "research@", "@product"] {
        let said = words(hashes(key, &["a"], &scoped("sales/a", "1")));
        assert!(said.contains(&format!("there is no key \"{key}\"")), "{said}");
    }
    // A host that names no product has no keys of one.
    assert!(hashes("research@product", &["a"], &conditions(&[("research", &[7; 32])])).is_err());
}

#[test]
fn a_module_without_the_grant_cannot_be_loaded() {
    let bytes = component("hasher");
    let ungranted = approved("hasher", &bytes, Grants::default(), Limits::default());
    insta::assert_snapshot!(words(engine().load(&ungranted)), @r#"testers/hasher@0.1.0 is refused: it imports "bailiwick:policy/pseudonym@0.3.0", which its approval does not grant; approve it with `services: {pseudonym: [KEY]}`"#);
}

#[test]
fn a_key_has_a_least_length_and_is_never_printed() {
    let mut keyring = Keyring::default();
    let name = || "research".parse().unwrap();
    assert!(keyring.insert(name(), &[0x41; MIN_KEY_BYTES]).is_ok());
    let error = keyring.insert(name(), &[0x41; MIN_KEY_BYTES - 1]).unwrap_err();
    insta::assert_snapshot!(error, @"key research has 15 bytes, at least 16 are needed; make one from a random source");
    assert_eq!(keyring.names().map(ToString::to_string).collect::<Vec<_>>(), ["research"]);
    insta::assert_snapshot!(format!("{keyring:?}"), @r#"{PartName("research")}"#);
}

#[test]
fn there_are_no_more_hashes_than_the_memory_holds_and_a_call_gives_back() {
    let refused = |limits| {
        let keys = conditions(&[("research", &[7; 32])]);
        let conditions = Conditions { limits: Some(limits), ..keys };
        words(hashes("research", &vec![""; (4 << 20) / 32 + 1], &conditions))
    };
    let said = refused(Limits { memory_bytes: 4 << 20, ..Limits::default() });
    insta::assert_snapshot!(said, @"module testers/hasher@0.1.0 failed in push: it rejects its rows: there are more values than its memory has room for hashes");
    assert_eq!(refused(Limits { output_bytes: 4 << 20, ..Limits::default() }), said);
}

#[test]
fn a_name_of_a_key_is_bounded_in_what_is_said_of_it() {
    let long = "k".repeat(60_000);
    let said = words(hashes(&long, &["a"], &conditions(&[])));
    assert!(said.contains("there is no key \"kkk") && said.len() < 10_000, "{} bytes", said.len());
}
