//! Floors: what the policies of a domain may not fall below.

use std::collections::BTreeMap;
use std::fmt;

use bailiwick_terms::{PartName, UnversionedModule};
use serde_json::Value;

use super::Condition;
use crate::bindings::{OnFailure, RuleThreshold, Severity};
use crate::threshold::Bound;

/// What policies may not fall below, wherever its condition holds. Domains can be stricter.
///
/// A floor asks for no policy: that is what an [`Obligation`](super::Obligation) does. It
/// holds every policy of its module on a column for which its condition holds, be it of the
/// bindings or of a quality rule of the contract, whatever rows it picks.
#[derive(Debug, Clone, PartialEq)]
pub struct Floor {
    /// Unique within the framework.
    pub id: PartName,
    /// One sentence: what must be so, and why.
    pub description: String,
    /// Where it holds; nothing stated: everywhere.
    pub when: Condition,
    /// The module whose policies it holds, in any version; none: those of every module.
    pub module: Option<UnversionedModule>,
    /// What settings must be, by their names.
    pub settings: BTreeMap<String, SettingFloor>,
    /// The loosest thresholds of a check's rules.
    pub thresholds: Vec<RuleThreshold>,
    /// The least that failing rows of a check lead to.
    pub on_failure: Option<OnFailure>,
    /// The least severity of a check.
    pub severity: Option<Severity>,
    /// The most rows of a run on which a module may fault.
    pub max_fault_rows: Option<u32>,
    /// The largest share of the rows of a run on which a module may fault, percent.
    pub max_fault_percent: Option<f64>,
}

/// What a setting must be.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingFloor {
    /// A number within a bound.
    Within(Bound),
    /// One of these; of a list, every item.
    OneOf(Vec<Value>),
    /// Exactly this.
    Is(Value),
}

impl SettingFloor {
    /// Whether a setting is as it must be.
    pub fn is_met_by(&self, setting: &Value) -> bool {
        match self {
            Self::Within(bound) => setting.as_f64().is_some_and(|number| bound.holds(number)),
            Self::OneOf(values) => match setting {
                Value::Array(items) => items.iter().all(|item| is_among(item, values)),
                one => is_among(one, values),
            },
            Self::Is(value) => super::holds(value, setting) && super::holds(setting, value),
        }
    }
}

fn is_among(value: &Value, values: &[Value]) -> bool {
    values.iter().any(|one| super::holds(one, value) && super::holds(value, one))
}

impl fmt::Display for SettingFloor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(bound) => write!(f, "{bound}"),
            Self::OneOf(values) => write!(f, "of {}", Value::Array(values.clone())),
            Self::Is(value) => write!(f, "{value}"),
        }
    }
}
