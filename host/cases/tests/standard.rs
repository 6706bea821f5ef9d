//! The standard policies' own tests, and those of the example's module, with their components
//! in the sandbox.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_cases::{Cases, Outcome};
use bailiwick_engine::Engine;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn component(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("BAILIWICK_GUESTS")
        .map_or_else(|| workspace().join("target/guests/components"), PathBuf::from);
    let path = folder.join(format!("{name}.wasm"));
    fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}: run `cargo xtask guests` first", path.display())
    })
}

/// The crates below a folder.
fn crates(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace().join(folder)).unwrap();
    let mut crates: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    crates.retain(|folder| folder.join("Cargo.toml").exists());
    crates.sort();
    crates
}

#[test]
fn every_standard_policy_does_what_its_tests_say() {
    let engine = Engine::new().unwrap();
    let mut crates = crates("policies");
    crates.extend(self::crates("examples/flights/domains/air/modules"));
    assert!(crates.len() > 40, "{crates:?}");
    for folder in crates {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let file = folder.join("cases.json");
        let text = fs::read(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let cases = Cases::read(&file.display().to_string(), &text).unwrap();
        assert!(!cases.as_slice().is_empty(), "{file:?} has no test");
        let module = engine.local_candidate(&name, &component(&name)).unwrap();
        for Outcome { case, differences } in cases.run(&module) {
            assert!(differences.is_empty(), "{name}: {case}: {differences:?}");
        }
    }
}
