//! Ours: standard modules, signed, approved, with their default limits.

use anyhow::Context;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_buffer::BooleanBuffer;
use bailiwick_bench::Modules;
use bailiwick_engine::{Check, Conditions, Stage};

use super::Way;
use crate::answer::{Governed, Judged, Rates};
use crate::rows::{AMOUNT, EMAIL, Rows};

/// `mask`, then `clean`, each in a sandbox of its own.
pub(crate) struct Govern<'a> {
    rows: &'a Rows,
    stages: [Stage; 2],
}

impl<'a> Govern<'a> {
    pub(crate) fn new(modules: &Modules, rows: &'a Rows) -> anyhow::Result<Self> {
        let schema = rows.batches().first().context("there are no rows")?.schema();
        let open = |module: &str, settings: &str, column: &str| {
            let module = modules.module(module)?;
            anyhow::Ok(module.stage(settings, &schema, &[column], &Conditions::default())?)
        };
        let clamp = r#"{"operations": [{"op": "clamp", "min": 0, "max": 1000}]}"#;
        let stages =
            [open("mask", r#"{"method": "email"}"#, "email")?, open("clean", clamp, "amount")?];
        Ok(Self { rows, stages })
    }
}

impl Way for Govern<'_> {
    type Output = Vec<RecordBatch>;
    type Answer = Governed;

    fn run(&mut self) -> anyhow::Result<Vec<RecordBatch>> {
        let [mask, clean] = &mut self.stages;
        let govern = |batch| {
            let masked = mask.apply(batch)?.context("the mask gave no rows")?;
            clean.apply(&masked)?.context("the clamp gave no rows")
        };
        self.rows.batches().iter().map(govern).collect()
    }

    fn answer(batches: &Vec<RecordBatch>) -> anyhow::Result<Governed> {
        Ok(governed(batches))
    }
}

/// What batches of the rows' own schema say.
pub(super) fn governed(batches: &[RecordBatch]) -> Governed {
    let mut governed = Governed::default();
    for batch in batches {
        let emails = batch.column(EMAIL).as_string::<i32>().iter();
        governed.emails.extend(emails.map(|email| email.map(str::to_owned)));
        governed.amounts.extend(batch.column(AMOUNT).as_primitive::<Float64Type>());
    }
    governed
}

/// `range` and `completeness`, each in a sandbox of its own.
pub(crate) struct Judge<'a> {
    rows: &'a Rows,
    range: Check,
    completeness: Check,
}

/// One batch's rows out of bounds, and its missing ones.
type Bitmaps = [BooleanBuffer; 2];

impl<'a> Judge<'a> {
    pub(crate) fn new(modules: &Modules, rows: &'a Rows) -> anyhow::Result<Self> {
        let schema = rows.batches().first().context("there are no rows")?.schema();
        let open = |module: &str, settings: &str| {
            let module = modules.module(module)?;
            anyhow::Ok(module.check(settings, &schema, &["amount"], &Conditions::default())?)
        };
        let range = open("range", r#"{"min": 0, "max": 1000}"#)?;
        Ok(Self { rows, range, completeness: open("completeness", "{}")? })
    }
}

impl Way for Judge<'_> {
    type Output = (Vec<Bitmaps>, Rates);
    type Answer = Judged;

    fn run(&mut self) -> anyhow::Result<Self::Output> {
        let (mut bitmaps, mut rates) = (Vec::new(), Rates::default());
        for batch in self.rows.batches() {
            let mut one = |check: &mut Check| check.push(batch)?.pop().context("no rule");
            let (outside, missing) = (one(&mut self.range)?, one(&mut self.completeness)?);
            rates += Rates { outside: outside.count_set_bits(), missing: missing.count_set_bits() };
            bitmaps.push([outside, missing]);
        }
        Ok((bitmaps, rates))
    }

    fn answer((bitmaps, rates): &Self::Output) -> anyhow::Result<Judged> {
        let all = |which: usize| bitmaps.iter().flat_map(|batch| batch[which].iter()).collect();
        Ok(Judged { outside: all(0), missing: all(1), rates: *rates })
    }
}
