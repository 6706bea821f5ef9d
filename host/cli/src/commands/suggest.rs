//! `bailiwick suggest`: a contract and bindings to begin with.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use bailiwick_profile::{Profile, SuggestOptions, Wrote, suggest};
use bailiwick_terms::{DomainName, ProductName};
use clap::Args;

use super::profile::Asked;

/// Suggest a contract and bindings for a file, or for the profile of one
///
/// Writes contract.yaml (ODCS) and bindings.yaml, which say beside each guess what it was
/// made of; the file itself meets all of the checks. Columns that are suspected to hold
/// personal data are labelled and masked. What is there is never overwritten; the same
/// suggestion again changes nothing.
#[derive(Args)]
pub(crate) struct Suggest {
    /// The file, or a profile of it (.json, as `profile --output` writes it)
    #[arg(value_name = "FILE|PROFILE.json")]
    input: String,

    /// The product, such as sales/bookings
    #[arg(long, value_name = "PRODUCT")]
    product: ProductName,

    /// The folder to write into [default: the product's name]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,

    /// The input's location as the bindings name it, relative to the mesh's folder of data
    /// [default: the file's name]
    #[arg(long, value_name = "LOCATION")]
    location: Option<String>,

    /// The domain that signs the standard modules
    #[arg(long, value_name = "DOMAIN", default_value = "governance")]
    modules: DomainName,

    /// The label of personal data, as the framework calls it
    #[arg(long, value_name = "LABEL", default_value = "pii")]
    label: String,

    #[command(flatten)]
    asked: Asked,
}

impl Suggest {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let profile = if self.input.ends_with(".json") {
            let text = std::fs::read_to_string(&self.input)
                .with_context(|| format!("cannot read {}", self.input))?;
            Profile::of_json(&self.input, &text)?
        } else {
            self.asked.profile(&self.input)?
        };
        let file = profile.input.location.rsplit('/').next().unwrap_or_default();
        let options = SuggestOptions {
            location: self.location.unwrap_or_else(|| file.to_owned()),
            modules: self.modules,
            label: self.label,
            product: self.product,
        };
        let suggestion = suggest(&profile, &options);
        let folder =
            self.output.unwrap_or_else(|| Path::new(options.product.product().as_str()).into());
        for (file, wrote) in suggestion.write(&folder)? {
            let again = if wrote == Wrote::Same { " (was there, the same)" } else { "" };
            outln!("{}{again}", file.display());
        }
        for note in &suggestion.notes {
            outln!("note: {note}");
        }
        outln!(
            "read both, correct them, then: bailiwick submit {} --product {}",
            options.product.domain(),
            folder.display()
        );
        Ok(ExitCode::SUCCESS)
    }
}
