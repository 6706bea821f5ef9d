//! Ways to get more out of reference tables than was planned.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Float64Array, ListArray, RecordBatch, StringArray};
use bailiwick_engine::{
    Conditions, EngineError, MemoryAccount, Module, ReferenceTable, References, Stage, TableBuilder,
};
use bailiwick_terms::{Grants, Limits};

use crate::arena::{Arena, limits};
use crate::attack::{CONTAINED, Class, strike};
use crate::support::guest_with;

/// A text of a megabyte, which one key stands for.
const BIG_BYTES: usize = 1 << 20;

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn table(columns: Vec<(&str, ArrayRef)>) -> ReferenceTable {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut table = TableBuilder::new(&batch.schema());
    // More than one call may give back, of all rows together.
    for _ in 0..20 {
        table.push(&batch).unwrap();
    }
    table.finish(None).unwrap()
}

/// The tables of a run: `airlines` and `airports`, which its binding gives the module, and
/// `salaries`, which it does not.
fn references() -> References {
    let big = "x".repeat(BIG_BYTES);
    let tags = [Some(vec![Some(1)]), None, Some(vec![])];
    let airlines = table(vec![
        ("code", texts(&["UA", "DL", "BIG"])),
        ("name", texts(&["United", "Delta", &big])),
        ("score", Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0]))),
        ("tags", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(tags))),
    ]);
    let airports = table(vec![("code", texts(&["EWR"])), ("name", texts(&["Newark"]))]);
    let salaries = table(vec![("code", texts(&["UA"])), ("salary", texts(&["much"]))]);
    let tables = [("airlines", airlines), ("airports", airports), ("salaries", salaries)];
    tables.into_iter().map(|(name, table)| (name.parse().unwrap(), Arc::new(table))).collect()
}

/// The module, bound to two of the tables.
fn prowler(references: &References, limits: Limits) -> Module {
    let mut grants = Grants::default();
    grants.services.lookup = true;
    let names = ["airlines", "airports"].map(|name| name.parse().unwrap());
    let bound = names.map(|name| {
        let schema = references.get(&name).unwrap().schema();
        (name, schema)
    });
    guest_with("prowler", grants, limits).with_tables(bound.into())
}

fn codes() -> RecordBatch {
    RecordBatch::try_from_iter([("code", texts(&["UA", "XX"]))]).unwrap()
}

fn opened(arena: &Arena, lie: &str, conditions: Conditions) -> Result<Stage, EngineError> {
    let references = references();
    let module = prowler(&references, conditions.limits.clone().unwrap_or_else(limits));
    let settings = format!("{{\"lie\": \"{lie}\"}}");
    let schema = codes().schema();
    let plan = arena.timed(|| module.plan_transform(&settings, &schema))?;
    let conditions = Conditions { references, ..conditions };
    arena.timed(|| module.open_stage(&settings, &plan, &schema, &conditions))
}

/// A whole life of the module, which lies somewhere in it.
fn prowled(arena: &Arena, lie: &str) -> Result<(), EngineError> {
    within(arena, lie, limits())
}

fn within(arena: &Arena, lie: &str, limits: Limits) -> Result<(), EngineError> {
    let conditions = Conditions { limits: Some(limits), ..Conditions::default() };
    let mut stage = opened(arena, lie, conditions)?;
    let out = arena.timed(|| stage.apply(&codes()))?.unwrap();
    let found: Vec<_> = out.column_by_name("out").unwrap().as_boolean().iter().collect();
    assert_eq!(found, [Some(true), Some(false)]);
    arena.timed(|| stage.finish()).map(drop)
}

macro_rules! prowls {
    ($name:literal, $does:literal, $ends:expr) => {
        strike($name, $does, $ends, |arena| prowled(arena, $name))
    };
}

