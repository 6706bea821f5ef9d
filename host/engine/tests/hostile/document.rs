//! `docs/hostile-guests.md`, made of the attacks.

use std::fmt::Write;
use std::path::Path;

use crate::arena::{DEADLINE, MEMORY_BYTES, limits};
use crate::attack::CONTAINED;
use crate::{MARGIN_BYTES, classes};

const FILE: &str = "../../docs/hostile-guests.md";

fn document() -> String {
    let count: usize = classes().iter().map(|class| class.attacks.len()).sum();
    let mut text = format!(
        "# Hostile guests

A domain's module is untrusted code over the most sensitive data there is. These are the
{count} attacks that the tests make on the sandbox, and the exact end that each must come
to. Each call must end within twice its deadline ({} ms here), the host may grow by at most
{} MiB above what the module itself may hold ({} MiB here, of which a call may give back
{} MiB), and after each attack an honest module must do its work in the same engine.

*contained* means that the module ran to its end and got nothing by it: the test asserts
what it could not do or learn. Everything else is the typed error that the caller gets:
`call: Fault` where a call failed, `refused: Admission` where the module was not let in.

Made from `host/engine/tests/hostile` by
`BAILIWICK_BLESS=1 cargo test --workspace --test hostile`; do not edit.
",
        DEADLINE.as_millis(),
        MARGIN_BYTES >> 20,
        MEMORY_BYTES >> 20,
        limits().output_bytes >> 20,
    );
    for class in classes() {
        write!(text, "\n## {}\n\n{}\n\n", class.title, class.says).unwrap();
        text.push_str("| attack | what it does | how it ends |\n|---|---|---|\n");
        for attack in class.attacks {
            writeln!(text, "| {} | {} | {} |", attack.name, attack.does, shown(attack.ends))
                .unwrap();
        }
    }
    text
}

fn shown(ends: &str) -> String {
    let escaped = ends.replace('|', "\\|");
    match ends {
        CONTAINED => format!("*{CONTAINED}*"),
        // More of them than are within.
        _ if ends.contains('`') => format!("`` {escaped} ``"),
        _ => format!("`{escaped}`"),
    }
}

#[test]
fn the_table_of_attacks_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("BAILIWICK_BLESS").is_some() {
        std::fs::write(&path, document()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == document(),
        "docs/hostile-guests.md is stale: run `BAILIWICK_BLESS=1 cargo test --workspace --test \
         hostile` and commit it"
    );
}

#[test]
fn every_attack_has_a_name_of_its_own() {
    let mut names = std::collections::BTreeSet::new();
    for attack in classes().iter().flat_map(|class| class.attacks) {
        assert!(names.insert(attack.name), "{} is there twice", attack.name);
    }
}
