//! What it says of itself and of its plan.

use bailiwick_guest::bindings::module::exports::bailiwick::policy::module;
use bailiwick_guest::bindings::transform::bailiwick::policy::columnar::{
    Error, Field, Ordering, Part, Read,
};
use bailiwick_guest::bindings::transform::exports::bailiwick::policy::transform::{
    Guest, PlanResult, Shape,
};

use crate::crash::{spin, take_all_memory, trap};
use crate::stage::LyingStage;
use crate::{Liar, lie_of};

impl module::Guest for Liar {
    fn describe() -> module::Description {
        module::Description {
            name: String::from("liar"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            summary: String::from("Breaks the contract in the way its settings name."),
            kind: module::Kind::Transform,
            scope: module::Scope::Columns,
            settings_schema: String::from("{}"),
        }
    }
}

impl Guest for Liar {
    type Stage = LyingStage;

    fn plan(settings: String, input: Vec<Field>) -> Result<PlanResult, Error> {
        let lie = lie_of(&settings);
        match lie.as_str() {
            "plan-traps" => trap(),
            "plan-loops" => spin(),
            "plan-takes-all" => {
                take_all_memory();
                trap()
            }
            "plan-floods" => return Err(Error::Settings("flood ".repeat(4 << 20))),
            "plan-settings" => return Err(Error::Settings(String::from("no such lie"))),
            "plan-fields" => return Err(Error::Fields(String::from("no text among the columns"))),
            _ => {}
        }
        let mut reads: Vec<Read> = input.into_iter().map(|field| read(&field.name)).collect();
        match lie.as_str() {
            "plan-unknown-read" => reads.push(read("salary\u{1b}[2J")),
            "plan-reads-twice" => reads.extend_from_within(..1),
            _ => {}
        }
        let (shape, writes) = written(&lie);
        Ok(PlanResult {
            reads,
            writes,
            shape,
            ordering: Ordering::Independent,
            lookups: Vec::new(),
        })
    }
}

fn read(column: &str) -> Read {
    Read { column: column.into(), part: Part::Values }
}

fn field(name: &str, format: &str, children: u32) -> Field {
    Field {
        name: name.into(),
        format: format.into(),
        nullable: true,
        children,
        metadata: Vec::new(),
    }
}

fn written(lie: &str) -> (Shape, Vec<Field>) {
    let out = |format| vec![field("out", format, 0)];
    let shape = match lie.split_once('-').map_or(lie, |(family, _)| family) {
        "keep" => Shape::Filter,
        "pass" => Shape::Reshape,
        _ => Shape::Map,
    };
    let required = |format| vec![Field { nullable: false, ..field("out", format, 0) }];
    let writes = match lie {
        "plan-writes-none" => Vec::new(),
        "keep-writes" => out("i"),
        _ if shape == Shape::Filter => Vec::new(),
        "plan-format" => out("tsq:\n"),
        "plan-decimal" => out("d:39,2"),
        "plan-width" => out("w:-1"),
        "plan-writes-twice" => vec![field("out", "i", 0), field("out", "u", 0)],
        "plan-fewer-children" => vec![field("out", "+s", 2), field("a", "i", 0)],
        "plan-list-children" => {
            vec![field("out", "+l", 2), field("a", "i", 0), field("b", "i", 0)]
        }
        "plan-leaf-children" => vec![field("out", "i", 1), field("a", "i", 0)],
        "plan-deep" => (0..16).map(|_| field("out", "+s", 1)).chain(out("i")).collect(),
        "plan-wide" => (0..10_001).map(|at| field(&format!("out{at}"), "i", 0)).collect(),
        // Names alike but for their ends, the last of them there twice.
        "plan-alike" => {
            let name = |at| format!("{}{at:05}", "n".repeat(1_000));
            (0..9_999).chain([9_998]).map(|at| field(&name(at), "i", 0)).collect()
        }
        "plan-long-name" => vec![field(&"n".repeat(4_097), "i", 0)],
        "null-required" => required("i"),
        _ => match lie.split_once('-').map_or(lie, |(family, _)| family) {
            "text" => out("u"),
            "large" => out("U"),
            "bool" => out("b"),
            "decimal" => out("d:5,2"),
            "decimal256" => out("d:5,2,256"),
            "list" => vec![field("out", "+l", 1), field("item", "i", 0)],
            _ => out("i"),
        },
    };
    (shape, writes)
}
