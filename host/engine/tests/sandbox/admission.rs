//! What is let in, what is not, and what is said then.

use bailiwick_engine::{Admission, EngineError, Kind, Module, Scope};
use bailiwick_terms::{Grants, Limits, ModuleDigest, Services};

use crate::support::stranger::{exporting, importing, transform};
use crate::support::{approved, component, engine, guest, load_bytes, words};

fn refused(component: &[u8]) -> String {
    words(load_bytes("stranger", component))
}

fn granted(name: &str, services: Services) -> Result<Module, EngineError> {
    let grants = Grants { services, ..Grants::default() };
    engine().load(&approved(name, &component(name), grants, Limits::default()))
}

fn log() -> Services {
    Services { log: true, ..Services::default() }
}

fn pseudonym() -> Services {
    Services { pseudonym: ["research".parse().unwrap()].into(), ..Services::default() }
}

#[test]
fn what_is_not_a_component_is_refused() {
    insta::assert_snapshot!(refused(b""), @"testers/stranger@0.1.0 is refused: it is not a WebAssembly component (it does not begin as WebAssembly does); build it with `bailiwick build`");
    insta::assert_snapshot!(refused(b"PK\x03\x04 an archive"), @"testers/stranger@0.1.0 is refused: it is not a WebAssembly component (it does not begin as WebAssembly does); build it with `bailiwick build`");
    insta::assert_snapshot!(refused(b"(component)"), @"testers/stranger@0.1.0 is refused: it is not a WebAssembly component (it does not begin as WebAssembly does); build it with `bailiwick build`");
    insta::assert_snapshot!(refused(&wat::parse_str("(module)").unwrap()), @"testers/stranger@0.1.0 is refused: it is a core WebAssembly module, not a component; build it with `bailiwick build`");
}

#[test]
fn a_component_cut_short_anywhere_is_refused() {
    let whole = component("echo");
    let step = whole.len() / 60;
    for length in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
        let result = engine().inspect("echo.wasm", &whole[..length]);
        assert!(matches!(result, Err(EngineError::Refused { .. })), "{length} bytes: {result:?}");
    }
    let longer = [&whole[..], b"more"].concat();
    assert!(matches!(engine().inspect("echo.wasm", &longer), Err(EngineError::Refused { .. })));
}

#[test]
fn a_component_with_a_byte_changed_is_refused_or_runs_in_its_sandbox() {
    let whole = component("echo");
    for at in (8..whole.len()).step_by(whole.len() / 40) {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        // Whatever comes of it, the host goes on.
        drop(engine().inspect("changed.wasm", &changed));
    }
    assert!(engine().inspect("echo.wasm", &whole).is_ok());
}

#[test]
fn what_the_compiler_would_work_on_without_end_is_refused() {
    let functions = |count| format!("(core module {})", "(func)".repeat(count));
    insta::assert_snapshot!(refused(&transform(&functions(100_001))), @"testers/stranger@0.1.0 is refused: it has 100001 functions, more than the 100000 that a module may have; make it simpler, or split it into several modules");
    let said = refused(&transform(&functions(100_000)));
    assert!(said.contains("it exports no describe"), "{said}");
    let joins = |branches| {
        let (variables, branches) = (" i32".repeat(8_192), "(loop)".repeat(branches));
        transform(&format!("(core module (func (local{variables}) {branches}))"))
    };
    insta::assert_snapshot!(refused(&joins(1_024)), @"testers/stranger@0.1.0 is refused: it has 8396800 variables times branches in one function, more than the 8388608 that a module may have; make it simpler, or split it into several modules");
    let said = refused(&joins(1_023));
    assert!(said.contains("it exports no describe"), "{said}");
}

