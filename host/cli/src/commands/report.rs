//! `bailiwick report`: what a product's runs found, over time.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bailiwick_pipeline::{History, history_page};
use bailiwick_terms::ProductName;
use clap::Args;

use crate::mesh::MeshFile;

/// Draw a product's runs that were kept: rows and measures, from run to run
///
/// Writes one self-contained page, history.html in the product's folder of the mesh's
/// output, which leads to each run's own report. It is no part of any run: runs stay named
/// by what determines them, and their files as they are.
#[derive(Args)]
pub(crate) struct Report {
    /// The product, such as sales/bookings
    #[arg(value_name = "PRODUCT")]
    product: ProductName,

    /// Draw so many of the newest runs
    #[arg(long, value_name = "N", default_value = "100")]
    last: NonZeroUsize,

    /// Write the page to this file
    #[arg(long, short, value_name = "FILE.html")]
    output: Option<PathBuf>,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Report {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mesh = self.mesh.read()?;
        let mut history = History::read(&mesh.output, &self.product)?;
        for file in &history.unreadable {
            errln!("warning: {} is no report of this version", file.display());
        }
        history.keep_newest(self.last.get());
        let file = self.output.unwrap_or_else(|| history.page_file());
        std::fs::write(&file, history_page(&history))
            .with_context(|| format!("cannot write {}", file.display()))?;
        let runs = match history.runs.len() {
            1 => "1 run".to_owned(),
            runs => format!("{runs} runs"),
        };
        outln!("{runs} of {}: {}", self.product, file.display());
        Ok(ExitCode::SUCCESS)
    }
}
