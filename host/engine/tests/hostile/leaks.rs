//! Ways to learn what was not granted, and to carry it away.

use arrow_array::Int32Array;
use arrow_array::cast::AsArray;
use bailiwick_engine::{Conditions, EngineError, Keyring, Stage};
use bailiwick_terms::{Grants, Isolation, Limits};

use crate::arena::{Arena, limits};
use crate::attack::{CONTAINED, Class, lie, strike};
use crate::support::{approved, component, emails, engine, ten_emails};

fn withholding() -> Conditions {
    Conditions { withhold_text: true, ..Conditions::default() }
}

/// Hashes under a key when only `research` is granted, and the host has two.
fn hashed(arena: &Arena, key: &str) -> Result<(), EngineError> {
    let mut grants = Grants::default();
    grants.services.pseudonym.insert("research".parse().unwrap());
    let hasher = engine().load(&approved("hasher", &component("hasher"), grants, limits()))?;
    let mut keys = Keyring::default();
    for name in ["research", "marketing"] {
        keys.insert(name.parse().unwrap(), &[7; 32]).unwrap();
    }
    let conditions = Conditions { keys, ..Conditions::default() };
    let settings = format!("{{\"key\": \"{key}\"}}");
    let mut stage = hasher.stage(&settings, &ten_emails().schema(), &["email"], &conditions)?;
    arena.timed(|| stage.push(&ten_emails())).map(drop)
}

fn chatterbox(say: &str, times: u32, conditions: &Conditions) -> Result<Stage, EngineError> {
    let mut grants = Grants::default();
    grants.services.log = true;
    let limits = Limits { log_bytes: 4_096, ..limits() };
    let module =
        engine().load(&approved("chatterbox", &component("chatterbox"), grants, limits))?;
    let settings = format!("{{\"say\": \"{say}\", \"times\": {times}}}");
    module.stage(&settings, &ten_emails().schema(), &["email"], conditions)
}

/// The number of pushes that a stage has counted, as it tells it for one more.
fn counted(stage: &mut Stage) -> Result<i32, EngineError> {
    let out = stage.apply(&ten_emails())?.unwrap();
    let numbers: &Int32Array = out.column_by_name("out").unwrap().as_primitive();
    Ok(numbers.value(0))
}

