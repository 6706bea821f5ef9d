//! When a rule's figure is good enough.

mod operators;
mod text;
mod tightness;

use serde::{Deserialize, Serialize};

use crate::catalog::Granularity;

pub(crate) use operators::Operators;
pub(crate) use text::{ThresholdText, one_or_many, read_thresholds};

/// What a rule's figure must be, in the operators of ODCS ("Valid Properties for
/// Operator"). `mustBeBetween` is there the same as `mustBeGreaterThan` and
/// `mustBeLessThan` together: neither end is within.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Bound {
    /// Equal.
    MustBe(f64),
    /// Not equal.
    MustNotBe(f64),
    /// Greater.
    MustBeGreaterThan(f64),
    /// Greater or equal.
    MustBeGreaterOrEqualTo(f64),
    /// Less.
    MustBeLessThan(f64),
    /// Less or equal.
    MustBeLessOrEqualTo(f64),
    /// Greater than the first and less than the second.
    MustBeBetween(f64, f64),
    /// Not between: the first or less, or the second or greater.
    MustNotBeBetween(f64, f64),
}

impl Bound {
    /// Whether the figure is within the bound. A figure that is not finite never
    /// is: nothing can be said of it.
    pub fn holds(&self, figure: f64) -> bool {
        figure.is_finite()
            && match *self {
                Self::MustBe(bound) => figure == bound,
                Self::MustNotBe(bound) => figure != bound,
                Self::MustBeGreaterThan(bound) => figure > bound,
                Self::MustBeGreaterOrEqualTo(bound) => figure >= bound,
                Self::MustBeLessThan(bound) => figure < bound,
                Self::MustBeLessOrEqualTo(bound) => figure <= bound,
                Self::MustBeBetween(low, high) => figure > low && figure < high,
                Self::MustNotBeBetween(low, high) => figure <= low || figure >= high,
            }
    }

    /// The same bound of figures that are so many times smaller.
    pub(crate) fn divided_by(self, divisor: f64) -> Self {
        let part = |number: f64| number / divisor;
        match self {
            Self::MustBe(bound) => Self::MustBe(part(bound)),
            Self::MustNotBe(bound) => Self::MustNotBe(part(bound)),
            Self::MustBeGreaterThan(bound) => Self::MustBeGreaterThan(part(bound)),
            Self::MustBeGreaterOrEqualTo(bound) => Self::MustBeGreaterOrEqualTo(part(bound)),
            Self::MustBeLessThan(bound) => Self::MustBeLessThan(part(bound)),
            Self::MustBeLessOrEqualTo(bound) => Self::MustBeLessOrEqualTo(part(bound)),
            Self::MustBeBetween(low, high) => Self::MustBeBetween(part(low), part(high)),
            Self::MustNotBeBetween(low, high) => Self::MustNotBeBetween(part(low), part(high)),
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::MustBe(bound) => write!(f, "= {bound}"),
            Self::MustNotBe(bound) => write!(f, "≠ {bound}"),
            Self::MustBeGreaterThan(bound) => write!(f, "> {bound}"),
            Self::MustBeGreaterOrEqualTo(bound) => write!(f, "≥ {bound}"),
            Self::MustBeLessThan(bound) => write!(f, "< {bound}"),
            Self::MustBeLessOrEqualTo(bound) => write!(f, "≤ {bound}"),
            Self::MustBeBetween(low, high) => write!(f, "between {low} and {high}"),
            Self::MustNotBeBetween(low, high) => write!(f, "not between {low} and {high}"),
        }
    }
}

/// How failing rows are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Their number.
    #[default]
    Rows,
    /// Their share of all rows that the check saw; 0 where it saw none.
    Percent,
    /// Not they, but the rows that pass: their share of all that the check saw, from 0 to 1.
    /// Where it saw none there is no share, and no bound holds.
    Ratio,
}

