//! `arrow-udf-runtime`: one column in, one column out, as an Arrow IPC file each.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use arrow_array_58::cast::AsArray;
use arrow_array_58::types::Float64Type;
use arrow_array_58::{Array, BooleanArray, RecordBatch};
use arrow_schema_58::DataType;
use arrow_udf_runtime::wasm::{FunctionHandle, Runtime};

use super::Way;
use crate::answer::{Governed, Judged, Rates};
use crate::rows::{AMOUNT, EMAIL, Rows};

/// How the functions are written.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    /// Of one value, as the book has them: the loop is the library's.
    Values,
    /// Of a whole column.
    Columns,
}

impl Style {
    /// The name of a function in this style.
    fn of(self, [value, column]: [&'static str; 2]) -> &'static str {
        match self {
            Self::Values => value,
            Self::Columns => column,
        }
    }
}

fn runtime(guests: &Path) -> anyhow::Result<Runtime> {
    let path = guests.join("peer_arrow_udf.wasm");
    Runtime::new(&std::fs::read(&path).with_context(|| path.display().to_string())?)
}

/// Two functions, one a column.
pub(crate) struct Govern<'a> {
    rows: &'a Rows,
    runtime: Runtime,
    mask: FunctionHandle,
    clamp: FunctionHandle,
}

impl<'a> Govern<'a> {
    pub(crate) fn new(guests: &Path, style: Style, rows: &'a Rows) -> anyhow::Result<Self> {
        let runtime = runtime(guests)?;
        let find = |names, data_type: DataType| {
            runtime.find_function(style.of(names), vec![data_type.clone()], data_type)
        };
        let mask = find(["mask_email", "mask_emails"], DataType::Utf8)?;
        let clamp = find(["clamp", "clamps"], DataType::Float64)?;
        Ok(Self { rows, runtime, mask, clamp })
    }
}

impl Way for Govern<'_> {
    type Output = Vec<RecordBatch>;
    type Answer = Governed;

    fn run(&mut self) -> anyhow::Result<Vec<RecordBatch>> {
        let govern = |batch: &RecordBatch| {
            let mut columns = batch.columns().to_vec();
            for (function, at) in [(&self.mask, EMAIL), (&self.clamp, AMOUNT)] {
                let made = self.runtime.call(function, &batch.project(&[at])?)?;
                columns[at] = Arc::clone(made.column(0));
            }
            Ok(RecordBatch::try_new(batch.schema(), columns)?)
        };
        self.rows.batches_58().iter().map(govern).collect()
    }

    fn answer(batches: &Vec<RecordBatch>) -> anyhow::Result<Governed> {
        let mut governed = Governed::default();
        for batch in batches {
            let emails = batch.column(EMAIL).as_string::<i32>().iter();
            governed.emails.extend(emails.map(|email| email.map(str::to_owned)));
            governed.amounts.extend(batch.column(AMOUNT).as_primitive::<Float64Type>());
        }
        Ok(governed)
    }
}

/// One function that answers both questions: null where there is no amount.
pub(crate) struct Judge<'a> {
    rows: &'a Rows,
    runtime: Runtime,
    outside: FunctionHandle,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(guests: &Path, style: Style, rows: &'a Rows) -> anyhow::Result<Self> {
        let runtime = runtime(guests)?;
        let name = style.of(["outside", "outsides"]);
        let outside = runtime.find_function(name, vec![DataType::Float64], DataType::Boolean)?;
        Ok(Self { rows, runtime, outside })
    }
}

impl Way for Judge<'_> {
    type Output = (Vec<BooleanArray>, Rates);
    type Answer = Judged;

    fn run(&mut self) -> anyhow::Result<Self::Output> {
        let (mut verdicts, mut rates) = (Vec::new(), Rates::default());
        for batch in self.rows.batches_58() {
            let made = self.runtime.call(&self.outside, &batch.project(&[AMOUNT])?)?;
            let outside = made.column(0).as_boolean().clone();
            rates += Rates { outside: outside.true_count(), missing: outside.null_count() };
            verdicts.push(outside);
        }
        Ok((verdicts, rates))
    }

    fn answer((verdicts, rates): &Self::Output) -> anyhow::Result<Judged> {
        let rows = || verdicts.iter().flat_map(|verdicts| verdicts.iter());
        let outside = rows().map(|row| row == Some(true)).collect();
        Ok(Judged { outside, missing: rows().map(|row| row.is_none()).collect(), rates: *rates })
    }
}
