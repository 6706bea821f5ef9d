//! Guests: the standard policies, the example's modules, the tests' own.

use std::path::Path;

use anyhow::Context;
use bailiwick_guest_build::{
    BuiltModule, GuestProject, Toolchain, ToolchainError, install_debian_packages,
};

use crate::shell::{target, workspace};

/// The folders whose crates are guests, each a package of this workspace.
const FOLDERS: [&str; 3] = ["policies", "examples/flights/domains/air/modules", "tests/guests"];

/// What builds guests here: found, or installed where that can be done.
pub(crate) fn toolchain() -> Result<Toolchain, ToolchainError> {
    Toolchain::detect().or_else(|missing| {
        eprintln!("{missing}\ninstalling Debian's packages");
        install_debian_packages()?;
        Toolchain::detect()
    })
}

/// Builds all of them to `target/guests/components`.
pub(crate) fn build() -> anyhow::Result<Vec<BuiltModule>> {
    let toolchain = toolchain()?;
    println!("building guests with {toolchain}");
    let mut packages = Vec::new();
    for folder in FOLDERS {
        packages.extend(packages_in(&workspace().join(folder))?);
    }
    let project = GuestProject::new(workspace()).packages(packages);
    let built = toolchain.build(&project, target().join("guests"))?;
    for module in &built {
        println!("  {:<16} {:>8} bytes", module.name, module.bytes.len());
    }
    Ok(built)
}

/// The packages below a folder, by their manifests.
fn packages_in(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut packages = Vec::new();
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("the guests in {} cannot be listed", folder.display()))?;
    for entry in entries {
        let manifest = entry?.path().join("Cargo.toml");
        let Ok(text) = std::fs::read_to_string(&manifest) else { continue };
        let name = text.lines().find_map(|line| line.strip_prefix("name = \""));
        let name = name.and_then(|rest| rest.strip_suffix('"'));
        packages.push(
            name.with_context(|| format!("{} names no package", manifest.display()))?.to_owned(),
        );
    }
    packages.sort();
    Ok(packages)
}
