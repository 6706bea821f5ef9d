//! `docs/policies/`, a page for each standard check, made of what the module says of itself.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_checks::{MODULES, described};
use bailiwick_guest::Scope;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The documentation of the module's crate, without the sign that makes it one.
fn documentation(module: &str) -> String {
    let file = workspace().join("policies").join(module).join("src/lib.rs");
    let source = fs::read_to_string(file).unwrap();
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n")
}

fn page(module: &str) -> String {
    let (about, schema) = described(module).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let scope = match about.scope {
        Scope::Column => "each bound column by itself",
        Scope::Columns => "all bound columns together",
    };
    let mut text = String::new();
    writeln!(text, "# {}\n\n{} Version {}; {scope}.\n", about.name, about.summary, about.version)
        .unwrap();
    writeln!(text, "{}\n", documentation(module)).unwrap();
    writeln!(text, "## Settings, as JSON Schema\n\n```json\n{schema:#}\n```\n").unwrap();
    writeln!(
        text,
        "Made from `policies/{module}` by `BAILIWICK_BLESS=1 cargo test --workspace --test pages`; \
         do not edit."
    )
    .unwrap();
    text
}

#[test]
fn the_page_of_each_check_is_up_to_date() {
    let folder = workspace().join("docs/policies");
    for module in MODULES {
        let path = folder.join(format!("{module}.md"));
        if std::env::var_os("BAILIWICK_BLESS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, page(module)).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == page(module),
            "docs/policies/{module}.md is stale: run `BAILIWICK_BLESS=1 cargo test --workspace \
             --test pages`"
        );
    }
}
