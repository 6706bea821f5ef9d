//! `bailiwick plan`: shows a plan.

use std::process::ExitCode;

use bailiwick_governance::{explanation, summary};
use bailiwick_terms::ProductName;
use clap::Args;
use jiff::Timestamp;

use crate::mesh::{MeshFile, warn_of_cache};

/// Show what a run of a product would do, and why
///
/// The plan is derived from the product's contract and bindings, the framework and
/// the approvals, all of them verified. Where governance refuses, every refusal is
/// listed with what to do.
#[derive(Args)]
pub(crate) struct Plan {
    /// The product, such as sales/bookings
    product: ProductName,

    /// Say which rule put each step, column and label there
    #[arg(long)]
    explain: bool,

    /// Print the plan as JSON
    #[arg(long, conflicts_with = "explain")]
    json: bool,

    /// The time that stands in for settings that are "{as-of}", such as
    /// 2026-01-31T06:00:00Z; it becomes part of the plan
    #[arg(long, value_name = "TIME")]
    as_of: Option<Timestamp>,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Plan {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let pipeline = self.mesh.open()?;
        let prepared = pipeline.plan_as_of(&self.product, self.as_of)?;
        warn_of_cache(&pipeline);
        if self.json {
            outln!("{}", prepared.plan.to_json()?);
        } else if self.explain {
            out!("{}", explanation(&prepared.plan));
        } else {
            out!("{}", summary(&prepared.plan));
        }
        Ok(ExitCode::SUCCESS)
    }
}
