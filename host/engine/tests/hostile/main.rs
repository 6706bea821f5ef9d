//! The sandbox under attack: named attacks, each with the exact end that it must come
//! to, within its deadline and its memory, and a healthy call on the same engine after
//! it. `docs/hostile-guests.md` is made of them.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the other tests of the sandbox use what these do not")]
mod support;

mod answers;
mod arena;
mod attack;
mod compilation;
mod crashes;
mod document;
mod files;
mod leaks;
mod limits;
mod lookups;
mod loops;
mod plans;
mod soak;
mod verdicts;

use std::fmt::Write;

use crate::arena::{Arena, DEADLINE, MEMORY_BYTES};
use crate::attack::Class;

/// What the host may grow by above what it lets a module have, bytes.
const MARGIN_BYTES: u64 = 64 << 20;

fn classes() -> [Class; 10] {
    [
        files::CLASS,
        compilation::CLASS,
        loops::CLASS,
        limits::CLASS,
        crashes::CLASS,
        plans::CLASS,
        answers::CLASS,
        verdicts::CLASS,
        lookups::CLASS,
        leaks::CLASS,
    ]
}

/// One test for all of them: what each of them takes is measured, so that nothing else
/// may run beside it.
#[test]
fn every_attack_comes_to_its_end() {
    let arena = Arena::new();
    arena.work(1);
    let mut wrong = String::new();
    for attack in classes().iter().flat_map(|class| class.attacks) {
        let struck = arena.strike(attack);
        let name = attack.name;
        println!("{name}: {:?}, {} KiB: {}", struck.longest, struck.growth >> 10, struck.end);
        if struck.end != attack.ends {
            writeln!(wrong, "{name}:\n  expected {}\n  found    {}", attack.ends, struck.end)
                .unwrap();
        }
        if struck.longest > 2 * DEADLINE {
            writeln!(
                wrong,
                "{name}: a call took {:?}, the deadline is {DEADLINE:?}",
                struck.longest
            )
            .unwrap();
        }
        if struck.growth > MEMORY_BYTES + MARGIN_BYTES {
            writeln!(wrong, "{name}: the host grew by {} bytes", struck.growth).unwrap();
        }
        arena.work(1);
    }
    assert!(wrong.is_empty(), "{wrong}");
}
