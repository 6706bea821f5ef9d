//! From open to finish, and what is left after a fault.

use bailiwick_engine::{Call, Conditions, EngineError, Fault, Stage};

use crate::support::{guest, ten_emails, words};

fn liar(lie: &str) -> Stage {
    let settings = format!("{{\"lie\": \"{lie}\"}}");
    let schema = ten_emails().schema();
    guest("liar").stage(&settings, &schema, &["email"], &Conditions::default()).unwrap()
}

#[test]
fn after_a_fault_a_stage_says_that_it_was_discarded() {
    // A crash, a broken answer, and a refusal of rows: all of them end the stage.
    for lie in ["push-traps", "rows-more", "output-keep", "push-data"] {
        let mut stage = liar(lie);
        assert!(stage.push(&ten_emails()).is_err());
        for _ in 0..2 {
            insta::allow_duplicates! {
                insta::assert_snapshot!(words(stage.push(&ten_emails())), @"module testers/liar@0.1.0 failed in push: it failed before, so its sandbox was discarded; open it anew");
            }
        }
        let calls = [
            stage.finish().map(drop).unwrap_err(),
            stage.state().map(drop).unwrap_err(),
            stage.merge(&[]).unwrap_err(),
        ];
        for (error, expected) in calls.iter().zip([Call::Finish, Call::State, Call::Merge]) {
            match error {
                EngineError::Fault { call, fault: Fault::Discarded, .. } => {
                    assert_eq!(*call, expected);
                }
                other => panic!("{lie}: not discarded: {other}"),
            }
        }
    }
}

#[test]
fn a_fault_of_one_stage_does_not_touch_another_of_the_same_module() {
    let mut healthy = liar("none");
    healthy.push(&ten_emails()).unwrap();
    for lie in ["push-traps", "push-reads-outside", "memory-takes-all"] {
        assert!(liar(lie).push(&ten_emails()).is_err());
        healthy.push(&ten_emails()).unwrap();
    }
    assert!(healthy.finish().unwrap().is_none());
}

#[test]
fn state_and_merge_can_fail_too() {
    insta::assert_snapshot!(words(liar("state-traps").state()), @"module testers/liar@0.1.0 failed in state: it trapped: wasm trap: wasm `unreachable` instruction executed");
    insta::assert_snapshot!(words(liar("merge-traps").merge(b"state")), @"module testers/liar@0.1.0 failed in merge: it trapped: wasm trap: wasm `unreachable` instruction executed");
    insta::assert_snapshot!(words(liar("none").merge(b"state")), @"module testers/liar@0.1.0 failed in merge: it rejects its rows: this is no state of mine");
    assert_eq!(liar("none").state().unwrap(), Vec::<u8>::new());
    liar("none").merge(&[]).unwrap();
}

#[test]
fn a_batch_of_another_schema_is_refused_before_it_enters() {
    let mut stage = liar("none");
    let other = ten_emails().project(&[]).unwrap();
    insta::assert_snapshot!(words(stage.push(&other)), @r#"module testers/liar@0.1.0 cannot be given its columns: there is no column "email"; there are"#);
    // Nothing was asked of the module, so it goes on.
    stage.push(&ten_emails()).unwrap();
}

#[test]
fn a_binding_to_a_column_that_is_not_there_names_those_that_are() {
    let schema = ten_emails().schema();
    let stage = guest("liar").stage("{}", &schema, &["mail"], &Conditions::default());
    insta::assert_snapshot!(words(stage), @r#"module testers/liar@0.1.0 cannot be given its columns: there is no column "mail"; there are email"#);
}

#[test]
fn a_module_of_one_kind_is_not_used_as_one_of_the_other() {
    let (schema, conditions) = (ten_emails().schema(), Conditions::default());
    let as_check = guest("liar").check("{}", &schema, &["email"], &conditions);
    insta::assert_snapshot!(words(as_check), @"module testers/liar@0.1.0 is a transform module, not a quality module");
    let as_stage = guest("misjudge").stage("{}", &schema, &["email"], &conditions);
    insta::assert_snapshot!(words(as_stage), @"module testers/misjudge@0.1.0 is a quality module, not a transform module");
}

#[test]
fn settings_that_are_not_what_the_module_wants_are_told_in_its_words() {
    let schema = ten_emails().schema();
    let echo = guest("echo");
    for (settings, expected) in
        [("{\"colour\": 1}", "unknown field"), ("{", "no JSON"), ("", "no JSON")]
    {
        let said = words(echo.stage(settings, &schema, &["email"], &Conditions::default()));
        assert!(said.contains("failed in plan: it rejects its settings: "), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}
