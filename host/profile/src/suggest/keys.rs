//! What tells every row from every other.

use arrow_schema::DataType;
use serde_json::Value;

use super::Described;
use super::policies::Policies;
use crate::profile::Profile;

/// The fewest values of which none comes twice that are taken for a key.
const FEWEST_OF_KEY: u64 = 20;

/// The most pairs of columns that are suggested as keys.
const MOST_PAIRS: usize = 3;

/// How many rows must be expected to repeat others by chance, so that none does is told as
/// more than that: by chance it would be so in one of some 20,000 files.
const EXPECTED_REPEATS: f64 = 10.0;

/// A column that tells every row from every other.
pub(super) fn of_one(profile: &Profile, described: &Described<'_>, policies: &mut Policies) {
    let column = described.column;
    if !is_key(profile, described) {
        return;
    }
    let because = format!("none of {} values came twice", profile.rows - column.nulls);
    let name = column.name.as_str();
    let policy = policies.add(&format!("{name}-once"), "unique", &[name], Value::Null, because);
    if let Some(policy) = policy {
        policy.blocks = Some(true);
    }
}

/// Whether a column is taken for a key: measures and times can differ by chance.
pub(super) fn is_key(profile: &Profile, described: &Described<'_>) -> bool {
    let Described { column, data_type, labelled, .. } = described;
    labelled.is_none()
        && column.is_unique(profile.rows)
        && profile.rows - column.nulls >= FEWEST_OF_KEY
        && (*data_type == DataType::Utf8 || data_type.is_integer())
}

/// Pairs of columns that do, and hardly by chance.
pub(super) fn of_pairs(profile: &Profile, open: &[&Described<'_>], policies: &mut Policies) {
    let Some(keys) = &profile.keys else { return };
    let named = |name: &String| open.iter().find(|described| described.column.name == *name);
    let mut suggested = 0;
    for pair in &keys.found {
        let [first, second] = pair.as_slice() else { continue };
        let (Some(one), Some(other)) = (named(first), named(second)) else { continue };
        let expected = expected_repeats(profile.rows, one, other);
        if profile.rows < FEWEST_OF_KEY || expected < EXPECTED_REPEATS || suggested == MOST_PAIRS {
            continue;
        }
        let because = format!(
            "no two of {} rows have both the same; by chance, {expected:.0} would be expected to",
            profile.rows
        );
        let columns = [first.as_str(), second.as_str()];
        let about = format!("{first}-{second}-once");
        if let Some(policy) = policies.add(&about, "unique", &columns, Value::Null, because) {
            policy.blocks = Some(true);
            suggested += 1;
        }
    }
}

/// How many pairs of rows would be expected to have the same values in both columns, were
/// these independent of each other and each value of a column as common as the others: were
/// some commoner, it would be more.
fn expected_repeats(rows: u64, one: &Described<'_>, other: &Described<'_>) -> f64 {
    let rows = rows as f64;
    let alike = |described: &Described<'_>| {
        let different = described.column.distinct.map_or(rows, |distinct| distinct.count as f64);
        rows * (rows / different - 1.0) / 2.0
    };
    alike(one) * alike(other) / (rows * (rows - 1.0) / 2.0)
}
