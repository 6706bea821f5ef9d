//! The module `generalise`: says less of a column's values, the same of many.
//!
//! A null stays null. Settings are an object whose `method` says how; the other members
//! depend on it:
//!
//! | method | members | makes | of |
//! |---|---|---|---|
//! | `bucket` | `size`, `origin` (0) | 37 into 30, with a size of 10: the least number of its bucket | integers, floats, decimal128 |
//! | `prefix` | `n`, `with` (`*`) | `10115` into `101**`: what is behind the first characters is hidden, its length stays | text |
//! | `dictionary` | `values`, `otherwise` | `Berlin` into `DE`, by `values: {Berlin: DE}` | text |
//!
//! The type of the column stays what it is. `origin` is where a bucket begins: with a
//! size of 10 and an origin of 5, 37 becomes 35. A bucket that begins below the column's
//! range begins at its least number. What `dictionary` does not know becomes
//! `otherwise`, or null where that is not stated: it never stays as it was.
//!
//! Fewer values do not make a person hard to find by themselves: the module
//! `k-anonymity` counts.

mod bucket;
mod text;

use std::collections::BTreeMap;

use bailiwick_guest::{
    About, Array, Batch, Error, Field, Map, Plan, Result, Scalar, Schema, Scope, Settings, about,
};
use serde::Deserialize;

use bucket::Buckets;

/// How less is said.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Generalise {
    /// The method.
    pub method: Method,
    /// How wide a bucket is: a number greater than 0, in the column's terms.
    pub size: Option<Scalar>,
    /// A number at which a bucket begins; 0 where none is stated.
    pub origin: Option<Scalar>,
    /// How many characters stay.
    pub n: Option<u32>,
    /// The character that stands for those that do not.
    pub with: Option<char>,
    /// What becomes of which text.
    pub values: Option<BTreeMap<String, String>>,
    /// What becomes of all others; null where none is stated.
    pub otherwise: Option<String>,
}

/// The methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The least number of its bucket.
    Bucket,
    /// The first characters.
    Prefix,
    /// What a dictionary has.
    Dictionary,
}

/// What is done, checked against the column.
#[derive(Debug)]
enum Work {
    Bucket(Buckets),
    Prefix { n: usize, with: char },
    Dictionary { values: BTreeMap<String, String>, otherwise: Option<String> },
}

impl Work {
    fn new(settings: Generalise, field: &Field) -> Result<Self> {
        let Generalise { method, size, origin, n, with, values, otherwise } = settings;
        let stated = [
            (Method::Bucket, size.is_some() || origin.is_some()),
            (Method::Prefix, n.is_some() || with.is_some()),
            (Method::Dictionary, values.is_some() || otherwise.is_some()),
        ];
        if stated.iter().any(|(of, stated)| *stated && *of != method) {
            return Err(Error::settings("the settings have a member that the method does not"));
        }
        match method {
            Method::Bucket => {
                let size = size.ok_or_else(|| Error::settings("`bucket` needs `size`"))?;
                Buckets::new(&size, origin.as_ref(), field).map(Self::Bucket)
            }
            _ if !field.data_type.is_text() => Err(field.unexpected("utf8")),
            Method::Prefix => {
                let n = n.ok_or_else(|| Error::settings("`prefix` needs `n`"))?;
                Ok(Self::Prefix { n: n as usize, with: with.unwrap_or('*') })
            }
            Method::Dictionary => {
                let values =
                    values.ok_or_else(|| Error::settings("`dictionary` needs `values`"))?;
                Ok(Self::Dictionary { values, otherwise })
            }
        }
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Generalising {
    work: Work,
    field: Field,
}

impl Map for Generalising {
    type Settings = Generalise;
    const ABOUT: About =
        about!("generalise", Scope::Column, "Says less of a column's values, the same of many.");

    fn plan(settings: &Generalise, input: &Schema) -> Result<Plan> {
        let field = input.only()?;
        let work = Work::new(settings.clone(), field)?;
        let mut written = field.clone();
        written.nullable |= matches!(work, Work::Dictionary { otherwise: None, .. });
        Ok(Plan::reading([&field.name]).writing([written]))
    }

    fn open(settings: Generalise, reads: &Schema) -> Result<Self> {
        let field = reads.only()?.clone();
        Ok(Self { work: Work::new(settings, &field)?, field })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        let data_type = &self.field.data_type;
        Ok(vec![match &self.work {
            Work::Bucket(buckets) => buckets.of(column)?.as_type(data_type)?.with_nulls_of(column),
            Work::Prefix { n, with } => {
                let made = text::prefix(column.as_utf8()?, *n, *with);
                made.as_type(data_type)?.with_nulls_of(column)
            }
            Work::Dictionary { values, otherwise } => {
                text::replaced(column.as_utf8()?, values, otherwise.as_deref())
                    .as_type(data_type)?
            }
        }])
    }
}

bailiwick_guest::export_map!(Generalising);
