//! Many calls, good and hostile, after each other in one process.

use bailiwick_engine::{Conditions, EngineError};
use bailiwick_terms::Limits;

use crate::arena::{Arena, limits, resident};
use crate::attack::{Attack, Way};
use crate::classes;

/// Calls into modules: planning, opening, pushing and ending each count as one.
const CALLS: u64 = 100_000;
/// The part of them after which memory may grow no more.
const WARM_UP: u64 = 20_000;
/// By how much it may still, percent.
const GROWTH_PERCENT: u64 = 5;
/// More calls than an attack and the honest work after it make.
const ROOM: u64 = 40;
/// Batches of honest work after each attack.
const BATCHES: u64 = 10;
/// What a call of an attack may take: endless loops take all of it.
const SHORT_MS: u64 = 20;

/// `cargo xtask soak` runs it.
#[test]
#[ignore = "takes minutes"]
fn a_hundred_thousand_calls_leave_nothing_behind() {
    let arena = Arena::new();
    let limits = Limits { call_ms: SHORT_MS, ..limits() };
    let short = Conditions { limits: Some(limits), ..Conditions::default() };
    let attacks: Vec<&Attack> = classes().iter().flat_map(|class| class.attacks).collect();
    let (mut struck, mut faults, mut warm) = (0_u64, 0_u64, None);
    for attack in attacks.iter().cycle() {
        if arena.calls() + ROOM > CALLS {
            break;
        }
        let Some(result) = strike(&arena, attack, &short) else { continue };
        struck += 1;
        faults += u64::from(result.is_err());
        arena.work(BATCHES);
        if arena.calls() >= WARM_UP {
            warm.get_or_insert_with(resident);
        }
    }
    let left = CALLS - arena.calls();
    // Besides its batches, honest work is planned, opened and finished.
    arena.work(left - 3);
    let (warm, now) = (warm.unwrap(), resident());
    println!(
        "{} calls: {struck} attacks, of which {faults} ended in a fault, honest work after each; \
         resident after {WARM_UP} calls {} KiB, at the end {} KiB",
        arena.calls(),
        warm >> 10,
        now >> 10
    );
    assert_eq!(arena.calls(), CALLS);
    assert!(faults > struck / 2, "only {faults} of {struck} attacks were any");
    assert!(now * 100 <= warm * (100 + GROWTH_PERCENT), "memory grew from {warm} to {now} bytes");
}

/// Those on modules that are compiled already, but for a loop in `plan`: that has no
/// limits but its approval's, and would take all of the time.
fn strike(arena: &Arena, attack: &Attack, short: &Conditions) -> Option<Result<(), EngineError>> {
    match attack.way {
        Way::Liar if attack.name == "plan-loops" => None,
        Way::Liar => Some(arena.lied(attack.name, short)),
        Way::Misjudge => Some(arena.misjudged(attack.name, short)),
        Way::Pretender(_) | Way::File(_) | Way::Strike(_) => None,
    }
}
