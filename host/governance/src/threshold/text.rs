//! How thresholds are written.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

use super::{Operators, Threshold, Unit};
use crate::bindings::RuleThreshold;
use crate::document::{Number, Problems};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
#[expect(non_snake_case, reason = "the operators are spelt as ODCS spells them")]
pub(crate) struct ThresholdText {
    pub(crate) rule: Option<String>,
    pub(crate) unit: Option<Unit>,
    mustBe: Option<Number>,
    mustNotBe: Option<Number>,
    mustBeGreaterThan: Option<Number>,
    mustBeGreaterOrEqualTo: Option<Number>,
    mustBeLessThan: Option<Number>,
    mustBeLessOrEqualTo: Option<Number>,
    mustBeBetween: Option<[Number; 2]>,
    mustNotBeBetween: Option<[Number; 2]>,
}

impl ThresholdText {
    pub(crate) fn operators(&self) -> Operators {
        let number = |stated: &Option<Number>| stated.map(|Number(number)| number);
        let pair =
            |stated: &Option<[Number; 2]>| stated.map(|[Number(low), Number(high)]| [low, high]);
        Operators {
            must_be: number(&self.mustBe),
            must_not_be: number(&self.mustNotBe),
            must_be_greater_than: number(&self.mustBeGreaterThan),
            must_be_greater_or_equal_to: number(&self.mustBeGreaterOrEqualTo),
            must_be_less_than: number(&self.mustBeLessThan),
            must_be_less_or_equal_to: number(&self.mustBeLessOrEqualTo),
            must_be_between: pair(&self.mustBeBetween),
            must_not_be_between: pair(&self.mustNotBeBetween),
        }
    }
}

/// One threshold, or a list of them.
pub(crate) fn one_or_many<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<ThresholdText>, D::Error> {
    let value = serde_norway::Value::deserialize(deserializer)?;
    let read = if value.is_sequence() {
        serde_norway::from_value(value)
    } else {
        serde_norway::from_value(value).map(|threshold| vec![threshold])
    };
    read.map_err(serde::de::Error::custom)
}

/// The thresholds that `at` states, or `problems` says what is wrong with them.
pub(crate) fn read_thresholds(
    stated: Vec<ThresholdText>,
    at: &str,
    problems: &mut Problems,
) -> Vec<RuleThreshold> {
    let mut rules = BTreeSet::new();
    let mut thresholds = Vec::with_capacity(stated.len());
    let many = stated.len() > 1;
    for (i, threshold) in stated.into_iter().enumerate() {
        let at = if many { format!("{at}/threshold/{i}") } else { format!("{at}/threshold") };
        let rule = threshold.rule.clone().filter(|rule| rule != "*");
        if !rules.insert(rule.clone()) {
            let which = rule.as_deref().unwrap_or("*");
            problems.add(&at, format!("a threshold before it speaks of rule `{which}` too"));
        }
        let unit = threshold.unit;
        match threshold.operators().bound() {
            Ok(bound) => {
                let threshold = Threshold { unit: unit.unwrap_or_default(), bound };
                thresholds.push(RuleThreshold { rule, unit_stated: unit.is_some(), threshold });
            }
            Err(wrong) => problems.add(&at, wrong),
        }
    }
    thresholds
}