impl Unit {
    /// The figure of rows none of which fails.
    pub(crate) fn of_no_failure(self) -> f64 {
        match self {
            Self::Rows | Self::Percent => 0.0,
            Self::Ratio => 1.0,
        }
    }
}

/// What one rule is held to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Threshold {
    /// How failing rows are counted. A rule of all rows has its own figure.
    pub unit: Unit,
    /// What the figure must be.
    pub bound: Bound,
}

impl Threshold {
    /// The default: no row fails.
    pub const NO_ROW: Self = Self { unit: Unit::Rows, bound: Bound::MustBe(0.0) };

    /// The threshold in words, for a rule of that granularity.
    pub(crate) fn in_words(&self, granularity: Granularity) -> String {
        let Self { unit, bound } = self;
        match (granularity, unit) {
            (Granularity::Dataset, _) => format!("value {bound}"),
            (Granularity::Row, Unit::Rows) => format!("failing rows {bound}"),
            (Granularity::Row, Unit::Percent) => format!("failing rows {bound} %"),
            (Granularity::Row, Unit::Ratio) => format!("share of passing rows {bound}"),
        }
    }
}

/// What one figure of a rule is held to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FigureThreshold {
    /// The measure, by its name; none: the figure that is the rule's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// What it must be. The unit is of a rule's own figure.
    #[serde(flatten)]
    pub threshold: Threshold,
}

impl FigureThreshold {
    /// It in words, for a rule of that granularity.
    pub(crate) fn in_words(&self, granularity: Granularity) -> String {
        match &self.measure {
            Some(measure) => format!("{measure} {}", self.threshold.bound),
            None => self.threshold.in_words(granularity),
        }
    }

    /// Whether both speak of one figure, and what meets this one meets the other.
    pub(crate) fn is_within(&self, other: &Self, granularity: Granularity) -> bool {
        // A measure is any number.
        let granularity = self.measure.as_ref().map_or(granularity, |_| Granularity::Dataset);
        self.measure == other.measure && self.threshold.is_within(&other.threshold, granularity)
    }
}

/// What a check found for one rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// For a rule of single rows.
    Rows {
        /// Rows that fail it.
        failed: u64,
        /// Rows that the check saw.
        rows: u64,
    },
    /// For a rule of all rows: its measure `value`, if the module gave one.
    Value(Option<f64>),
}

impl Finding {
    /// Which rules find this.
    pub fn granularity(&self) -> Granularity {
        match self {
            Self::Rows { .. } => Granularity::Row,
            Self::Value(_) => Granularity::Dataset,
        }
    }

    /// The figure that a threshold speaks of.
    pub fn figure(&self, unit: Unit) -> Option<f64> {
        match (*self, unit) {
            (Self::Value(value), _) => value,
            (Self::Rows { failed, .. }, Unit::Rows) => Some(failed as f64),
            (Self::Rows { rows: 0, .. }, Unit::Percent) => Some(0.0),
            // One division, correctly rounded: 3 of 1,000 rows is the very number
            // that `0.3` is read as, so that a bound means what it says.
            (Self::Rows { failed, rows }, Unit::Percent) => {
                Some((u128::from(failed) * 100) as f64 / rows as f64)
            }
            (Self::Rows { rows: 0, .. }, Unit::Ratio) => None,
            (Self::Rows { failed, rows }, Unit::Ratio) => {
                Some(rows.saturating_sub(failed) as f64 / rows as f64)
            }
        }
    }
}

/// What a threshold says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Within the threshold.
    Passed,
    /// Not within it, or there is no figure to judge.
    Failed,
    /// No threshold speaks of the rule.
    Unjudged,
}

/// What comes of a finding under a threshold.
pub fn verdict(threshold: Option<&Threshold>, finding: Finding) -> Verdict {
    let Some(threshold) = threshold else {
        return Verdict::Unjudged;
    };
    match finding.figure(threshold.unit) {
        Some(figure) if threshold.bound.holds(figure) => Verdict::Passed,
        _ => Verdict::Failed,
    }
}
