//! The module `foreign-key`: which rows have a key that no row of a reference table has.
//!
//! It is bound to the columns of the key, and given the table: `references` of the policy.
//! One rule, `referenced`. A key of which a part is null passes, as SQL has it (`MATCH
//! SIMPLE`): `completeness` is what refuses it. Settings:
//!
//! | member | default | means |
//! |---|---|---|
//! | `table` | the only one that the policy is given | the table |
//! | `on` | the columns' own names | the table's columns that the key is of, in the order of the bound ones |
//!
//! ```yaml
//! references:
//!   airlines: {product: air/carriers, from: carriers}
//! policies:
//!   - id: carrier-known
//!     module: governance/foreign-key@0.1.0
//!     columns: [carrier]
//!     references: [airlines]
//!     settings: {on: [code]}
//!     on_failure: quarantine
//! ```
//!
//! Each column of the key is of the type of the table's, or both are integers, texts or
//! bytes. Floats are refused: which of them are equal hangs on how they came about. Text is
//! compared byte by byte: `a` is not `A`. A row of the table with a null in the key is no
//! row's; how many rows have a key does not matter.

use bailiwick_guest::lookup::{OpenLookup, Table};
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Lookup, Result, Rule, Schema, Scope,
    Settings, about,
};
use serde::Deserialize;

/// Where keys must be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The reference table; none: the only one that the policy is given.
    pub table: Option<String>,
    /// The table's columns that the key is of, in the order of the bound columns; none:
    /// those of the same names.
    #[serde(default)]
    pub on: Vec<String>,
}

impl Options {
    fn lookup(&self, keys: &Schema) -> Result<Lookup> {
        Table::given(self.table.as_deref())?.lookup(&self.on, &keys.fields)
    }
}

/// The opened module.
#[derive(Debug)]
pub struct ForeignKey(OpenLookup);

impl Check for ForeignKey {
    type Settings = Options;
    const ABOUT: About = about!(
        "foreign-key",
        Scope::Columns,
        "Finds rows whose key no row of a reference table has."
    );

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        let lookup = options.lookup(input)?;
        let on: Vec<&str> = lookup.on.iter().map(|field| field.name.as_str()).collect();
        let summary = format!(
            "{} is {} of a row of table {:?}",
            input.names().join(", "),
            on.join(", "),
            lookup.table
        );
        let rule = Rule::row("referenced", Dimension::Consistency, summary);
        let plan = CheckPlan::reading(input.names()).judging([rule]);
        Ok(plan.looking_up(lookup).independent())
    }

    fn open(options: Options, reads: &Schema) -> Result<Self> {
        options.lookup(reads)?.open().map(Self)
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let keys: Vec<Column<'_>> = rows.columns().collect();
        let mut fails = self.0.find(&keys)?.found.not();
        for validity in keys.into_iter().filter_map(Column::validity) {
            fails = fails.and(validity);
        }
        Ok(vec![fails])
    }
}

bailiwick_guest::export_check!(ForeignKey);
