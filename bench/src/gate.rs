//! The gate: a data product's rules, all judged over all flights.
//!
//! `bench/gate.json` has the rules, in the terms of our modules; peers in other
//! languages read it too, and must count the same failing rows. One run opens every
//! check and pushes the whole table through all of them on one thread; the modules
//! are compiled and the rows in memory before.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use arrow_schema::SchemaRef;
use bailiwick_engine::{Check, Conditions, Granularity, Module};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::Table;
use crate::{Contest, Modules, Outcome, Rounds};

/// Rows a batch.
pub const BATCH_ROWS: usize = 16_384;

/// The name of the contest, and of the contestant that takes all policies.
pub const GATE: &str = "gate";

/// One policy of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    id: String,
    module: String,
    columns: Vec<String>,
    settings: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policies: Vec<Policy>,
}

/// A policy with its module.
#[derive(Debug, Clone)]
struct Bound {
    id: String,
    module: Module,
    columns: Vec<String>,
    settings: String,
}

impl Bound {
    fn open(&self, schema: &SchemaRef) -> anyhow::Result<Check> {
        let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let check = self.module.check(&self.settings, schema, &columns, &Conditions::default());
        check.with_context(|| format!("policy {}", self.id))
    }
}

/// What the gate found: the same whoever judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Rows judged.
    pub rows: usize,
    /// Rows a batch.
    pub batch_rows: usize,
    /// Threads.
    pub threads: usize,
    /// Failing rows of each rule, by `policy/rule`.
    pub failing: BTreeMap<String, u64>,
}

/// The rules, ready to be judged.
#[derive(Debug, Clone)]
pub struct Gate {
    policies: Vec<Bound>,
    table: Table,
    schema: SchemaRef,
}

impl Gate {
    /// The rules of a file, over a table.
    ///
    /// # Errors
    /// Where the file is not there or not such a file, or a module is not there.
    pub fn new(file: &Path, table: &Table, modules: &Modules) -> anyhow::Result<Self> {
        let context = || format!("{}: the rules cannot be read", file.display());
        let text = fs::read_to_string(file).with_context(context)?;
        let File { policies } = serde_json::from_str(&text).with_context(context)?;
        let bound = |Policy { id, module, columns, settings }| {
            let module = modules.module(&module)?;
            anyhow::Ok(Bound { id, module, columns, settings: settings.to_string() })
        };
        Ok(Self {
            policies: policies.into_iter().map(bound).collect::<Result<_, _>>()?,
            table: table.in_batches(table.rows(), BATCH_ROWS)?,
            schema: Arc::clone(table.schema()),
        })
    }

    /// Judges all rows once.
    ///
    /// # Errors
    /// Where a module fails.
    pub fn findings(&self) -> anyhow::Result<Findings> {
        let mut failing = BTreeMap::new();
        for policy in &self.policies {
            let check = policy.open(&self.schema)?;
            let of_rows = |rule: &&bailiwick_engine::Rule| rule.granularity == Granularity::Row;
            let rules = check.plan().rules.iter().filter(of_rows);
            let names: Vec<_> = rules.map(|rule| format!("{}/{}", policy.id, rule.id)).collect();
            failing.extend(names.into_iter().zip(self.judge(check)?));
        }
        let rows = self.table.rows();
        Ok(Findings { rows, batch_rows: BATCH_ROWS, threads: 1, failing })
    }

    /// All policies, then each by itself.
    ///
    /// # Errors
    /// Where a module fails.
    pub fn measure(&self, rounds: Rounds) -> anyhow::Result<Outcome> {
        let all = || {
            let opened = self.policies.iter().map(|policy| policy.open(&self.schema));
            // Batch by batch, as they would come from a file.
            let mut checks = opened.collect::<anyhow::Result<Vec<_>>>()?;
            let mut failing = 0;
            for batch in self.table.batches() {
                for check in &mut checks {
                    failing += counted(check, batch)?.sum::<u64>();
                }
            }
            Ok(failing)
        };
        let contest = Contest::new(GATE, self.table.rows()).contestant(GATE, all);
        let with_each = self.policies.iter().fold(contest, |contest, policy| {
            contest.contestant(&policy.id, || self.judge(policy.open(&self.schema)?))
        });
        with_each.run(rounds)
    }

    /// Failing rows of each rule of one check.
    fn judge(&self, mut check: Check) -> anyhow::Result<Vec<u64>> {
        let mut failing = Vec::new();
        for batch in self.table.batches() {
            let counts = counted(&mut check, batch)?;
            failing.resize(failing.len().max(counts.len()), 0);
            failing.iter_mut().zip(counts).for_each(|(failing, count)| *failing += count);
        }
        Ok(failing)
    }
}

fn counted(
    check: &mut Check,
    batch: &arrow_array::RecordBatch,
) -> anyhow::Result<impl ExactSizeIterator<Item = u64>> {
    let bitmaps = check.push(batch)?;
    Ok(bitmaps.into_iter().map(|bitmap| bitmap.count_set_bits() as u64))
}