#[test]
fn imports_that_nobody_can_have_are_refused() {
    insta::assert_snapshot!(refused(&importing("wasi:clocks/wall-clock@0.2.0")), @r#"testers/stranger@0.1.0 is refused: it imports "wasi:clocks/wall-clock@0.2.0", which no module may have: there are no clocks, files, network or randomness here; build it without WASI, Rust as `bailiwick build` does, others as docs/other-languages.md says"#);
    insta::assert_snapshot!(refused(&importing("acme:things/network")), @r#"testers/stranger@0.1.0 is refused: it imports "acme:things/network", which is no service of this host"#);
    insta::assert_snapshot!(refused(&importing("bailiwick:policy/network@0.3.0")), @r#"testers/stranger@0.1.0 is refused: it imports "bailiwick:policy/network@0.3.0", which is no service of this host"#);
    insta::assert_snapshot!(refused(&importing("bailiwick:policy/lookup@0.3.0")), @r#"testers/stranger@0.1.0 is refused: it imports "bailiwick:policy/lookup@0.3.0", which its approval does not grant; approve it with `services: {lookup: true}`"#);
    let function = transform("(import \"clock\" (func (result u64)))");
    insta::assert_snapshot!(refused(&function), @r#"testers/stranger@0.1.0 is refused: it imports "clock", which is no service of this host"#);
}

#[test]
fn services_are_imported_only_with_a_grant() {
    insta::assert_snapshot!(words(granted("chatterbox", Services::default())), @r#"testers/chatterbox@0.1.0 is refused: it imports "bailiwick:policy/log@0.3.0", which its approval does not grant; approve it with `services: {log: true}`"#);
    insta::assert_snapshot!(words(granted("chatterbox", pseudonym())), @r#"testers/chatterbox@0.1.0 is refused: it imports "bailiwick:policy/log@0.3.0", which its approval does not grant; approve it with `services: {log: true}`"#);
    insta::assert_snapshot!(words(granted("hasher", log())), @r#"testers/hasher@0.1.0 is refused: it imports "bailiwick:policy/pseudonym@0.3.0", which its approval does not grant; approve it with `services: {pseudonym: [KEY]}`"#);
    assert!(granted("chatterbox", log()).is_ok());
    assert!(granted("hasher", pseudonym()).is_ok());
    // A grant that is not used does no harm.
    assert!(granted("echo", log()).is_ok());
}

#[test]
fn an_import_within_the_component_is_its_own_affair() {
    let inner = "(component $inner (import \"wasi:clocks/wall-clock@0.2.0\" (instance)))
        (instance $clock) (instance (instantiate $inner
            (with \"wasi:clocks/wall-clock@0.2.0\" (instance $clock))))";
    let said = refused(&transform(inner));
    assert!(said.contains("it exports no describe"), "{said}");
}

#[test]
fn another_version_of_the_contract_is_refused() {
    insta::assert_snapshot!(refused(&exporting(&["module@0.4.0", "transform@0.4.0"])), @"testers/stranger@0.1.0 is refused: it was built for bailiwick:policy@0.4.0, this host speaks @0.3.0; build it again with the matching guest SDK");
    insta::assert_snapshot!(refused(&importing("bailiwick:policy/log@0.0.9")), @"testers/stranger@0.1.0 is refused: it was built for bailiwick:policy@0.0.9, this host speaks @0.3.0; build it again with the matching guest SDK");
}

#[test]
fn what_exports_no_module_of_ours_is_refused() {
    insta::assert_snapshot!(refused(&wat::parse_str("(component)").unwrap()), @"testers/stranger@0.1.0 is refused: it exports no module; a module exports `module` and either `transform` or `quality` of bailiwick:policy@0.3.0");
    insta::assert_snapshot!(refused(&exporting(&["module@0.3.0"])), @"testers/stranger@0.1.0 is refused: it exports no transform or quality; a module exports `module` and either `transform` or `quality` of bailiwick:policy@0.3.0");
    insta::assert_snapshot!(refused(&exporting(&["transform@0.3.0"])), @"testers/stranger@0.1.0 is refused: it exports no module; a module exports `module` and either `transform` or `quality` of bailiwick:policy@0.3.0");
    let both = exporting(&["module@0.3.0", "transform@0.3.0", "quality@0.3.0"]);
    insta::assert_snapshot!(refused(&both), @"testers/stranger@0.1.0 is refused: it exports both transform and quality; split it into two modules");
}

#[test]
fn exports_and_imports_of_another_type_are_refused() {
    insta::assert_snapshot!(refused(&transform("")), @"testers/stranger@0.1.0 is refused: it failed in describe: it broke the contract: it exports no describe in bailiwick:policy/module@0.3.0");
    let number = "(component
        (core module $core (func (export \"f\") (result i32) i32.const 7))
        (core instance $i (instantiate $core))
        (func $f (result u32) (canon lift (core func $i \"f\")))
        (instance $module (export \"describe\" (func $f))) (instance $none)
        (export \"bailiwick:policy/module@0.3.0\" (instance $module))
        (export \"bailiwick:policy/transform@0.3.0\" (instance $none)))";
    insta::assert_snapshot!(refused(&wat::parse_str(number).unwrap()), @"testers/stranger@0.1.0 is refused: it failed in describe: it broke the contract: describe of bailiwick:policy/module@0.3.0 has another type: type mismatch with results");
    let bytes = transform(
        "(import \"bailiwick:policy/log@0.3.0\"
            (instance (export \"write\" (func (param \"text\" u32)))))",
    );
    let grants = Grants { services: log(), ..Grants::default() };
    let other_log = approved("stranger", &bytes, grants, Limits::default());
    insta::assert_snapshot!(words(engine().load(&other_log)), @"testers/stranger@0.1.0 is refused: it cannot be linked: component imports instance `bailiwick:policy/log@0.3.0`, but a matching implementation was not found in the linker: instance export `write` has the wrong type: type mismatch with parameters: expected 2-tuple, found 1-tuple");
}

#[test]
fn a_module_under_another_name_than_its_own_is_refused() {
    insta::assert_snapshot!(words(load_bytes("mask", &component("echo"))), @"testers/mask@0.1.0 is refused: it describes itself as echo@0.1.0, but was signed as mask@0.1.0; publish it under its own name and version");
}

/// A guest with a text in it replaced by one of the same length.
fn patched(guest: &str, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = component(guest);
    let places: Vec<_> = bytes
        .windows(from.len())
        .enumerate()
        .filter(|(_, text)| *text == from.as_bytes())
        .collect();
    assert_eq!(places.len(), 1, "{from:?}");
    let at = places[0].0;
    bytes[at..][..to.len()].copy_from_slice(to.as_bytes());
    bytes
}

#[test]
fn a_summary_is_harmless() {
    let summary = "Breaks the contract in the way its settings name.";
    let loud = "Breaks\r\nthe \u{1b}[31mcontract in the way it was told.";
    let seen = engine().inspect("liar.wasm", &patched("liar", summary, loud)).unwrap();
    insta::assert_snapshot!(seen.description.summary, @r"Breaks\r\nthe \u{1b}[31mcontract in the way it was told.");
}

#[test]
fn a_schema_of_settings_that_is_not_json_is_refused() {
    let broken = patched("echo", "\"type\":\"object\"", "\"type\":\"object ");
    insta::assert_snapshot!(words(engine().inspect("echo.wasm", &broken)), @"echo.wasm is refused: its description is not usable: its settings schema is not JSON: expected `,` or `}` at line 1 column 76");
}

#[test]
fn a_module_that_nobody_approved_can_be_looked_at() {
    let bytes = component("chatterbox");
    let seen = engine().inspect("chatterbox.wasm", &bytes).unwrap();
    assert_eq!(seen.description.name.as_str(), "chatterbox");
    assert_eq!(seen.description.version.to_string(), "0.1.0");
    assert_eq!((seen.description.kind, seen.description.scope), (Kind::Transform, Scope::Column));
    assert_eq!((seen.size, seen.digest), (bytes.len(), ModuleDigest::of(&bytes)));
    assert!(seen.imports.contains(&"bailiwick:policy/log@0.3.0".to_owned()));
    assert_eq!(seen.description.settings_schema["required"], serde_json::json!(["say", "times"]));

    let check = engine().inspect("misjudge.wasm", &component("misjudge")).unwrap();
    assert_eq!((check.description.kind, check.description.scope), (Kind::Quality, Scope::Columns));
}

#[test]
fn what_is_looked_at_is_held_to_the_same_and_called_by_its_file() {
    let error = engine().inspect("clock.wasm", &importing("wasi:clocks/wall-clock@0.2.0"));
    assert!(words(error).starts_with("clock.wasm is refused: it imports \"wasi:clocks"));
    let error = engine().inspect("nothing.wasm", b"").unwrap_err();
    assert!(matches!(error, EngineError::Refused { refusal: Admission::NotWasm { .. }, .. }));
}

#[test]
fn guests_import_nothing_but_our_interfaces() {
    for name in ["echo", "witness", "liar", "misjudge", "chatterbox", "hasher"] {
        let seen = engine().inspect(name, &component(name)).unwrap();
        let services: Vec<_> = seen
            .imports
            .iter()
            .filter(|import| !import.starts_with("bailiwick:policy/columnar@"))
            .collect();
        let expected: &[&str] = match name {
            "chatterbox" => &["bailiwick:policy/log@0.3.0"],
            "hasher" => &["bailiwick:policy/pseudonym@0.3.0"],
            _ => &[],
        };
        assert_eq!(services, expected, "{name}");
    }
}

#[test]
fn an_admitted_module_tells_what_it_was_approved_with() {
    let echo = guest("echo");
    assert_eq!(echo.name().to_string(), "testers/echo@0.1.0");
    assert_eq!(echo.digest(), ModuleDigest::of(&component("echo")));
    assert_eq!((echo.grants(), echo.limits()), (&Grants::default(), &Limits::default()));
}
