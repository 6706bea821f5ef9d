//! A client of any TUF repository, with the commands by which the public conformance
//! tests of TUF clients drive one:
//!
//! ```text
//! tuf_client --metadata-dir DIR init ROOT
//! tuf_client --metadata-dir DIR --metadata-url URL refresh
//! tuf_client --metadata-dir DIR --metadata-url URL --target-name PATH…
//!            --target-base-url URL --target-dir DIR download
//! ```
//!
//! Exit codes: 0 if all went well, 1 if anything was not trusted or not there.

use std::path::PathBuf;
use std::process::ExitCode;

use bailiwick_trust::{Client, Source, TrustError};
use clap::{Parser, Subcommand};
use jiff::Timestamp;

/// A client of any TUF repository
#[derive(Parser)]
struct Arguments {
    /// The store: what was trusted last
    #[arg(long)]
    metadata_dir: PathBuf,

    /// Where the repository's metadata are
    #[arg(long, default_value = "")]
    metadata_url: String,

    /// Where the repository's targets are
    #[arg(long, default_value = "")]
    target_base_url: String,

    /// The path of a target; any number, read in this order
    #[arg(long)]
    target_name: Vec<String>,

    /// Where targets are put
    #[arg(long, default_value = ".")]
    target_dir: PathBuf,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Trust a root
    Init {
        /// The root's file
        root: PathBuf,
    },
    /// Bring the store up to date
    Refresh,
    /// Bring the store up to date and read targets
    Download,
}

impl Arguments {
    fn run(self) -> Result<(), TrustError> {
        match &self.command {
            Command::Init { root } => {
                let unreadable =
                    |source| TrustError::Unreadable { file: root.display().to_string(), source };
                let root = std::fs::read(root).map_err(unreadable)?;
                Client::initialise(&self.metadata_dir, &root)
            }
            Command::Refresh => self.refresh().map(|_| ()),
            Command::Download => {
                let client = self.refresh()?;
                for path in &self.target_name {
                    let file = client.download(path, &self.target_dir)?;
                    println!("{path} {}", file.display());
                }
                Ok(())
            }
        }
    }

    fn refresh(&self) -> Result<Client, TrustError> {
        let source = Source::parse_parts(&self.metadata_url, &self.target_base_url)?;
        Client::refresh(source, &self.metadata_dir, Timestamp::now())
    }
}

fn main() -> ExitCode {
    match Arguments::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
