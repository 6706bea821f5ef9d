//! The policies that a profile suggests.

use arrow_schema::DataType;
use bailiwick_terms::PartName;
use serde_json::{Value, json};

use super::{Described, bounds, keys};
use crate::profile::{Column, Profile};

/// The most values that `allowed-values` is given.
const MOST_VALUES: usize = 32;

/// One policy.
pub(super) struct Policy {
    pub(super) id: PartName,
    /// The module's name within its domain.
    pub(super) module: &'static str,
    pub(super) columns: Vec<String>,
    pub(super) settings: Value,
    /// Whether it blocks: else it warns. None: it is a transform.
    pub(super) blocks: Option<bool>,
    /// The threshold's members, in flow style.
    pub(super) threshold: Option<String>,
    /// What it was made of.
    pub(super) because: String,
}

/// The policies so far, whose ids differ.
pub(super) struct Policies(Vec<Policy>);

impl Policies {
    /// Adds one, named after what it is about.
    pub(super) fn add(
        &mut self,
        about: &str,
        module: &'static str,
        columns: &[&str],
        settings: Value,
        because: String,
    ) -> Option<&mut Policy> {
        let id = self.free_id(about)?;
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        let blocks = Some(false);
        self.0.push(Policy { id, module, columns, settings, blocks, threshold: None, because });
        self.0.last_mut()
    }

    fn free_id(&self, about: &str) -> Option<PartName> {
        const LONGEST: usize = 48;
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let parts = about.chars().map(plain).collect::<String>();
        let parts: Vec<&str> = parts.split('-').filter(|part| !part.is_empty()).collect();
        let name: String = parts.join("-").chars().take(LONGEST).collect();
        let name = match name.trim_end_matches('-') {
            letter if letter.starts_with(|c: char| c.is_ascii_lowercase()) => letter.to_owned(),
            other => format!("column-{other}"),
        };
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut ids = [name.clone()].into_iter().chain(numbered);
        let id = ids.find(|id| self.0.iter().all(|policy| policy.id.as_str() != id))?;
        id.parse().ok()
    }
}

/// Whether the mask for a type leaves no value.
pub(super) fn mask_is_null(data_type: &DataType) -> bool {
    !matches!(
        data_type,
        DataType::Utf8 | DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)
    )
}

/// The mask for a kind of personal data.
fn mask(kind: &str, data_type: &DataType) -> Value {
    match (data_type, kind) {
        _ if mask_is_null(data_type) => json!({"method": "null"}),
        (DataType::Utf8, "email") => json!({"method": "email"}),
        (DataType::Utf8, "card-number" | "iban") => json!({"method": "show-last-n", "n": 4}),
        (DataType::Utf8, _) => json!({"method": "redact"}),
        _ => json!({"method": "truncate-date", "to": "year"}),
    }
}

