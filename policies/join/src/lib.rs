//! The module `join`: adds columns of a reference table to the rows whose keys it has.
//!
//! It is bound to the columns of the key, and given the table: `references` of the policy.
//! Rows stay as many as they are, and in their order. Settings:
//!
//! | member | default | means |
//! |---|---|---|
//! | `table` | the only one that the policy is given | the table |
//! | `on` | the columns' own names | the table's columns that the key is of, in the order of the bound ones |
//! | `add` | | the columns to add: at least one, each with its `column` in the table, the name `as` which it is added, and a `default` for rows without a match |
//! | `unmatched` | `default` | where no row has the key: `default` adds the defaults, or nulls; `reject` gives the batch up |
//! | `several` | `reject` | where several rows have the key: `reject` gives the batch up, `first` takes the first in the table's order |
//!
//! ```yaml
//! references:
//!   airlines: {product: air/carriers, from: carriers}
//! policies:
//!   - id: name-of-carrier
//!     module: governance/join@0.1.0
//!     columns: [carrier]
//!     references: [airlines]
//!     settings:
//!       on: [code]
//!       add: [{column: name, as: carrier_name, default: unknown}]
//! ```
//!
//! A key of which a part is null matches nothing. Each column of the key is of the type of
//! the table's, or both are integers, texts or bytes; floats are refused. Text is compared
//! byte by byte. A value that is null in the table is null in the row, whatever the default.
//!
//! What is added inherits the labels of the key and of the table's columns that are named
//! here. Where a batch is given up, the run ends; `on_fault: quarantine` quarantines the
//! row instead. `foreign-key` before it does the same at less cost, and says how many.

use bailiwick_guest::lookup::{Matches, OpenLookup, Table};
use bailiwick_guest::{
    About, Array, Batch, Column, Error, Exact, Field, Lookup, Map, Plan, Result, Scalar, Schema,
    Scope, Settings, about,
};
use serde::Deserialize;

/// What is added, and where it is found.
#[derive(Debug, Clone, PartialEq, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The reference table; none: the only one that the policy is given.
    pub table: Option<String>,
    /// The table's columns that the key is of, in the order of the bound columns; none:
    /// those of the same names.
    #[serde(default)]
    pub on: Vec<String>,
    /// The columns to add.
    pub add: Vec<Added>,
    /// What a row gets whose key no row of the table has.
    #[serde(default)]
    pub unmatched: Unmatched,
    /// What a row gets whose key several rows of the table have.
    #[serde(default)]
    pub several: Several,
}

/// One column to add.
#[derive(Debug, Clone, PartialEq, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Added {
    /// The table's column.
    pub column: String,
    /// The name of the column that is added; none: that in the table.
    pub r#as: Option<String>,
    /// The value of a row whose key no row of the table has, of the column's type; none:
    /// null.
    pub default: Option<Scalar>,
}

/// What a row gets whose key no row of the table has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Unmatched {
    /// The defaults, or nulls.
    #[default]
    Default,
    /// Nothing: the batch is given up.
    Reject,
}

/// What a row gets whose key several rows of the table have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Several {
    /// Nothing: the batch is given up.
    #[default]
    Reject,
    /// The columns of the first of them.
    First,
}

/// The opened module.
#[derive(Debug)]
pub struct Join {
    lookup: OpenLookup,
    add: Vec<(String, Option<Exact>)>,
    unmatched: Unmatched,
    several: Several,
}

impl Options {
    /// What is looked up, and the fields that are added.
    fn planned(&self, keys: &Schema) -> Result<(Lookup, Vec<Field>)> {
        let table = Table::given(self.table.as_deref())?;
        let mut lookup = table.lookup(&self.on, &keys.fields)?;
        if self.add.is_empty() {
            return Err(Error::settings("`add` is empty: name at least one column of the table"));
        }
        let mut fields: Vec<Field> = Vec::with_capacity(self.add.len());
        for Added { column, r#as, default } in &self.add {
            // What no row is found for is null, whatever the table says.
            let field = table.column(column)?.clone().optional();
            if let Some(default) = default {
                default.exact(&field)?;
            }
            let name = r#as.as_ref().unwrap_or(column);
            if fields.iter().any(|before| before.name == *name) {
                return Err(Error::settings(format!("`add` has column {name:?} twice")));
            }
            if !lookup.columns.contains(column) {
                lookup.columns.push(column.clone());
            }
            fields.push(field.renamed(name));
        }
        Ok((lookup, fields))
    }
}

impl Map for Join {
    type Settings = Options;
    const ABOUT: About =
        about!("join", Scope::Columns, "Adds columns of a reference table by a key.");

    fn plan(options: &Options, input: &Schema) -> Result<Plan> {
        let (lookup, fields) = options.planned(input)?;
        Ok(Plan::reading(input.names()).writing(fields).looking_up(lookup))
    }

    fn open(options: Options, reads: &Schema) -> Result<Self> {
        let (lookup, fields) = options.planned(reads)?;
        let lookup = lookup.open()?;
        let Options { add, unmatched, several, .. } = options;
        let add = add.into_iter().zip(&fields).map(|(added, field)| {
            let default = added.default.map(|default| default.exact(field)).transpose()?;
            Ok((added.column, default))
        });
        Ok(Self { lookup, add: add.collect::<Result<_>>()?, unmatched, several })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let keys: Vec<Column<'_>> = rows.columns().collect();
        let matches = self.lookup.find(&keys)?;
        let without = rows.rows() - matches.found.count_ones();
        if self.unmatched == Unmatched::Reject && without > 0 {
            return Err(refused(without, "no row of the table"));
        }
        let several = matches.several.count_ones();
        if self.several == Several::Reject && several > 0 {
            return Err(refused(several, "several rows of the table"));
        }
        self.add.iter().map(|added| column(&matches, added)).collect()
    }
}

fn column(matches: &Matches, (name, default): &(String, Option<Exact>)) -> Result<Array> {
    match default {
        Some(default) => matches.column_or(name, default),
        None => Ok(matches.rows.column(name)?.to_array()),
    }
}

fn refused(rows: usize, by: &str) -> Error {
    Error::data(format!("the key of {rows} rows of the batch is that of {by}"))
}

bailiwick_guest::export_map!(Join);
