//! The figure of a rule that its threshold speaks of.

use bailiwick_governance::{Bound, Unit};

use super::RuleReport;

/// In which terms a rule's figure is shown.
pub(super) fn unit(rule: &RuleReport) -> Unit {
    // The share of rows is what can be compared between runs.
    rule.held_to.map_or(Unit::Percent, |threshold| threshold.unit)
}

/// The figure; none of a rule of all rows that has no value.
pub(super) fn of(rule: &RuleReport) -> Option<f64> {
    let finding = match rule.failed {
        Some(failed) => bailiwick_governance::Finding::Rows { failed, rows: rule.rows },
        None => bailiwick_governance::Finding::Value(rule.measures.get("value").copied()),
    };
    finding.figure(unit(rule)).filter(|figure| figure.is_finite())
}

/// What the figure is of, in words.
pub(super) fn words(rule: &RuleReport) -> &'static str {
    match (rule.failed, unit(rule)) {
        (None, _) => "value",
        (Some(_), Unit::Rows) => "failing rows",
        (Some(_), Unit::Percent) => "failing rows, %",
        (Some(_), Unit::Ratio) => "passing rows, share",
    }
}

/// The figures within a bound: from, to. Of one number that must not be, none.
pub(super) fn within(bound: &Bound) -> Option<(f64, f64)> {
    const ANY: f64 = f64::INFINITY;
    match *bound {
        Bound::MustBe(figure) => Some((figure, figure)),
        Bound::MustBeGreaterThan(low) | Bound::MustBeGreaterOrEqualTo(low) => Some((low, ANY)),
        Bound::MustBeLessThan(high) | Bound::MustBeLessOrEqualTo(high) => Some((-ANY, high)),
        Bound::MustBeBetween(low, high) => Some((low, high)),
        Bound::MustNotBe(_) | Bound::MustNotBeBetween(..) => None,
    }
}

/// A number as short as it can be told, to four digits.
pub(super) fn short(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        "0".to_owned()
    } else if (1e-3..1e6).contains(&size) {
        let places = 3_i32.saturating_sub(size.log10().floor() as i32).clamp(0, 6);
        let text = format!("{number:.*}", usize::try_from(places).unwrap_or_default());
        let text = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        };
        text.to_owned()
    } else {
        format!("{number:.3e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let told = [0.0, 12.0, 12.639_07, 0.001_234_5, 336_776.0, 1.5e9, -0.5];
        let expected = ["0", "12", "12.64", "0.001234", "336776", "1.500e9", "-0.5"];
        assert_eq!(told.map(short), expected);
    }
}
