//! The module `top-k`: keeps the first rows of each group.
//!
//! ```json
//! {"by": ["origin"], "order_by": [{"column": "dep_delay", "descending": true}], "k": 10,
//!  "rank": "place"}
//! ```
//!
//! Rows with the same values of `by` make a group, nulls being a value of their own;
//! without `by` all rows are one. Of each group the `k` rows stay that come first in the
//! order of `order_by`: by its first column, of equal ones by the second and so on, and of
//! rows that are equal in all of them as they come. A null comes behind all values, in
//! either direction; NaN is the greatest number.
//!
//! The output has all columns of the binding, group by group in the order of `by`, nulls
//! first, and in a group in that of `order_by`. `rank` adds a column of that name with the
//! row's place in its group, from 1, as `int64`.
//!
//! No more is held than the rows that may stay, and as many again.

mod held;

use bailiwick_guest::keys::{self, KeyColumn};
use bailiwick_guest::{
    About, Array, Batch, DataType, Error, Field, Plan, Reshape, Result, Schema, Scope, Settings,
    about,
};
use serde::Deserialize;

use held::Held;

/// The most rows of a group: each that comes is put among those that may stay.
const MAX_ROWS: u32 = 65_536;

/// What makes a group, and which of its rows stay.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct TopK {
    /// The columns whose values make a group; none: all rows are one.
    #[serde(default)]
    pub by: Vec<String>,
    /// What rows are ordered by, the first column first.
    pub order_by: Vec<Order>,
    /// How many rows of a group stay.
    #[settings(minimum = 1, maximum = 65_536)]
    pub k: u32,
    /// The name of a column with each row's place; none: there is no such column.
    pub rank: Option<String>,
}

/// One column of an order.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The column.
    pub column: String,
    /// Whether its greatest value comes first.
    #[serde(default)]
    pub descending: bool,
}

/// The opened module.
#[derive(Debug)]
pub struct Choosing {
    settings: TopK,
    held: Held,
}

impl TopK {
    fn check(&self, input: &Schema) -> Result<()> {
        if !(1..=MAX_ROWS).contains(&self.k) {
            return Err(Error::settings(format!("`k` must be from 1 to {MAX_ROWS}")));
        }
        if self.order_by.is_empty() {
            return Err(Error::settings("`order_by` names no column: state what comes first"));
        }
        for name in self.by.iter().chain(self.order_by.iter().map(|order| &order.column)) {
            let field = input.field(name)?;
            if !keys::has_key(&field.data_type) {
                return Err(field.unexpected("of a type with an order: no list, no struct"));
            }
        }
        Ok(())
    }
}

impl Reshape for Choosing {
    type Settings = TopK;
    const ABOUT: About = about!("top-k", Scope::Columns, "Keeps the first rows of each group.");

    fn plan(settings: &TopK, input: &Schema) -> Result<Plan> {
        settings.check(input)?;
        let rank = settings.rank.as_ref().map(|name| Field::new(name, DataType::Int64).required());
        let writes = input.fields.iter().cloned().chain(rank);
        Plan::reading(input.names()).writing(writes).ordered().with_distinct_names()
    }

    fn open(settings: TopK, reads: &Schema) -> Result<Self> {
        settings.check(reads)?;
        let held = Held::new(settings.k as usize, reads);
        Ok(Self { settings, held })
    }

    fn push(&mut self, rows: &Batch) -> Result<Option<Vec<Array>>> {
        let key_column = |name: &String| rows.column(name).and_then(KeyColumn::new);
        let by = self.settings.by.iter().map(key_column).collect::<Result<Vec<_>>>()?;
        let order = self.settings.order_by.iter();
        let order = order.map(|order| Ok((key_column(&order.column)?, order.descending)));
        let order = order.collect::<Result<Vec<_>>>()?;
        self.held.add(
            rows,
            |row, key| by.iter().for_each(|column| column.write(row, key)),
            |row, key| {
                for (column, descending) in &order {
                    // Behind what a value's key begins with, and what that is when inverted.
                    if column.is_null(row) {
                        key.push(u8::MAX);
                        continue;
                    }
                    let from = key.len();
                    column.write(row, key);
                    if *descending {
                        key.iter_mut().skip(from).for_each(|byte| *byte = !*byte);
                    }
                }
            },
        )?;
        Ok(None)
    }

    fn finish(&mut self) -> Result<Option<Vec<Array>>> {
        self.held.rows(self.settings.rank.is_some()).map(Some)
    }
}

bailiwick_guest::export_reshape!(Choosing);
