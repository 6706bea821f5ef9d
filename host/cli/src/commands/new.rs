//! `bailiwick new`: scaffolds a module.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bailiwick_guest_build::{Kind, SdkSource, scaffold};
use clap::{Args, ValueEnum};

/// Start a new module: a crate that builds, with tests that pass
#[derive(Args)]
pub(crate) struct New {
    /// The module's name; its crate goes into a folder of that name
    name: String,

    /// What it does
    #[arg(long, value_enum, default_value_t = Shape::Map)]
    kind: Shape,

    /// The folder for the crate, in place of one named after the module
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,

    /// The folder of the guest SDK, bailiwick-guest
    #[arg(long, value_name = "DIR", env = "BAILIWICK_SDK")]
    sdk: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shape {
    /// New values for some columns
    Map,
    /// Fewer rows
    Filter,
    /// A new batch: aggregate, explode, deduplicate
    Reshape,
    /// Which rows fail a rule
    Check,
}

impl New {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let kind = match self.kind {
            Shape::Map => Kind::Map,
            Shape::Filter => Kind::Filter,
            Shape::Reshape => Kind::Reshape,
            Shape::Check => Kind::Check,
        };
        let folder = self.folder.unwrap_or_else(|| PathBuf::from(&self.name));
        scaffold(&folder, &self.name, kind, &sdk(self.sdk))?;
        outln!("made {}; next:", folder.display());
        outln!("  cd {} && cargo test", folder.display());
        outln!("  bailiwick test");
        Ok(ExitCode::SUCCESS)
    }
}

/// The SDK named, else the one beside the source that this command was built from,
/// else the published one of this version.
fn sdk(named: Option<PathBuf>) -> SdkSource {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guest-sdk");
    match named.or_else(|| beside.canonicalize().ok()) {
        Some(path) => SdkSource::Path(path),
        None => SdkSource::Version(env!("CARGO_PKG_VERSION").to_owned()),
    }
}
