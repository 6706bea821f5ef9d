//! `bailiwick prove`: tests a plan for leaks.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use bailiwick_pipeline::{LeakTestOptions, leak_test_summary};
use bailiwick_terms::ProductName;
use clap::Args;

use crate::exit;
use crate::mesh::{MeshFile, warn_of_cache};
use crate::progress::Bar;

/// Test that nothing leaks: change each input column, and see what changes with it
///
/// Each column is changed twice, the rest of the real input stays: once the rows get
/// each other's values, once each value becomes another of its type and some become
/// null. Output, quarantine, logs and the figures of the report are compared with those
/// of the input as it is. What changes and does not depend on the column, as the plan
/// says, is a leak. Nothing is delivered.
///
/// It is a test, of these rows and these changes. What it says of a column that helps
/// decide which rows there are holds for the rows that both have.
#[derive(Args)]
#[command(after_long_help = exit::HELP)]
pub(crate) struct Prove {
    /// The product, such as sales/bookings
    product: ProductName,

    /// Change this input column alone; may be given several times
    #[arg(long = "column", value_name = "NAME")]
    columns: Vec<String>,

    /// What the changes are drawn from: the same seed makes the same ones
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Read this file in place of the one that the bindings name
    #[arg(long, value_name = "FILE")]
    input: Option<String>,

    /// Print what was found as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Prove {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let pipeline = self.mesh.open()?;
        let cancel = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancel);
        ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
            .context("cannot listen for Ctrl-C")?;
        let prepared = pipeline.plan(&self.product)?;
        let bar = Bar::new(&self.product.to_string());
        let options = LeakTestOptions {
            input: self.input,
            columns: self.columns,
            seed: self.seed,
            cancel,
            progress: &bar,
        };
        let test = pipeline.test_leaks(&prepared, &options);
        bar.clear();
        let test = test?;
        warn_of_cache(&pipeline);
        if self.json {
            outln!("{}", serde_json::to_string_pretty(&test)?);
        } else {
            out!("{}", leak_test_summary(&test));
        }
        Ok(exit::of_leaks(test.is_tight()))
    }
}
