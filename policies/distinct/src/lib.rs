//! The module `distinct`: how many different values there are, and how they are spread.
//!
//! Rules of all rows, over all columns that it is bound to together; thresholds speak of
//! their values:
//!
//! | rule | its value |
//! |---|---|
//! | `distinct-count` | different tuples of values |
//! | `distinct-ratio` | their number, divided by that of rows |
//! | `once-count` | tuples that come exactly once |
//! | `once-ratio` | their number, divided by that of rows |
//! | `top-share` | rows with the most common tuple, divided by all |
//! | `entropy` | Shannon's, in bits: 0 where all are the same |
//!
//! ```yaml
//! - id: carriers
//!   module: governance/distinct@0.1.0
//!   columns: [carrier]
//!   settings: {rules: [distinct-count, top-share]}
//!   threshold:
//!     - {rule: distinct-count, mustBeBetween: [10, 30]}
//!     - {rule: top-share, mustBeLessThan: 0.5}
//! ```
//!
//! | member | default | means |
//! |---|---|---|
//! | `rules` | | which of the rules above are judged: at least one |
//! | `nulls` | `ignore` | rows with a null are left out; `value`: a null is a value like any other |
//! | `exact_up_to` | `100000` | up to so many different tuples the answer is exact |
//!
//! Text is compared byte by byte, zero is equal to minus zero, and what is not a number
//! to itself. Each rule has the further measures `rows`, those that were counted, and
//! `exact`, 1 or 0.
//!
//! With more than `exact_up_to` different tuples their number is estimated by
//! HyperLogLog with 2¹⁴ registers: the standard error is 0.81 %. The rules on how often a
//! tuple comes then have no value, and so meet no threshold. Whether there are more, and
//! the estimate, are the same however the rows were shared out.
//!
//! To check that nothing comes twice, bind `unique`: it says which rows do.

mod registers;

use std::collections::BTreeMap;

use bailiwick_guest::keys::{KeyMap, has_key, key_columns};
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::sum::ExactSum;
use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Column, Dimension, Error, Measure, Result, Rule,
    Schema, Scope, Settings, about,
};
use serde::Deserialize;

use registers::Registers;

/// The types whose values can be told apart, in words.
const EXPECTED: &str = "bool, a number, a date, a time, text or bytes";

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The rules to judge.
    pub rules: Vec<Kind>,
    /// What a row with a null is.
    #[serde(default)]
    pub nulls: Nulls,
    /// Up to how many different tuples the answer is exact: memory grows with them.
    #[serde(default = "exact_up_to")]
    #[settings(minimum = 1, maximum = 10000000)]
    pub exact_up_to: u32,
}

fn exact_up_to() -> u32 {
    100_000
}

/// What a row with a null is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Nulls {
    /// It is left out.
    #[default]
    Ignore,
    /// A null is a value like any other, equal to itself.
    Value,
}

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// How many different tuples there are.
    DistinctCount,
    /// Their number, divided by that of rows.
    DistinctRatio,
    /// How many tuples come exactly once.
    OnceCount,
    /// Their number, divided by that of rows.
    OnceRatio,
    /// Rows with the most common tuple, divided by all.
    TopShare,
    /// Shannon's entropy in bits.
    Entropy,
}

impl Kind {
    /// Its name in the settings.
    fn id(self) -> &'static str {
        match self {
            Self::DistinctCount => "distinct-count",
            Self::DistinctRatio => "distinct-ratio",
            Self::OnceCount => "once-count",
            Self::OnceRatio => "once-ratio",
            Self::TopShare => "top-share",
            Self::Entropy => "entropy",
        }
    }

    fn summary(self) -> &'static str {
        match self {
            Self::DistinctCount => "there are as many different values as there must",
            Self::DistinctRatio => "the share of different values is as it must be",
            Self::OnceCount => "as many values come only once as must",
            Self::OnceRatio => "the share of values that come only once is as it must be",
            Self::TopShare => "the share of the most common value is as it must be",
            Self::Entropy => "values are spread as evenly as they must",
        }
    }
}

/// What is known of the tuples so far.
#[derive(Debug)]
enum Known {
    /// How often each came.
    Exact(KeyMap<u64>),
    /// There are too many.
    Estimated(Registers),
}

/// The opened module.
#[derive(Debug)]
pub struct Distinct {
    options: Options,
    rows: u64,
    known: Known,
}

fn held(options: &Options, input: &Schema) -> Result<()> {
    if input.fields.is_empty() {
        return Err(Error::fields("no column is bound: name at least one in `columns`"));
    }
    if let Some(field) = input.fields.iter().find(|field| !has_key(&field.data_type)) {
        return Err(field.unexpected(EXPECTED));
    }
    let rules = &options.rules;
    if rules.is_empty() {
        return Err(Error::settings("`rules` is empty: name at least one"));
    }
    if rules.iter().enumerate().any(|(at, rule)| rules.iter().take(at).any(|other| other == rule)) {
        return Err(Error::settings("`rules` names one twice: name it once"));
    }
    Ok(())
}

