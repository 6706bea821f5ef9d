//! `bailiwick test`: modules' own tests.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use bailiwick_cases::{CasesError, Outcome};
use bailiwick_engine::Engine;
use bailiwick_guest_build::{GuestProject, Toolchain};
use clap::Args;
use serde_json::json;

use crate::cases::{beside, print_differences};
use crate::exit;
use crate::statement::printable;

/// Run modules' own tests, in the sandbox
///
/// A module's tests are data: settings, rows, and what must come of them (docs/cases.md). They
/// are in cases.json in the module's crate, and beside its component once that is built. Each
/// runs in a fresh sandbox, under the default limits. `bailiwick submit` signs them with the
/// module, and `bailiwick review` runs them again.
#[derive(Args)]
#[command(after_long_help = exit::HELP)]
pub(crate) struct Test {
    /// Components (FILE.wasm), and guest crates, which are built first
    #[arg(value_name = "FILE.wasm|CRATE", default_value = ".")]
    modules: Vec<PathBuf>,

    /// Where crates are built; components land in DIR/components
    #[arg(long, value_name = "DIR", default_value = "target/guests")]
    target_dir: PathBuf,

    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl Test {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let engine = Engine::new()?;
        let (mut passed, mut total) = (0, 0);
        let mut tested = Vec::new();
        for module in &self.modules {
            for component in self.components(module)? {
                let outcomes = self.test(&engine, &component, &mut tested)?;
                total += outcomes.len();
                passed += outcomes.iter().filter(|outcome| outcome.is_passed()).count();
            }
        }
        if self.json {
            outln!("{}", serde_json::to_string_pretty(&tested)?);
        } else {
            outln!("tests: {passed} of {total} passed");
        }
        Ok(exit::of_tests(passed == total))
    }

    /// The component itself, or those of a crate.
    fn components(&self, module: &Path) -> anyhow::Result<Vec<PathBuf>> {
        if !module.is_dir() {
            return Ok(vec![module.to_owned()]);
        }
        ensure!(
            module.join("Cargo.toml").is_file(),
            "{} holds no Cargo.toml; name the folder of a guest crate, or a component",
            module.display()
        );
        let toolchain = Toolchain::detect()?;
        errln!("building with {toolchain}");
        let built = toolchain.build(&GuestProject::new(module), &self.target_dir)?;
        Ok(built.into_iter().map(|built| built.path).collect())
    }

    fn test(
        &self,
        engine: &Engine,
        component: &Path,
        tested: &mut Vec<serde_json::Value>,
    ) -> anyhow::Result<Vec<Outcome>> {
        let shown = component.display().to_string();
        let bytes = std::fs::read(component).with_context(|| format!("cannot read {shown}"))?;
        let cases = beside(component)?.map(|(cases, _)| cases);
        let Some(cases) = cases.filter(|cases| !cases.as_slice().is_empty()) else {
            return Err(CasesError::Missing { component: shown }.into());
        };
        let candidate = engine.local_candidate(&shown, &bytes)?;
        let description = candidate.description();
        let (name, version) = (&description.name, &description.version);
        if !self.json {
            outln!("{name} {version}");
        }
        let mut outcomes = Vec::new();
        for outcome in cases.run(&candidate) {
            if !self.json {
                let word = if outcome.is_passed() { "passed" } else { "FAILED" };
                outln!("  {word}  {}", printable(&outcome.case));
                print_differences(&outcome);
            }
            outcomes.push(outcome);
        }
        tested.push(json!({
            "module": name,
            "version": version.to_string(),
            "component": shown,
            "tests": outcomes,
        }));
        Ok(outcomes)
    }
}
