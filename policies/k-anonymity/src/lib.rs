//! The module `k-anonymity`: keeps back what too few rows have in common.
//!
//! ```json
//! {"by": ["postcode", "birth_year", "sex"], "k": 5, "suppress": "rows"}
//! ```
//!
//! `by` are the quasi-identifiers: columns that say nothing alone, and who it is
//! together. Rows with the same values in all of them make a group; nulls are a value of
//! their own. What a group of fewer than `k` rows has in common is kept back: its `rows`
//! are dropped, or the `values` of the quasi-identifiers become null in them. So in the
//! output every combination of values stands in at least `k` rows.
//!
//! With `suppress: values` the rows kept back make a group of their own, of nulls. If
//! that is smaller than `k`, with the rows that were null before, its rows are dropped.
//!
//! A group's size is known at the end: all rows are held until then, in the module's
//! memory, whose limit its approval states. Generalise before (the modules `generalise`
//! and `mask`), so that groups are large. It says nothing of what a group's rows have in
//! their other columns: if all of them are the same there, that is known of all in it.

use bailiwick_guest::gather::{Place, gather};
use bailiwick_guest::keys::{self, KeyColumn, KeyMap};
use bailiwick_guest::{
    About, Array, Batch, Column, Error, Field, Plan, Reshape, Result, Schema, Scope, Settings,
    about,
};
use serde::Deserialize;

/// What identifies, and how many must share it.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Anonymity {
    /// The quasi-identifiers.
    pub by: Vec<String>,
    /// The fewest rows of a group.
    #[settings(minimum = 2)]
    pub k: u64,
    /// What is kept back of a smaller one.
    pub suppress: Suppress,
}

/// What is kept back of a group that is too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Suppress {
    /// Its rows.
    Rows,
    /// The values of its quasi-identifiers.
    Values,
}

/// The opened module.
#[derive(Debug)]
pub struct Anonymising {
    settings: Anonymity,
    reads: Schema,
    batches: Vec<Batch>,
    groups: KeyMap<Group>,
}

/// Rows with the same values in all quasi-identifiers.
#[derive(Debug, Default)]
struct Group {
    rows: Vec<Place>,
    /// Whether these values are null, all of them.
    is_null: bool,
}

impl Anonymity {
    fn check(&self, input: &Schema) -> Result<()> {
        if self.by.is_empty() {
            return Err(Error::settings("`by` names no column: name the quasi-identifiers"));
        }
        if self.k < 2 {
            return Err(Error::settings("`k` must be at least 2"));
        }
        for name in &self.by {
            let field = input.field(name)?;
            if !keys::has_key(&field.data_type) {
                return Err(field.unexpected("of a type to group by: no list, no struct"));
            }
        }
        Ok(())
    }

    fn writes(&self, input: &Schema) -> Vec<Field> {
        let written = |field: &Field| {
            let mut field = field.clone();
            field.nullable |= self.suppress == Suppress::Values && self.by.contains(&field.name);
            field
        };
        input.fields.iter().map(written).collect()
    }
}

impl Reshape for Anonymising {
    type Settings = Anonymity;
    const ABOUT: About =
        about!("k-anonymity", Scope::Columns, "Keeps back what too few rows have in common.");

    fn plan(settings: &Anonymity, input: &Schema) -> Result<Plan> {
        settings.check(input)?;
        Ok(Plan::reading(input.names()).writing(settings.writes(input)).ordered())
    }

    fn open(settings: Anonymity, reads: &Schema) -> Result<Self> {
        settings.check(reads)?;
        Ok(Self { settings, reads: reads.clone(), batches: Vec::new(), groups: KeyMap::default() })
    }

    fn push(&mut self, rows: &Batch) -> Result<Option<Vec<Array>>> {
        let too_many = |_| Error::data("there are more rows than can be held");
        let batch = u32::try_from(self.batches.len()).map_err(too_many)?;
        let by = self.settings.by.iter().map(|name| KeyColumn::new(rows.column(name)?));
        let by = by.collect::<Result<Vec<_>>>()?;
        for row in 0..rows.rows() {
            let mut key = Vec::new();
            by.iter().for_each(|column| column.write(row, &mut key));
            let place = (batch, u32::try_from(row).map_err(too_many)?);
            let group = self.groups.entry(key.into_boxed_slice()).or_default();
            group.rows.push(place);
            group.is_null = by.iter().all(|column| column.is_null(row));
        }
        self.batches.push(rows.clone());
        Ok(None)
    }

    fn finish(&mut self) -> Result<Option<Vec<Array>>> {
        // Of each row that stays, whether its quasi-identifiers do.
        let mut stay: Vec<(Place, bool)> = Vec::new();
        let mut small: Vec<Place> = Vec::new();
        let k = self.settings.k;
        let mut nulls: Vec<Place> = Vec::new();
        for Group { rows, is_null } in std::mem::take(&mut self.groups).into_values() {
            if self.settings.suppress == Suppress::Values && is_null {
                nulls = rows;
            } else if rows.len() as u64 >= k {
                stay.extend(rows.into_iter().map(|place| (place, true)));
            } else {
                small.extend(rows);
            }
        }
        if self.settings.suppress == Suppress::Values && (small.len() + nulls.len()) as u64 >= k {
            stay.extend(small.into_iter().chain(nulls).map(|place| (place, false)));
        }
        stay.sort_unstable();
        let all: Vec<Option<Place>> = stay.iter().map(|(place, _)| Some(*place)).collect();
        let shown: Vec<Option<Place>> =
            stay.iter().map(|(place, shown)| shown.then_some(*place)).collect();
        let column = |(at, field): (usize, &Field)| {
            let parts = self.batches.iter().map(|batch| batch.column_at(at));
            let parts = parts.collect::<Result<Vec<Column<'_>>>>()?;
            let identifies = self.settings.by.contains(&field.name);
            gather(field, &parts, if identifies { &shown } else { &all })
        };
        self.reads.fields.iter().enumerate().map(column).collect::<Result<_>>().map(Some)
    }
}

bailiwick_guest::export_reshape!(Anonymising);