pub const CLASS: Class = Class {
    title: "Leaks",
    says: "A module that was given a value can put it into whatever it is allowed to write. It \
           is given only what its plan reads, and its words are escaped, bounded, and withheld \
           where it reads labelled columns. Within a run it may keep what it saw; across runs it \
           cannot. A module that says its answers are `independent` and keeps state gives answers \
           that depend on the number of lanes, and nothing else.",
    attacks: &[
        lie(
            "push-data",
            "an error with a row's value in it, dressed up as another line",
            r#"push: Rejected Data: cannot parse "jane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.comjane@example.com"\r\n\u{1b}[31mERROR\u{7} all is lost\u{202e}"#,
        ),
        lie(
            "push-long-text",
            "an error of 50,000 bytes",
            "push: Rejected Data: long long long long long long long long long long long long… (524 bytes)",
        ),
        strike(
            "withheld-error",
            "the same where it reads labelled columns",
            "push: Rejected Data: (withheld: the module reads labelled columns)",
            |arena| arena.lied("push-data", &withholding()),
        ),
        strike(
            "withheld-open",
            "tells something in `open` where it reads labelled columns",
            "open: Rejected Settings: (withheld: the module reads labelled columns)",
            |arena| arena.lied("open-rejects", &withholding()),
        ),
        strike("log-floods", "logs 15,000 lines", CONTAINED, |arena| {
            let mut stage = chatterbox("flood", 5_000, &Conditions::default())?;
            let cost = |stage: &mut Stage| stage.take_log().iter().map(|l| l.cost()).sum::<u64>();
            assert!((1..=4_096).contains(&cost(&mut stage)));
            arena.timed(|| stage.push(&ten_emails()))?;
            assert_eq!(cost(&mut stage), 0);
            Ok(())
        }),
        strike(
            "log-loud",
            "logs a line that forges another and turns text around",
            CONTAINED,
            |arena| {
                let mut stage =
                    chatterbox(r"{}\r\n\u001b[31mERROR\u202e", 1, &Conditions::default())?;
                arena.timed(|| stage.push(&ten_emails()))?;
                for line in stage.take_log() {
                    assert!(line.text.as_str().ends_with(r"\r\n\u{1b}[31mERROR\u{202e}"));
                }
                Ok(())
            },
        ),
        strike("log-withheld", "logs what it read of labelled columns", CONTAINED, |arena| {
            let mut stage = chatterbox("{}", 1, &withholding())?;
            arena.timed(|| stage.push(&ten_emails()))?;
            let lines = stage.take_log();
            assert_eq!(lines.len(), 6);
            assert!(lines.iter().all(|line| !line.text.as_str().contains("jane")));
            Ok(())
        }),
        strike(
            "memory-searched",
            "gives back all its memory, after one before it read a secret",
            CONTAINED,
            |arena| {
                let witness =
                    approved("witness", &component("witness"), Grants::default(), limits());
                let witness = engine().load(&witness)?;
                let told = |value: &str| {
                    let batch = emails(&[value; 100]);
                    let reads = "{\"reads\": [\"email\"]}";
                    let mut stage = witness.stage(
                        reads,
                        &batch.schema(),
                        &["email"],
                        &Conditions::default(),
                    )?;
                    arena.timed(|| stage.apply(&batch))?;
                    let rows = arena.timed(|| stage.finish())?.unwrap();
                    let memory = rows.column(0).as_binary::<i32>().value(1).to_vec();
                    Ok::<_, EngineError>(memory)
                };
                let knows =
                    |memory: &[u8], value: &[u8]| memory.windows(value.len()).any(|w| w == value);
                assert!(knows(&told("secret-4711")?, b"secret-4711"));
                let next = told("public-0815")?;
                assert!(knows(&next, b"public-0815") && !knows(&next, b"secret-4711"));
                Ok(())
            },
        ),
        strike(
            "key-of-another",
            "hashes under a key that the host has and its approval does not name",
            r#"push: Rejected Settings: there is no key "marketing": its approval must name it, and the run must have it"#,
            |arena| hashed(arena, "marketing"),
        ),
        strike(
            "key-path",
            "hashes under a key whose name is a path",
            r#"push: Rejected Settings: there is no key "../etc/passwd": its approval must name it, and the run must have it"#,
            |arena| hashed(arena, "../etc/passwd"),
        ),
        strike(
            "key-long",
            "hashes under a key with a name of 60,000 bytes",
            r#"push: Rejected Settings: there is no key "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk… (528 bytes)"#,
            |arena| hashed(arena, &"k".repeat(60_000)),
        ),
        strike(
            "state-across-runs",
            "counts batches in memory, and looks for the count of a run before",
            CONTAINED,
            |arena| {
                for _ in 0..3 {
                    let mut stage = arena.stage("kept-count", &Conditions::default())?;
                    assert_eq!((counted(&mut stage)?, counted(&mut stage)?), (1, 2));
                }
                Ok(())
            },
        ),
        strike(
            "state-across-batches",
            "the same where its approval isolates each batch",
            CONTAINED,
            |arena| {
                let limits = Limits { isolation: Isolation::Batch, ..limits() };
                let isolated = Conditions { limits: Some(limits), ..Conditions::default() };
                let mut stage = arena.stage("kept-count", &isolated)?;
                assert_eq!((counted(&mut stage)?, counted(&mut stage)?), (1, 1));
                Ok(())
            },
        ),
        strike(
            "state-across-lanes",
            "says that it is independent, and counts the batches of its lane",
            CONTAINED,
            |arena| {
                let lanes = &mut [0; 2].map(|_| arena.stage("kept-count", &Conditions::default()));
                for lane in lanes {
                    assert_eq!(counted(lane.as_mut().unwrap())?, 1);
                }
                Ok(())
            },
        ),
    ],
};
