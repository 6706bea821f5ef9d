//! What it looks up.

use bailiwick_guest::bindings::transform::bailiwick::policy::columnar::{
    Batch, Error, Field, Node,
};
use bailiwick_guest::bindings::transform::bailiwick::policy::lookup;
use bailiwick_guest::bindings::transform::exports::bailiwick::policy::transform::{
    GuestStage, Output, Stage,
};

use crate::{keys, lie_of};

pub(crate) struct Prowling {
    lie: String,
}

/// What the host says no to is told in its own words.
pub(crate) fn find(table: &str, keys: &Batch) -> Result<lookup::Matches, Error> {
    lookup::find(table, keys).map_err(said)
}

pub(crate) fn rows(table: &str, from: u64, most: u32) -> Result<Batch, Error> {
    lookup::rows(table, from, most).map_err(said)
}

fn said(error: lookup::Error) -> Error {
    match error {
        lookup::Error::NoSuchTable(text) => Error::Settings(format!("no such table: {text}")),
        lookup::Error::Malformed(text) => Error::Data(format!("malformed: {text}")),
        lookup::Error::TooLarge(text) => Error::Data(format!("too large: {text}")),
    }
}

impl Prowling {
    fn prowl(&self) -> Result<(), Error> {
        let known = keys::texts(&["UA"]);
        match self.lie.as_str() {
            "find-unplanned" => drop(find("airports", &known)?),
            "find-unbound" => drop(find("salaries", &known)?),
            "find-path-up" => drop(find("../../../etc/passwd", &known)?),
            "find-path-absolute" => drop(find("/etc/passwd", &known)?),
            "find-long-name" => drop(find(&"a".repeat(1 << 20), &known)?),
            "find-without-keys" => drop(find("airlines", &known)?),
            "find-large" => drop(find("airlines", &keys::many("BIG", 10_000))?),
            "find-many" => drop(find("airlines", &keys::many("", 300_000))?),
            "find-floods" => loop {
                find("airlines", &known)?;
            },
            "find-takes-long" => loop {
                find("airlines", &keys::many("UA", 200_000))?;
            },
            "tables-floods" => loop {
                drop(lookup::tables());
            },
            "rows-unplanned" => drop(rows("airports", 0, 1)?),
            "rows-all" => drop(rows("airlines", 0, u32::MAX)?),
            "rows-floods" => loop {
                rows("airlines", 0, 2)?;
            },
            "rows-past-end" => {
                for from in [1 << 20, 1 << 32, u64::MAX] {
                    assert_eq!(rows("airlines", from, u32::MAX)?.rows, 0);
                }
                assert_eq!(rows("airlines", 0, 0)?.rows, 0);
            }
            "tables-told" => {
                let tables = lookup::tables().into_iter().map(|table| {
                    let fields = table.fields.into_iter().map(|field| field.name);
                    format!("{}: {}", table.name, fields.collect::<Vec<_>>().join(" "))
                });
                return Err(Error::Data(tables.collect::<Vec<_>>().join("; ")));
            }
            lie if lie.starts_with("keys-") => {
                let bent = keys::bent(lie);
                let found = find("airlines", &bent);
                // What was never handed out cannot be taken back.
                std::mem::forget(bent);
                drop(found?);
            }
            _ => {}
        }
        Ok(())
    }
}

impl GuestStage for Prowling {
    fn open(settings: String, _reads: Vec<Field>) -> Result<Stage, Error> {
        Ok(Stage::new(Self { lie: lie_of(&settings) }))
    }

    fn push(&self, batch: Batch) -> Result<Output, Error> {
        self.prowl()?;
        let found = match self.lie.as_str() {
            "find-without-keys" => vec![0; (batch.rows as usize).div_ceil(8)],
            _ => find("airlines", &batch)?.found,
        };
        let nodes = vec![Node { length: batch.rows, null_count: 0 }];
        Ok(Output::Columns(Batch { rows: batch.rows, nodes, buffers: vec![Vec::new(), found] }))
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
