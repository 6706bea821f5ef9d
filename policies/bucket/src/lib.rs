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
    About, Array, Batch, Column, DataType, Error, Exact, Field, Map, Native, Plan, Result, Scalar,
    Schema, Scope, Settings, about, pieces, with_native,
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

    /// The labels of values, each being below the edges that `is_below` says; null where
    /// the column is.
    fn labelled<T: Copy, E: Copy>(
        &self,
        column: Column<'_>,
        values: &[T],
        edges: &[E],
        is_below: impl Fn(T, E) -> bool,
    ) -> Result<Array> {
        let (text, labels) = pieces::joined(&self.labels);
        let mut ranges = Vec::with_capacity(values.len());
        for (at, values) in values.chunks(TOGETHER).enumerate() {
            let valid = column.validity_word(at);
            let places = places(values, edges, &is_below);
            for (row, place) in places.iter().take(values.len()).enumerate() {
                let label = labels.get(*place as usize).copied().unwrap_or_default();
                ranges.push(if valid >> row & 1 == 1 { label } else { (0, 0) });
            }
        }
        Ok(pieces::texts(&text, &ranges)?.with_nulls_of(column))
    }
}

/// How many values are looked at together.
const TOGETHER: usize = 64;

/// How many edges each of up to 64 values is not below: as edges grow, its range.
#[inline]
fn places<T: Copy, E: Copy>(
    values: &[T],
    edges: &[E],
    is_below: impl Fn(T, E) -> bool,
) -> [u32; TOGETHER] {
    let mut places = [0; TOGETHER];
    if let (Some(values), true) = (values.first_chunk::<TOGETHER>(), edges.len() <= FEW) {
        for edge in edges {
            for (place, value) in places.iter_mut().zip(values) {
                *place += u32::from(!is_below(*value, *edge));
            }
        }
    } else {
        for (place, value) in places.iter_mut().zip(values) {
            *place = edges.partition_point(|edge| !is_below(*value, *edge)) as u32;
        }
    }
    places
}

/// Up to so many edges, all of them are compared, without a branch.
const FEW: usize = 16;

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
        if let DataType::Decimal128 { .. } = column.data_type() {
            let values = column.as_fixed_binary()?.bytes().as_chunks::<16>().0;
            let whole = |edge: &Exact| match edge {
                Exact::Integer(edge) => Some(*edge),
                _ => None,
            };
            let edges: Vec<i128> = self.edges.iter().filter_map(whole).collect();
            let is_below = |value: [u8; 16], edge: i128| i128::from_le_bytes(value) < edge;
            return Ok(vec![self.labelled(column, values, &edges, is_below)?]);
        }
        let labels = with_native!(&self.field.data_type, T => {
            let values = column.as_primitive::<T>()?.values();
            let edges: Vec<T> = self.edges.iter().filter_map(<T as Native>::of).collect();
            self.labelled(column, values, &edges, |value: T, edge: T| value < edge)?
        }, else return Err(self.field.unexpected("a number, a date or a timestamp")));
        Ok(vec![labels])
    }
}

bailiwick_guest::export_map!(Bucketing);
