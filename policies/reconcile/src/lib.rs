//! The module `reconcile`: whether there are as many rows as in a reference table, and
//! whether they sum to the same, all together or group by group.
//!
//! It is bound to the columns to compare, and given the table: `references` of the policy.
//! Settings:
//!
//! | member | default | means |
//! |---|---|---|
//! | `table` | the only one that the policy is given | the table |
//! | `on` | the columns' own names | the table's columns to compare with, in the order of the bound ones |
//! | `group_by` | none: all rows are one group | bound columns whose values make the groups |
//! | `tolerance` | `0` | how far two figures may lie apart |
//! | `tolerance_percent` | `0` | the same, of the table's figure |
//!
//! One rule `rows`, and a rule `COLUMN-sum` for each bound column that makes no groups. The
//! value of each is the number of groups whose figures lie further apart than both
//! tolerances: `threshold: {mustBe: 0}` asks for none. Its measures `own` and `reference`
//! are the figures of all rows together, `ratio` the first of them divided by the other,
//! where that is not 0, and `groups` how many groups there are.
//!
//! ```yaml
//! - id: as-many-as-booked
//!   module: governance/reconcile@0.1.0
//!   columns: [day, fare]
//!   references: [ledger]
//!   settings: {on: [booked_on, amount], group_by: [day], tolerance: 0.01}
//!   threshold: [{mustBe: 0}]
//! ```
//!
//! A group that is on one side alone has no rows and the sum 0 on the other. Nulls make a
//! group of their own, and add nothing to a sum. Sums are of numbers as the nearest float64,
//! exact but for that, in whatever order rows come; two that are both not a number, or
//! infinite with one sign, are the same. Columns that make groups are of one type on both
//! sides.
//!
//! The table is gone through once, at the end, some thousand rows at a time.

mod figures;

use bailiwick_guest::keys::has_key;
use bailiwick_guest::lookup::{OpenLookup, Table};
use bailiwick_guest::numbers::is_number;
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Dimension, Error, Lookup, Measure, Result, Rule,
    Schema, Scope, Settings, about,
};
use serde::Deserialize;

use figures::{Columns, Figures};

/// Rows of the table that are held at a time.
const ROWS_AT_A_TIME: u32 = 8_192;

/// What is compared, and how closely.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The reference table; none: the only one that the policy is given.
    pub table: Option<String>,
    /// The table's columns to compare with, in the order of the bound columns; none: those
    /// of the same names.
    #[serde(default)]
    pub on: Vec<String>,
    /// Bound columns whose values make groups; none: all rows are one group.
    #[serde(default)]
    pub group_by: Vec<String>,
    /// How far two figures may lie apart.
    #[serde(default)]
    #[settings(minimum = 0)]
    pub tolerance: f64,
    /// How far two figures may lie apart, in percent of the table's.
    #[serde(default)]
    #[settings(minimum = 0)]
    pub tolerance_percent: f64,
}

impl Options {
    /// What is looked up: the table's columns in the order of the bound ones.
    fn lookup(&self, input: &Schema) -> Result<Lookup> {
        let table = Table::given(self.table.as_deref())?;
        let bound = &input.fields;
        if bound.is_empty() {
            return Err(Error::fields("no columns are bound: bind those to compare"));
        }
        if !self.on.is_empty() && self.on.len() != bound.len() {
            return Err(Error::settings(format!(
                "`on` names {} columns of table {:?}, and {} are bound: name one for each",
                self.on.len(),
                table.name(),
                bound.len()
            )));
        }
        if let Some(unbound) = self.group_by.iter().find(|name| input.index_of(name).is_err()) {
            return Err(Error::settings(format!(
                "`group_by` names column {unbound:?}, which is not bound"
            )));
        }
        let mut lookup = Lookup::new(table.name());
        for (at, field) in bound.iter().enumerate() {
            let theirs = table.column(self.on.get(at).unwrap_or(&field.name))?;
            let (own, other) = (&field.data_type, &theirs.data_type);
            let (fit, expected) = if self.group_by.contains(&field.name) {
                (own == other && has_key(own), "two of one type that has groups")
            } else {
                (is_number(own) && is_number(other), "two of numbers")
            };
            if !fit {
                return Err(Error::fields(format!(
                    "column {:?} is of type {own} and column {:?} of table {:?} of type {other}: \
                     expected {expected}",
                    field.name,
                    theirs.name,
                    table.name()
                )));
            }
            lookup = lookup.giving([&theirs.name]);
        }
        Ok(lookup)
    }

