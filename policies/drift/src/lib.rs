//! The module `drift`: how far a column has moved from a profile of it.
//!
//! The profile says which share of the values lay in each bin once: of numbers between
//! edges, or of texts that are named. Rules of all rows, for the figures asked for:
//!
//! | rule | its value |
//! |---|---|
//! | `population-stability` | Σ (a - e) ln(a / e) over the bins, of actual and expected shares; 0 is none, 0.25 is much |
//! | `kolmogorov-smirnov` | the greatest difference of the shares up to an edge; from 0 to 1 |
//!
//! ```yaml
//! - id: fares-as-ever
//!   module: governance/drift@0.1.0
//!   columns: [fare]
//!   settings:
//!     figures: [population-stability]
//!     edges: [100, 200, 400]
//!     shares: [0.2, 0.4, 0.3, 0.1]
//!   threshold: {mustBeLessThan: 0.2}
//! ```
//!
//! | member | means |
//! |---|---|
//! | `figures` | which of the rules above are judged |
//! | `edges` | of a column of numbers: where bins meet, growing. A bin holds its lower edge and not its upper one; the first and the last have no end |
//! | `shares` | what each bin held: one more than edges |
//! | `categories` | of a column of texts: what each text held. Others are a bin of their own, which held the rest |
//!
//! Shares add up to 1, or for `categories` to less. Nulls and what is not a number are
//! left out. For `population-stability` a share below 0.0001 counts as 0.0001, so that an
//! empty bin does not make it infinite. `kolmogorov-smirnov` looks only at edges, so it is
//! at most the figure of the values themselves; it is for numbers.
//!
//! Of no values no figure has a value, and so meets no threshold. Further measures of the
//! first rule: `values`, how many there are, and `share-0`, `share-1`, …, what the bins
//! hold, in order, of categories by name and the others last: the profile of this run.

use std::collections::BTreeMap;

use bailiwick_guest::numbers::{NUMBERS, floats, is_number};
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Dimension, Error, Field, Measure, Result, Rule, Schema,
    Scope, Settings, about,
};
use serde::Deserialize;

/// The most bins: so many shares are measures of one rule.
const MAX_BINS: usize = 90;

/// The least share that is told apart from nothing.
const LEAST_SHARE: f64 = 0.0001;

/// How far the sum of shares may miss 1: they are rounded when written.
const ROUNDING: f64 = 0.001;

/// What a column is compared with.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Which rules are judged.
    pub figures: Vec<Figure>,
    /// Of a column of numbers: where bins meet, growing.
    pub edges: Vec<f64>,
    /// What share of the values each bin held: one more than edges.
    pub shares: Vec<f64>,
    /// Of a column of texts: what share of the values each text held.
    pub categories: BTreeMap<String, f64>,
}

/// One figure of how far a column has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    /// The population stability index.
    PopulationStability,
    /// The greatest difference of the shares up to an edge.
    KolmogorovSmirnov,
}

impl Figure {
    fn id(self) -> &'static str {
        match self {
            Self::PopulationStability => "population-stability",
            Self::KolmogorovSmirnov => "kolmogorov-smirnov",
        }
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Drift {
    profile: Profile,
    expected: Vec<f64>,
    counts: Vec<u64>,
}

/// The sum of shares; none where one of them is not from 0 to 1.
fn sum_of<'s>(mut shares: impl Iterator<Item = &'s f64>) -> Option<f64> {
    shares.try_fold(0.0, |sum, share| (0.0..=1.0).contains(share).then_some(sum + share))
}

/// The expected share of each bin; an error where the profile is none of the column.
fn expected(profile: &Profile, field: &Field) -> Result<Vec<f64>> {
    let Profile { figures, edges, shares, categories } = profile;
    let twice = figures.len() > 1 && figures.first() == figures.last();
    if figures.is_empty() || twice || figures.len() > 2 {
        return Err(Error::settings("`figures` names none, or one twice: name each once"));
    }
    let no_shares = || Error::settings("shares are not from 0 to 1, or do not add up to 1");
    let expected = match (categories.is_empty(), edges.is_empty() && shares.is_empty()) {
        (true, false) => {
            if !is_number(&field.data_type) {
                return Err(field.unexpected(NUMBERS));
            }
            if shares.len() != edges.len() + 1 {
                return Err(Error::settings(format!(
                    "{} `edges` and {} `shares`: give one share more than edges",
                    edges.len(),
                    shares.len()
                )));
            }
            let grows = edges.iter().zip(edges.iter().skip(1)).all(|(low, high)| low < high);
            if !grows {
                return Err(Error::settings("`edges` do not grow"));
            }
            sum_of(shares.iter())
                .filter(|sum| (sum - 1.0).abs() < ROUNDING)
                .ok_or_else(no_shares)?;
            shares.clone()
        }
        (false, true) => {
            if !field.data_type.is_text() {
                return Err(field.unexpected("text"));
            }
            if figures.contains(&Figure::KolmogorovSmirnov) {
                return Err(Error::settings("texts have no edges: leave out kolmogorov-smirnov"));
            }
            let sum = sum_of(categories.values()).filter(|sum| *sum < 1.0 + ROUNDING);
            let rest = (1.0 - sum.ok_or_else(no_shares)?).max(0.0);
            categories.values().copied().chain([rest]).collect()
        }
        _ => {
            return Err(Error::settings(
                "expected either `edges` and `shares`, of numbers, or `categories`, of texts",
            ));
        }
    };
    if expected.len() > MAX_BINS {
        return Err(Error::settings(format!("more than {MAX_BINS} bins: join some")));
    }
    Ok(expected)
}

