//! The module `aggregate`: groups rows and measures the groups.
//!
//! ```json
//! {"group_by": ["origin"],
//!  "measures": [{"function": "count", "as": "flights"},
//!               {"function": "mean", "column": "dep_delay", "as": "mean_delay"}]}
//! ```
//!
//! The output has one row for each group, sorted by the columns of `group_by`, nulls
//! first and a group of their own; without `group_by` it is one row, of no rows too.
//!
//! | function | of | makes |
//! |---|---|---|
//! | `count` | any column: its values that are not null; no column: the rows | `int64` |
//! | `sum` | integers | `int64`; an error where it does not fit |
//! | | floats | `float64` |
//! | | decimal128 | decimal128 of 38 digits; an error where it does not fit |
//! | `min`, `max` | numbers, dates, times, text, bool, binary | the same type |
//! | `mean` | integers, floats, decimal128 | `float64` |
//! | `approx-distinct` | numbers, dates, times, text, bool, binary | `int64`: exact up to 256, then with a standard error of 1.6 % |
//! | `approx-quantile`, with `q` | integers, floats, decimal128 | `float64`: the value of rank ⌈q · n⌉, by less than 1/128 too near to 0; integers up to 256 exact |
//!
//! Nulls are left out; a measure of no values is null, but a count is 0. NaN is the
//! greatest number. Float sums are exact and rounded once, at the end, so the answer
//! is the same however the rows are cut into batches and parts. So are the approximate
//! measures.
//!
//! Windows of time are groups by a column that the module `window` makes of the time.

mod codes;
mod distinct;
mod extremes;
mod groups;
mod measure;
mod members;
mod quantile;

use bailiwick_guest::keys;
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{
    About, Array, Batch, Error, Field, Plan, Reshape, Result, Schema, Scope, Settings, about,
};
use serde::Deserialize;

use groups::Groups;
use measure::Accumulators;

/// What to group by and what to measure.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// Columns whose values make a group.
    #[serde(default)]
    pub group_by: Vec<String>,
    /// What to measure of each group.
    pub measures: Vec<Measure>,
}

/// One measure of each group.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What is measured.
    pub function: Function,
    /// Of which column; only `count` may do without.
    pub column: Option<String>,
    /// The name of the column to write.
    pub r#as: String,
    /// For `approx-quantile`: of all values, the part that is no greater, from 0 to 1.
    pub q: Option<f64>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    /// How many values, or rows.
    Count,
    /// The sum.
    Sum,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// The arithmetic mean.
    Mean,
    /// About how many different values.
    ApproxDistinct,
    /// About the value that so many others are not above.
    ApproxQuantile,
}

impl Aggregate {
    fn plan(&self, input: &Schema) -> Result<Plan> {
        let mut reads: Vec<&str> = Vec::new();
        let mut writes: Vec<Field> = Vec::new();
        for name in &self.group_by {
            let field = input.field(name)?;
            if !keys::has_key(&field.data_type) {
                return Err(field.unexpected("of a type to group by"));
            }
            reads.push(name);
            writes.push(field.clone());
        }
        for measure in &self.measures {
            let field = measure.column.as_ref().map(|name| input.field(name)).transpose()?;
            writes.push(measure::written(measure, field)?);
            reads.extend(measure.column.as_deref());
        }
        let mut unique: Vec<&str> = Vec::new();
        for name in reads {
            if !unique.contains(&name) {
                unique.push(name);
            }
        }
        if unique.is_empty() {
            // A batch without columns would not cross; any column tells the rows.
            unique.extend(input.fields.first().map(|field| field.name.as_str()));
        }
        Plan::reading(unique).writing(writes).independent().with_distinct_names()
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Aggregating {
    settings: Aggregate,
    reads: Schema,
    writes: Vec<Field>,
    groups: Groups,
    // One for each measure, with room for every group.
    accumulators: Vec<Accumulators>,
}

impl Aggregating {
    fn grow(&mut self) {
        let groups = self.groups.len();
        self.accumulators.iter_mut().for_each(|of| of.grow(groups));
    }
}

impl Reshape for Aggregating {
    type Settings = Aggregate;
    const ABOUT: About =
        about!("aggregate", Scope::Columns, "Groups rows and measures the groups.");

    fn plan(settings: &Aggregate, input: &Schema) -> Result<Plan> {
        settings.plan(input)
    }

    fn open(settings: Aggregate, reads: &Schema) -> Result<Self> {
        let writes = settings.plan(reads)?.writes;
        let accumulators = settings
            .measures
            .iter()
            .map(|measure| {
                let field = measure.column.as_ref().map(|name| reads.field(name)).transpose()?;
                Ok(Accumulators::new(measure.function, field))
            })
            .collect::<Result<_>>()?;
        let mut groups = Groups::new();
        if settings.group_by.is_empty() {
            // There is one even of no rows.
            groups.number(&[])?;
        }
        let mut this = Self { settings, reads: reads.clone(), writes, groups, accumulators };
        this.grow();
        Ok(this)
    }

    fn push(&mut self, rows: &Batch) -> Result<Option<Vec<Array>>> {
        let group_by = self.settings.group_by.iter().map(|name| rows.column(name));
        let group_by = group_by.collect::<Result<Vec<_>>>()?;
        let members = self.groups.members(&group_by, rows.rows())?;
        self.grow();
        for (accumulators, measure) in self.accumulators.iter_mut().zip(&self.settings.measures) {
            let column = measure.column.as_ref().map(|name| rows.column(name)).transpose()?;
            accumulators.add(column, &members)?;
        }
        Ok(None)
    }

    fn finish(&mut self) -> Result<Option<Vec<Array>>> {
        let order = self.groups.sorted();
        let mut keys: Vec<&[u8]> = self.groups.keys().collect();
        keys.sort_unstable();
        let (by, measured) = self
            .writes
            .split_at_checked(self.settings.group_by.len())
            .ok_or_else(|| Error::data("the plan writes fewer columns than it groups by"))?;
        let mut columns = Vec::new();
        for field in by {
            columns.push(keys::decode(field, &mut keys)?);
        }
        let measures = self.settings.measures.iter().zip(&self.accumulators);
        for (field, (measure, accumulators)) in measured.iter().zip(measures) {
            let of = measure.column.as_ref().map(|name| self.reads.field(name)).transpose()?;
            let of = of.map(|field| &field.data_type);
            columns.push(accumulators.column(measure, of, field, &order)?);
        }
        Ok(Some(columns))
    }

    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        for (number, key) in self.groups.keys().enumerate() {
            state.bytes(key);
            self.accumulators.iter().for_each(|of| of.write(number, &mut state));
        }
        Ok(state.finish())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let mut state = Reader::new(state);
        while !state.is_at_end() {
            let number = self.groups.number(state.bytes()?)?;
            self.grow();
            for accumulators in &mut self.accumulators {
                accumulators.merge(number as usize, &mut state)?;
            }
        }
        Ok(())
    }
}

bailiwick_guest::export_reshape!(Aggregating);
