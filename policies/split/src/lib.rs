//! The module `split`: cuts a text into several columns.
//!
//! ```json
//! {"column": "name", "separator": ", ", "into": ["family_name", "given_name"]}
//! {"column": "path", "separator": "/", "into": ["area", "topic"], "rest": "drop"}
//! ```
//!
//! The text is cut at each `separator`, which is compared as it is. The parts become the
//! columns `into`, in order; a column of that name is replaced. A part that there is not
//! is null, and so are all of a null. What is left behind the last column's part is in it,
//! with its separators (`rest: keep`, unless stated), is dropped, or is an error.
//!
//! Parts by a pattern, such as the digits of a code: `clean` with `regex-extract`, or
//! `derive` with `substring`.

mod left;

use bailiwick_guest::{
    About, Array, Batch, Error, Field, Map, Plan, Result, Schema, Scope, Settings, about,
};
use serde::Deserialize;

use left::Left;

/// What is cut, where, and into what.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The column of texts.
    pub column: String,
    /// What stands between parts.
    pub separator: String,
    /// The columns that the parts become, in order.
    pub into: Vec<String>,
    /// What becomes of parts beyond those columns.
    #[serde(default)]
    pub rest: Rest,
}

/// What becomes of parts beyond the last column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Rest {
    /// They stay in the last column's part.
    #[default]
    Keep,
    /// They are dropped.
    Drop,
    /// They are an error.
    Error,
}

/// The opened module.
#[derive(Debug)]
pub struct Splitting {
    split: Split,
    field: Field,
}

impl Map for Splitting {
    type Settings = Split;
    const ABOUT: About = about!("split", Scope::Columns, "Cuts a text into several columns.");

    fn plan(split: &Split, input: &Schema) -> Result<Plan> {
        let field = input.field(&split.column)?;
        if !field.data_type.is_text() {
            return Err(field.unexpected("utf8"));
        }
        if split.separator.is_empty() {
            return Err(Error::settings("`separator` is empty: state what stands between parts"));
        }
        if split.into.is_empty() {
            return Err(Error::settings("`into` names no column"));
        }
        let writes = split.into.iter().map(|name| Field::new(name, field.data_type.clone()));
        Plan::reading([&field.name]).writing(writes).with_distinct_names()
    }

    fn open(split: Split, reads: &Schema) -> Result<Self> {
        let field = reads.field(&split.column)?.clone();
        Ok(Self { split, field })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let Split { separator, into, rest, .. } = &self.split;
        let mut left = Left::of(rows.only()?.as_utf8()?, separator);
        let mut parts = Vec::with_capacity(into.len());
        for at in 1..=into.len() {
            let whole = at == into.len() && *rest == Rest::Keep;
            let part = if whole { left.take()? } else { left.cut()? };
            parts.push(part.as_type(&self.field.data_type)?);
        }
        let longer = left.count();
        if longer > 0 && *rest == Rest::Error {
            return Err(Error::data(format!(
                "column \"{}\": {longer} of {} texts have more than {} parts: state `rest: keep` \
                 or `rest: drop`, or `on_fault: quarantine` to keep their rows back",
                self.field.name,
                rows.rows(),
                into.len()
            )));
        }
        Ok(parts)
    }
}

bailiwick_guest::export_map!(Splitting);