pub(super) fn of(profile: &Profile, columns: &[Described<'_>]) -> Vec<Policy> {
    let mut policies = Policies(Vec::new());
    row_count(profile, &mut policies);
    let (labelled, open): (Vec<&Described<'_>>, Vec<_>) =
        columns.iter().partition(|column| column.labelled.is_some());
    complete(profile, &open, "values-present", "none of them has a null", &mut policies);
    for described in &open {
        missing(profile, described.column, &mut policies);
        values(profile, described, &mut policies);
        keys::of_one(profile, described, &mut policies);
    }
    keys::of_pairs(profile, &open, &mut policies);
    for described in &labelled {
        let Some(suspicion) = described.labelled else { continue };
        let name = described.column.name.as_str();
        let settings = mask(&suspicion.kind, &described.data_type);
        let because = format!(
            "suspected personal data: {}, {}. Checks of what it holds would read the label: bind \
             them before, and have that granted",
            suspicion.kind, suspicion.because
        );
        if let Some(policy) =
            policies.add(&format!("mask-{name}"), "mask", &[name], settings, because)
        {
            policy.blocks = None;
        }
    }
    let words = "none of them has a null, which the mask leaves as it is";
    complete(profile, &labelled, "masked-values-present", words, &mut policies);
    for described in &labelled {
        if !mask_is_null(&described.data_type) {
            missing(profile, described.column, &mut policies);
        }
    }
    policies.0
}

fn row_count(profile: &Profile, policies: &mut Policies) {
    let because = format!("{} rows were there; half and twice as many are as usual", profile.rows);
    let policy = policies.add("row-count-as-usual", "row-count", &[], Value::Null, because);
    if let Some(policy) = policy {
        // Between leaves out both ends.
        let (low, high) = (profile.rows / 2, profile.rows.saturating_mul(2).saturating_add(1));
        policy.threshold = Some(match low.checked_sub(1) {
            Some(low) => format!("mustBeBetween: [{low}, {high}]"),
            None => format!("mustBeLessThan: {high}"),
        });
    }
}

fn complete(
    profile: &Profile,
    columns: &[&Described<'_>],
    id: &str,
    because: &str,
    policies: &mut Policies,
) {
    let complete = columns.iter().filter(|described| described.is_complete(profile));
    let names: Vec<&str> = complete.map(|described| described.column.name.as_str()).collect();
    if names.is_empty() {
        return;
    }
    let policy = policies.add(id, "completeness", &names, Value::Null, because.to_owned());
    if let Some(policy) = policy {
        policy.blocks = Some(true);
    }
}

fn missing(profile: &Profile, column: &Column, policies: &mut Policies) {
    let most = bounds::percent(column.nulls, profile.rows);
    if column.nulls == 0 || most >= 100.0 {
        return;
    }
    let because = format!("{} of {} rows have no value", column.nulls, profile.rows);
    let about = format!("{}-recorded", column.name);
    if let Some(policy) =
        policies.add(&about, "completeness", &[&column.name], Value::Null, because)
    {
        policy.threshold = Some(format!("unit: percent, mustBeLessOrEqualTo: {most}"));
    }
}

/// What the values of a column are held to: a list, a format, a length or a range.
fn values(profile: &Profile, described: &Described<'_>, policies: &mut Policies) {
    let Described { column, data_type, .. } = described;
    let name = column.name.as_str();
    if let Some((list, because)) = categories(column, data_type) {
        let settings = json!({"values": list});
        policies.add(&format!("{name}-known"), "allowed-values", &[name], settings, because);
        return;
    }
    if let Some((settings, because)) = bounds::range(column, data_type) {
        let (settings, because) = coordinate(column, data_type).unwrap_or((settings, because));
        let policy = policies.add(&format!("{name}-in-range"), "range", &[name], settings, because);
        let outside = column.not_finite.map_or(0, |floats| floats.nan + floats.infinite);
        if let Some(policy) = policy.filter(|_| outside > 0) {
            let most = bounds::percent(outside, profile.rows).min(100.0);
            policy.threshold = Some(format!("unit: percent, mustBeLessOrEqualTo: {most}"));
            policy.because.push_str(&format!("; {outside} are not finite, and so outside"));
        }
        return;
    }
    if *data_type != DataType::Utf8 {
        return;
    }
    if let Some(found) = column.formats.first() {
        let texts = profile.rows - column.nulls;
        let because = format!("{} of {texts} texts have this format", found.rows);
        let settings = json!({"format": found.format});
        let policy =
            policies.add(&format!("{name}-well-formed"), "format", &[name], settings, because);
        if let Some(policy) = policy.filter(|_| found.rows < texts) {
            let most = bounds::percent(texts - found.rows, profile.rows).min(100.0);
            policy.threshold = Some(format!("unit: percent, mustBeLessOrEqualTo: {most}"));
        }
    }
    if let Some(lengths) = column.lengths {
        let settings = if lengths.min == lengths.max {
            json!({"min": lengths.min, "max": lengths.max})
        } else {
            json!({"min": lengths.min / 2, "max": lengths.max.saturating_mul(3).div_ceil(2)})
        };
        // The module counts in 32 bits.
        if settings.get("max").and_then(Value::as_u64).is_some_and(|max| max <= u32::MAX.into()) {
            let because = format!("texts have {} to {} characters", lengths.min, lengths.max);
            policies.add(&format!("{name}-length"), "length", &[name], settings, because);
        }
    }
}

/// All values of a column that has few different ones.
fn categories(column: &Column, data_type: &DataType) -> Option<(Vec<Value>, String)> {
    let values = column.values.as_ref().filter(|values| values.complete)?;
    let listed = *data_type == DataType::Utf8 || data_type.is_integer();
    // Of CSV, values are known as the texts that they stand in.
    let as_number = |value: &Value| match value {
        Value::String(text) if data_type.is_integer() => text.parse::<i64>().map(Value::from).ok(),
        other => Some(other.clone()),
    };
    let found: Option<Vec<Value>> =
        values.common.iter().map(|counted| as_number(&counted.value)).collect();
    let mut found = found.filter(|found| listed && found.len() <= MOST_VALUES)?;
    found.sort_by(|a, b| match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.to_string().cmp(&b.to_string()),
    });
    let because = format!("{} different values are all that came", found.len());
    Some((found, because))
}

/// Degrees, where a name and the values say so.
fn coordinate(column: &Column, data_type: &DataType) -> Option<(Value, String)> {
    let most = match column.formats.first().map(|found| found.format.as_str()) {
        Some("latitude") => 90,
        Some("longitude") => 180,
        _ => return None,
    };
    let settings = json!({"min": -most, "max": most});
    data_type.is_floating().then(|| (settings, "by its name and values, degrees".to_owned()))
}
