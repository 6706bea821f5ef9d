//! The operators of ODCS as they are stated, and the one bound that they mean.

use super::Bound;

/// The operators that a threshold states: exactly one, as ODCS has it
/// ("DataQualityOperators").
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Operators {
    pub(crate) must_be: Option<f64>,
    pub(crate) must_not_be: Option<f64>,
    pub(crate) must_be_greater_than: Option<f64>,
    pub(crate) must_be_greater_or_equal_to: Option<f64>,
    pub(crate) must_be_less_than: Option<f64>,
    pub(crate) must_be_less_or_equal_to: Option<f64>,
    pub(crate) must_be_between: Option<[f64; 2]>,
    pub(crate) must_not_be_between: Option<[f64; 2]>,
}

impl Operators {
    /// The bound, or what is wrong: none or several are stated, or no numbers.
    pub(crate) fn bound(&self) -> Result<Bound, String> {
        let stated = [
            self.must_be.map(Bound::MustBe),
            self.must_not_be.map(Bound::MustNotBe),
            self.must_be_greater_than.map(Bound::MustBeGreaterThan),
            self.must_be_greater_or_equal_to.map(Bound::MustBeGreaterOrEqualTo),
            self.must_be_less_than.map(Bound::MustBeLessThan),
            self.must_be_less_or_equal_to.map(Bound::MustBeLessOrEqualTo),
            self.must_be_between.map(|[low, high]| Bound::MustBeBetween(low, high)),
            self.must_not_be_between.map(|[low, high]| Bound::MustNotBeBetween(low, high)),
        ];
        let mut stated = stated.into_iter().flatten();
        let (Some(bound), None) = (stated.next(), stated.next()) else {
            return Err("expected exactly one of mustBe, mustNotBe, mustBeGreaterThan, \
                        mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, \
                        mustBeBetween and mustNotBeBetween"
                .to_owned());
        };
        match bound {
            // Written so that a NaN is refused as well.
            Bound::MustBeBetween(low, high) | Bound::MustNotBeBetween(low, high)
                if !(low.is_finite() && high.is_finite() && low < high) =>
            {
                Err(format!("expected two numbers, the smaller first, found [{low}, {high}]"))
            }
            Bound::MustBe(number)
            | Bound::MustNotBe(number)
            | Bound::MustBeGreaterThan(number)
            | Bound::MustBeGreaterOrEqualTo(number)
            | Bound::MustBeLessThan(number)
            | Bound::MustBeLessOrEqualTo(number)
                if !number.is_finite() =>
            {
                Err(format!("expected a number, found {number}"))
            }
            bound => Ok(bound),
        }
    }
}
