//! Test guest `misjudge`: a check that breaks the contract in the way that its
//! settings name, such as `{"lie": "bitmaps-fewer"}`; without a lie it is an honest
//! check of which no row fails. It imports nothing.
//!
//! It has a rule about rows, `filled`, and one about all rows, `enough`.

#![cfg(target_arch = "wasm32")]

use bailiwick_guest::bindings::module::exports::bailiwick::policy::module;
use bailiwick_guest::bindings::quality::exports::bailiwick::policy::quality::{
    Check, Granularity, Guest, GuestCheck, Measure, PlanResult, Rule,
};
use bailiwick_guest::bindings::transform::bailiwick::policy::columnar::{
    Batch, Error, Field, Ordering, Part, Read,
};

struct Misjudge;

struct LyingCheck {
    lie: String,
}

/// The lie in `{"lie": "…"}`.
fn lie_of(settings: &str) -> String {
    settings.split('"').nth(3).unwrap_or("none").to_owned()
}

fn rule(id: &str, granularity: Granularity) -> Rule {
    Rule {
        id: id.into(),
        summary: String::from("every row has a value"),
        dimension: String::from("completeness"),
        granularity,
    }
}

fn measure(rule: &str, name: &str, value: f64) -> Measure {
    Measure { rule: rule.into(), name: name.into(), value }
}

impl module::Guest for Misjudge {
    fn describe() -> module::Description {
        module::Description {
            name: String::from("misjudge"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            summary: String::from("Breaks the contract in the way its settings name."),
            kind: module::Kind::Quality,
            scope: module::Scope::Columns,
            settings_schema: String::from("{}"),
        }
    }
}

impl Guest for Misjudge {
    type Check = LyingCheck;

    fn plan(settings: String, input: Vec<Field>) -> Result<PlanResult, Error> {
        let read = |column: String| Read { column, part: Part::Values };
        let mut reads: Vec<Read> = input.into_iter().map(|field| read(field.name)).collect();
        let mut rules =
            vec![rule("filled", Granularity::Row), rule("enough", Granularity::Dataset)];
        match lie_of(&settings).as_str() {
            "rule-empty-id" => rules[0].id.clear(),
            "rule-long-id" => rules[0].id = "r".repeat(65),
            "rule-malformed-id" => rules[0].id = String::from("filled\u{1b}[2J or not"),
            "rule-twice" => rules[1].id = String::from("filled"),
            "rule-dimension" => rules[0].dimension = String::from("beauty"),
            "rules-none" => rules.clear(),
            "rules-many" => {
                rules = (0..1_001).map(|at| rule(&format!("r{at}"), Granularity::Row)).collect();
            }
            "reads-unknown" => reads.push(read(String::from("salary"))),
            "summary-loud" => rules[0].summary = String::from("a\nb\u{1b}[31m"),
            _ => {}
        }
        Ok(PlanResult { reads, rules, ordering: Ordering::Independent, lookups: Vec::new() })
    }
}

impl GuestCheck for LyingCheck {
    fn open(settings: String, _reads: Vec<Field>) -> Result<Check, Error> {
        Ok(Check::new(Self { lie: lie_of(&settings) }))
    }

    fn push(&self, rows: Batch) -> Result<Vec<Vec<u8>>, Error> {
        let bytes = (rows.rows as usize).div_ceil(8);
        let none = vec![0; bytes];
        Ok(match self.lie.as_str() {
            "push-loops" => loop {
                std::hint::black_box(self);
            },
            "bitmaps-flood" => vec![Vec::new(); 1_000_000],
            "push-traps" => core::arch::wasm32::unreachable(),
            "bitmaps-fewer" => Vec::new(),
            "bitmaps-more" => vec![none.clone(), none],
            "bitmap-short" => vec![vec![0; bytes - 1]],
            "bitmap-long" => vec![vec![0; bytes + 1]],
            "bitmap-past-rows" => vec![vec![0xff; bytes]],
            "push-data" => return Err(Error::Data(String::from("row 1 says jane"))),
            _ => vec![none],
        })
    }

    fn state(&self) -> Result<Vec<u8>, Error> {
        Ok(Vec::new())
    }

    fn merge(&self, state: Vec<u8>) -> Result<(), Error> {
        if state.is_empty() {
            Ok(())
        } else {
            Err(Error::Data(String::from("this is no state of mine")))
        }
    }

    fn conclude(&self) -> Result<Vec<Measure>, Error> {
        Ok(match self.lie.as_str() {
            "conclude-loops" => loop {
                std::hint::black_box(self);
            },
            "conclude-floods" => vec![measure("", "", 0.0); 400_000],
            "measure-nan" => vec![measure("enough", "value", f64::NAN)],
            "measure-infinite" => vec![measure("enough", "value", f64::NEG_INFINITY)],
            "measure-unknown-rule" => vec![measure("salary", "value", 1.0)],
            "measure-empty-name" => vec![measure("enough", "", 1.0)],
            "measure-loud-name" => vec![measure("enough", "value\u{7}", 1.0)],
            "measures-many" => {
                (0..201).map(|at| measure("enough", &format!("m{at}"), 1.0)).collect()
            }
            _ => vec![measure("enough", "value", 1.0)],
        })
    }
}

bailiwick_guest::bindings::module::export_module!(
    Misjudge with_types_in bailiwick_guest::bindings::module
);
bailiwick_guest::bindings::quality::export_quality!(
    Misjudge with_types_in bailiwick_guest::bindings::quality
);