impl Check for Distinct {
    type Settings = Options;
    const ABOUT: About =
        about!("distinct", Scope::Columns, "Counts different values, and how they are spread.");

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        held(options, input)?;
        let names: Vec<String> = input.names().iter().map(|name| format!("{name:?}")).collect();
        let rules = options.rules.iter().map(|kind| {
            let summary = format!("in {}, {}", names.join(", "), kind.summary());
            Rule::dataset(kind.id(), Dimension::Uniqueness, summary)
        });
        Ok(CheckPlan::reading(input.names()).judging(rules).independent())
    }

    fn open(options: Options, reads: &Schema) -> Result<Self> {
        held(&options, reads)?;
        Ok(Self { options, rows: 0, known: Known::Exact(KeyMap::default()) })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let columns = key_columns(rows)?;
        let mut counted = Bitmap::filled(rows.rows(), true);
        if self.options.nulls == Nulls::Ignore {
            for valid in rows.columns().filter_map(Column::validity) {
                counted = counted.and(valid);
            }
        }
        self.rows += counted.count_ones() as u64;
        let mut key = Vec::new();
        for row in (0..rows.rows()).filter(|row| counted.bits().get(*row)) {
            key.clear();
            columns.iter().for_each(|column| column.write(row, &mut key));
            self.count(&key, 1);
        }
        Ok(Vec::new())
    }

    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        state.u64(self.rows);
        match &self.known {
            Known::Exact(counts) => {
                state.u64(1);
                state.u64(counts.len() as u64);
                for (key, times) in counts {
                    state.bytes(key);
                    state.u64(*times);
                }
            }
            Known::Estimated(registers) => {
                state.u64(0);
                state.bytes(registers.as_bytes());
            }
        }
        Ok(state.finish())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let mut state = Reader::new(state);
        self.rows = self.rows.saturating_add(state.u64()?);
        if state.u64()? == 0 {
            self.estimate(Registers::of_bytes(state.bytes()?)?);
            return Ok(());
        }
        for _ in 0..state.u64()? {
            let key = state.bytes()?;
            self.count(key, state.u64()?);
        }
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let mut measures = Vec::new();
        for kind in &self.options.rules {
            let value = self.value(*kind)?.filter(|value| value.is_finite());
            measures.extend(value.map(|value| Measure::new(kind.id(), "value", value)));
            measures.push(Measure::new(kind.id(), "rows", self.rows as f64));
            let exact = matches!(self.known, Known::Exact(_));
            measures.push(Measure::new(kind.id(), "exact", f64::from(u8::from(exact))));
        }
        Ok(measures)
    }
}

impl Distinct {
    fn count(&mut self, key: &[u8], times: u64) {
        match &mut self.known {
            Known::Estimated(registers) => registers.add(key),
            Known::Exact(counts) => {
                if let Some(count) = counts.get_mut(key) {
                    *count = count.saturating_add(times);
                } else {
                    counts.insert(key.into(), times);
                    if counts.len() > self.options.exact_up_to as usize {
                        self.estimate(Registers::new());
                    }
                }
            }
        }
    }

    /// Takes in what estimates, and estimates from now on.
    fn estimate(&mut self, more: Registers) {
        match &mut self.known {
            Known::Estimated(registers) => registers.merge(&more),
            Known::Exact(counts) => {
                let mut registers = more;
                counts.keys().for_each(|key| registers.add(key));
                self.known = Known::Estimated(registers);
            }
        }
    }

    /// None where it is not known, or of no rows.
    fn value(&self, kind: Kind) -> Result<Option<f64>> {
        let rows = self.rows as f64;
        let (distinct, counts) = match &self.known {
            Known::Exact(counts) => (counts.len() as f64, Some(counts)),
            // There are no more different rows than rows.
            Known::Estimated(registers) => (registers.estimate().min(rows), None),
        };
        let once = counts.map(|counts| counts.values().filter(|times| **times == 1).count() as f64);
        Ok(match kind {
            Kind::DistinctCount => Some(distinct),
            Kind::DistinctRatio => Some(distinct / rows),
            Kind::OnceCount => once,
            Kind::OnceRatio => once.map(|once| once / rows),
            Kind::TopShare => {
                let top = counts.map(|counts| counts.values().copied().max().unwrap_or_default());
                top.map(|top| top as f64 / rows)
            }
            Kind::Entropy => match counts {
                Some(counts) if self.rows > 0 => Some(entropy(counts, rows)?),
                _ => None,
            },
        })
    }
}

/// Σ -p log₂ p, exact up to the rounding of each term, so that no order matters.
fn entropy(counts: &KeyMap<u64>, rows: f64) -> Result<f64> {
    let mut times_of = BTreeMap::<u64, u64>::new();
    for times in counts.values() {
        *times_of.entry(*times).or_default() += 1;
    }
    let mut sum = ExactSum::default();
    for (times, tuples) in times_of {
        let share = times as f64 / rows;
        sum.add_product(tuples as f64, -share * share.log2())?;
    }
    // Of one value it is 0, not -0.
    Ok(sum.value()? + 0.0)
}

bailiwick_guest::export_check!(Distinct);
