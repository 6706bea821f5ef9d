//! The module `bucket`: says in which of several ranges a value lies.
//!
//! ```json
//! {"edges": [18, 65], "labels": ["minor", "adult", "senior"]}
//! {"edges": ["2020-01-01"], "labels": ["before", "since"]}
//! ```
//!
//! `edges` grow; each is the least value of the range that it begins. There is one more
//! label than there are edges, the first for what is below all of them: 17 is a `minor`
//! here, 18 an `adult`. The column becomes text. A null stays null, and NaN is above all
//! edges.
//!
//! Of numbers, dates and timestamps; edges are written in the column's terms. Ranges of
//! one width, with the column's type: `generalise` with `bucket`; of time: `window`.

use bailiwick_guest::{
    About, Array, Batch, DataType, Error, Exact, Field, Map, Native, Plan, Result, Scalar, Schema,
    Scope, Settings, Utf8Builder, about, with_native,
};
use serde::Deserialize;

/// Where ranges begin, and what they are called.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Where each range but the first begins.
    pub edges: Vec<Scalar>,
    /// What the ranges are called, the first of them being below all edges.
    pub labels: Vec<String>,
}

/// The opened module.
#[derive(Debug)]
pub struct Bucketing {
    edges: Vec<Exact>,
    labels: Vec<String>,
    field: Field,
}

impl Bucketing {
    fn new(settings: &Bucket, field: &Field) -> Result<Self> {
        let of = &field.data_type;
        let has_ranges = of.is_integer()
            || of.is_float()
            || matches!(
                of,
                DataType::Decimal128 { .. }
                    | DataType::Date32
                    | DataType::Date64
                    | DataType::Timestamp(..)
            );
        if !has_ranges {
            return Err(field.unexpected("a number, a date or a timestamp"));
        }
        let Bucket { edges, labels } = settings;
        if edges.is_empty() || labels.len() != edges.len() + 1 {
            return Err(Error::settings(format!(
                "{} edges make {} ranges, but there are {} labels",
                edges.len(),
                edges.len() + 1,
                labels.len()
            )));
        }
        let exact = |edge: &Scalar| {
            let exact = edge.exact(field)?;
            // Refuses one that is out of the type's range.
            Array::filled(field, &exact, 0)?;
            Ok(exact)
        };
        let edges = edges.iter().map(exact).collect::<Result<Vec<_>>>()?;
        let grows = |pair: &[Exact]| match pair {
            [Exact::Integer(low), Exact::Integer(high)] => low < high,
            [Exact::Float(low), Exact::Float(high)] => low < high,
            _ => false,
        };
        if !edges.windows(2).all(grows) {
            return Err(Error::settings("`edges` do not grow"));
        }
        Ok(Self { edges, labels: labels.clone(), field: field.clone() })
    }

    fn label(&self, at: usize) -> &str {
        self.labels.get(at).map_or("", String::as_str)
    }

    /// The labels of values, each being below the edges that `is_below` says.
    fn labelled<T: Copy>(
        &self,
        values: impl Iterator<Item = Option<T>>,
        is_below: impl Fn(T, &Exact) -> bool,
    ) -> Array {
        let mut out = Utf8Builder::with_capacity(values.size_hint().0, 0);
        for value in values {
            let at = value.map(|value| self.edges.partition_point(|edge| !is_below(value, edge)));
            out.push_option(at.map(|at| self.label(at)));
        }
        out.finish()
    }
}

impl Map for Bucketing {
    type Settings = Bucket;
    const ABOUT: About =
        about!("bucket", Scope::Column, "Says in which of several ranges a value lies.");

    fn plan(settings: &Bucket, input: &Schema) -> Result<Plan> {
        let field = input.only()?;
        Self::new(settings, field)?;
        let written = Field::new(&field.name, DataType::Utf8);
        let written = if field.nullable { written } else { written.required() };
        Ok(Plan::reading([&field.name]).writing([written]))
    }

    fn open(settings: Bucket, reads: &Schema) -> Result<Self> {
        Self::new(&settings, reads.only()?)
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        if let Ok(values) = column.as_decimal128() {
            let is_below = |value: i128, edge: &Exact| match edge {
                Exact::Integer(edge) => value < *edge,
                _ => false,
            };
            return Ok(vec![self.labelled(values.iter(), is_below)]);
        }
        let labels = with_native!(&self.field.data_type, T => {
            let edge = |edge: &Exact| <T as Native>::of(edge);
            let is_below = |value: T, exact: &Exact| edge(exact).is_some_and(|edge| value < edge);
            self.labelled(column.as_primitive::<T>()?.iter(), is_below)
        }, else return Err(self.field.unexpected("a number, a date or a timestamp")));
        Ok(vec![labels])
    }
}

bailiwick_guest::export_map!(Bucketing);
