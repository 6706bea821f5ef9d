//! Modules from scaffold to component, and what is refused for one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::process::Command;

use support::{BAILIWICK, Ended, component};

fn bailiwick(words: &[&str]) -> Ended {
    Command::new(BAILIWICK).args(words).output().unwrap().into()
}

#[test]
fn inspect_shows_what_a_component_is() {
    let file = component("mask");
    let ended = bailiwick(&["inspect", &file.display().to_string()]).good();
    for words in ["mask 0.1.0", "transform", "bailiwick:policy@0.3.0", "pseudonym", "keyed-hash"] {
        assert!(ended.out.contains(words), "expected {words:?} in:\n{}", ended.out);
    }
    let ended = bailiwick(&["inspect", "--json", &file.display().to_string()]).good();
    let json: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(json["bytes"], fs::metadata(&file).unwrap().len());
    assert!(json["bytes"].as_u64().unwrap() < 154 << 10, "mask is to stay below 154 KiB");
}

#[test]
fn inspect_refuses_what_is_no_component_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let whole = fs::read(component("mask")).unwrap();
    for (name, bytes, said) in [
        ("empty.wasm", &b""[..], "not a WebAssembly component"),
        ("text.wasm", b"hello, world", "not a WebAssembly component"),
        ("core.wasm", b"\0asm\x01\0\0\0", "core WebAssembly module"),
        ("nothing.wasm", b"\0asm\x0d\0\x01\0", "exports no module"),
        ("half.wasm", &whole[..whole.len() / 2], "half.wasm"),
    ] {
        bailiwick(&["inspect", &file(name, bytes)]).refused(4, &[name, said]);
    }
    bailiwick(&["inspect", "nowhere.wasm"]).refused(1, &["nowhere.wasm"]);
}

#[test]
fn a_new_module_goes_into_a_folder_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("shout").display().to_string();
    let ended = bailiwick(&["new", "shout", "--kind", "filter", "--folder", &at]).good();
    assert!(ended.out.contains("cargo test"), "{}", ended.out);
    let manifest = fs::read_to_string(folder.path().join("shout/Cargo.toml")).unwrap();
    assert!(manifest.contains("name = \"shout\""), "{manifest}");
    bailiwick(&["new", "shout", "--folder", &at]).refused(1, &["shout", "empty"]);
    bailiwick(&["new", "Not A Name", "--folder", &at]).refused(1, &["Not A Name"]);
}

#[test]
fn build_makes_a_component_of_a_crate() {
    // Where the components of the tests were built: nothing is left to compile.
    let component = component("mask");
    let target = component.ancestors().nth(2).unwrap().display().to_string();
    let built = fs::read(&component).unwrap();
    let folder = support::workspace().join("policies/mask").display().to_string();
    let ended = bailiwick(&["build", &folder, "--target-dir", &target]).good();
    assert!(ended.out.contains("mask 0.1.0  transform"), "{}", ended.out);
    assert_eq!(fs::read(&component).unwrap(), built, "the same source gave other bytes");
    bailiwick(&["build", "/nowhere"]).refused(1, &["/nowhere"]);
}

#[test]
fn help_tells_the_exit_codes() {
    let ended = bailiwick(&["run", "--help"]).good();
    assert!(ended.out.contains("a quality gate failed"), "{}", ended.out);
}
