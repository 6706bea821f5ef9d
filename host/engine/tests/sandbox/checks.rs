//! Checks that judge wrongly, and exactly what is said of it.

use std::fmt::Write;

use bailiwick_engine::{Check, Conditions, EngineError, Granularity, Measure};

use crate::support::{emails, guest, ten_emails, words};

fn opened(lie: &str, conditions: &Conditions) -> Result<Check, EngineError> {
    let settings = format!("{{\"lie\": \"{lie}\"}}");
    guest("misjudge").check(&settings, &ten_emails().schema(), &["email"], conditions)
}

/// Plans, opens, pushes and concludes with that lie.
fn judged(lie: &str) -> Result<Vec<Measure>, EngineError> {
    let mut check = opened(lie, &Conditions::default())?;
    check.push(&ten_emails())?;
    check.conclude()
}

/// Each lie and what was said of it, with what all have in common left out.
fn verdicts(lies: &[&str]) -> String {
    let mut table = String::new();
    for lie in lies {
        let said = words(judged(lie));
        let said = said.strip_prefix("module testers/misjudge@0.1.0 failed in ").unwrap_or(&said);
        let said = said.replace("the module broke the contract", "BROKEN");
        writeln!(table, "{lie:<20} {}", said.replace("it broke the contract", "BROKEN")).unwrap();
        assert!(judged("none").is_ok());
    }
    table
}

#[test]
fn an_honest_check_gives_a_bitmap_for_each_row_rule_and_its_measures() {
    let mut check = opened("none", &Conditions::default()).unwrap();
    let rules: Vec<_> = check.plan().rules.iter().map(|r| (r.id.as_str(), r.granularity)).collect();
    assert_eq!(rules, [("filled", Granularity::Row), ("enough", Granularity::Dataset)]);
    for rows in [0, 1, 10] {
        let failing = check.push(&emails(&vec!["jane"; rows])).unwrap();
        assert_eq!(failing.len(), 1);
        assert_eq!((failing[0].len(), failing[0].count_set_bits()), (rows, 0));
    }
    let measure = Measure { rule: "enough".into(), name: "value".into(), value: 1.0 };
    assert_eq!(check.conclude().unwrap(), [measure]);
}

#[test]
fn bitmaps() {
    let lies = ["bitmaps-fewer", "bitmaps-more", "bitmap-short", "bitmap-long", "bitmap-past-rows"];
    insta::assert_snapshot!(verdicts(&lies), @"
    bitmaps-fewer        push: BROKEN: it gave 0 bitmaps for its 1 row rules
    bitmaps-more         push: BROKEN: it gave 2 bitmaps for its 1 row rules
    bitmap-short         push: BROKEN: bytes of a bitmap: expected 2, got 1
    bitmap-long          push: BROKEN: bytes of a bitmap: expected 2, got 3
    bitmap-past-rows     push: BROKEN: a bitmap has set bits past its 10 rows
    ");
}

#[test]
fn measures() {
    let lies = [
        "measure-nan",
        "measure-infinite",
        "measure-unknown-rule",
        "measure-empty-name",
        "measure-loud-name",
        "measures-many",
    ];
    insta::assert_snapshot!(verdicts(&lies), @"
    measure-nan          conclude: BROKEN: rule enough has a measure value that is not finite
    measure-infinite     conclude: BROKEN: rule enough has a measure value that is not finite
    measure-unknown-rule conclude: BROKEN: it measured a rule that it does not have
    measure-empty-name   conclude: BROKEN: rule enough has a measure whose name is not 1 to 64 letters, digits, `-`, `_` or `.`
    measure-loud-name    conclude: BROKEN: rule enough has a measure whose name is not 1 to 64 letters, digits, `-`, `_` or `.`
    measures-many        conclude: BROKEN: it gave 201 measures, at most 200 may be
    ");
}

#[test]
fn rules() {
    let lies = [
        "rule-empty-id",
        "rule-long-id",
        "rule-malformed-id",
        "rule-twice",
        "rule-dimension",
        "rules-none",
        "rules-many",
        "reads-unknown",
    ];
    insta::assert_snapshot!(verdicts(&lies), @r#"
    rule-empty-id        plan: BROKEN: rule id "" is not 1 to 64 letters, digits, `-`, `_` or `.`
    rule-long-id         plan: BROKEN: rule id "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" is not 1 to 64 letters, digits, `-`, `_` or `.`
    rule-malformed-id    plan: BROKEN: rule id "filled\u{1b}[2J or not" is not 1 to 64 letters, digits, `-`, `_` or `.`
    rule-twice           plan: BROKEN: rule id filled is there twice
    rule-dimension       plan: BROKEN: rule filled has a dimension that is none of accuracy, completeness, conformity, consistency, coverage, timeliness, uniqueness
    rules-none           plan: BROKEN: it has 0 rules; 1 to 1000 may be
    rules-many           plan: BROKEN: it has 1001 rules; 1 to 1000 may be
    reads-unknown        plan: BROKEN: it plans to read column "salary", which its binding does not give it
    "#);
}

#[test]
fn a_summary_is_harmless() {
    let check = opened("summary-loud", &Conditions::default()).unwrap();
    insta::assert_snapshot!(check.plan().rules[0].summary, @r"a\nb\u{1b}[31m");
}

#[test]
fn after_a_fault_a_check_says_that_it_was_discarded() {
    for lie in ["push-traps", "bitmap-long", "push-data"] {
        let mut check = opened(lie, &Conditions::default()).unwrap();
        assert!(check.push(&ten_emails()).is_err());
        let calls = [
            words(check.push(&ten_emails())),
            words(check.state()),
            words(check.merge(&[])),
            words(check.conclude()),
        ];
        for said in calls {
            assert!(said.ends_with("its sandbox was discarded; open it anew"), "{said}");
        }
    }
}

#[test]
fn words_of_a_check_that_read_labelled_columns_are_withheld() {
    let withhold = Conditions { withhold_text: true, ..Conditions::default() };
    insta::assert_snapshot!(words(opened("push-data", &withhold).unwrap().push(&ten_emails())), @"module testers/misjudge@0.1.0 failed in push: it rejects its rows: (withheld: the module reads labelled columns)");
    let shown = words(opened("push-data", &Conditions::default()).unwrap().push(&ten_emails()));
    assert!(shown.ends_with("row 1 says jane"), "{shown}");
}

#[test]
fn state_and_merge_go_through() {
    let mut check = opened("none", &Conditions::default()).unwrap();
    let state = check.state().unwrap();
    check.merge(&state).unwrap();
    insta::assert_snapshot!(words(check.merge(b"another")), @"module testers/misjudge@0.1.0 failed in merge: it rejects its rows: this is no state of mine");
}
