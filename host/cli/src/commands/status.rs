//! `bailiwick status`: what the repository holds and whether it may run.

use std::process::ExitCode;

use bailiwick_pipeline::Pipeline;
use clap::Args;

use crate::mesh::MeshFile;

/// Show the verified repository: versions, products, modules and their approvals
#[derive(Args)]
pub(crate) struct Status {
    #[command(flatten)]
    mesh: MeshFile,
}

impl Status {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let pipeline = self.mesh.open()?;
        print_repository(&pipeline);
        Ok(ExitCode::SUCCESS)
    }
}

fn print_repository(pipeline: &Pipeline) {
    let repository = pipeline.repository();
    let versions = repository.versions();
    println!(
        "verified: root {}, targets {}, snapshot {}, timestamp {}",
        versions.root, versions.targets, versions.snapshot, versions.timestamp
    );
    let (products, modules) = (pipeline.products(), repository.modules());
    println!("products");
    for product in &products.found {
        println!("  {product}");
    }
    println!("modules");
    let width = modules.found.iter().map(|module| module.name.to_string().len()).max().unwrap_or(0);
    for module in &modules.found {
        let state = match repository.module(&module.name) {
            Ok(approved) => format!("approved until {}", approved.approval().expires),
            Err(error) => format!("may not run: {error}"),
        };
        println!("  {:<width$}  {}  {state}", module.name.to_string(), module.digest.short());
    }
    for broken in products.broken.iter().chain(&modules.broken) {
        println!("broken domain {}: {}", broken.domain, broken.error);
    }
}
