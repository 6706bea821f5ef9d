//! The bindings as text.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use bailiwick_governance::Format;
use serde_json::Value;

use super::policies::Policy;
use super::{SuggestOptions, contract, yaml};
use crate::profile::Profile;

/// The version of the standard modules.
const VERSION: &str = "0.1.0";

pub(super) fn text(profile: &Profile, policies: &[Policy], options: &SuggestOptions) -> String {
    let mut text = String::new();
    // INVARIANT: writing into a string does not fail.
    let _ = write(&mut text, profile, policies, options);
    text
}

fn write(
    text: &mut String,
    profile: &Profile,
    policies: &[Policy],
    options: &SuggestOptions,
) -> fmt::Result {
    let SuggestOptions { product, location, modules, label } = options;
    contract::heading(text, profile)?;
    writeln!(
        text,
        "# Checks that block hold what is so of every row; checks that warn are guesses."
    )?;
    writeln!(text, "#\n# To run, it needs approvals of central governance for:")?;
    let used: BTreeSet<&str> = policies.iter().map(|policy| policy.module).collect();
    for module in used {
        let grants = match module {
            "mask" => {
                // It can also hash under a key, so whoever approves it names one.
                let label = yaml::text(label);
                format!(
                    ", grants: {{read: [{label}], remove: [{label}], services: {{pseudonym: \
                     [customer]}}}}"
                )
            }
            _ => String::new(),
        };
        writeln!(text, "#   - {{module: {modules}/{module}@{VERSION}{grants}}}")?;
    }
    writeln!(text, "apiVersion: bailiwick/v1\nproduct: {product}")?;
    let (raw, object) = contract::objects(product);
    let format = match Format::of_location(location) {
        Some(of_name) if of_name == profile.input.format => String::new(),
        _ => format!(", format: {}", profile.input.format),
    };
    let location = yaml::text(location);
    writeln!(text, "input: {{port: raw, object: {raw}, location: {location}{format}}}")?;
    writeln!(text, "output: {{port: {}, object: {object}, format: parquet}}", product.product())?;
    writeln!(text, "policies:")?;
    for policy in policies {
        of_policy(text, policy, modules.as_str())?;
    }
    Ok(())
}

fn of_policy(text: &mut String, policy: &Policy, modules: &str) -> fmt::Result {
    let Policy { id, module, columns, settings, blocks, threshold, because } = policy;
    let guess = if *blocks == Some(false) { "guess: " } else { "" };
    writeln!(text, "  # {guess}{}", yaml::comment(because))?;
    writeln!(text, "  - id: {}", yaml::text(id.as_str()))?;
    writeln!(text, "    module: {modules}/{module}@{VERSION}")?;
    if !columns.is_empty() {
        let columns: Vec<String> = columns.iter().map(|column| yaml::text(column)).collect();
        writeln!(text, "    columns: [{}]", columns.join(", "))?;
    }
    if *settings != Value::Null {
        writeln!(text, "    settings: {}", yaml::value(settings))?;
    }
    match blocks {
        Some(true) => writeln!(text, "    on_failure: block")?,
        Some(false) => writeln!(text, "    severity: warn")?,
        None => {}
    }
    match threshold {
        Some(threshold) => writeln!(text, "    threshold: {{{threshold}}}"),
        None => Ok(()),
    }
}
