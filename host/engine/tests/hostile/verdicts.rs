//! Checks that judge wrongly.

use bailiwick_engine::Conditions;

use crate::attack::{Class, misjudgement, strike};

pub const CLASS: Class = Class {
    title: "Broken verdicts",
    says: "What a check says of ten rows, and of itself.",
    attacks: &[
        misjudgement(
            "bitmaps-fewer",
            "gives no bitmap for a rule",
            "push: Contract: it gave 0 bitmaps for its 1 row rules",
        ),
        misjudgement(
            "bitmaps-more",
            "gives a bitmap for no rule",
            "push: Contract: it gave 2 bitmaps for its 1 row rules",
        ),
        misjudgement(
            "bitmap-short",
            "a bitmap is shorter than the batch",
            "push: Malformed: bytes of a bitmap: expected 2, got 1",
        ),
        misjudgement(
            "bitmap-long",
            "a bitmap is longer than the batch",
            "push: Malformed: bytes of a bitmap: expected 2, got 3",
        ),
        misjudgement(
            "bitmap-past-rows",
            "a bitmap fails rows past the last",
            "push: Malformed: a bitmap has set bits past its 10 rows",
        ),
        misjudgement(
            "measure-nan",
            "measures NaN",
            "conclude: Contract: rule enough has a measure value that is not finite",
        ),
        misjudgement(
            "measure-infinite",
            "measures minus infinity",
            "conclude: Contract: rule enough has a measure value that is not finite",
        ),
        misjudgement(
            "measure-unknown-rule",
            "measures a rule that it does not have",
            "conclude: Contract: it measured a rule that it does not have",
        ),
        misjudgement(
            "measure-empty-name",
            "a measure has no name",
            "conclude: Contract: rule enough has a measure whose name is not 1 to 64 letters, digits, `-`, `_` or `.`",
        ),
        misjudgement(
            "measure-loud-name",
            "a measure's name rings the bell",
            "conclude: Contract: rule enough has a measure whose name is not 1 to 64 letters, digits, `-`, `_` or `.`",
        ),
        misjudgement(
            "measures-many",
            "gives 201 measures for two rules",
            "conclude: Contract: it gave 201 measures, at most 200 may be",
        ),
        misjudgement(
            "rule-empty-id",
            "a rule has no id",
            r#"plan: Contract: rule id "" is not 1 to 64 letters, digits, `-`, `_` or `.`"#,
        ),
        misjudgement(
            "rule-long-id",
            "a rule's id has 65 bytes",
            r#"plan: Contract: rule id "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" is not 1 to 64 letters, digits, `-`, `_` or `.`"#,
        ),
        misjudgement(
            "rule-malformed-id",
            "a rule's id clears the screen",
            r#"plan: Contract: rule id "filled\u{1b}[2J or not" is not 1 to 64 letters, digits, `-`, `_` or `.`"#,
        ),
        misjudgement(
            "rule-twice",
            "two rules have one id",
            "plan: Contract: rule id filled is there twice",
        ),
        misjudgement(
            "rule-dimension",
            "a rule has a dimension that is none",
            "plan: Contract: rule filled has a dimension that is none of accuracy, completeness, conformity, consistency, coverage, timeliness, uniqueness",
        ),
        misjudgement(
            "rules-none",
            "has no rules",
            "plan: Contract: it has 0 rules; 1 to 1000 may be",
        ),
        misjudgement(
            "rules-many",
            "has 1,001 rules",
            "plan: Contract: it has 1001 rules; 1 to 1000 may be",
        ),
        misjudgement(
            "reads-unknown",
            "a check plans to read a column that its binding does not give it",
            r#"plan: Contract: it plans to read column "salary", which its binding does not give it"#,
        ),
        misjudgement("bitmaps-flood", "gives a million bitmaps", "push: LimitExceeded OutputBytes"),
        misjudgement(
            "conclude-floods",
            "gives 400,000 measures",
            "conclude: LimitExceeded OutputBytes",
        ),
        strike(
            "state-garbage",
            "is given a state that is none of its own",
            "merge: Rejected Data: this is no state of mine",
            |arena| {
                let mut check = arena.check("none", &Conditions::default())?;
                arena.timed(|| check.merge(&[0xff; 1_000]))
            },
        ),
        strike(
            "state-huge",
            "is given a state larger than its memory",
            "merge: LimitExceeded MemoryBytes",
            |arena| {
                let mut check = arena.check("none", &Conditions::default())?;
                arena.timed(|| check.merge(&vec![0; 65 << 20]))
            },
        ),
    ],
};
