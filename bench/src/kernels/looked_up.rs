//! Reference tables: held by the host as in a run, and asked by its modules or natively.

use std::rc::Rc;
use std::sync::Arc;

use bailiwick_columnar::{Lowered, WireBatch, WireNode, fields_to_wire};
use bailiwick_engine::{DirectLookups, Lookup, Module, References, TableBuilder};
use bailiwick_guest::testing::Lookups;
use bailiwick_guest::{Error, Result, wire};

use super::Work;
use crate::data::Table;

/// What works call their table.
const TABLE: &str = "known";

/// The table of a work, if it looks rows up.
pub(super) fn references(work: &Work, table: &Table) -> anyhow::Result<References> {
    let Some(reference) = work.reference else { return Ok(References::default()) };
    let rows = reference(table)?;
    let mut builder = TableBuilder::new(&rows.schema());
    builder.push(&rows)?;
    Ok([(TABLE.parse()?, Arc::new(builder.finish(None)?))].into_iter().collect())
}

/// The module, told of the table.
pub(super) fn bound(module: &Module, references: &References) -> Module {
    let Ok(name) = TABLE.parse() else { return module.clone() };
    match references.get(&name) {
        Some(table) => module.with_tables([(name, table.schema())].into()),
        None => module.clone(),
    }
}

/// The same lookups, called directly; none where there are none.
pub(super) fn natively(
    planned: &[Lookup],
    references: &References,
) -> anyhow::Result<Option<Rc<dyn Lookups>>> {
    if planned.is_empty() {
        return Ok(None);
    }
    Ok(Some(Rc::new(Direct(DirectLookups::open(planned, references)?))))
}

/// The host's own index, which answers in the SDK's types.
struct Direct(DirectLookups);

impl Lookups for Direct {
    fn tables(&self) -> Result<Vec<(String, Vec<wire::Field>)>> {
        let tables = self.0.tables().into_iter().map(|(name, fields)| {
            let fields = fields_to_wire(&fields).map_err(failed)?.into_iter();
            let fields = fields.map(|field| wire::Field {
                name: field.name,
                format: field.format,
                nullable: field.nullable,
                children: field.children,
                metadata: field.metadata,
            });
            Ok((name.to_string(), fields.collect()))
        });
        tables.collect()
    }

    fn find(&self, table: &str, keys: wire::Batch) -> Result<wire::Matches> {
        let node =
            |node: &wire::Node| WireNode { length: node.length, null_count: node.null_count };
        let keys = WireBatch {
            rows: keys.rows,
            nodes: keys.nodes.iter().map(node).collect(),
            buffers: keys.buffers,
        };
        let found = self.0.find(table, keys).map_err(failed)?;
        let columns = given(&found.columns);
        Ok(wire::Matches { found: found.found, several: found.several, columns })
    }

    fn rows(&self, table: &str, from: u64, most: u32) -> Result<wire::Batch> {
        self.0.rows(table, from, most).map(|rows| given(&rows)).map_err(failed)
    }
}

/// What was found, in buffers of its own, as a module gets it.
fn given(rows: &Lowered) -> wire::Batch {
    let node = |node: &WireNode| wire::Node { length: node.length, null_count: node.null_count };
    wire::Batch {
        rows: rows.rows,
        nodes: rows.nodes.iter().map(node).collect(),
        buffers: rows.buffers.iter().map(|buffer| buffer.to_vec()).collect(),
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::data(error.to_string())
}
