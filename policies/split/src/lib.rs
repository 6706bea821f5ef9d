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

use bailiwick_guest::{
    About, Array, Batch, Error, Field, Map, Plan, Result, Schema, Scope, Settings, Utf8Builder,
    about,
};
use serde::Deserialize;

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
        let texts = rows.only()?.as_utf8()?;
        let bytes = texts.text().len() / into.len();
        let mut parts: Vec<Utf8Builder> =
            into.iter().map(|_| Utf8Builder::with_capacity(rows.rows(), bytes)).collect();
        let mut longer = 0_usize;
        for text in texts.iter() {
            let mut left = text;
            let columns = parts.len();
            for (at, part) in parts.iter_mut().enumerate() {
                let whole = at + 1 == columns && *rest == Rest::Keep;
                let cut = left.and_then(|text| text.split_once(separator.as_str()));
                match cut.filter(|_| !whole) {
                    Some((before, behind)) => {
                        part.push(before);
                        left = Some(behind);
                    }
                    None => part.push_option(left.take()),
                }
            }
            longer += usize::from(left.is_some());
        }
        if longer > 0 && *rest == Rest::Error {
            return Err(Error::data(format!(
                "column \"{}\": {longer} of {} texts have more than {} parts: state `rest: keep` \
                 or `rest: drop`, or `on_fault: quarantine` to keep their rows back",
                self.field.name,
                rows.rows(),
                into.len()
            )));
        }
        parts.into_iter().map(|part| part.finish_as(&self.field.data_type)).collect()
    }
}

bailiwick_guest::export_map!(Splitting);
