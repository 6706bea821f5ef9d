//! The policies in their sandbox.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use arrow_array::{Array, RecordBatch};
use arrow_schema::{Field, Schema};
use bailiwick_engine::{
    Check, Conditions, EngineError, Granularity, Measure, Module, Pushed, Rule, Stage,
};
use bailiwick_expression::compile_settings;
use bailiwick_terms::{Grants, Limits};
use serde_json::Value;

use crate::comparison::assert_same;
use crate::data::Table;
use crate::support::guest_with;

/// The one key that modules are granted.
pub(crate) const KEY: &str = "travellers";

/// A policy's module, compiled once.
pub(crate) fn module(name: &'static str) -> Module {
    static MODULES: LazyLock<Mutex<BTreeMap<&str, Module>>> = LazyLock::new(Mutex::default);
    let load = || {
        let mut grants = Grants::default();
        if name == "mask" {
            grants.services.pseudonym.insert(KEY.parse().unwrap());
        }
        guest_with(name, grants, Limits::default())
    };
    MODULES.lock().unwrap().entry(name).or_insert_with(load).clone()
}

/// The settings as the planner gives them to the module: expressions compiled.
pub(crate) fn compiled(module: &Module, settings: &Value, columns: &[Field]) -> String {
    let schema = module.description().settings_schema.to_string();
    let schema = serde_json::from_str(&schema).unwrap();
    compile_settings(&schema, settings, columns).unwrap().to_string()
}

/// A policy with its settings and the columns that it is bound to.
pub(crate) struct Policy<'a> {
    module: Module,
    settings: Value,
    columns: &'a [&'a str],
    conditions: Conditions,
}

impl<'a> Policy<'a> {
    pub(crate) fn new(name: &'static str, settings: Value, columns: &'a [&'a str]) -> Self {
        Self { module: module(name), settings, columns, conditions: Conditions::default() }
    }

    pub(crate) fn under(self, conditions: Conditions) -> Self {
        Self { conditions, ..self }
    }

    fn settings(&self, schema: &Schema) -> String {
        let column = |name: &&str| schema.field_with_name(name).unwrap().clone();
        compiled(&self.module, &self.settings, &self.columns.iter().map(column).collect::<Vec<_>>())
    }

    pub(crate) fn stage(&self, table: &Table) -> Result<Stage, EngineError> {
        let settings = self.settings(&table.schema());
        self.module.stage(&settings, &table.schema(), self.columns, &self.conditions)
    }

    pub(crate) fn check(&self, table: &Table) -> Result<Check, EngineError> {
        let settings = self.settings(&table.schema());
        self.module.check(&settings, &table.schema(), self.columns, &self.conditions)
    }

    /// A map's output. The columns it did not write must be those that came in.
    pub(crate) fn map(&self, table: &Table) -> Table {
        let mut stage = self.stage(table).unwrap();
        let mut out = Vec::new();
        for batch in &table.0 {
            let mapped = stage.apply(batch).unwrap().unwrap();
            let written: Vec<_> = stage.plan().writes.iter().map(|field| field.name()).collect();
            for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                if !written.contains(&field.name()) {
                    let after = mapped.column_by_name(field.name()).unwrap();
                    assert!(after.to_data().ptr_eq(&column.to_data()), "{} moved", field.name());
                }
            }
            out.push(mapped);
        }
        assert!(stage.finish().unwrap().is_none());
        Table(out)
    }

    /// Which rows a filter keeps, and what is left of the table.
    pub(crate) fn filter(&self, table: &Table) -> (Vec<bool>, Table) {
        let (mut bitmaps, mut batches) = (self.stage(table).unwrap(), self.stage(table).unwrap());
        let (mut keeps, mut out) = (Vec::new(), Vec::new());
        for batch in &table.0 {
            match bitmaps.push(batch).unwrap() {
                Pushed::Kept(keep) => keeps.extend(keep.iter()),
                other => panic!("a filter gave {other:?}"),
            }
            out.push(batches.apply(batch).unwrap().unwrap());
        }
        (keeps, Table(out))
    }

    /// What a reshape gives at the end of all rows; nothing before.
    pub(crate) fn reshape(&self, table: &Table) -> RecordBatch {
        let mut stage = self.pushed(table);
        stage.finish().unwrap().unwrap()
    }

    fn pushed(&self, table: &Table) -> Stage {
        let mut stage = self.stage(table).unwrap();
        for batch in &table.0 {
            assert!(matches!(stage.push(batch).unwrap(), Pushed::Nothing));
        }
        stage
    }

    /// The same in parts, each in a sandbox of its own. Their states are merged in
    /// order into a stage that saw no rows.
    pub(crate) fn reshape_in_parts(&self, table: &Table, parts: usize) -> RecordBatch {
        let mut merged = self.stage(table).unwrap();
        for part in table.parts(parts) {
            let state = self.pushed(&part).state().unwrap();
            merged.merge(&state).unwrap();
        }
        merged.finish().unwrap().unwrap()
    }

    /// Which rows fail each row rule, and the measures.
    pub(crate) fn judge(&self, table: &Table) -> (Vec<Vec<bool>>, Vec<Measure>) {
        let mut check = self.check(table).unwrap();
        let failing = failing(&mut check, table);
        (failing, check.conclude().unwrap())
    }
}

/// A check of one column with one rule and no measures, in batches of each size.
pub(crate) fn assert_fails(
    tables: &[Table; 2],
    name: &'static str,
    settings: &Value,
    column: &str,
    expected: &[bool],
) {
    let columns = [column];
    let policy = Policy::new(name, settings.clone(), &columns);
    for table in tables {
        let (failing, measures) = policy.judge(table);
        assert_eq!((failing.len(), measures.len()), (1, 0));
        assert_same(&format!("{name} {settings} of {column}"), expected, &failing[0]);
    }
}

/// Pushes all rows; which of them fail each row rule.
pub(crate) fn failing(check: &mut Check, table: &Table) -> Vec<Vec<bool>> {
    let is_row = |rule: &&Rule| rule.granularity == Granularity::Row;
    let mut failing = vec![Vec::new(); check.plan().rules.iter().filter(is_row).count()];
    for batch in &table.0 {
        for (rule, bitmap) in failing.iter_mut().zip(check.push(batch).unwrap()) {
            rule.extend(bitmap.iter());
        }
    }
    failing
}
