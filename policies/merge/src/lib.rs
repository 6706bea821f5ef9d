//! The module `merge`: puts several texts together into one column.
//!
//! ```json
//! {"columns": ["street", "postcode", "city"], "separator": ", ", "into": "address"}
//! ```
//!
//! The texts stand in the order of `columns`, with `separator` between them (nothing,
//! unless stated). A null is left out, with its separator; where all are null, so is the
//! result. With `nulls: null` one null makes the result null. The columns stay: `project`
//! drops them.
//!
//! What are not texts are made some before, by `derive`: `cast(number as text)`.

mod joined;

use bailiwick_guest::{
    About, Array, Batch, Column, DataType, Error, Field, Map, Plan, Result, Schema, Scope,
    Settings, about,
};
use serde::Deserialize;

use joined::Joined;

/// What is put together, and how.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The columns of texts, in order.
    pub columns: Vec<String>,
    /// What stands between them.
    #[serde(default)]
    pub separator: String,
    /// The name of the column to write; one of that name is replaced.
    pub into: String,
    /// What a null does.
    #[serde(default)]
    pub nulls: Nulls,
}

/// What a null among the texts does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Nulls {
    /// It is left out.
    #[default]
    Skip,
    /// It makes the result null.
    Null,
}

/// The opened module.
#[derive(Debug)]
pub struct Merging(Merge);

impl Map for Merging {
    type Settings = Merge;
    const ABOUT: About =
        about!("merge", Scope::Columns, "Puts several texts together into one column.");

    fn plan(merge: &Merge, input: &Schema) -> Result<Plan> {
        if merge.columns.is_empty() {
            return Err(Error::settings("`columns` names no column"));
        }
        let mut reads: Vec<&str> = Vec::new();
        for name in &merge.columns {
            let field = input.field(name)?;
            if !field.data_type.is_text() {
                return Err(field.unexpected("utf8: cast it before"));
            }
            if !reads.contains(&name.as_str()) {
                reads.push(name);
            }
        }
        Ok(Plan::reading(reads).writing([Field::new(&merge.into, DataType::Utf8)]))
    }

    fn open(merge: Merge, _reads: &Schema) -> Result<Self> {
        Ok(Self(merge))
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let Merge { columns, separator, nulls, .. } = &self.0;
        let texts = columns.iter().map(|name| rows.column(name).and_then(Column::as_utf8));
        let texts = texts.collect::<Result<Vec<_>>>()?;
        let mut joined = Joined::new(&texts, separator, *nulls, rows.rows());
        joined.join();
        Ok(vec![joined.finish()?])
    }
}

bailiwick_guest::export_map!(Merging);
