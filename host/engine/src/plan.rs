//! What a module says it will do, held to its form.

use std::collections::BTreeSet;
use std::fmt;

use arrow_schema::{FieldRef, Schema};
use bailiwick_columnar::{Validate, fields_from_wire};
use bailiwick_terms::{Ordering, Read};

use crate::abi::{
    CheckPlanOut, GranularityOut, KindOut, ReadOut, ScopeOut, ShapeOut, TransformPlanOut,
    untrusted_fields,
};
use crate::reference::checked_lookups;
use crate::{Fault, GuestText, Lookup, TableSchemas};

/// The most rules of one check: more than anyone reads, few enough to hold a
/// bitmap of each for a batch.
const MAX_RULES: usize = 1_000;

/// The data quality dimensions of ODCS 3.1 ("Data quality", `dimension`).
const DIMENSIONS: [&str; 7] = [
    "accuracy",
    "completeness",
    "conformity",
    "consistency",
    "coverage",
    "timeliness",
    "uniqueness",
];

/// What a module exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// New rows or new values.
    Transform,
    /// Judgements of rows.
    Quality,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Transform => "transform",
            Kind::Quality => "quality",
        })
    }
}

impl From<KindOut> for Kind {
    fn from(kind: KindOut) -> Self {
        match kind {
            KindOut::Transform => Kind::Transform,
            KindOut::Quality => Kind::Quality,
        }
    }
}

/// How many columns one opened stage or check works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One: it is opened once for each column of its binding.
    Column,
    /// All the columns of its binding together.
    Columns,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scope::Column => "one column at a time",
            Scope::Columns => "all bound columns together",
        })
    }
}

impl From<ScopeOut> for Scope {
    fn from(scope: ScopeOut) -> Self {
        match scope {
            ScopeOut::Column => Scope::Column,
            ScopeOut::Columns => Scope::Columns,
        }
    }
}

/// What a transform does to the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Same rows, new values.
    Map,
    /// Fewer rows, same values.
    Filter,
    /// A wholly new batch.
    Reshape,
}

/// What a module that plans is given, and its plan is held to.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) columns: &'a Schema,
    pub(crate) tables: &'a TableSchemas,
}

/// What a transform will read and write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransformPlan {
    /// Columns to read, in the order in which they enter the module.
    pub reads: Vec<Read>,
    /// Fields to write; none for a filter, the whole schema for a reshape.
    pub writes: Vec<FieldRef>,
    /// What it does to the rows.
    pub shape: Shape,
    /// What its answer to a batch may depend on.
    pub ordering: Ordering,
    /// What it looks up in reference tables.
    pub lookups: Vec<Lookup>,
}

impl Validate for TransformPlanOut {
    type Against<'a> = Given<'a>;
    type Valid = TransformPlan;
    type Error = Fault;

    fn validate(self, given: Given<'_>) -> Result<TransformPlan, Fault> {
        let Self { reads, writes, shape, ordering, lookups } = self;
        let reads = checked_reads(reads, given.columns)?;
        let lookups = checked_lookups(lookups, given.tables)?;
        let writes = fields_from_wire(untrusted_fields(writes))?;
        let shape = match shape {
            ShapeOut::Map => Shape::Map,
            ShapeOut::Filter => Shape::Filter,
            ShapeOut::Reshape => Shape::Reshape,
        };
        match (shape, writes.is_empty()) {
            (Shape::Filter, false) => {
                Err(Fault::Contract("a filter plans to write columns; it may write none".into()))
            }
            (Shape::Map | Shape::Reshape, true) => {
                Err(Fault::Contract("it plans to write no column".into()))
            }
            _ => Ok(TransformPlan { reads, writes, shape, ordering: ordering.into(), lookups }),
        }
    }
}

/// What a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// Single rows.
    Row,
    /// All rows together.
    Dataset,
}

/// One rule of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Unique within the check.
    pub id: String,
    /// What must hold.
    pub summary: GuestText,
    /// The data quality dimension, as ODCS names them.
    pub dimension: String,
    /// What it speaks of.
    pub granularity: Granularity,
}

/// What a check will read and judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckPlan {
    /// Columns to read, in the order in which they enter the module.
    pub reads: Vec<Read>,
    /// The rules, in the order of the bitmaps.
    pub rules: Vec<Rule>,
    /// What its answer to a batch may depend on.
    pub ordering: Ordering,
    /// What it looks up in reference tables.
    pub lookups: Vec<Lookup>,
}

impl Validate for CheckPlanOut {
    type Against<'a> = Given<'a>;
    type Valid = CheckPlan;
    type Error = Fault;

    fn validate(self, given: Given<'_>) -> Result<CheckPlan, Fault> {
        let Self { reads, rules: said, ordering, lookups } = self;
        let reads = checked_reads(reads, given.columns)?;
        let lookups = checked_lookups(lookups, given.tables)?;
        if said.is_empty() || said.len() > MAX_RULES {
            let found = said.len();
            return Err(Fault::Contract(format!("it has {found} rules; 1 to {MAX_RULES} may be")));
        }
        let mut ids = BTreeSet::new();
        let mut rules = Vec::with_capacity(said.len());
        for rule in said {
            let quoted = GuestText::new(&rule.id);
            let fits = (1..=64).contains(&rule.id.len())
                && rule.id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            if !fits {
                return Err(Fault::Contract(format!(
                    "rule id \"{quoted}\" is not 1 to 64 letters, digits, `-`, `_` or `.`"
                )));
            }
            if !DIMENSIONS.contains(&rule.dimension.as_str()) {
                return Err(Fault::Contract(format!(
                    "rule {quoted} has a dimension that is none of {}",
                    DIMENSIONS.join(", ")
                )));
            }
            if !ids.insert(rule.id.clone()) {
                return Err(Fault::Contract(format!("rule id {quoted} is there twice")));
            }
            rules.push(Rule {
                id: rule.id,
                summary: GuestText::new(&rule.summary),
                dimension: rule.dimension,
                granularity: match rule.granularity {
                    GranularityOut::Row => Granularity::Row,
                    GranularityOut::Dataset => Granularity::Dataset,
                },
            });
        }
        Ok(CheckPlan { reads, rules, ordering: ordering.into(), lookups })
    }
}

/// Reads name columns of the input, each once.
fn checked_reads(reads: Vec<ReadOut>, input: &Schema) -> Result<Vec<Read>, Fault> {
    let mut seen = BTreeSet::new();
    for ReadOut { column, .. } in &reads {
        let quoted = GuestText::new(column);
        if input.fields().find(column).is_none() {
            return Err(Fault::Contract(format!(
                "it plans to read column \"{quoted}\", which its binding does not give it"
            )));
        }
        if !seen.insert(column) {
            return Err(Fault::Contract(format!("it plans to read column \"{quoted}\" twice")));
        }
    }
    Ok(reads.into_iter().map(Read::from).collect())
}
