//! Test guest `witness`: reads the columns that its settings name, and gives back
//! every byte that it was given and every byte of its memory.
//!
//! At the end it gives two rows of one column, `bytes`: what it was given in `open`
//! and `push`, and its whole memory as it then is, where what was freed still
//! stands. What `plan` was given, in another instance, is the metadata of `bytes`.

#![cfg(target_arch = "wasm32")]

use bailiwick_guest::runtime::{Output, Shape, Transform};
use bailiwick_guest::{About, DataType, Field, Ordering, Plan, Result, Scope, about, wire};

struct Witness {
    given: Vec<u8>,
}

/// What is between quotes behind the first quoted word: the names in
/// `{"reads": ["a", "b"]}`.
fn reads(settings: &str) -> Vec<String> {
    settings.split('"').skip(3).step_by(2).map(str::to_owned).collect()
}

fn names(fields: &[wire::Field]) -> String {
    let mut text = String::new();
    for field in fields {
        text.push_str(&field.name);
        text.push_str(&field.format);
        for (key, value) in &field.metadata {
            text.push_str(key);
            text.push_str(value);
        }
    }
    text
}

impl Transform for Witness {
    const SHAPE: Shape = Shape::Reshape;
    const ORDERING: Ordering = Ordering::Ordered;
    const ABOUT: About = about!("witness", Scope::Columns, "Gives back all that it was given.");

    fn settings_schema() -> String {
        String::from("{}")
    }

    fn plan(settings: &str, input: Vec<wire::Field>) -> Result<Plan> {
        let mut bytes = Field::new("bytes", DataType::Binary).required();
        bytes.metadata.push((String::from("given"), format!("{settings}{}", names(&input))));
        Ok(Plan::reading(reads(settings)).writing([bytes]))
    }

    fn open(settings: &str, reads: Vec<wire::Field>) -> Result<Self> {
        Ok(Self { given: format!("{settings}{}", names(&reads)).into_bytes() })
    }

    fn push(&mut self, rows: wire::Batch) -> Result<Output> {
        rows.buffers.iter().for_each(|buffer| self.given.extend_from_slice(buffer));
        Ok(Output::Nothing)
    }

    fn finish(&mut self) -> Result<Option<wire::Batch>> {
        let memory = memory();
        let ends = [self.given.len(), self.given.len() + memory.len()];
        let mut offsets = vec![0; 4];
        ends.iter().for_each(|end| offsets.extend_from_slice(&(*end as u32).to_le_bytes()));
        let mut bytes = std::mem::take(&mut self.given);
        bytes.extend_from_slice(&memory);
        Ok(Some(wire::Batch {
            rows: 2,
            nodes: vec![wire::Node { length: 2, null_count: 0 }],
            buffers: vec![Vec::new(), offsets, bytes],
        }))
    }
}

/// The whole memory but its first KiB, where nothing lies: a null pointer may not
/// be read. Room for the copy is made before the memory is looked at.
fn memory() -> Vec<u8> {
    const SKIPPED: usize = 1_024;
    let size = core::arch::wasm32::memory_size(0) * 65_536;
    let mut copy = Vec::with_capacity(size);
    for address in SKIPPED..size {
        // SAFETY: memory never shrinks, so every address below its size can be read,
        // and any byte is a `u8`.
        copy.push(unsafe { core::ptr::read_volatile(address as *const u8) });
    }
    copy
}

bailiwick_guest::__export_transform!(Witness);
