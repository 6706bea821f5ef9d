//! Test guest `pretender`: fails in `describe`, where there are no settings yet, in
//! the way that `PRETENCE` says. A test writes another pretence over that text in
//! the component's file. It imports nothing, and has no stage to open.

#![cfg(target_arch = "wasm32")]

use std::hint::black_box;

use bailiwick_guest::bindings::module::exports::bailiwick::policy::module;
use bailiwick_guest::bindings::transform::bailiwick::policy::columnar::{Batch, Error, Field};
use bailiwick_guest::bindings::transform::exports::bailiwick::policy::transform::{
    Guest, GuestStage, Output, PlanResult, Stage,
};

/// What it pretends, behind the text by which it is found in the file.
static PRETENCE: [u8; 32] = *b"pretence=none...................";

struct Pretender;

fn pretence() -> String {
    // SAFETY: a reference can be read; volatile, so that the file's bytes are used and
    // not what the compiler saw.
    let bytes = unsafe { core::ptr::read_volatile(&raw const PRETENCE) };
    let text = bytes.iter().map(|byte| char::from(*byte)).skip("pretence=".len());
    text.take_while(|c| *c != '.').collect()
}

/// Never ends.
fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

impl module::Guest for Pretender {
    fn describe() -> module::Description {
        let mut said = module::Description {
            name: String::from("pretender"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            summary: String::from("Describes itself as a text in its own file says."),
            kind: module::Kind::Transform,
            scope: module::Scope::Columns,
            settings_schema: String::from("{}"),
        };
        match pretence().as_str() {
            "loops" => spin(),
            "traps" => core::arch::wasm32::unreachable(),
            "name" => said.name = String::from("../pretender\u{1b}[2J"),
            "version" => said.version = String::from("1.\u{1b}[2J"),
            "kind" => said.kind = module::Kind::Quality,
            "flood" => said.summary = "flood ".repeat(4 << 20),
            "schema-large" => said.settings_schema = " ".repeat((256 << 10) + 1),
            "schema-deep" => said.settings_schema = "[".repeat(200_000),
            "schema-list" => said.settings_schema = String::from("[]"),
            _ => {}
        }
        said
    }
}

impl Guest for Pretender {
    type Stage = Pretender;

    fn plan(_settings: String, _input: Vec<Field>) -> Result<PlanResult, Error> {
        Err(Error::Settings(String::from("it only describes itself")))
    }
}

impl GuestStage for Pretender {
    fn open(_settings: String, _reads: Vec<Field>) -> Result<Stage, Error> {
        Ok(Stage::new(Pretender))
    }

    fn push(&self, _rows: Batch) -> Result<Output, Error> {
        Ok(Output::Nothing)
    }

    fn finish(&self) -> Result<Option<Batch>, Error> {
        Ok(None)
    }

    fn state(&self) -> Result<Vec<u8>, Error> {
        Ok(Vec::new())
    }

    fn merge(&self, _state: Vec<u8>) -> Result<(), Error> {
        Ok(())
    }
}

bailiwick_guest::bindings::module::export_module!(
    Pretender with_types_in bailiwick_guest::bindings::module
);
bailiwick_guest::bindings::transform::export_transform!(
    Pretender with_types_in bailiwick_guest::bindings::transform
);
