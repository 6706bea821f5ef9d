//! The module `statistics`: figures over the values of a column, for thresholds.
//!
//! One rule of all rows for each figure asked for; its id is the figure's name, and
//! thresholds speak of its value:
//!
//! ```yaml
//! - id: delay-as-ever
//!   module: governance/statistics@0.1.0
//!   columns: [dep_delay]
//!   settings: {figures: [mean, standard-deviation], quantiles: [0.5, 0.95]}
//!   threshold:
//!     - {rule: mean, mustBeBetween: [5, 20]}
//!     - {rule: quantile-0.95, mustBeLessThan: 180}
//! ```
//!
//! | member | default | means |
//! |---|---|---|
//! | `figures` | `[]` | which of the figures below are found |
//! | `quantiles` | `[]` | which quantiles are, each from 0 to 1; 0.5 is the median |
//! | `of` | `value` | what is measured: `value`, of a column of numbers; `length`, of one of texts, in characters |
//!
//! | figure | is |
//! |---|---|
//! | `min`, `max` | the least and the greatest value |
//! | `sum`, `mean` | of all values |
//! | `variance`, `standard-deviation` | of a sample, divided by n - 1 |
//! | `population-variance`, `population-standard-deviation` | divided by n |
//! | `skewness` | the adjusted Fisher-Pearson coefficient, of at least three values |
//!
//! Nulls are left out, and so is a float that is not finite. Each rule has two more
//! measures: `values`, how many were measured, and `not-finite`, how many floats were left
//! out. A figure that is not defined (of no values, or past the range of float64) has no
//! value, and so meets no threshold.
//!
//! The least and the greatest value and quantiles are values of single rows, and stand in
//! the report: whoever approves this module for a labelled column lets them stand there.
//!
//! Every figure is the same to the last bit however the rows were shared out: sums and
//! sums of powers are exact and rounded once. Sums and means of integers and decimals are
//! exact as well; for the other figures a value past 2⁵³ is first rounded to float64.
//! Quantiles lie between the two nearest values in proportion (`PERCENTILE_CONT` of SQL).
//! They are exact for up to 65,536 different values; with more, each value counts as the
//! middle of its 1,024th of a power of two, so that a quantile is off by at most 0.05 %.

mod moments;
mod quantiles;
mod whole;

use bailiwick_guest::numbers::{NUMBERS, floats, is_number};
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Error, Field, Measure, Result, Rule,
    Schema, Scope, Settings, about,
};
use serde::Deserialize;

use moments::Moments;
use quantiles::Quantiles;
use whole::WholeSum;

/// The most quantiles of one binding.
const MAX_QUANTILES: usize = 100;

/// Which figures are found.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The figures to find.
    pub figures: Vec<Figure>,
    /// The quantiles to find, each from 0 to 1: 0.5 is the median.
    pub quantiles: Vec<f64>,
    /// What is measured.
    pub of: Of,
}

/// What is measured of a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// The number itself.
    #[default]
    Value,
    /// The characters of the text.
    Length,
}

/// One figure over all values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// The sum.
    Sum,
    /// The mean.
    Mean,
    /// The variance of a sample, divided by n - 1.
    Variance,
    /// Its square root.
    StandardDeviation,
    /// The variance divided by n.
    PopulationVariance,
    /// Its square root.
    PopulationStandardDeviation,
    /// The adjusted Fisher-Pearson coefficient.
    Skewness,
}

