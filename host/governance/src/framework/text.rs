//! How `framework.yaml` is written, and what in it contradicts itself.

mod floor;

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_terms::{
    DomainName, Isolation, Label, Limits, PartName, PortName, ProductName, UnversionedModule,
};
use serde::Deserialize;
use serde_json::Value;

use floor::{FloorText, read_floors};

use super::{Clearance, Condition, Framework, Obligation, Requirement, StandardChecks};
use crate::bindings::OnFailure;
use crate::contract::LOGICAL_TYPES;
use crate::document::{API_VERSION, DocumentError, Problems, Whole, canonical, yaml_document};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct FrameworkText {
    #[serde(rename = "apiVersion")]
    api_version: String,
    #[serde(default)]
    labels: Vec<LabelText>,
    #[serde(default)]
    obligations: Vec<ObligationText>,
    #[serde(default)]
    floors: Vec<FloorText>,
    #[serde(default)]
    limits: LimitsText,
    #[serde(default)]
    clearance: ClearanceText,
    #[serde(default)]
    quarantine: QuarantineText,
    standard_checks: Option<StandardChecksText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct StandardChecksText {
    domain: DomainName,
    version: String,
    #[serde(default)]
    on_failure: OnFailure,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct LabelText {
    name: Label,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct ObligationText {
    id: PartName,
    description: String,
    when: ConditionText,
    require: RequirementText,
    at: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct ConditionText {
    label: Option<Label>,
    domain: Option<DomainName>,
    logical_type: Option<String>,
    tag: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct RequirementText {
    module: UnversionedModule,
    #[serde(default)]
    settings: Value,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a mapping")]
struct LimitsText {
    module_bytes: Option<Whole>,
    settings_bytes: Option<Whole>,
    memory_bytes: Option<Whole>,
    table_elements: Option<Whole>,
    call_ms: Option<Whole>,
    fuel: Option<Whole>,
    output_rows: Option<Whole>,
    output_bytes: Option<Whole>,
    log_bytes: Option<Whole>,
    isolation: Option<Isolation>,
}

impl LimitsText {
    /// What is left out caps nothing: an approval's own limits hold as they are.
    fn caps(&self) -> Limits {
        let cap = |stated: Option<Whole>| stated.map_or(u64::MAX, |Whole(number)| number);
        Limits {
            module_bytes: cap(self.module_bytes),
            settings_bytes: cap(self.settings_bytes),
            memory_bytes: cap(self.memory_bytes),
            table_elements: cap(self.table_elements),
            call_ms: cap(self.call_ms),
            fuel: self.fuel.map(|Whole(number)| number),
            output_rows: cap(self.output_rows),
            output_bytes: cap(self.output_bytes),
            log_bytes: cap(self.log_bytes),
            isolation: self.isolation.unwrap_or_default(),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a mapping")]
struct ClearanceText {
    default: BTreeSet<Label>,
    ports: Vec<PortText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct PortText {
    product: ProductName,
    port: PortName,
    labels: BTreeSet<Label>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a mapping")]
struct QuarantineText {
    clearance: BTreeSet<Label>,
    faults: Option<bool>,
}

pub(super) fn read(file: &str, text: &str) -> Result<Framework, DocumentError> {
    let document: FrameworkText = yaml_document(file, text)?;
    let mut problems = Problems::default();
    if document.api_version != API_VERSION {
        problems.add(
            "/apiVersion",
            format!("found {:?}, expected {API_VERSION:?}", document.api_version),
        );
    }
    let labels = labels(document.labels, &mut problems);
    let mut obligations = Vec::with_capacity(document.obligations.len());
    let mut ids = BTreeSet::new();
    for (i, obligation) in document.obligations.into_iter().enumerate() {
        let at = format!("/obligations/{i}");
        if !ids.insert(obligation.id.clone()) {
            problems.add(
                format!("{at}/id"),
                format!("an obligation before it is called `{}` too", obligation.id),
            );
        }
        obligations.push(read_obligation(obligation, &at, &labels, &mut problems));
    }
    let floors = read_floors(document.floors, &labels, &mut problems);
    let clearance = clearance(document.clearance, &labels, &mut problems);
    let quarantines_faults = document.quarantine.faults.unwrap_or(true);
    let quarantine = document.quarantine.clearance;
    declared(&quarantine, "/quarantine/clearance", &labels, &mut problems);
    let limits = document.limits.caps();
    let standard_checks = document.standard_checks.map(|stated| {
        let StandardChecksText { domain, version, on_failure } = stated;
        StandardChecks { domain, version, on_failure }
    });
    if let Some(checks) = &standard_checks
        && checks.module("range").is_none()
    {
        problems.add(
            "/standard_checks/version",
            format!("found {:?}, expected a semantic version such as 1.0.0", checks.version),
        );
    }
    let framework = Framework {
        labels,
        obligations,
        floors,
        limits,
        clearance,
        quarantine,
        standard_checks,
        quarantines_faults,
    };
    problems.or(file, framework)
}

fn labels(stated: Vec<LabelText>, problems: &mut Problems) -> BTreeMap<Label, String> {
    let mut labels = BTreeMap::new();
    for (i, label) in stated.into_iter().enumerate() {
        if labels.insert(label.name.clone(), label.description).is_some() {
            problems.add(
                format!("/labels/{i}/name"),
                format!("a label before it is called `{}` too", label.name),
            );
        }
    }
    labels
}

fn read_obligation(
    text: ObligationText,
    at: &str,
    labels: &BTreeMap<Label, String>,
    problems: &mut Problems,
) -> Obligation {
    match text.at.as_deref() {
        None | Some("publish") => {}
        Some(other) => problems.add(
            format!("{at}/at"),
            format!(
                "found {other:?}, expected \"publish\": this version enforces obligations \
                 only where a product is published"
            ),
        ),
    }
    let when = read_condition(text.when, &format!("{at}/when"), labels, problems);
    if when == Condition::default() {
        problems.add(
            format!("{at}/when"),
            "expected at least one of label, domain, logical_type and tag",
        );
    }
    let settings = match text.require.settings {
        settings @ (Value::Null | Value::Object(_)) => canonical(settings),
        other => {
            problems.add(
                format!("{at}/require/settings"),
                format!("expected a mapping, found {other}"),
            );
            Value::Null
        }
    };
    Obligation {
        id: text.id,
        description: text.description,
        when,
        require: Requirement { module: text.require.module, settings },
    }
}

fn read_condition(
    text: ConditionText,
    at: &str,
    labels: &BTreeMap<Label, String>,
    problems: &mut Problems,
) -> Condition {
    let ConditionText { label, domain, logical_type, tag } = text;
    if let Some(logical_type) = &logical_type
        && !LOGICAL_TYPES.contains(&logical_type.as_str())
    {
        problems.add(
            format!("{at}/logical_type"),
            format!("found {logical_type:?}, expected one of {}", LOGICAL_TYPES.join(", ")),
        );
    }
    if let Some(label) = &label {
        declared([label], &format!("{at}/label"), labels, problems);
    }
    Condition { label, domain, logical_type, tag }
}

fn clearance(
    text: ClearanceText,
    labels: &BTreeMap<Label, String>,
    problems: &mut Problems,
) -> Clearance {
    declared(&text.default, "/clearance/default", labels, problems);
    let mut ports = BTreeMap::new();
    for (i, port) in text.ports.into_iter().enumerate() {
        let at = format!("/clearance/ports/{i}");
        declared(&port.labels, &format!("{at}/labels"), labels, problems);
        let key = (port.product, port.port);
        if ports.contains_key(&key) {
            let (product, port) = &key;
            problems.add(&at, format!("port `{port}` of {product} is cleared before it too"));
        }
        ports.insert(key, port.labels);
    }
    Clearance { default: text.default, ports }
}

/// Refuses labels that the framework does not declare: a misspelt one would
/// otherwise be a rule that never holds.
fn declared<'a>(
    used: impl IntoIterator<Item = &'a Label>,
    at: &str,
    labels: &BTreeMap<Label, String>,
    problems: &mut Problems,
) {
    for label in used {
        if !labels.contains_key(label) {
            problems.add(at, format!("label `{label}` is not declared: add it to `labels`"));
        }
    }
}
