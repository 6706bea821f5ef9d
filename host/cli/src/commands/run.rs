//! `bailiwick run`: executes plans.

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use bailiwick_pipeline::{Commit, Outcome, Pipeline, RunOptions, summary};
use bailiwick_terms::ProductName;
use clap::Args;
use jiff::Timestamp;

use crate::exit;
use crate::mesh::{MeshFile, warn_of_cache};
use crate::progress::Bar;
use crate::size::bytes;

/// Run products: governed output, quarantine and report, all of them or none
///
/// Verifies signatures and approvals, derives the plan and executes it. What is
/// delivered is in the mesh's output folder, at DOMAIN/PRODUCT/current: the output
/// port's file, quarantine.parquet where rows were kept back, report.json, plan.json.
/// Of several products, each is run whatever becomes of the others; the exit code is that
/// of the first which failed.
#[derive(Args)]
#[command(after_long_help = exit::HELP)]
pub(crate) struct Run {
    /// The products, such as sales/bookings; one that reads another's port runs after it
    #[arg(value_name = "PRODUCT", required_unless_present = "all")]
    products: Vec<ProductName>,

    /// Run every product of the repository
    #[arg(long, conflicts_with = "products")]
    all: bool,

    /// Read this file in place of the one that the bindings name
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    input: Option<String>,

    /// How many batches to govern at a time; the outcome is the same for any number
    /// [default: the machine's cores]
    #[arg(long, value_name = "N")]
    lanes: Option<NonZeroUsize>,

    /// The most that the run may hold in memory, such as 512MiB: its modules' memories, its
    /// reference tables and the rows between reading and writing, encoded ones too. With more
    /// it ends, and delivers nothing
    /// [default: as much as its modules' own limits let it]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    memory: Option<u64>,

    /// Print the notes too, which else are counted: what the plan does not judge or act on
    #[arg(long, short, conflicts_with = "json")]
    verbose: bool,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,

    /// The time that stands in for settings that are "{as-of}", such as
    /// 2026-01-31T06:00:00Z; it becomes part of the plan
    #[arg(long, value_name = "TIME")]
    as_of: Option<Timestamp>,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Run {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::ensure!(
            self.input.is_none() || self.products.len() == 1,
            "--input is for one product; name one"
        );
        let pipeline = self.mesh.open()?;
        let cancel = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancel);
        ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
            .context("cannot listen for Ctrl-C")?;

        let mut code = None;
        let products = if self.all {
            let listing = pipeline.products();
            for broken in listing.broken {
                errln!("error: domain {} is left out: {}", broken.domain, broken.error);
                code.get_or_insert_with(|| exit::code_of(&broken.error.into()));
            }
            listing.found
        } else {
            self.products.clone()
        };
        for product in pipeline.ordered(&products) {
            match self.one(&pipeline, &product, &cancel) {
                Ok(true) => {}
                Ok(false) => {
                    code.get_or_insert(ExitCode::from(exit::GATE));
                }
                // What is wrong with one product is no reason to keep back another.
                Err(error) if products.len() > 1 && !cancel.load(Ordering::Relaxed) => {
                    errln!("error: {error:#}");
                    code.get_or_insert_with(|| exit::code_of(&error));
                }
                Err(error) => return Err(error),
            }
        }
        warn_of_cache(&pipeline);
        Ok(code.unwrap_or(ExitCode::SUCCESS))
    }

    /// Whether it delivered.
    fn one(
        &self,
        pipeline: &Pipeline,
        product: &ProductName,
        cancel: &Arc<AtomicBool>,
    ) -> anyhow::Result<bool> {
        let prepared = pipeline.plan_as_of(product, self.as_of)?;
        let bar = Bar::new(&product.to_string());
        let options = RunOptions {
            input: self.input.clone(),
            lanes: self.lanes,
            memory_bytes: self.memory,
            cancel: Arc::clone(cancel),
            progress: &bar,
        };
        let outcome = pipeline.run(&prepared, &options);
        bar.clear();
        let outcome = outcome?;
        if self.json {
            out!("{}", outcome.report().to_json()?);
        } else {
            out!("{}", summary(outcome.report(), self.verbose));
        }
        match outcome {
            Outcome::Delivered { folder, commit, .. } => {
                if !self.json {
                    let again = match commit {
                        Commit::New => "",
                        Commit::Reproduced => " (committed before: the same bytes again)",
                    };
                    outln!("  files   {}{again}", folder.display());
                }
                Ok(true)
            }
            Outcome::Blocked { file, .. } => {
                errln!("error: {product} was blocked by its quality gate; see {}", file.display());
                Ok(false)
            }
        }
    }
}
