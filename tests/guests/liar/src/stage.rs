//! What it does with rows.

use std::cell::Cell;

use bailiwick_guest::bindings::transform::bailiwick::policy::columnar::{Batch, Error, Field};
use bailiwick_guest::bindings::transform::exports::bailiwick::policy::transform::{
    GuestStage, Output, Stage,
};

use crate::allocator::betray;
use crate::batch::{bent, numbers, zeros};
use crate::crash::{divide_by_zero, read_outside, recurse, spin, take_all_memory, trap};
use crate::lie_of;

pub(crate) struct LyingStage {
    lie: String,
    pushed: Cell<u32>,
}

/// A text with a value of a row in it, dressed up as another line of a log.
fn loud(rows: &Batch) -> String {
    let value = rows.buffers.get(2).map(|bytes| String::from_utf8_lossy(bytes));
    let value = value.unwrap_or_default();
    format!("cannot parse \"{value}\"\r\n\u{1b}[31mERROR\u{7} all is lost\u{202e}")
}

impl GuestStage for LyingStage {
    fn open(settings: String, _reads: Vec<Field>) -> Result<Stage, Error> {
        let lie = lie_of(&settings);
        match lie.as_str() {
            "open-traps" => trap(),
            "open-loops" => spin(),
            "open-rejects" => Err(Error::Settings(String::from("no such lie"))),
            "open-handles" => loop {
                std::mem::forget(Stage::new(Self { lie: lie.clone(), pushed: Cell::new(0) }));
            },
            _ => {
                // So many handles, its own among them.
                let handles = lie.strip_prefix("handles-").and_then(|count| count.parse().ok());
                for _ in 1..handles.unwrap_or(1_u32) {
                    std::mem::forget(Stage::new(Self { lie: lie.clone(), pushed: Cell::new(0) }));
                }
                let stage = Stage::new(Self { lie: lie.clone(), pushed: Cell::new(0) });
                betray(&lie);
                Ok(stage)
            }
        }
    }

    fn push(&self, batch: Batch) -> Result<Output, Error> {
        let rows = batch.rows;
        self.pushed.set(self.pushed.get() + 1);
        let bytes = (rows as usize).div_ceil(8);
        match self.lie.as_str() {
            "push-traps" => trap(),
            "push-loops" => spin(),
            "push-recurses" => Err(Error::Data(recurse(0).to_string())),
            "push-reads-outside" => Err(Error::Data(read_outside().to_string())),
            "push-divides" => Err(Error::Data(divide_by_zero().to_string())),
            "push-panics" => panic!("with a secret: {}", loud(&batch)),
            "push-fields" => Err(Error::Fields(loud(&batch))),
            "push-data" => Err(Error::Data(loud(&batch))),
            "push-long-text" => Err(Error::Data("long ".repeat(10_000))),
            "push-broken-text" => {
                // SAFETY: none is needed: the bytes only cross to the host.
                Err(Error::Data(unsafe { String::from_utf8_unchecked(vec![b'a', 0xff]) }))
            }
            "memory-takes-all" => {
                take_all_memory();
                trap()
            }
            // The refusal is behind it when it crashes, a call later.
            "memory-refused" => {
                if self.pushed.get() > 1 {
                    trap();
                }
                take_all_memory();
                Ok(Output::Columns(zeros(rows)))
            }
            "kept-count" => Ok(Output::Columns(numbers(rows, self.pushed.get()))),
            "output-keep" => Ok(Output::Keep(vec![0; bytes])),
            "output-rows" => Ok(Output::Rows(zeros(rows))),
            "output-nothing" => Ok(Output::Nothing),
            "keep-short" => Ok(Output::Keep(vec![0; bytes - 1])),
            "keep-long" => Ok(Output::Keep(vec![0; bytes + 1])),
            "keep-past-rows" => Ok(Output::Keep(vec![0xff; bytes])),
            "keep-columns" => Ok(Output::Columns(zeros(rows))),
            "keep-finish" => Ok(Output::Keep(vec![0; bytes])),
            "pass-columns" => Ok(Output::Columns(zeros(rows))),
            lie if lie.starts_with("pass") => Ok(Output::Rows(bent(lie, rows))),
            lie => Ok(Output::Columns(bent(lie, rows))),
        }
    }

    fn finish(&self) -> Result<Option<Batch>, Error> {
        match self.lie.as_str() {
            "finish-traps" => trap(),
            "finish-loops" => spin(),
            "finish-rows" | "keep-finish" => Ok(Some(zeros(1))),
            "pass-finish-many" => Ok(Some(zeros(1_000))),
            _ => Ok(None),
        }
    }

    fn state(&self) -> Result<Vec<u8>, Error> {
        match self.lie.as_str() {
            "state-traps" => trap(),
            "state-loops" => spin(),
            "state-large" => Ok(vec![0; 4 << 20]),
            _ => Ok(Vec::new()),
        }
    }

    fn merge(&self, state: Vec<u8>) -> Result<(), Error> {
        match self.lie.as_str() {
            "merge-traps" => trap(),
            "merge-loops" => spin(),
            _ if state.is_empty() => Ok(()),
            _ => Err(Error::Data(String::from("this is no state of mine"))),
        }
    }
}
