//! `bailiwick profile`: what a file holds.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bailiwick_governance::Format;
use bailiwick_profile::{Options, profile, summary};
use clap::Args;

use crate::size::bytes;

/// Find what a file holds: types, missing and different values, ends, spread, forms,
/// formats, personal data
///
/// Reads Parquet, CSV, NDJSON and Arrow files a batch at a time: once, and again where two
/// columns together could tell all rows apart. It needs no mesh, runs no module of a
/// repository and writes nothing unless told where. Of columns that are suspected to hold
/// personal data no values are stated.
#[derive(Args)]
pub(crate) struct Profile {
    /// The file
    #[arg(value_name = "FILE")]
    input: String,

    #[command(flatten)]
    asked: Asked,

    /// Write the profile as JSON to this file; one that is there is replaced if it is a
    /// profile
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Print the profile as JSON
    #[arg(long)]
    json: bool,
}

/// How a file is profiled.
#[derive(Args)]
pub(crate) struct Asked {
    /// How the file is written, where its name does not say: parquet, csv, ndjson or arrow
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,

    /// State values, ends and quantiles also of columns that are suspected to hold personal
    /// data
    #[arg(long)]
    show_values: bool,

    /// The most that may be held to count different values exactly, all columns together;
    /// past it their numbers are estimated
    #[arg(long, value_name = "SIZE", value_parser = bytes, default_value = "512MiB")]
    memory: u64,
}

impl Asked {
    /// The profile of a file.
    pub(crate) fn profile(&self, input: &str) -> anyhow::Result<bailiwick_profile::Profile> {
        let options = Options { memory_bytes: self.memory, show_values: self.show_values };
        Ok(profile(input, self.format, &options)?)
    }
}

fn format(text: &str) -> Result<Format, String> {
    Format::of_location(&format!(".{text}"))
        .filter(|format| format.to_string() == text)
        .ok_or_else(|| "state parquet, csv, ndjson or arrow".to_owned())
}

impl Profile {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let profile = self.asked.profile(&self.input)?;
        if let Some(file) = &self.output {
            let name = file.display().to_string();
            if let Ok(before) = std::fs::read_to_string(file) {
                bailiwick_profile::Profile::of_json(&name, &before)
                    .context("it is left as it is; write elsewhere")?;
            }
            std::fs::write(file, profile.to_json()?)
                .with_context(|| format!("cannot write {name}"))?;
        }
        if self.json {
            out!("{}", profile.to_json()?);
        } else {
            out!("{}", summary(&profile));
            if let Some(file) = &self.output {
                outln!("\nwritten to {}", file.display());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
