//! A component as a domain would give it: what is admitted is what it seems to be.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::LazyLock;

use bailiwick_engine::{Engine, EngineError};
use bailiwick_fuzz::bent;
use bailiwick_terms::{ModuleDigest, WIT_VERSION};
use wasmparser::{Parser, Payload};

/// Bytes of a refusal at most: a screen of text, whatever the component is called.
const LONGEST_REFUSAL: usize = 4_000;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());

#[test]
fn components() {
    bolero::check!().with_iterations(0).for_each(property);
}

#[test]
fn bent_components() {
    bent("components", 600, property);
}

/// A component: binary, or as text.
fn property(bytes: &[u8]) {
    let assembled = match str::from_utf8(bytes) {
        Ok(text) if text.trim_start().starts_with('(') => wat::parse_str(text).ok(),
        _ => None,
    };
    let bytes = assembled.as_deref().unwrap_or(bytes);
    match ENGINE.inspect("fuzzed.wasm", bytes) {
        Ok(inspection) => {
            assert_eq!(inspection.digest, ModuleDigest::of(bytes));
            assert_eq!(inspection.size, bytes.len());
            assert_eq!(inspection.imports, imports(bytes));
            let services = ["columnar", "encryption", "log", "lookup", "pseudonym"];
            let allowed = services.map(|name| format!("bailiwick:policy/{name}@{WIT_VERSION}"));
            assert!(inspection.imports.iter().all(|import| allowed.contains(import)));
            harmless(inspection.description.summary.as_str());
        }
        Err(error @ EngineError::Refused { .. }) => harmless(&error.to_string()),
        Err(other) => panic!("the engine itself failed: {other}"),
    }
}

fn harmless(text: &str) {
    assert!(text.len() <= LONGEST_REFUSAL, "{} bytes", text.len());
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}

/// The imports of the outermost component, read without looking into what it holds.
fn imports(mut bytes: &[u8]) -> Vec<String> {
    let mut parser = Parser::new(0);
    let mut names = Vec::new();
    loop {
        let wasmparser::Chunk::Parsed { consumed, payload } = parser.parse(bytes, true).unwrap()
        else {
            panic!("an admitted component ends early");
        };
        let mut within = 0;
        match payload {
            Payload::ComponentImportSection(section) => {
                names
                    .extend(section.into_iter().map(|import| import.unwrap().name.name.to_owned()));
            }
            Payload::ModuleSection { unchecked_range, .. }
            | Payload::ComponentSection { unchecked_range, .. } => {
                within = unchecked_range.len();
                parser.skip_section();
            }
            Payload::End(_) => return names,
            _ => {}
        }
        bytes = bytes.get(consumed + within..).unwrap();
    }
}
