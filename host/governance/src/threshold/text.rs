//! How thresholds are written.

use std::mem::discriminant;

use serde::{Deserialize, Deserializer};

use super::{FigureThreshold, Operators, Threshold, Unit};
use crate::bindings::RuleThreshold;
use crate::document::{Number, Problems};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
#[expect(non_snake_case, reason = "the operators are spelt as ODCS spells them")]
pub(crate) struct ThresholdText {
    pub(crate) rule: Option<String>,
    pub(crate) measure: Option<String>,
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
    let mut thresholds: Vec<RuleThreshold> = Vec::with_capacity(stated.len());
    let many = stated.len() > 1;
    for (i, text) in stated.into_iter().enumerate() {
        let at = if many { format!("{at}/threshold/{i}") } else { format!("{at}/threshold") };
        let bound = match text.operators().bound() {
            Ok(bound) => bound,
            Err(wrong) => {
                problems.add(&at, wrong);
                continue;
            }
        };
        if text.measure.is_some() && text.unit.is_some() {
            problems.add(&at, "`unit` says how failing rows are counted: a `measure` has none");
        }
        let threshold = Threshold { unit: text.unit.unwrap_or_default(), bound };
        let stated = RuleThreshold {
            rule: text.rule.filter(|rule| rule != "*"),
            unit_stated: text.unit.is_some(),
            held_to: FigureThreshold { measure: text.measure, threshold },
        };
        if thresholds.iter().any(|before| repeats(before, &stated)) {
            let which = stated.rule.as_deref().unwrap_or("*");
            problems.add(
                &at,
                format!("a threshold before it has the same operator for rule `{which}` too"),
            );
        }
        thresholds.push(stated);
    }
    thresholds
}

/// Whether both bound one figure of one rule in the same way: then one of them is vain.
fn repeats(one: &RuleThreshold, other: &RuleThreshold) -> bool {
    let operator = |stated: &RuleThreshold| discriminant(&stated.held_to.threshold.bound);
    one.rule == other.rule
        && one.held_to.measure == other.held_to.measure
        && one.held_to.threshold.unit == other.held_to.threshold.unit
        && operator(one) == operator(other)
}
