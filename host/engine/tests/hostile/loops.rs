//! Ways not to come back.

use bailiwick_engine::Conditions;
use bailiwick_terms::{Grants, Limits};

use crate::arena::limits;
use crate::attack::{Class, file, lie, misjudgement, pretence, strike};
use crate::files::holding;
use crate::support::{approved, component, engine, ten_emails};

pub const CLASS: Class = Class {
    title: "Endless loops",
    says: "Time is counted by the host: a call that is past it is interrupted, wherever it is.",
    attacks: &[
        file(
            "start-loops",
            "loops in a core start function",
            "start: LimitExceeded CallMs",
            || holding("(func $f (loop (br 0))) (start $f)", 1),
        ),
        pretence(
            "describe-loops",
            "loops",
            "loops in `describe`",
            "describe: LimitExceeded CallMs",
        ),
        lie("plan-loops", "loops in `plan`", "plan: LimitExceeded CallMs"),
        lie("open-loops", "loops in `open`", "open: LimitExceeded CallMs"),
        lie("push-loops", "loops in `push`", "push: LimitExceeded CallMs"),
        lie("state-loops", "loops in `state`", "state: LimitExceeded CallMs"),
        lie("merge-loops", "loops in `merge`", "merge: LimitExceeded CallMs"),
        lie("finish-loops", "loops in `finish`", "finish: LimitExceeded CallMs"),
        lie(
            "room-loops",
            "loops while the host asks it for room to put the rows into",
            "push: LimitExceeded CallMs",
        ),
        misjudgement(
            "conclude-loops",
            "a check loops in `conclude`",
            "conclude: LimitExceeded CallMs",
        ),
        strike(
            "loop-past-fuel",
            "loops under fuel that the framework caps and its approval does not",
            "push: LimitExceeded Fuel",
            |arena| {
                let limits = Limits { fuel: Some(1_000_000), ..limits() };
                let conditions = Conditions { limits: Some(limits), ..Conditions::default() };
                let mut stage = arena.stage("push-loops", &conditions)?;
                arena.timed(|| stage.push(&ten_emails())).map(drop)
            },
        ),
        strike(
            "plan-past-cap",
            "loops in `plan` for as long as its approval allows, an hour, and the framework does not",
            "plan: LimitExceeded CallMs",
            |arena| {
                let hour = Limits { call_ms: 3_600_000, ..Limits::default() };
                let approved = approved("liar", &component("liar"), Grants::default(), hour);
                let liar = engine().load_capped(&approved, &limits())?;
                let schema = ten_emails().schema();
                arena.timed(|| liar.plan_transform("{\"lie\": \"plan-loops\"}", &schema)).map(drop)
            },
        ),
    ],
};
