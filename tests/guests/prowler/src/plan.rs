//! What it says of itself and of its plan.

use bailiwick_guest::bindings::module::exports::bailiwick::policy::module;
use bailiwick_guest::bindings::transform::bailiwick::policy::columnar::{
    Error, Field, Lookup, Ordering, Part, Read,
};
use bailiwick_guest::bindings::transform::exports::bailiwick::policy::transform::{
    Guest, PlanResult, Shape,
};

use crate::prowl::{Prowling, find, rows};
use crate::{Prowler, keys, lie_of};

impl module::Guest for Prowler {
    fn describe() -> module::Description {
        module::Description {
            name: String::from("prowler"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            summary: String::from("Looks up what it may not."),
            kind: module::Kind::Transform,
            scope: module::Scope::Columns,
            settings_schema: String::from("{}"),
        }
    }
}

impl Guest for Prowler {
    type Stage = Prowling;

    fn plan(settings: String, input: Vec<Field>) -> Result<PlanResult, Error> {
        let lie = lie_of(&settings);
        match lie.as_str() {
            "plan-finds" => drop(find("airlines", &keys::texts(&["UA"]))?),
            "plan-takes-rows" => drop(rows("airlines", 0, 1)?),
            _ => {}
        }
        let reads = input.into_iter().map(|field| Read { column: field.name, part: Part::Values });
        let out = field("out", "b");
        Ok(PlanResult {
            reads: reads.collect(),
            writes: vec![Field { nullable: false, ..out }],
            shape: Shape::Map,
            ordering: Ordering::Independent,
            lookups: lookups(&lie),
        })
    }
}

fn field(name: &str, format: &str) -> Field {
    Field {
        name: name.into(),
        format: format.into(),
        nullable: true,
        children: 0,
        metadata: Vec::new(),
    }
}

fn lookups(lie: &str) -> Vec<Lookup> {
    let lookup = |table: &str, on: &[(&str, &str)], columns: &[&str]| Lookup {
        table: table.into(),
        on: on.iter().map(|(name, format)| field(name, format)).collect(),
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
    };
    let by_code = &[("code", "u")][..];
    match lie {
        "plan-unknown-table" => vec![lookup("salaries", by_code, &[])],
        "plan-path-up" => vec![lookup("../../etc/passwd", by_code, &[])],
        "plan-path-absolute" => vec![lookup("/etc/passwd", by_code, &[])],
        "plan-product" => vec![lookup("hr/salaries", by_code, &[])],
        "plan-terminal" => vec![lookup("\u{1b}[2J", by_code, &[])],
        "plan-unknown-column" => vec![lookup("airlines", by_code, &["salary"])],
        "plan-unknown-key" => vec![lookup("airlines", &[("salary", "u")], &[])],
        "plan-list" => vec![lookup("airlines", by_code, &["tags"])],
        "plan-float-key" => vec![lookup("airlines", &[("score", "g")], &[])],
        "plan-other-key" => vec![lookup("airlines", &[("code", "l")], &[])],
        "plan-key-twice" => vec![lookup("airlines", &[("code", "u"), ("code", "U")], &[])],
        "plan-column-twice" => vec![lookup("airlines", by_code, &["name", "name"])],
        "plan-table-twice" => {
            vec![lookup("airlines", by_code, &[]), lookup("airlines", &[], &["name"])]
        }
        "plan-nothing" => vec![lookup("airlines", &[], &[])],
        "plan-many" => (0..100_000).map(|_| lookup("airlines", &[], &[])).collect(),
        "find-without-keys" => vec![lookup("airlines", &[], &["name"])],
        _ => vec![lookup("airlines", by_code, &["name"])],
    }
}