pub const CLASS: Class = Class {
    title: "Reference tables",
    says: "A module that is granted lookups names its tables and their columns when it plans, out \
           of those that its binding gives it, and has nothing else of them once it is opened. \
           Names are names: no path is ever made of one. The keys it gives are checked as columns \
           it writes are, what it is given is bounded before it is made, and the host's work is \
           on its own time and fuel.",
    attacks: &[
        prowls!("lookup-honest", "nothing it may not", CONTAINED),
        prowls!(
            "plan-unknown-table",
            "plans to look up a table of the run that its binding does not give it",
            r#"plan: Contract: it plans to look up table "salaries", which its binding does not give it"#
        ),
        prowls!(
            "plan-path-up",
            "plans a path out of any folder for a table",
            r#"plan: Contract: it plans to look up table "../../etc/passwd", which its binding does not give it"#
        ),
        prowls!(
            "plan-path-absolute",
            "plans an absolute path for a table",
            r#"plan: Contract: it plans to look up table "/etc/passwd", which its binding does not give it"#
        ),
        prowls!(
            "plan-product",
            "plans another product for a table",
            r#"plan: Contract: it plans to look up table "hr/salaries", which its binding does not give it"#
        ),
        prowls!(
            "plan-terminal",
            "plans a table whose name steers a terminal",
            r#"plan: Contract: it plans to look up table "\u{1b}[2J", which its binding does not give it"#
        ),
        prowls!(
            "plan-unknown-column",
            "plans to be given a column that the table does not have",
            r#"plan: Contract: it plans to look up column "salary", which is not in table "airlines""#
        ),
        prowls!(
            "plan-unknown-key",
            "plans to find rows by a column that the table does not have",
            r#"plan: Contract: it plans to look up rows by column "salary", which is not in table "airlines""#
        ),
        prowls!(
            "plan-list",
            "plans to be given a column of lists",
            r#"plan: Contract: it plans to look up column "tags", which is not in table "airlines""#
        ),
        prowls!(
            "plan-float-key",
            "plans to find rows by floats",
            r#"plan: Contract: it plans to look up rows by Float64 keys of Float64 column "score" in table "airlines""#
        ),
        prowls!(
            "plan-other-key",
            "plans to find texts by numbers",
            r#"plan: Contract: it plans to look up rows by Int64 keys of Utf8 column "code" in table "airlines""#
        ),
        prowls!(
            "plan-key-twice",
            "plans to find rows by a column twice",
            r#"plan: Malformed: column "code" is there twice; rename one of them"#
        ),
        prowls!(
            "plan-column-twice",
            "plans to be given a column twice",
            r#"plan: Contract: it plans to look up column "name" twice in table "airlines""#
        ),
        prowls!(
            "plan-table-twice",
            "plans two lookups in one table",
            r#"plan: Contract: it plans to look up rows twice in table "airlines""#
        ),
        prowls!(
            "plan-nothing",
            "plans to look up nothing of a table",
            r#"plan: Contract: it plans to look up nothing in table "airlines""#
        ),
        prowls!(
            "plan-many",
            "plans 100,000 lookups",
            r#"plan: Contract: it plans to look up nothing in table "airlines""#
        ),
        prowls!(
            "plan-finds",
            "looks rows up while it plans",
            r#"plan: Rejected Settings: no such table: there is no table "airlines" to look rows up in: the module's plan must name it, and it must be opened"#
        ),
        prowls!(
            "plan-takes-rows",
            "takes rows while it plans",
            r#"plan: Rejected Settings: no such table: there is no table "airlines" to look rows up in: the module's plan must name it, and it must be opened"#
        ),
        prowls!(
            "find-unplanned",
            "looks up a table that its binding gives it and its plan does not name",
            r#"push: Rejected Settings: no such table: there is no table "airports" to look rows up in: the module's plan must name it, and it must be opened"#
        ),
        prowls!(
            "find-unbound",
            "looks up a table of the run that its binding does not give it",
            r#"push: Rejected Settings: no such table: there is no table "salaries" to look rows up in: the module's plan must name it, and it must be opened"#
        ),
        prowls!(
            "find-path-up",
            "looks up a path out of any folder",
            r#"push: Rejected Settings: no such table: there is no table "../../../etc/passwd" to look rows up in: the module's plan must name it, and it must be opened"#
        ),
        prowls!(
            "find-path-absolute",
            "looks up an absolute path",
            r#"push: Rejected Settings: no such table: there is no table "/etc/passwd" to look rows up in: the module's plan must name it, and it must be opened"#
        ),
        prowls!(
            "find-long-name",
            "looks up a table with a name of a megabyte",
            r#"push: Rejected Settings: no such table: there is no table "aaaaaaaaaaaaaaaaaaaaa… (528 bytes)"#
        ),
        prowls!(
            "find-without-keys",
            "finds rows by keys where its plan names none",
            "push: Rejected Data: malformed: its plan finds no rows by keys in that table"
        ),
        prowls!(
            "tables-told",
            "asks for the tables when it is opened, and learns of what its plan names",
            "push: Rejected Data: airlines: name code"
        ),
        prowls!(
            "keys-none",
            "keys of no column",
            r#"push: Rejected Data: malformed: nodes of column "code": expected 1, got 0"#
        ),
        prowls!(
            "keys-more-columns",
            "keys of a column more than planned",
            "push: Rejected Data: malformed: nodes left over of the batch: expected 0, got 1"
        ),
        prowls!(
            "keys-claim-many",
            "three keys that claim to be 2^32 - 1",
            "push: Rejected Data: malformed: rows of the batch: at most 262144, got 4294967295"
        ),
        prowls!(
            "keys-length",
            "a column of keys longer than the batch",
            r#"push: Rejected Data: malformed: length of column "code": expected 3, got 4"#
        ),
        prowls!(
            "keys-not-utf8",
            "a text key that is no UTF-8",
            r#"push: Rejected Data: malformed: column "code" holds text that is not UTF-8"#
        ),
        prowls!(
            "keys-past-end",
            "offsets of keys past their bytes",
            r#"push: Rejected Data: malformed: offsets of column "code": the last is not the number of bytes"#
        ),
        prowls!(
            "keys-fall",
            "offsets of keys that fall",
            r#"push: Rejected Data: malformed: offsets of column "code": they fall"#
        ),
        prowls!(
            "keys-null-count",
            "nulls among the keys that no bit shows",
            r#"push: Rejected Data: malformed: bytes of validity of column "code": expected 1, got 0"#
        ),
        prowls!(
            "keys-outside",
            "keys that lie past the end of its memory",
            "push: Contract: list pointer/length out of bounds of memory"
        ),
        prowls!(
            "find-large",
            "10,000 keys of which each stands for a megabyte",
            "push: Rejected Data: too large: the answer has 10485850000 bytes, more than the 16777216 that a call may give"
        ),
        prowls!(
            "rows-all",
            "asks for all rows of a table at once",
            "push: Rejected Data: too large: the answer has 20971984 bytes, more than the 16777216 that a call may give"
        ),
        prowls!("rows-past-end", "asks for rows past the end of a table", CONTAINED),
        prowls!(
            "rows-unplanned",
            "takes rows of a table that its plan does not name",
            r#"push: Rejected Settings: no such table: there is no table "airports" to look rows up in: the module's plan must name it, and it must be opened"#
        ),
        prowls!(
            "find-many",
            "looks up 300,000 keys of no bytes at once",
            "push: Rejected Data: malformed: rows of the batch: at most 262144, got 300000"
        ),
        prowls!("find-floods", "looks up one key without end", "push: LimitExceeded CallMs"),
        prowls!(
            "find-takes-long",
            "looks up 200,000 keys without end",
            "push: LimitExceeded CallMs"
        ),
        prowls!("tables-floods", "asks for the tables without end", "push: LimitExceeded CallMs"),
        prowls!("rows-floods", "asks for rows without end", "push: LimitExceeded CallMs"),
        strike(
            "find-burns-fuel",
            "looks up one key without end, where fuel is counted",
            "push: LimitExceeded Fuel",
            |arena| {
                let fuel = Limits { fuel: Some(50_000_000), call_ms: 60_000, ..limits() };
                within(arena, "find-floods", fuel)
            },
        ),
        strike(
            "table-missing",
            "is opened in a run that does not have its table",
            "Reference airlines: there is no such table",
            |arena| {
                let references = references();
                let module = prowler(&references, limits());
                let schema = codes().schema();
                let plan = arena.timed(|| module.plan_transform("{}", &schema))?;
                let conditions = Conditions::default();
                arena.timed(|| module.open_stage("{}", &plan, &schema, &conditions)).map(drop)
            },
        ),
        strike(
            "table-past-memory",
            "a table whose index the run has no memory for",
            "Reference airlines: it does not fit into the 200000 bytes of memory of the whole run",
            |arena| {
                let account = MemoryAccount::new(200_000);
                let codes: Vec<String> = (0..5_000).map(|code| code.to_string()).collect();
                let codes: ArrayRef = Arc::new(StringArray::from(codes));
                let names = Arc::clone(&codes);
                let batch = RecordBatch::try_from_iter([("code", codes), ("name", names)]).unwrap();
                let mut table = TableBuilder::new(&batch.schema());
                table.push(&batch).unwrap();
                let table = Arc::new(table.finish(Some(&account)).unwrap());
                let references: References =
                    [("airlines".parse().unwrap(), Arc::clone(&table))].into_iter().collect();
                let mut grants = Grants::default();
                grants.services.lookup = true;
                let bound = [("airlines".parse().unwrap(), table.schema())];
                let module = guest_with("prowler", grants, limits()).with_tables(bound.into());
                let conditions = Conditions { references, ..Conditions::default() };
                arena
                    .timed(|| module.stage("{}", &batch.schema(), &["code"], &conditions))
                    .map(drop)
            },
        ),
    ],
};
