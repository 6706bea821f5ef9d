//! The module `comparison`: which rows have two columns that do not stand to each other
//! as they must.
//!
//! It is bound to two columns, in the order in which they are compared. One rule,
//! `compared`. A row with a null in one of them passes: `completeness` is what refuses
//! it. Settings:
//!
//! | member | default | means |
//! |---|---|---|
//! | `operator` | | how the first stands to the second: `equal`, `not-equal`, `less`, `less-or-equal`, `greater` or `greater-or-equal` |
//! | `tolerance` | `0` | with `equal`: how far numbers may lie apart |
//!
//! ```yaml
//! - id: sent-after-ordered
//!   module: governance/comparison@0.1.0
//!   columns: [sent_at, ordered_at]
//!   settings: {operator: greater-or-equal}
//! ```
//!
//! The columns are of one type, or both are numbers. Numbers of different types, and those
//! compared with a tolerance, are compared as float64, which holds whole numbers up to
//! 2⁵³. What is not a number equals nothing and comes before and behind nothing. Text is
//! compared byte by byte, which is the order of its characters.

use bailiwick_guest::keys::{KeyColumn, has_key};
use bailiwick_guest::numbers::{floats, is_number};
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Error, Field, Result, Rule, Schema,
    Scope, Settings, about, lanes, with_native,
};
use serde::Deserialize;

/// How two columns stand to each other.
#[derive(Debug, Clone, PartialEq, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// How the first column stands to the second.
    pub operator: Operator,
    /// With `equal`: how far numbers may lie apart.
    #[serde(default)]
    #[settings(minimum = 0)]
    pub tolerance: f64,
}

/// How one value stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// Both are the same.
    Equal,
    /// They are not.
    NotEqual,
    /// The first is less.
    Less,
    /// The first is not greater.
    LessOrEqual,
    /// The first is greater.
    Greater,
    /// The first is not less.
    GreaterOrEqual,
}

impl Operator {
    /// In words, between the names of the two columns.
    fn words(self) -> &'static str {
        match self {
            Self::Equal => "equal to",
            Self::NotEqual => "not equal to",
            Self::Less => "less than",
            Self::LessOrEqual => "at most",
            Self::Greater => "greater than",
            Self::GreaterOrEqual => "at least",
        }
    }

    /// A set bit for each row where it does not hold.
    fn fails<T: Copy + PartialOrd>(self, left: &[T], right: &[T]) -> Bitmap {
        match self {
            Self::Equal => unlike(left, right, |a, b| a == b),
            Self::NotEqual => unlike(left, right, |a, b| a != b),
            Self::Less => unlike(left, right, |a, b| a < b),
            Self::LessOrEqual => unlike(left, right, |a, b| a <= b),
            Self::Greater => unlike(left, right, |a, b| a > b),
            Self::GreaterOrEqual => unlike(left, right, |a, b| a >= b),
        }
    }

    fn holds(self, left: &[u8], right: &[u8]) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// A set bit for each pair of which the predicate does not hold.
fn unlike<T: Copy>(left: &[T], right: &[T], predicate: impl Fn(T, T) -> bool) -> Bitmap {
    let mut fails = vec![0_u8; left.len()];
    lanes::set_both(&mut fails, left, right, |a, b| u8::from(!predicate(a, b)));
    Bitmap::of(&fails, |fails| fails != 0)
}

/// The opened module.
#[derive(Debug)]
pub struct Comparison(Options);

/// The two fields; an error where they cannot be compared so.
fn fields<'s>(options: &Options, input: &'s Schema) -> Result<(&'s Field, &'s Field)> {
    let [left, right] = input.fields.as_slice() else {
        return Err(Error::fields(format!(
            "{} columns are bound, expected two: name them in `columns`, in order",
            input.fields.len()
        )));
    };
    let numbers = is_number(&left.data_type) && is_number(&right.data_type);
    if !numbers && (left.data_type != right.data_type || !has_key(&left.data_type)) {
        return Err(Error::fields(format!(
            "column {:?} is of type {} and column {:?} of type {}: expected two of one type, or \
             two of numbers",
            left.name, left.data_type, right.name, right.data_type
        )));
    }
    if options.tolerance != 0.0 {
        if options.operator != Operator::Equal || !numbers {
            return Err(Error::settings("`tolerance` is for `equal` of numbers: leave it out"));
        }
        if !(options.tolerance > 0.0 && options.tolerance.is_finite()) {
            return Err(Error::settings("`tolerance` is not a number of 0 or more"));
        }
    }
    Ok((left, right))
}

impl Check for Comparison {
    type Settings = Options;
    const ABOUT: About = about!(
        "comparison",
        Scope::Columns,
        "Finds rows with two columns that do not stand to each other as they must.",
    );

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        let (left, right) = fields(options, input)?;
        let words = options.operator.words();
        let mut summary = format!("column {:?} is {words} column {:?}", left.name, right.name);
        if options.tolerance != 0.0 {
            summary.push_str(&format!(" within {}", options.tolerance));
        }
        let rule = Rule::row("compared", Dimension::Consistency, summary);
        Ok(CheckPlan::reading(input.names()).judging([rule]).independent())
    }

    fn open(options: Options, reads: &Schema) -> Result<Self> {
        fields(&options, reads)?;
        Ok(Self(options))
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let (left, right) = (rows.column_at(0)?, rows.column_at(1)?);
        let mut fails = self.fails(left, right)?;
        for validity in [left, right].into_iter().filter_map(Column::validity) {
            fails = fails.and(validity);
        }
        Ok(vec![fails])
    }
}

impl Comparison {
    /// A set bit for each row that fails, whatever lies at a null.
    fn fails(&self, left: Column<'_>, right: Column<'_>) -> Result<Bitmap> {
        let Options { operator, tolerance } = self.0;
        if tolerance != 0.0 {
            let (left, right) = (floats(left)?, floats(right)?);
            // Infinities of one sign are equal, though they do not lie apart by 0.
            let near = |a: f64, b: f64| (a == b) | ((a - b).abs() <= tolerance);
            return Ok(unlike(&left, &right, near));
        }
        if left.data_type() != right.data_type() {
            return Ok(operator.fails(&floats(left)?, &floats(right)?));
        }
        with_native!(
            left.data_type(),
            T => {
                let (left, right) = (left.as_primitive::<T>()?, right.as_primitive::<T>()?);
                Ok(operator.fails(left.values(), right.values()))
            },
            else {
                let (left_keys, right_keys) = (KeyColumn::new(left)?, KeyColumn::new(right)?);
                let (mut a, mut b) = (Vec::new(), Vec::new());
                Ok(Bitmap::from_fn(left.len(), |row| {
                    a.clear();
                    b.clear();
                    left_keys.write(row, &mut a);
                    right_keys.write(row, &mut b);
                    !operator.holds(&a, &b)
                }))
            }
        )
    }
}

bailiwick_guest::export_check!(Comparison);