    /// The rules: of the number of rows, and of each sum.
    fn rules(&self, input: &Schema, table: &str) -> Vec<Rule> {
        let groups = match self.group_by.as_slice() {
            [] => String::new(),
            columns => format!(" in each group by {}", columns.join(", ")),
        };
        let rows = format!("there are as many rows as in table {table:?}{groups}");
        let mut rules = vec![Rule::dataset("rows", Dimension::Consistency, rows)];
        rules.extend(self.summed(input).map(|name| {
            let summary = format!("column {name:?} sums to what table {table:?} does{groups}");
            Rule::dataset(Rule::id_for(name, "sum"), Dimension::Consistency, summary)
        }));
        rules
    }

    /// The bound columns that are summed.
    fn summed<'s>(&'s self, input: &'s Schema) -> impl Iterator<Item = &'s String> {
        let names = input.fields.iter().map(|field| &field.name);
        names.filter(|name| !self.group_by.contains(name))
    }

    /// Whether two figures are the same, as far as that is asked for.
    fn agree(&self, own: f64, reference: f64) -> bool {
        let apart = (own - reference).abs();
        own == reference
            || (own.is_nan() && reference.is_nan())
            || apart <= self.tolerance
            || apart <= reference.abs() * self.tolerance_percent / 100.0
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Reconcile {
    options: Options,
    rules: Vec<String>,
    lookup: OpenLookup,
    columns: Columns,
    own: Figures,
}

impl Check for Reconcile {
    type Settings = Options;
    const ABOUT: About = about!(
        "reconcile",
        Scope::Columns,
        "Compares counts and sums with those of a reference table."
    );

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        let lookup = options.lookup(input)?;
        let plan = CheckPlan::reading(input.names()).judging(options.rules(input, &lookup.table));
        Ok(plan.looking_up(lookup).independent())
    }

    fn open(options: Options, reads: &Schema) -> Result<Self> {
        let lookup = options.lookup(reads)?;
        let rules = options.rules(reads, &lookup.table).into_iter().map(|rule| rule.id).collect();
        let columns = Columns::of(reads, &options.group_by);
        let own = Figures::new(&columns);
        Ok(Self { rules, lookup: lookup.open()?, columns, own, options })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        self.own.add(&self.columns, rows)?;
        Ok(Vec::new())
    }

    fn state(&self) -> Result<Vec<u8>> {
        self.own.state()
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        self.own.merge(state)
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let mut reference = Figures::new(&self.columns);
        for start in (0..).step_by(ROWS_AT_A_TIME as usize) {
            let rows = self.lookup.rows(start, ROWS_AT_A_TIME)?;
            if rows.rows() == 0 {
                break;
            }
            reference.add(&self.columns, &rows)?;
        }
        let groups = self.own.groups(&reference)?;
        let mut measures = Vec::with_capacity(5 * self.rules.len());
        for (at, rule) in self.rules.iter().enumerate() {
            let differ = groups.iter().filter(|(own, reference)| {
                let figures = own.get(at).zip(reference.get(at));
                figures.is_none_or(|(own, reference)| !self.options.agree(*own, *reference))
            });
            measures.push(Measure::new(rule, "value", differ.count() as f64));
            measures.push(Measure::new(rule, "groups", groups.len() as f64));
            let (own, reference) = (self.own.total(at)?, reference.total(at)?);
            for (name, figure) in
                [("own", own), ("reference", reference), ("ratio", own / reference)]
            {
                // A measure is finite, and neither a sum nor a ratio need be.
                measures.extend(figure.is_finite().then(|| Measure::new(rule, name, figure)));
            }
        }
        Ok(measures)
    }
}

bailiwick_guest::export_check!(Reconcile);
