//! How `bindings.yaml` is written, and what in it contradicts itself.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_terms::{DomainName, Label, ModuleName, PartName, PortName, ProductName};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{
    Bindings, DEFAULT_MAX_FAULT_ROWS, Dimension, Format, Input, MAX_TARGETS, OnFailure, OnFault,
    Output, Policy, Selection, Severity, Source,
};
use crate::document::{
    API_VERSION, DocumentError, Number, Problems, canonical, excerpt, yaml_document, yaml_value,
};
use crate::threshold::{ThresholdText, one_or_many, read_thresholds};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "a mapping")]
struct BindingsText {
    api_version: String,
    product: ProductName,
    #[serde(deserialize_with = "one_port")]
    input: InputText,
    #[serde(deserialize_with = "one_port")]
    output: OutputText,
    #[serde(default)]
    references: BTreeMap<PartName, SourceText>,
    row_filter: Option<ModuleName>,
    #[serde(default)]
    policies: Vec<PolicyText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct InputText {
    port: PortName,
    object: Option<String>,
    location: Option<String>,
    format: Option<Format>,
    product: Option<ProductName>,
    from: Option<PortName>,
    domain: Option<DomainName>,
    target: Option<String>,
}

/// What stands behind a reference table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct SourceText {
    object: Option<String>,
    location: Option<String>,
    format: Option<Format>,
    product: Option<ProductName>,
    from: Option<PortName>,
    domain: Option<DomainName>,
    target: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct OutputText {
    port: PortName,
    object: String,
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct PolicyText {
    id: PartName,
    module: ModuleName,
    columns: Option<Vec<String>>,
    labels: Option<Vec<Label>>,
    #[serde(default)]
    references: Vec<PartName>,
    r#where: Option<String>,
    #[serde(default)]
    settings: Value,
    on_failure: Option<OnFailure>,
    severity: Option<Severity>,
    dimension: Option<Dimension>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    on_fault: OnFaultText,
    max_fault_rows: Option<u32>,
    max_fault_percent: Option<Number>,
    #[serde(default, deserialize_with = "one_or_many")]
    threshold: Vec<ThresholdText>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OnFaultText {
    #[default]
    Fail,
    Quarantine,
}

/// A port. A list of ports gets words of its own: it is what a reader of ODCS and
/// of other tools would try first.
fn one_port<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = serde_norway::Value::deserialize(deserializer)?;
    if value.is_sequence() {
        return Err(serde::de::Error::custom(
            "found a list of ports, expected one: a product has one input port and one output port",
        ));
    }
    serde_norway::from_value(value).map_err(serde::de::Error::custom)
}

pub(super) fn read(file: &str, text: &str) -> Result<Bindings, DocumentError> {
    let document: BindingsText = yaml_document(file, text)?;
    let mut problems = Problems::default();
    if document.api_version != API_VERSION {
        problems.add(
            "/apiVersion",
            format!("found {:?}, expected {API_VERSION:?}", document.api_version),
        );
    }
    let input = input(document.input, &mut problems);
    let mut references = BTreeMap::new();
    for (name, text) in document.references {
        let at = format!("/references/{name}");
        if let Some(source) = source(text, &at, within_reference_folder, &mut problems) {
            references.insert(name, source);
        }
    }
    let targets = references.values().filter(|source| matches!(source, Source::Target { .. }));
    let targets = targets.count();
    if targets > MAX_TARGETS {
        problems.add(
            "/references",
            format!("found {targets} tables of the repository, expected at most {MAX_TARGETS}"),
        );
    }
    let mut ids = BTreeSet::new();
    let mut policies = Vec::with_capacity(document.policies.len());
    for (i, policy) in document.policies.into_iter().enumerate() {
        let at = format!("/policies/{i}");
        if !ids.insert(policy.id.clone()) {
            problems.add(
                format!("{at}/id"),
                format!(
                    "a policy before it is called `{}` too, expected an id of its own",
                    policy.id
                ),
            );
        }
        policies.push(read_policy(policy, &at, &mut problems));
    }
    let output = Output {
        port: document.output.port,
        object: document.output.object,
        format: document.output.format,
    };
    match input {
        Some(input) => problems.or(
            file,
            Bindings {
                product: document.product,
                input,
                output,
                references,
                row_filter: document.row_filter,
                policies,
            },
        ),
        None => Err(DocumentError::Invalid { file: file.to_owned(), problems }),
    }
}

/// The input, or none if `problems` says why not.
fn input(text: InputText, problems: &mut Problems) -> Option<Input> {
    let InputText { port, object, location, format, product, from, domain, target } = text;
    let text = SourceText { object, location, format, product, from, domain, target };
    source(text, "/input", within_data_folder, problems).map(|source| Input { port, source })
}

/// What stands behind a port or a table, or none if `problems` says why not.
fn source(
    text: SourceText,
    at: &str,
    within: fn(&str) -> Result<(), String>,
    problems: &mut Problems,
) -> Option<Source> {
    let SourceText { object, location, format, product, from, domain, target } = text;
    let parts = ((object, location), (product, from), (domain, target));
    match parts {
        ((Some(object), Some(location)), (None, None), (None, None)) => {
            if let Err(wrong) = within(&location) {
                problems.add(format!("{at}/location"), wrong);
                return None;
            }
            let format = stated_format(format, &location, &format!("{at}/location"), problems)?;
            Some(Source::Location { object, location, format })
        }
        ((None, None), (Some(product), Some(from)), (None, None)) if format.is_none() => {
            Some(Source::Product { product, from })
        }
        ((None, None), (None, None), (Some(domain), Some(target))) => {
            let format = stated_format(format, &target, &format!("{at}/target"), problems)?;
            Some(Source::Target { domain, target, format })
        }
        _ => {
            problems.add(
                at,
                "expected either `object` and `location` (and `format`), or `product` and \
                 `from`, or `domain` and `target` (and `format`)",
            );
            None
        }
    }
}

/// The format that is stated, or the one of the file's name; or none, and `problems` says so.
fn stated_format(
    stated: Option<Format>,
    file: &str,
    at: &str,
    problems: &mut Problems,
) -> Option<Format> {
    let format = stated.or_else(|| Format::of_location(file));
    if format.is_none() {
        problems.add(
            at,
            format!(
                "the extension of {file:?} is of no known format: state `format` (parquet, csv, \
                 ndjson or arrow)"
            ),
        );
    }
    format
}

/// What a domain states can name no file but those of the data folder: elsewhere are other
/// domains' products and keys. An address is for the reader to know or not.
fn within_data_folder(location: &str) -> Result<(), String> {
    let leads_out = location.starts_with('/')
        || location.starts_with("file:")
        || location.split(['/', '\\']).any(|part| part == "..");
    if leads_out {
        return Err(format!(
            "{location:?} leads out of the mesh's data folder: state a path within it, or, of \
             another product's output, `product` and `from`"
        ));
    }
    Ok(())
}

/// A reference table's file is named by a path that leads nowhere but down.
fn within_reference_folder(location: &str) -> Result<(), String> {
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    if location.contains([':', '\\', '\0']) || !location.split('/').all(plain) {
        return Err(format!(
            "found {location:?}, expected a path within the folder of references: relative to \
             it, and without `..`"
        ));
    }
    Ok(())
}

/// A policy that a contract holds, written as in `bindings.yaml` but for its id, as a
/// mapping or as text of one; or what is wrong with it, in words.
pub(crate) fn policy_of(id: PartName, stated: Value) -> Result<Policy, String> {
    const AT: &str = "/implementation";
    let stated = match stated {
        Value::String(text) => yaml_value("implementation", &text).map_err(|e| e.to_string())?,
        other => other,
    };
    let Value::Object(mut members) = stated else {
        return Err("its `implementation` is no mapping".to_owned());
    };
    members.insert("id".to_owned(), Value::String(id.to_string()));
    let text: PolicyText = serde_json::from_value(Value::Object(members))
        .map_err(|error| excerpt(&error.to_string()))?;
    let mut problems = Problems::default();
    let policy = read_policy(text, AT, &mut problems);
    if problems.as_slice().is_empty() { Ok(policy) } else { Err(problems.to_string()) }
}

fn read_policy(text: PolicyText, at: &str, problems: &mut Problems) -> Policy {
    let columns = match (text.columns, text.labels) {
        (None, None) => Selection::Nothing,
        (Some(columns), None) => {
            let mut seen = BTreeSet::new();
            for (i, column) in columns.iter().enumerate() {
                if !seen.insert(column) {
                    problems.add(
                        format!("{at}/columns/{i}"),
                        format!("column `{column}` stands in the list twice"),
                    );
                }
            }
            Selection::Columns(columns)
        }
        (None, Some(labels)) => Selection::Labels(labels),
        (Some(_), Some(_)) => {
            problems.add(at, "expected `columns` or `labels`, found both");
            Selection::Nothing
        }
    };
    let settings = match text.settings {
        Value::Null => Value::Object(serde_json::Map::new()),
        settings @ Value::Object(_) => canonical(settings),
        other => {
            problems.add(format!("{at}/settings"), format!("expected a mapping, found {other}"));
            Value::Null
        }
    };
    let mut named = BTreeSet::new();
    for (i, reference) in text.references.iter().enumerate() {
        if !named.insert(reference) {
            problems.add(
                format!("{at}/references/{i}"),
                format!("reference `{reference}` stands in the list twice"),
            );
        }
    }
    let thresholds = read_thresholds(text.threshold, at, problems);
    let percent = text.max_fault_percent.map(|Number(percent)| percent);
    let on_fault = on_fault(text.on_fault, text.max_fault_rows, percent, at, problems);
    let severity = text.severity.unwrap_or_default();
    if severity != Severity::Error
        && let Some(on_failure @ (OnFailure::Quarantine | OnFailure::Block)) = text.on_failure
    {
        problems.add(
            format!("{at}/on_failure"),
            format!(
                "found `{on_failure}` with `severity: {severity}`, for which every row stays: \
                 state `on_failure: observe`, or leave out one of them"
            ),
        );
    }
    Policy {
        id: text.id,
        module: text.module,
        columns,
        references: text.references,
        rows: text.r#where,
        settings,
        on_failure: text.on_failure,
        severity,
        dimension: text.dimension,
        tags: text.tags,
        on_fault,
        thresholds,
    }
}

fn on_fault(
    stated: OnFaultText,
    rows: Option<u32>,
    percent: Option<f64>,
    at: &str,
    problems: &mut Problems,
) -> OnFault {
    let bounds = [("max_fault_rows", rows.is_some()), ("max_fault_percent", percent.is_some())];
    if stated == OnFaultText::Fail {
        for (name, _) in bounds.into_iter().filter(|(_, stated)| *stated) {
            problems.add(
                format!("{at}/{name}"),
                "it is for `on_fault: quarantine`: state that, or leave it out",
            );
        }
        return OnFault::Fail;
    }
    if rows == Some(0) {
        problems.add(
            format!("{at}/max_fault_rows"),
            "found 0, expected at least 1; state `on_fault: fail` to let no row fault",
        );
    }
    if let Some(percent) = percent.filter(|percent| !(*percent > 0.0 && *percent <= 100.0)) {
        problems.add(
            format!("{at}/max_fault_percent"),
            format!("found {percent}, expected more than 0 and at most 100"),
        );
    }
    // A share that is stated is the bound, unless a number is stated too.
    let max_rows =
        rows.unwrap_or(if percent.is_some() { u32::MAX } else { DEFAULT_MAX_FAULT_ROWS });
    OnFault::Quarantine { max_rows, max_percent: percent }
}