impl Figure {
    /// The id of its rule: its name in the settings.
    fn id(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Variance => "variance",
            Self::StandardDeviation => "standard-deviation",
            Self::PopulationVariance => "population-variance",
            Self::PopulationStandardDeviation => "population-standard-deviation",
            Self::Skewness => "skewness",
        }
    }

    /// The highest power of the values that is summed for it.
    fn power(self) -> usize {
        match self {
            Self::Min | Self::Max => 0,
            Self::Sum | Self::Mean => 1,
            Self::Skewness => 3,
            _ => 2,
        }
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Statistics {
    options: Options,
    values: u64,
    not_finite: u64,
    ends: Option<(f64, f64)>,
    moments: Moments,
    /// The sum of the values of a column whose values are whole as they are stored.
    whole: Option<WholeSum>,
    quantiles: Quantiles,
}

fn id_of_quantile(quantile: f64) -> String {
    format!("quantile-{quantile}")
}

fn repeats<T: PartialEq>(items: &[T]) -> bool {
    items.iter().enumerate().any(|(at, item)| items.iter().take(at).any(|other| other == item))
}

/// Whether the settings ask for something that the column has.
fn held(options: &Options, field: &Field) -> Result<()> {
    match options.of {
        Of::Value if !is_number(&field.data_type) => return Err(field.unexpected(NUMBERS)),
        Of::Length if !field.data_type.is_text() => return Err(field.unexpected("text")),
        _ => {}
    }
    let Options { figures, quantiles, .. } = options;
    if figures.is_empty() && quantiles.is_empty() {
        return Err(Error::settings("nothing is asked for: name `figures` or `quantiles`"));
    }
    if quantiles.len() > MAX_QUANTILES {
        return Err(Error::settings(format!("more than {MAX_QUANTILES} quantiles")));
    }
    if let Some(bad) = quantiles.iter().find(|quantile| !(0.0..=1.0).contains(*quantile)) {
        return Err(Error::settings(format!("quantile {bad} does not lie between 0 and 1")));
    }
    if repeats(figures) || repeats(quantiles) {
        return Err(Error::settings("a figure or a quantile is asked for twice: name it once"));
    }
    Ok(())
}

impl Check for Statistics {
    type Settings = Options;
    const ABOUT: About =
        about!("statistics", Scope::Column, "Finds sums, means, spreads and quantiles of values.");

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        held(options, field)?;
        let of = match options.of {
            Of::Value => "",
            Of::Length => "lengths of ",
        };
        let rule = |id: String| {
            let summary = format!("the {id} of {of}column {:?} is as it must be", field.name);
            Rule::dataset(id, Dimension::Accuracy, summary)
        };
        let figures = options.figures.iter().map(|figure| rule(figure.id().to_owned()));
        let quantiles = options.quantiles.iter().map(|quantile| rule(id_of_quantile(*quantile)));
        Ok(CheckPlan::reading([&field.name]).judging(figures.chain(quantiles)).independent())
    }

    fn open(options: Options, reads: &Schema) -> Result<Self> {
        let field = reads.only()?;
        held(&options, field)?;
        let power = options.figures.iter().map(|figure| figure.power()).max().unwrap_or_default();
        let whole = options.of == Of::Length || WholeSum::is_of(&field.data_type);
        let whole = (whole && power > 0).then(|| WholeSum::of(&field.data_type));
        // What is summed as integers need not be summed as floats.
        let power = if whole.is_some() && power == 1 { 0 } else { power };
        Ok(Self {
            options,
            values: 0,
            not_finite: 0,
            ends: None,
            moments: Moments::up_to(power),
            whole,
            quantiles: Quantiles::default(),
        })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let column = rows.only()?;
        match self.options.of {
            Of::Value => {
                if let Some(whole) = &mut self.whole {
                    whole.add(column)?;
                }
                self.take(column, &floats(column)?)?;
            }
            Of::Length => {
                let text = column.as_utf8()?;
                let lengths: Vec<f64> = if text.is_ascii() {
                    text.values().map(|value| value.len() as f64).collect()
                } else {
                    text.values().map(|value| value.chars().count() as f64).collect()
                };
                if let Some(whole) = &mut self.whole {
                    lengths
                        .iter()
                        .enumerate()
                        .filter(|(row, _)| column.is_valid(*row))
                        .for_each(|(_, length)| whole.add_one(*length as i128));
                }
                self.take(column, &lengths)?;
            }
        }
        Ok(Vec::new())
    }

    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        state.u64(self.values);
        state.u64(self.not_finite);
        let (low, high) = self.ends.unwrap_or((f64::INFINITY, f64::NEG_INFINITY));
        state.f64(low);
        state.f64(high);
        self.moments.write(&mut state);
        if let Some(whole) = &self.whole {
            whole.write(&mut state);
        }
        self.quantiles.write(&mut state);
        Ok(state.finish())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let mut state = Reader::new(state);
        self.values = self.values.saturating_add(state.u64()?);
        self.not_finite = self.not_finite.saturating_add(state.u64()?);
        let (low, high) = (state.f64()?, state.f64()?);
        if low <= high {
            self.widen(low, high);
        }
        self.moments.merge(&mut state)?;
        if let Some(whole) = &mut self.whole {
            whole.merge(&mut state)?;
        }
        self.quantiles.merge(&mut state)
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let mut measures = Vec::new();
        let mut say = |id: &str, value: Option<f64>| {
            let value = value.filter(|value| value.is_finite());
            measures.extend(value.map(|value| Measure::new(id, "value", value)));
            measures.push(Measure::new(id, "values", self.values as f64));
            measures.push(Measure::new(id, "not-finite", self.not_finite as f64));
        };
        for figure in &self.options.figures {
            say(figure.id(), self.figure(*figure)?);
        }
        let quantiles = self.quantiles.of(&self.options.quantiles);
        for (quantile, value) in self.options.quantiles.iter().zip(quantiles) {
            // The middle of a bucket can lie past the last value in it.
            let within = value.zip(self.ends).map(|(value, (low, high))| value.clamp(low, high));
            say(&id_of_quantile(*quantile), within);
        }
        Ok(measures)
    }
}

