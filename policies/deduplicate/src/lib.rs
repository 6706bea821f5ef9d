//! The module `deduplicate`: keeps one row of those that have the same key.
//!
//! ```json
//! {"by": ["order_id"]}
//! {"by": ["order_id"], "order_by": "updated_at", "keep": "last"}
//! ```
//!
//! `by` are the columns whose values make the key; nulls are a value of their own, as
//! are the two zeros of floats. Without `order_by` rows count in the order in which they
//! come; with it, by that column's values, nulls first, and among equal ones as they
//! come. `keep` says which of them stays: the `first`, if nothing else is said. The rows
//! that stay keep their order.
//!
//! All columns of the binding are in the output, and no others. The first row of the
//! order that rows come in is known at once: then rows are passed on as they come, and
//! only keys are held. Otherwise all rows are held until the last, in the module's
//! memory, whose limit its approval states.

mod held;

use bailiwick_guest::gather::{Place, gather};
use bailiwick_guest::keys::{self, KeyColumn, KeySet};
use bailiwick_guest::{
    About, Array, Batch, Error, Plan, Reshape, Result, Schema, Scope, Settings, about,
};
use serde::Deserialize;

use held::Held;

/// What makes rows the same, and which of them stays.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Deduplicate {
    /// The columns whose values make the key.
    pub by: Vec<String>,
    /// The column that orders rows of one key; none: they count as they come.
    pub order_by: Option<String>,
    /// Which of them stays.
    #[serde(default)]
    pub keep: Keep,
}

/// Which row of a key stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// The first.
    #[default]
    First,
    /// The last.
    Last,
}

/// The opened module.
#[derive(Debug)]
pub struct Deduplicating {
    settings: Deduplicate,
    reads: Schema,
    seen: Seen,
}

/// The keys so far.
#[derive(Debug)]
enum Seen {
    /// Those that rows were passed on for.
    Passed(KeySet),
    /// Those of rows that are held.
    Held(Held),
}

fn checked(settings: &Deduplicate, input: &Schema) -> Result<()> {
    if settings.by.is_empty() {
        return Err(Error::settings("`by` names no column: name those that make the key"));
    }
    for name in settings.by.iter().chain(&settings.order_by) {
        let field = input.field(name)?;
        if !keys::has_key(&field.data_type) {
            return Err(field.unexpected("of a type with keys: no list, no struct"));
        }
    }
    Ok(())
}

impl Reshape for Deduplicating {
    type Settings = Deduplicate;
    const ABOUT: About =
        about!("deduplicate", Scope::Columns, "Keeps one row of those that have the same key.");

    fn plan(settings: &Deduplicate, input: &Schema) -> Result<Plan> {
        checked(settings, input)?;
        Ok(Plan::in_place(input).ordered())
    }

    fn open(settings: Deduplicate, reads: &Schema) -> Result<Self> {
        checked(&settings, reads)?;
        let at_once = settings.order_by.is_none() && settings.keep == Keep::First;
        let seen = if at_once {
            Seen::Passed(KeySet::default())
        } else {
            Seen::Held(Held::new(settings.keep))
        };
        Ok(Self { settings, reads: reads.clone(), seen })
    }

    fn push(&mut self, rows: &Batch) -> Result<Option<Vec<Array>>> {
        let by = key_columns(rows, &self.settings.by)?;
        let key = |row: usize| {
            let mut key = Vec::new();
            by.iter().for_each(|column| column.write(row, &mut key));
            key.into_boxed_slice()
        };
        match &mut self.seen {
            Seen::Passed(keys) => {
                let mut places: Vec<Option<Place>> = Vec::new();
                for row in 0..rows.rows() {
                    if keys.insert(key(row)) {
                        places.push(u32::try_from(row).ok().map(|row| (0, row)));
                    }
                }
                let columns =
                    rows.columns().map(|column| gather(column.field(), &[column], &places));
                columns.collect::<Result<Vec<_>>>().map(Some)
            }
            Seen::Held(held) => {
                let order = key_columns(rows, self.settings.order_by.as_slice())?;
                held.add(rows, key, |row| {
                    let mut order_key = Vec::new();
                    order.iter().for_each(|column| column.write(row, &mut order_key));
                    order_key
                })?;
                Ok(None)
            }
        }
    }

    fn finish(&mut self) -> Result<Option<Vec<Array>>> {
        match &self.seen {
            Seen::Passed(_) => Ok(None),
            Seen::Held(held) => held.rows(&self.reads).map(Some),
        }
    }
}

fn key_columns<'a>(rows: &'a Batch, names: &[String]) -> Result<Vec<KeyColumn<'a>>> {
    names.iter().map(|name| KeyColumn::new(rows.column(name)?)).collect()
}

bailiwick_guest::export_reshape!(Deduplicating);
