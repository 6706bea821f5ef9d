//! Ways to crash.

use bailiwick_engine::Conditions;

use crate::attack::{Class, file, lie, pretence, strike};
use crate::files::holding;
use crate::support::ten_emails;

pub const CLASS: Class = Class {
    title: "Crashes",
    says: "A trap ends the call and its sandbox, and nothing else.",
    attacks: &[
        lie(
            "plan-traps",
            "traps in `plan`",
            "plan: Trapped: wasm trap: wasm `unreachable` instruction executed",
        ),
        lie(
            "open-traps",
            "traps in `open`",
            "open: Trapped: wasm trap: wasm `unreachable` instruction executed",
        ),
        lie(
            "push-traps",
            "traps in `push`",
            "push: Trapped: wasm trap: wasm `unreachable` instruction executed",
        ),
        lie(
            "push-panics",
            "panics with a row's value in its message",
            "push: Trapped: wasm trap: wasm `unreachable` instruction executed",
        ),
        lie(
            "push-reads-outside",
            "reads past the end of its memory",
            "push: Trapped: wasm trap: out of bounds memory access",
        ),
        lie("push-divides", "divides by zero", "push: Trapped: wasm trap: integer divide by zero"),
        lie("push-recurses", "recurses without end", "push: LimitExceeded StackBytes"),
        lie(
            "finish-traps",
            "traps in `finish`",
            "finish: Trapped: wasm trap: wasm `unreachable` instruction executed",
        ),
        lie(
            "state-traps",
            "traps in `state`",
            "state: Trapped: wasm trap: wasm `unreachable` instruction executed",
        ),
        lie(
            "merge-traps",
            "traps in `merge`",
            "merge: Trapped: wasm trap: wasm `unreachable` instruction executed",
        ),
        strike(
            "check-traps",
            "a check traps in `push`",
            "push: Trapped: wasm trap: wasm `unreachable` instruction executed",
            |arena| arena.misjudged("push-traps", &Conditions::default()),
        ),
        pretence(
            "describe-traps",
            "traps",
            "traps in `describe`",
            "describe: Trapped: wasm trap: wasm `unreachable` instruction executed",
        ),
        file(
            "start-traps",
            "a start function traps",
            "start: Trapped: wasm trap: wasm `unreachable` instruction executed",
            || holding("(func $f unreachable) (start $f)", 1),
        ),
        strike("call-after-trap", "is called again after it trapped", "push: Discarded", |arena| {
            let mut stage = arena.stage("push-traps", &Conditions::default())?;
            assert!(stage.push(&ten_emails()).is_err());
            arena.timed(|| stage.push(&ten_emails())).map(drop)
        }),
        strike(
            "finish-after-broken-answer",
            "is asked to finish after it broke the contract",
            "finish: Discarded",
            |arena| {
                let mut stage = arena.stage("rows-more", &Conditions::default())?;
                assert!(stage.push(&ten_emails()).is_err());
                arena.timed(|| stage.finish()).map(drop)
            },
        ),
    ],
};
