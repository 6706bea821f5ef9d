//! Ways to take more than there is for one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_buffer::{Buffer, OffsetBuffer};
use bailiwick_engine::Conditions;
use bailiwick_terms::{Grants, Limits};

use crate::arena::limits;
use crate::attack::{Class, file, lie, pretence, strike};
use crate::files::holding;
use crate::support::{emails, guest_with};

pub const CLASS: Class = Class {
    title: "Floods",
    says: "Memory, tables, instances, handles, and whatever the host would have to copy or \
           to do for a module.",
    attacks: &[
        lie(
            "memory-takes-all",
            "takes memory until there is none",
            "push: LimitExceeded MemoryBytes",
        ),
        lie("plan-takes-all", "takes all memory in `plan`", "plan: LimitExceeded MemoryBytes"),
        file(
            "start-memory",
            "begins with 2 GiB of memory",
            "start: LimitExceeded MemoryBytes",
            || holding("(memory 32768)", 1),
        ),
        file(
            "start-memories",
            "begins with more memory than it may have, over sixteen instances",
            "start: LimitExceeded MemoryBytes",
            || holding("(memory 65)", 16),
        ),
        file(
            "start-table",
            "begins with a table of 100,000",
            "start: LimitExceeded TableElements",
            || holding("(table 100000 funcref)", 1),
        ),
        file(
            "table-grows",
            "lets a table grow without end",
            "start: LimitExceeded TableElements",
            || {
                holding(
                    "(table $t 0 funcref) (func $f (loop $more
                        (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 100))
                                             (i32.const -1)))) unreachable) (start $f)",
                    1,
                )
            },
        ),
        file(
            "instances",
            "has 65 core instances",
            "refused: Link: The component transitively contains 65 core module instances, which exceeds the configured maximum of 64 in the pooling allocator",
            || holding("", 65),
        ),
        file(
            "tables",
            "has seventeen tables",
            "refused: Link: module table does not fit in pooling allocator requirements: defined tables count of 17 exceeds the per-instance limit of 1",
            || holding(&"(table 1 funcref)".repeat(17), 1),
        ),
        lie("open-handles", "makes stages without end in `open`", "open: LimitExceeded Handles"),
        lie(
            "output-large",
            "gives 4 MiB of values for 40 bytes",
            r#"push: Malformed: bytes of values of column "out": expected 40, got 4194304"#,
        ),
        lie("plan-floods", "its error has 24 MiB", "plan: LimitExceeded OutputBytes"),
        pretence(
            "describe-floods",
            "flood",
            "its summary has 24 MiB",
            "describe: LimitExceeded OutputBytes",
        ),
        strike(
            "state-floods",
            "its state is larger than a call may give back",
            "state: LimitExceeded OutputBytes",
            |arena| {
                let limits = Limits { output_bytes: 1 << 20, ..limits() };
                let conditions = Conditions { limits: Some(limits), ..Conditions::default() };
                let mut stage = arena.stage("state-large", &conditions)?;
                arena.timed(|| stage.state()).map(drop)
            },
        ),
        strike(
            "hash-floods",
            "has the host hash for longer than its time",
            "push: LimitExceeded CallMs",
            |arena| {
                let mut grants = Grants::default();
                grants.services.pseudonym.insert("research".parse().unwrap());
                let large = Limits { memory_bytes: 256 << 20, output_bytes: 128 << 20, ..limits() };
                let hasher = guest_with("hasher", grants, large.clone());
                let short = Limits { call_ms: 250, ..large };
                let mut conditions = Conditions { limits: Some(short), ..Conditions::default() };
                conditions.keys.insert("research".parse().unwrap(), &[7; 32]).unwrap();
                // Each takes as long to hash as a short text, and no memory.
                let offsets = OffsetBuffer::new_zeroed(3_000_000);
                let values: ArrayRef = Arc::new(StringArray::new(offsets, Buffer::default(), None));
                let batch = RecordBatch::try_from_iter([("email", values)]).unwrap();
                let settings = "{\"key\": \"research\"}";
                let schema = batch.schema();
                let mut stage = hasher.stage(settings, &schema, &["email"], &conditions)?;
                let start = Instant::now();
                let pushed = arena.timed(|| stage.push(&batch));
                // The host's own work ends in time, not only when the module goes on.
                assert!(start.elapsed() <= Duration::from_millis(2 * 250));
                pushed.map(drop)
            },
        ),
        strike(
            "encryption-floods",
            "has the host encrypt for longer than its time",
            "push: LimitExceeded CallMs",
            |arena| {
                let mut grants = Grants::default();
                grants.services.encryption.insert("cards".parse().unwrap());
                let large = Limits { memory_bytes: 256 << 20, output_bytes: 128 << 20, ..limits() };
                let cipherer = guest_with("cipherer", grants, large.clone());
                let short = Limits { call_ms: 250, ..large };
                let mut conditions = Conditions { limits: Some(short), ..Conditions::default() };
                conditions.keys.insert("cards".parse().unwrap(), &[7; 32]).unwrap();
                // As long as values may be, and of numerals as large.
                let settings = r#"{"key": "cards", "radix": 65536, "tweak_bytes": 256,
                    "values": 100000, "numerals": 256, "numeral": 65535}"#;
                let batch = emails(&["a"]);
                let mut stage =
                    cipherer.stage(settings, &batch.schema(), &["email"], &conditions)?;
                let start = Instant::now();
                let pushed = arena.timed(|| stage.push(&batch));
                assert!(start.elapsed() <= Duration::from_millis(2 * 250));
                pushed.map(drop)
            },
        ),
    ],
};
