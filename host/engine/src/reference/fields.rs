//! Which columns of a table can be looked up, and what a plan may say about them.

use std::collections::{BTreeMap, BTreeSet};

use arrow_schema::{DataType, FieldRef, Schema, SchemaRef};
use bailiwick_columnar::{Projection, fields_from_wire};
use bailiwick_terms::{PartName, Read};

use crate::abi::{LookupOut, untrusted_fields};
use crate::{Fault, GuestText};

/// What is known of reference tables before there are rows: their names and columns.
pub type TableSchemas = BTreeMap<PartName, SchemaRef>;

/// What a module looks up in one reference table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The table.
    pub table: PartName,
    /// The columns that rows are found by, in the types in which their keys come; none:
    /// rows are not found by keys.
    pub on: Vec<FieldRef>,
    /// The columns that the module is given.
    pub columns: Vec<String>,
}

/// The columns of a table that can be looked up, with their places in it: all of the
/// types that cross but lists and structs, whose size in an answer is not known from
/// their rows alone.
pub(crate) fn offered(schema: &Schema) -> impl Iterator<Item = (usize, FieldRef)> {
    schema.fields().iter().enumerate().filter_map(|(at, field)| {
        let projection = Projection::new(schema, &[Read::values(field.name())]).ok()?;
        let field = projection.fields().first()?;
        (!field.data_type().is_nested()).then(|| (at, field.clone()))
    })
}

/// Whether rows can be found by values of this type: those of floats are equal or not by
/// how they are computed, and others have none that are.
fn has_keys(data_type: &DataType) -> bool {
    !data_type.is_floating() && !data_type.is_nested()
}

/// Whether values of one type are values of the other, if they are in its range.
fn comparable(key: &DataType, column: &DataType) -> bool {
    use DataType::{Binary, LargeBinary, LargeUtf8, Utf8};
    key == column
        || (key.is_integer() && column.is_integer())
        || matches!((key, column), (Utf8 | LargeUtf8, Utf8 | LargeUtf8))
        || matches!((key, column), (Binary | LargeBinary, Binary | LargeBinary))
}

/// Lookups name tables of the binding, each once, and columns of them, each once.
pub(crate) fn checked_lookups(
    said: Vec<LookupOut>,
    tables: &TableSchemas,
) -> Result<Vec<Lookup>, Fault> {
    let mut lookups: Vec<Lookup> = Vec::with_capacity(said.len().min(tables.len()));
    for LookupOut { table, on, columns } in said {
        let quoted = GuestText::new(&table);
        let broken = |what: String| {
            Err(Fault::Contract(format!("it plans to look up {what} in table \"{quoted}\"")))
        };
        let known = table.parse::<PartName>().ok();
        let known = known.and_then(|name| Some((tables.get(&name)?, name)));
        let Some((schema, table)) = known else {
            return Err(Fault::Contract(format!(
                "it plans to look up table \"{quoted}\", which its binding does not give it"
            )));
        };
        if lookups.iter().any(|before| before.table == table) {
            return broken("rows twice".into());
        }
        if on.is_empty() && columns.is_empty() {
            return broken("nothing".into());
        }
        let there =
            |name: &str| offered(schema).map(|(_, field)| field).find(|field| field.name() == name);
        let on = fields_from_wire(untrusted_fields(on))?;
        let mut seen = BTreeSet::new();
        for field in &on {
            let name = GuestText::new(field.name());
            let Some(column) = there(field.name()) else {
                return broken(format!("rows by column \"{name}\", which is not"));
            };
            let (key, stored) = (field.data_type(), column.data_type());
            if !has_keys(key) || !comparable(key, stored) {
                return broken(format!("rows by {key} keys of {stored} column \"{name}\""));
            }
            if !seen.insert(field.name()) {
                return broken(format!("rows by column \"{name}\" twice"));
            }
        }
        let mut seen = BTreeSet::new();
        for column in &columns {
            let name = GuestText::new(column);
            if there(column).is_none() {
                return broken(format!("column \"{name}\", which is not"));
            }
            if !seen.insert(column) {
                return broken(format!("column \"{name}\" twice"));
            }
        }
        lookups.push(Lookup { table, on, columns });
    }
    Ok(lookups)
}
