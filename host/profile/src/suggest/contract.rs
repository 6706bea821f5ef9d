//! The contract as text.

use std::fmt::{self, Write as _};

use arrow_schema::DataType;
use bailiwick_terms::ProductName;

use super::keys::is_key;
use super::{Described, SuggestOptions, yaml};
use crate::profile::Profile;

/// What the objects of input and output are called.
pub(super) fn objects(product: &ProductName) -> (String, String) {
    let name = product.product().as_str().replace('-', "_");
    (yaml::text(&format!("{name}_raw")), yaml::text(&name))
}

/// What both documents begin with.
pub(super) fn heading(text: &mut String, profile: &Profile) -> fmt::Result {
    let location = yaml::comment(&profile.input.location);
    writeln!(
        text,
        "# Suggested by `bailiwick suggest`, to be read and corrected: made of the profile of"
    )?;
    writeln!(text, "# {location}, {} rows, sha256 {}.", profile.rows, profile.input.sha256)
}

pub(super) fn text(
    profile: &Profile,
    columns: &[Described<'_>],
    options: &SuggestOptions,
) -> String {
    let mut text = String::new();
    // INVARIANT: writing into a string does not fail.
    let _ = write(&mut text, profile, columns, options);
    text
}

fn write(
    text: &mut String,
    profile: &Profile,
    columns: &[Described<'_>],
    options: &SuggestOptions,
) -> fmt::Result {
    let (domain, name) = (options.product.domain().as_str(), options.product.product().as_str());
    heading(text, profile)?;
    writeln!(
        text,
        "apiVersion: v3.1.0\nkind: DataContract\nid: {}",
        yaml::text(&format!("{domain}-{name}"))
    )?;
    writeln!(text, "name: {}\nversion: 0.1.0\nstatus: draft", yaml::text(name))?;
    writeln!(text, "domain: {}\ndataProduct: {}", yaml::text(domain), yaml::text(name))?;
    let (raw, object) = objects(&options.product);
    writeln!(text, "schema:\n  - name: {raw}\n    physicalType: file\n    logicalType: object")?;
    writeln!(text, "    description: What comes in.\n    properties:")?;
    for described in columns {
        property(text, described)?;
        if let Some(suspicion) = described.labelled {
            writeln!(
                text,
                "        # guess: {}, {}",
                yaml::comment(&suspicion.kind),
                yaml::comment(&suspicion.because)
            )?;
            writeln!(text, "        classification: {}", yaml::text(&options.label))?;
        } else if let Some(suspicion) = described.column.suspicion() {
            writeln!(
                text,
                "        # is it personal data ({}, {})? Then: classification: {}",
                yaml::comment(&suspicion.kind),
                yaml::comment(&suspicion.because),
                yaml::text(&options.label)
            )?;
        }
    }
    writeln!(text, "  - name: {object}\n    physicalType: file\n    logicalType: object")?;
    writeln!(text, "    description: What is published.\n    properties:")?;
    for described in columns {
        property(text, described)?;
        if described.is_complete(profile) {
            writeln!(text, "        required: true")?;
        }
        if is_key(profile, described) {
            writeln!(text, "        unique: true")?;
        }
    }
    Ok(())
}

fn property(text: &mut String, described: &Described<'_>) -> fmt::Result {
    writeln!(text, "      - name: {}", yaml::text(&described.column.name))?;
    if let Some(logical) = logical_type(&described.data_type) {
        writeln!(text, "        logicalType: {logical}")?;
    }
    writeln!(text, "        physicalType: {}", yaml::text(described.type_text))
}

/// The logical type of ODCS; none for nested types, which their physical type describes.
fn logical_type(data_type: &DataType) -> Option<&'static str> {
    Some(match data_type {
        DataType::Utf8 | DataType::LargeUtf8 => "string",
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) => "string",
        DataType::Boolean => "boolean",
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Timestamp(..) => "timestamp",
        DataType::Time32(_) | DataType::Time64(_) => "time",
        whole if whole.is_integer() => "integer",
        number if number.is_numeric() => "number",
        _ => return None,
    })
}