impl Statistics {
    /// Takes in the values of rows that are not null, one for each row of the column.
    fn take(&mut self, column: Column<'_>, values: &[f64]) -> Result<()> {
        let mut finite = vec![0.0; TOGETHER * 64];
        for (at, values) in values.chunks(TOGETHER * 64).enumerate() {
            let mut kept = 0;
            for (word, values) in values.chunks(64).enumerate() {
                let mut valid = column.validity_word(at * TOGETHER + word);
                if values.len() < 64 {
                    valid &= (1 << values.len()) - 1;
                }
                let before = kept;
                kept = keep(values, valid, &mut finite, before);
                self.not_finite += u64::from(valid.count_ones()) - (kept - before) as u64;
            }
            let finite = finite.get(..kept).unwrap_or_default();
            self.values += kept as u64;
            if let Some((low, high)) = ends(finite) {
                self.widen(low, high);
            }
            self.moments.add_all(finite)?;
            if !self.options.quantiles.is_empty() {
                self.quantiles.add(finite);
            }
        }
        self.quantiles.settle();
        Ok(())
    }

    fn widen(&mut self, low: f64, high: f64) {
        let (least, greatest) = self.ends.unwrap_or((low, high));
        self.ends = Some((least.min(low), greatest.max(high)));
    }

    fn figure(&self, figure: Figure) -> Result<Option<f64>> {
        let count = self.values as f64;
        match figure {
            Figure::Min => Ok(self.ends.map(|(low, _)| low)),
            Figure::Max => Ok(self.ends.map(|(_, high)| high)),
            _ if self.values == 0 => Ok(None),
            Figure::Sum | Figure::Mean => {
                let sum = match &self.whole {
                    Some(whole) => whole.value(),
                    None => self.moments.sum()?,
                };
                let parts = if figure == Figure::Sum { 1.0 } else { count };
                Ok(sum.map(|sum| sum / parts))
            }
            Figure::Variance => self.moments.variance(self.values, 1),
            Figure::StandardDeviation => Ok(self.moments.variance(self.values, 1)?.map(f64::sqrt)),
            Figure::PopulationVariance => self.moments.variance(self.values, 0),
            Figure::PopulationStandardDeviation => {
                Ok(self.moments.variance(self.values, 0)?.map(f64::sqrt))
            }
            Figure::Skewness => self.moments.skewness(self.values),
        }
    }
}

/// So many times 64 values are looked at together.
const TOGETHER: usize = 16;

/// Keeps those of up to 64 values that are valid and finite, from a place on; gives the
/// place behind the last.
#[inline]
fn keep(values: &[f64], valid: u64, into: &mut [f64], first: usize) -> usize {
    let mut next = first;
    let mut take = |row: usize, value: f64| {
        // Written in any case, and over again if it does not count.
        if let Some(slot) = into.get_mut(next) {
            *slot = value;
        }
        next += usize::from((valid >> row & 1 == 1) & value.is_finite());
    };
    match values.first_chunk::<64>() {
        Some(values) => {
            values.iter().enumerate().for_each(|(row, value)| take(row, *value));
        }
        None => values.iter().enumerate().for_each(|(row, value)| take(row, *value)),
    }
    next
}

/// The least and the greatest of values that are numbers; zeros are made positive, so
/// that it does not matter which comes first.
fn ends(values: &[f64]) -> Option<(f64, f64)> {
    let first = *values.first()? + 0.0;
    let mut ends = ([first; 32], [first; 32]);
    let (chunks, rest) = values.as_chunks::<32>();
    for chunk in chunks {
        for ((low, high), value) in ends.0.iter_mut().zip(&mut ends.1).zip(chunk) {
            let value = *value + 0.0;
            *low = if value < *low { value } else { *low };
            *high = if value > *high { value } else { *high };
        }
    }
    let all = |ends: [f64; 32]| ends.into_iter().chain(rest.iter().map(|value| *value + 0.0));
    Some((all(ends.0).fold(first, f64::min), all(ends.1).fold(first, f64::max)))
}

bailiwick_guest::export_check!(Statistics);
