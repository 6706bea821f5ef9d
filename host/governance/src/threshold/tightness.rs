//! Whether one threshold is at least as tight as another: what meets it meets the other.

use super::{Bound, Threshold, Unit};
use crate::catalog::Granularity;

impl Threshold {
    /// Whether every figure of a rule that meets this one meets `other` too.
    ///
    /// A number of rows and a share of them say nothing of each other, as long as
    /// nobody knows how many rows there are: but no row is no percent.
    pub fn is_within(&self, other: &Self, granularity: Granularity) -> bool {
        if granularity == Granularity::Dataset {
            return self.bound.is_within(&other.bound, Figures::ALL);
        }
        let possible = Figures::of_rows(self.unit);
        if self.unit == other.unit {
            return self.bound.is_within(&other.bound, possible);
        }
        let none = Bound::MustBe(self.unit.of_no_failure());
        self.bound.is_within(&none, possible) && other.bound.holds(other.unit.of_no_failure())
    }
}

impl Bound {
    /// Whether every figure of those possible that is within this bound is within `other`.
    /// Between two neighbouring ends of the bounds all figures fare alike, so that one of
    /// them tells of all.
    fn is_within(&self, other: &Self, possible: Figures) -> bool {
        let mut ends = vec![possible.low, possible.high];
        ends.extend(self.ends().into_iter().chain(other.ends()).flatten());
        ends.sort_by(f64::total_cmp);
        let next = ends.iter().skip(1);
        let between: Vec<f64> = if possible.whole {
            ends.iter().flat_map(|end| [end.ceil() - 1.0, end.floor() + 1.0]).collect()
        } else {
            ends.iter().zip(next).map(|(low, high)| low / 2.0 + high / 2.0).collect()
        };
        let mut figures = ends.into_iter().chain(between).filter(|figure| possible.has(*figure));
        figures.all(|figure| !self.holds(figure) || other.holds(figure))
    }

    fn ends(&self) -> [Option<f64>; 2] {
        match *self {
            Self::MustBe(bound)
            | Self::MustNotBe(bound)
            | Self::MustBeGreaterThan(bound)
            | Self::MustBeGreaterOrEqualTo(bound)
            | Self::MustBeLessThan(bound)
            | Self::MustBeLessOrEqualTo(bound) => [Some(bound), None],
            Self::MustBeBetween(low, high) | Self::MustNotBeBetween(low, high) => {
                [Some(low), Some(high)]
            }
        }
    }
}

/// The figures that a rule can have at all.
#[derive(Clone, Copy)]
struct Figures {
    low: f64,
    high: f64,
    /// Whether they are whole numbers.
    whole: bool,
}

impl Figures {
    const ALL: Self = Self { low: f64::MIN, high: f64::MAX, whole: false };

    fn of_rows(unit: Unit) -> Self {
        match unit {
            Unit::Rows => Self { low: 0.0, high: f64::MAX, whole: true },
            Unit::Percent => Self { low: 0.0, high: 100.0, whole: false },
            Unit::Ratio => Self { low: 0.0, high: 1.0, whole: false },
        }
    }

    fn has(&self, figure: f64) -> bool {
        figure >= self.low && figure <= self.high && (!self.whole || figure.fract() == 0.0)
    }
}
