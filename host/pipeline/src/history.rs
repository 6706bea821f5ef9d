//! The reports of a product that were kept: what committed runs and blocked ones found.

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_terms::ProductName;
use jiff::Timestamp;

use crate::PipelineError;
use crate::report::{Delivery, Report};
use crate::staging::{PAGE, ProductFolder, REPORT};

/// The file of the history's page, in the product's folder.
const HISTORY: &str = "history.html";

/// The reports of a product, the oldest first.
///
/// A report holds no time, for it is part of what a rerun must reproduce. When a run was
/// committed is told by its file, and so is no more than a help to put runs in order: a
/// copy that does not keep files' times mixes them up. Runs of one time are in the order of
/// their ids.
#[derive(Debug, Clone)]
pub struct History {
    /// The product.
    pub product: ProductName,
    /// Its runs.
    pub runs: Vec<PastRun>,
    /// Reports that cannot be read, as of another version.
    pub unreadable: Vec<PathBuf>,
    folder: PathBuf,
}

/// One run that was kept.
#[derive(Debug, Clone)]
pub struct PastRun {
    /// When its report was written.
    pub at: Timestamp,
    /// What it found.
    pub report: Report,
    /// Whether the product's `current` is this one.
    pub is_current: bool,
    /// Its page, relative to the product's folder.
    pub page: String,
}

impl History {
    /// Reads the reports below the output folder of a mesh.
    ///
    /// # Errors
    /// [`PipelineError::NoRuns`] where none was kept.
    pub fn read(output: &Path, product: &ProductName) -> Result<Self, PipelineError> {
        let folder = ProductFolder::new(output, product);
        let (mut runs, mut unreadable) = (Vec::new(), Vec::new());
        let current = folder.current();
        for kept in folder.kept() {
            let file = kept.join(REPORT);
            match past_run(&file, folder.path()) {
                Some(mut run) if run.report.product == *product => {
                    let committed = run.report.delivery == Delivery::Delivered;
                    run.is_current =
                        committed && current.is_some() && fs::canonicalize(&kept).ok() == current;
                    runs.push(run);
                }
                _ => unreadable.push(file),
            }
        }
        if runs.is_empty() {
            let directory = folder.path().to_owned();
            return Err(PipelineError::NoRuns { product: product.clone(), directory });
        }
        runs.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.report.run.cmp(&b.report.run)));
        unreadable.sort();
        Ok(Self { product: product.clone(), runs, unreadable, folder: folder.path().to_owned() })
    }

    /// Leaves out all but the newest runs.
    pub fn keep_newest(&mut self, runs: usize) {
        let older = self.runs.len().saturating_sub(runs);
        self.runs.drain(..older);
    }

    /// Where its page belongs: beside the runs, whose own pages it leads to.
    pub fn page_file(&self) -> PathBuf {
        self.folder.join(HISTORY)
    }
}

/// None where the file cannot be read as a report.
fn past_run(file: &Path, product: &Path) -> Option<PastRun> {
    let report: Report = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    let at = fs::metadata(file).ok()?.modified().ok()?.try_into().ok()?;
    let page = file.with_file_name(PAGE);
    let page = page.strip_prefix(product).ok()?.to_str()?.to_owned();
    Some(PastRun { at, report, is_current: false, page })
}
