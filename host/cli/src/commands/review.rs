//! `bailiwick review`: what central governance wants to know before it approves.

mod step;
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;

use bailiwick_engine::{Engine, Inspection};
use bailiwick_pipeline::{Pipeline, PipelineError, Use};
use bailiwick_terms::{Grants, Limits, ModuleName};
use bailiwick_trust::Approval;
use clap::Args;
use similar::TextDiff;

use super::inspect::print_text;
use crate::approvals;
use crate::exit::REFUSED;
use crate::mesh::MeshFile;
use crate::statement::printable;

/// Show what a published module is and would do, and what changed since the version that
/// was approved before
///
/// The module is admitted as it would be under the grants of an approval, and asked what it
/// reads and writes in each product that uses it; it is given no data but that of its own
/// tests, which its domain signed with it and which run here, within the same limits. What
/// admission or a plan refuses is refused here, and so is a module that fails a test.
#[derive(Args)]
pub(crate) struct Review {
    /// The module, such as governance/mask@0.1.0
    module: ModuleName,

    /// The approvals that are meant, in the form of `bailiwick approve`: the module is
    /// reviewed with what it would be granted. Else with what it is granted now, if anything
    #[arg(long, value_name = "FILE")]
    approvals: Option<PathBuf>,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Review {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let pipeline = self.mesh.open()?;
        let repository = pipeline.repository();
        let bytes = repository.unapproved(&self.module)?;
        let engine = Engine::new()?;
        let inspection = engine.inspect(&self.module.to_string(), &bytes)?;
        print_text(&inspection)?;
        let now = repository.approval(&self.module, &inspection.digest)?;
        match repository.module(&self.module) {
            Ok(approved) => outln!("approved until {}", approved.approval().expires),
            Err(error) => outln!("may not run: {error}"),
        }
        self.print_former(&pipeline, &engine, &inspection)?;

        let (grants, limits) = self.terms(now)?;
        outln!("with {}", serde_json::to_string(&grants)?);
        let review = pipeline.review(&self.module, &grants, &limits)?;
        let mut refused = !tests::run(repository, &self.module, &review.candidate)?;
        if review.uses.is_empty() {
            outln!("no product uses it");
        }
        for Use { product, instead_of, plan } in &review.uses {
            match instead_of {
                Some(other) => outln!("{product}, which uses {other} now"),
                None => outln!("{product}"),
            }
            match plan {
                Ok(plan) => {
                    let own = plan.steps.iter().filter(|step| step.module == self.module);
                    own.for_each(step::print);
                }
                Err(error) => {
                    refused |= matches!(error, PipelineError::Plan { .. });
                    outln!("  {error}");
                }
            }
        }
        Ok(if refused { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
    }

    fn terms(&self, now: Option<Approval>) -> anyhow::Result<(Grants, Limits)> {
        if let Some(file) = &self.approvals {
            let meant = approvals::read(file)?.into_iter().find(|it| it.module == self.module);
            if let Some(entry) = meant {
                return Ok((entry.grants, entry.limits));
            }
        }
        Ok(now.map_or_else(Default::default, |approval| (approval.grants, approval.limits)))
    }

    /// What differs from the version before it that was approved last.
    fn print_former(
        &self,
        pipeline: &Pipeline,
        engine: &Engine,
        now: &Inspection,
    ) -> anyhow::Result<()> {
        let repository = pipeline.repository();
        let mut former = None;
        for listed in repository.modules().found {
            let older = listed.name.unversioned() == self.module.unversioned()
                && listed.name.version() < self.module.version();
            // They come in order, so the last is the newest.
            if older && let Some(approval) = repository.approval(&listed.name, &listed.digest)? {
                former = Some((listed.name, approval));
            }
        }
        let Some((name, approval)) = former else {
            outln!("no version before it was approved");
            return Ok(());
        };
        outln!("since {name}, approved with {}", serde_json::to_string(&approval.grants)?);
        let before = engine.inspect(&name.to_string(), &repository.unapproved(&name)?)?;
        outln!("  size    {} bytes, before {}", now.size, before.size);
        let imports = |it: &Inspection| it.imports.join("\n") + "\n";
        print_diff("imports", &imports(&before), &imports(now));
        let settings = |it: &Inspection| {
            serde_json::to_string_pretty(&it.description.settings_schema).map(|text| text + "\n")
        };
        print_diff("settings", &settings(&before)?, &settings(now)?);
        tests::print_changes(repository, &self.module, &name);
        Ok(())
    }
}

fn print_diff(what: &str, before: &str, now: &str) {
    if before == now {
        outln!("  {what}  the same");
        return;
    }
    outln!("  {what}");
    let diff = TextDiff::from_lines(before, now);
    for line in
        diff.unified_diff().context_radius(2).missing_newline_hint(false).to_string().lines()
    {
        outln!("    {}", printable(line));
    }
}
