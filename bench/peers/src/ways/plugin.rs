//! An Extism plug-in: bytes in, bytes out; here Arrow IPC streams, or JSON.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, BooleanArray, Float64Array, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use extism::{Plugin, PluginBuilder};
use serde::{Deserialize, Serialize};

use super::{Way, bailiwick};
use crate::answer::{Governed, Judged, Rates};
use crate::rows::{AMOUNT, EMAIL, Rows};

fn plugin(guests: &Path) -> anyhow::Result<Plugin> {
    let path = guests.join("peer_extism.wasm");
    let module = std::fs::read(&path).with_context(|| path.display().to_string())?;
    PluginBuilder::new(module).with_cache_disabled().build()
}

/// Calls an export with columns of a batch; gives the batch that it answers.
fn call(
    plugin: &mut Plugin,
    export: &str,
    batch: &RecordBatch,
    columns: &[usize],
) -> anyhow::Result<RecordBatch> {
    let batch = batch.project(columns)?;
    let mut stream = Vec::with_capacity(batch.get_array_memory_size() + 1_024);
    let mut writer = StreamWriter::try_new(&mut stream, &batch.schema())?;
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    let answer: &[u8] = plugin.call(export, stream.as_slice())?;
    let mut reader = StreamReader::try_new(answer, None)?;
    Ok(reader.next().context("the plug-in gave no rows")??)
}

/// The batch with its two columns replaced by these.
fn with_columns(
    batch: &RecordBatch,
    email: arrow_array::ArrayRef,
    amount: arrow_array::ArrayRef,
) -> anyhow::Result<RecordBatch> {
    let mut columns = batch.columns().to_vec();
    (columns[EMAIL], columns[AMOUNT]) = (email, amount);
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}

/// One call for both columns.
pub(crate) struct Govern<'a> {
    rows: &'a Rows,
    plugin: Plugin,
}

impl<'a> Govern<'a> {
    pub(crate) fn new(guests: &Path, rows: &'a Rows) -> anyhow::Result<Self> {
        Ok(Self { rows, plugin: plugin(guests)? })
    }
}

impl Way for Govern<'_> {
    type Output = Vec<RecordBatch>;
    type Answer = Governed;

    fn run(&mut self) -> anyhow::Result<Vec<RecordBatch>> {
        let govern = |batch| {
            let made = call(&mut self.plugin, "govern", batch, &[EMAIL, AMOUNT])?;
            with_columns(batch, Arc::clone(made.column(0)), Arc::clone(made.column(1)))
        };
        self.rows.batches().iter().map(govern).collect()
    }

    fn answer(batches: &Vec<RecordBatch>) -> anyhow::Result<Governed> {
        Ok(bailiwick::governed(batches))
    }
}

/// One call that answers both questions: null where there is no amount.
pub(crate) struct Judge<'a> {
    rows: &'a Rows,
    plugin: Plugin,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(guests: &Path, rows: &'a Rows) -> anyhow::Result<Self> {
        Ok(Self { rows, plugin: plugin(guests)? })
    }
}

impl Way for Judge<'_> {
    type Output = (Vec<BooleanArray>, Rates);
    type Answer = Judged;

    fn run(&mut self) -> anyhow::Result<Self::Output> {
        let (mut verdicts, mut rates) = (Vec::new(), Rates::default());
        for batch in self.rows.batches() {
            let made = call(&mut self.plugin, "judge", batch, &[AMOUNT])?;
            let outside = made.column(0).as_boolean().clone();
            rates += Rates { outside: outside.true_count(), missing: outside.null_count() };
            verdicts.push(outside);
        }
        Ok((verdicts, rates))
    }

    fn answer((verdicts, rates): &Self::Output) -> anyhow::Result<Judged> {
        Ok(judged(verdicts, *rates))
    }
}

/// What verdicts say that are null where there is no amount.
pub(super) fn judged(verdicts: &[BooleanArray], rates: Rates) -> Judged {
    let rows = || verdicts.iter().flat_map(|verdicts| verdicts.iter());
    let outside = rows().map(|row| row == Some(true)).collect();
    Judged { outside, missing: rows().map(|row| row.is_none()).collect(), rates }
}

/// One call for both columns, each row a JSON object.
pub(crate) struct GovernJson<'a> {
    rows: &'a Rows,
    plugin: Plugin,
}

#[derive(Serialize)]
struct RowIn<'a> {
    email: Option<&'a str>,
    amount: Option<f64>,
}

#[derive(Deserialize)]
struct RowOut {
    email: Option<String>,
    amount: Option<f64>,
}

impl<'a> GovernJson<'a> {
    pub(crate) fn new(guests: &Path, rows: &'a Rows) -> anyhow::Result<Self> {
        Ok(Self { rows, plugin: plugin(guests)? })
    }
}

impl Way for GovernJson<'_> {
    type Output = Vec<RecordBatch>;
    type Answer = Governed;

    fn run(&mut self) -> anyhow::Result<Vec<RecordBatch>> {
        let govern = |batch: &RecordBatch| {
            let emails = batch.column(EMAIL).as_string::<i32>().iter();
            let amounts = batch.column(AMOUNT).as_primitive::<Float64Type>().iter();
            let rows: Vec<RowIn<'_>> =
                emails.zip(amounts).map(|(email, amount)| RowIn { email, amount }).collect();
            let answer: &str = self.plugin.call("govern_json", serde_json::to_string(&rows)?)?;
            let rows: Vec<RowOut> = serde_json::from_str(answer)?;
            let amounts: Float64Array = rows.iter().map(|row| row.amount).collect();
            let emails: StringArray = rows.iter().map(|row| row.email.as_deref()).collect();
            with_columns(batch, Arc::new(emails), Arc::new(amounts))
        };
        self.rows.batches().iter().map(govern).collect()
    }

    fn answer(batches: &Vec<RecordBatch>) -> anyhow::Result<Governed> {
        Ok(bailiwick::governed(batches))
    }
}
