//! How a floor is written.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_terms::{Label, PartName, UnversionedModule};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{ConditionText, read_condition};
use crate::bindings::{OnFailure, Severity};
use crate::document::{Number, Problems, canonical, excerpt};
use crate::framework::{Floor, SettingFloor};
use crate::threshold::{ThresholdText, one_or_many, read_thresholds};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
pub(super) struct FloorText {
    id: PartName,
    description: String,
    #[serde(default)]
    when: ConditionText,
    module: Option<UnversionedModule>,
    #[serde(default)]
    settings: Map<String, Value>,
    #[serde(default, deserialize_with = "one_or_many")]
    threshold: Vec<ThresholdText>,
    on_failure: Option<OnFailure>,
    severity: Option<Severity>,
    max_fault_rows: Option<u32>,
    max_fault_percent: Option<Number>,
}

pub(super) fn read_floors(
    stated: Vec<FloorText>,
    labels: &BTreeMap<Label, String>,
    problems: &mut Problems,
) -> Vec<Floor> {
    let mut ids = BTreeSet::new();
    let mut floors = Vec::with_capacity(stated.len());
    for (i, floor) in stated.into_iter().enumerate() {
        let at = format!("/floors/{i}");
        if !ids.insert(floor.id.clone()) {
            let id = &floor.id;
            problems.add(format!("{at}/id"), format!("a floor before it is called `{id}` too"));
        }
        floors.push(read_floor(floor, &at, labels, problems));
    }
    floors
}

fn read_floor(
    text: FloorText,
    at: &str,
    labels: &BTreeMap<Label, String>,
    problems: &mut Problems,
) -> Floor {
    let of_one_module =
        [("settings", text.settings.is_empty()), ("threshold", text.threshold.is_empty())];
    for (name, is_empty) in of_one_module {
        if text.module.is_none() && !is_empty {
            problems.add(
                format!("{at}/{name}"),
                format!("`{name}` is of one module: state `module` too"),
            );
        }
    }
    let mut settings = BTreeMap::new();
    for (name, stated) in text.settings {
        match setting(stated) {
            Ok(floor) => drop(settings.insert(name, floor)),
            Err(wrong) => problems.add(format!("{at}/settings/{name}"), wrong),
        }
    }
    let max_fault_percent = text.max_fault_percent.map(|Number(percent)| percent);
    if let Some(percent) = max_fault_percent.filter(|it| !(*it >= 0.0 && *it <= 100.0)) {
        problems.add(
            format!("{at}/max_fault_percent"),
            format!("found {percent}, expected at least 0 and at most 100"),
        );
    }
    if text.on_failure == Some(OnFailure::Observe) {
        problems.add(format!("{at}/on_failure"), "found `observe`, which asks for nothing");
    }
    let floor = Floor {
        id: text.id,
        description: text.description,
        when: read_condition(text.when, &format!("{at}/when"), labels, problems),
        module: text.module,
        settings,
        thresholds: read_thresholds(text.threshold, at, problems),
        on_failure: text.on_failure,
        severity: text.severity,
        max_fault_rows: text.max_fault_rows,
        max_fault_percent,
    };
    let asks = [
        !floor.settings.is_empty(),
        !floor.thresholds.is_empty(),
        floor.on_failure.is_some(),
        floor.severity.is_some(),
        floor.max_fault_rows.is_some(),
        floor.max_fault_percent.is_some(),
    ];
    if asks == [false; 6] && problems.as_slice().is_empty() {
        problems.add(
            at,
            "expected at least one of settings, threshold, on_failure, severity, max_fault_rows \
             and max_fault_percent",
        );
    }
    floor
}

/// A mapping of one operator of thresholds or of `oneOf` bounds a setting; what is anything
/// else is the setting itself.
fn setting(stated: Value) -> Result<SettingFloor, String> {
    let Value::Object(members) = &stated else { return Ok(SettingFloor::Is(stated)) };
    if members.keys().any(|key| key.starts_with("must")) {
        let text: ThresholdText =
            serde_json::from_value(stated).map_err(|error| excerpt(&error.to_string()))?;
        if text.rule.is_some() || text.unit.is_some() {
            return Err("a setting has neither `rule` nor `unit`".to_owned());
        }
        return Ok(SettingFloor::Within(text.operators().bound()?));
    }
    match members.get("oneOf") {
        Some(Value::Array(values)) if members.len() == 1 => Ok(SettingFloor::OneOf(values.clone())),
        Some(_) => Err("expected a list as `oneOf`, and nothing beside it".to_owned()),
        None => Ok(SettingFloor::Is(canonical(stated))),
    }
}