impl Check for Drift {
    type Settings = Profile;
    const ABOUT: About =
        about!("drift", Scope::Column, "Finds how far a column has moved from a profile of it.");

    fn plan(profile: &Profile, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        expected(profile, field)?;
        let rules = profile.figures.iter().map(|figure| {
            let summary = format!("column {:?} is spread as in its profile", field.name);
            Rule::dataset(figure.id(), Dimension::Consistency, summary)
        });
        Ok(CheckPlan::reading([&field.name]).judging(rules).independent())
    }

    fn open(profile: Profile, reads: &Schema) -> Result<Self> {
        let expected = expected(&profile, reads.only()?)?;
        let counts = vec![0; expected.len()];
        Ok(Self { profile, expected, counts })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let column = rows.only()?;
        if column.data_type().is_text() {
            let names: Vec<&str> = self.profile.categories.keys().map(String::as_str).collect();
            for value in column.as_utf8()?.iter().flatten() {
                let bin = names.binary_search(&value).unwrap_or(names.len());
                self.counts.get_mut(bin).into_iter().for_each(|count| *count += 1);
            }
            return Ok(Vec::new());
        }
        let values = floats(column)?;
        let blocks = values.chunks(TOGETHER).enumerate();
        for (at, block) in blocks {
            let valid = column.validity_word(at);
            self.count(&numbers(block, valid));
        }
        Ok(Vec::new())
    }

    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        self.counts.iter().for_each(|count| state.u64(*count));
        Ok(state.finish())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let mut state = Reader::new(state);
        for count in &mut self.counts {
            *count = count.saturating_add(state.u64()?);
        }
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let values: u64 = self.counts.iter().sum();
        let share = |count: &u64| *count as f64 / values as f64;
        let actual: Vec<f64> = self.counts.iter().map(share).collect();
        let mut measures = Vec::new();
        for (at, figure) in self.profile.figures.iter().enumerate() {
            if at == 0 {
                measures.push(Measure::new(figure.id(), "values", values as f64));
            }
            if values == 0 {
                continue;
            }
            let value = match figure {
                Figure::PopulationStability => stability(&actual, &self.expected),
                Figure::KolmogorovSmirnov => greatest_difference(&actual, &self.expected),
            };
            measures.push(Measure::new(figure.id(), "value", value));
            if at == 0 {
                let shares = actual.iter().enumerate();
                measures.extend(
                    shares.map(|(bin, share)| {
                        Measure::new(figure.id(), format!("share-{bin}"), *share)
                    }),
                );
            }
        }
        Ok(measures)
    }
}

/// How many values are counted together.
const TOGETHER: usize = 64;

/// Up to 64 values, of which those that are null, and those that there are not, are NaN.
#[inline]
fn numbers(values: &[f64], valid: u64) -> [f64; TOGETHER] {
    let mut numbers = [f64::NAN; TOGETHER];
    match values.first_chunk::<TOGETHER>() {
        Some(values) if valid == u64::MAX => numbers = *values,
        _ => {
            for (row, (number, value)) in numbers.iter_mut().zip(values).enumerate() {
                *number = if valid >> row & 1 == 1 { *value } else { f64::NAN };
            }
        }
    }
    numbers
}

/// How many of these hold.
#[inline]
fn how_many(values: &[f64; TOGETHER], holds: impl Fn(f64) -> bool) -> u64 {
    let mut counts = [0_u64; 4];
    for four in values.as_chunks::<4>().0 {
        for (count, value) in counts.iter_mut().zip(four) {
            *count += u64::from(holds(*value));
        }
    }
    counts.iter().sum()
}

impl Drift {
    /// Counts values into the bins between the edges; NaN into none.
    #[inline]
    fn count(&mut self, values: &[f64; TOGETHER]) {
        // Of the values, those from the edge before on.
        let mut from = how_many(values, |value| !value.is_nan());
        let mut counts = self.counts.iter_mut();
        for (edge, count) in self.profile.edges.iter().zip(counts.by_ref()) {
            let behind = how_many(values, |value| *edge <= value);
            *count += from - behind;
            from = behind;
        }
        counts.for_each(|count| *count += from);
    }
}

fn stability(actual: &[f64], expected: &[f64]) -> f64 {
    let term = |(actual, expected): (&f64, &f64)| {
        let (actual, expected) = (actual.max(LEAST_SHARE), expected.max(LEAST_SHARE));
        (actual - expected) * (actual / expected).ln()
    };
    actual.iter().zip(expected).map(term).sum()
}

fn greatest_difference(actual: &[f64], expected: &[f64]) -> f64 {
    let mut apart: f64 = 0.0;
    let apart = actual.iter().zip(expected).map(|(actual, expected)| {
        apart += actual - expected;
        apart.abs()
    });
    apart.fold(0.0, f64::max)
}

bailiwick_guest::export_check!(Drift);
