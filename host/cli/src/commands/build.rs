//! `bailiwick build`: guest crates to components.

use std::path::PathBuf;
use std::process::ExitCode;

use bailiwick_engine::Engine;
use bailiwick_guest_build::{GuestProject, Toolchain};
use clap::Args;

/// Build guest crates to components
///
/// With the target wasm32-unknown-unknown installed this is plain cargo; otherwise
/// Debian's rustc-web and rust-web-src serve. The component is checked to be one
/// that this host admits.
#[derive(Args)]
pub(crate) struct Build {
    /// The crate's folder
    #[arg(default_value = ".")]
    folder: PathBuf,

    /// Build these packages of the folder's workspace, in place of its own
    #[arg(long = "package", short, value_name = "NAME")]
    packages: Vec<String>,

    /// Where to build; components land in DIR/components
    #[arg(long, value_name = "DIR", default_value = "target/guests")]
    target_dir: PathBuf,
}

impl Build {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::ensure!(
            self.folder.join("Cargo.toml").is_file(),
            "{} holds no Cargo.toml; name the folder of a guest crate, or start one with `bailiwick new`",
            self.folder.display()
        );
        let toolchain = Toolchain::detect()?;
        errln!("building with {toolchain}");
        let mut project = GuestProject::new(&self.folder);
        if !self.packages.is_empty() {
            project = project.packages(self.packages);
        }
        let engine = Engine::new()?;
        for module in toolchain.build(&project, &self.target_dir)? {
            let file = module.path.display().to_string();
            let description = engine.inspect(&file, &module.bytes)?.description;
            outln!(
                "{} {}  {}, {} bytes  {file}",
                description.name,
                description.version,
                description.kind,
                module.bytes.len()
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}
