//! The policies' own code, compiled for this machine.

use std::hint::black_box;
use std::sync::Arc;

use anyhow::{Context, ensure};
use arrow_array::{ArrayRef, BooleanArray};
use arrow_schema::FieldRef;
use bailiwick_columnar::{
    Untrusted, WireBatch, WireNode, fields_to_wire, lift_bitmap, lift_columns,
};
use bailiwick_guest::runtime::{CheckModule, Output, Transform};
use bailiwick_guest::{Check, wire};

use super::{Sandboxed, State, Work};

/// What native code makes of one batch, as it would cross.
#[derive(Debug)]
pub enum Produced {
    /// Of a transform.
    Output(Output),
    /// Of a check: one bitmap a row rule.
    Failing(Vec<Vec<u8>>),
}

/// An opened policy.
pub trait Native {
    /// Takes a batch.
    ///
    /// # Errors
    /// What the policy refuses.
    fn push(&mut self, batch: wire::Batch) -> bailiwick_guest::Result<Produced>;

    /// Ends the input.
    ///
    /// # Errors
    /// What the policy refuses.
    fn finish(&mut self) -> bailiwick_guest::Result<Option<wire::Batch>>;

    /// The values of what it measured; none of a transform.
    ///
    /// # Errors
    /// What the policy refuses.
    fn conclude(&mut self) -> bailiwick_guest::Result<Vec<f64>>;
}

struct Transforming<T>(T);

impl<T: Transform> Native for Transforming<T> {
    fn push(&mut self, batch: wire::Batch) -> bailiwick_guest::Result<Produced> {
        self.0.push(batch).map(Produced::Output)
    }

    fn finish(&mut self) -> bailiwick_guest::Result<Option<wire::Batch>> {
        self.0.finish()
    }

    fn conclude(&mut self) -> bailiwick_guest::Result<Vec<f64>> {
        Ok(Vec::new())
    }
}

struct Checking<M>(CheckModule<M>);

impl<M: Check> Native for Checking<M> {
    fn push(&mut self, batch: wire::Batch) -> bailiwick_guest::Result<Produced> {
        self.0.push(batch).map(Produced::Failing)
    }

    fn finish(&mut self) -> bailiwick_guest::Result<Option<wire::Batch>> {
        Ok(None)
    }

    fn conclude(&mut self) -> bailiwick_guest::Result<Vec<f64>> {
        Ok(self.0.conclude()?.into_iter().map(|measure| measure.value).collect())
    }
}

/// Opens a policy on settings and the fields that its plan reads.
pub type Opener = fn(&str, Vec<wire::Field>) -> bailiwick_guest::Result<Box<dyn Native>>;

/// Opens a transform.
///
/// # Errors
/// What the policy refuses.
pub fn transform<T: Transform>(
    settings: &str,
    reads: Vec<wire::Field>,
) -> bailiwick_guest::Result<Box<dyn Native>> {
    Ok(Box::new(Transforming(T::open(settings, reads)?)))
}

/// Opens a check.
///
/// # Errors
/// What the policy refuses.
pub fn check<M: Check>(
    settings: &str,
    reads: Vec<wire::Field>,
) -> bailiwick_guest::Result<Box<dyn Native>> {
    Ok(Box::new(Checking(CheckModule::<M>::open(settings, reads)?)))
}

/// A step of a work, opened natively.
pub struct NativeStep {
    policy: Box<dyn Native>,
    /// Whether it measures at the end.
    judges: bool,
    writes: Vec<FieldRef>,
}

impl std::fmt::Debug for NativeStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NativeStep").field("writes", &self.writes).finish_non_exhaustive()
    }
}

impl NativeStep {
    /// Opens all steps of a work, on the columns that their modules planned to read.
    ///
    /// # Errors
    /// What a policy refuses.
    pub fn open_all(work: &Work, sandboxed: &Sandboxed) -> anyhow::Result<Vec<Self>> {
        let (name, key) = super::work::KEY;
        bailiwick_guest::testing::set_key(name, key);
        let fields = sandboxed.reads().zip(sandboxed.writes()).zip(sandboxed.settings());
        type Opened<'a> = ((&'a [FieldRef], &'a [FieldRef]), &'a str);
        let open = |(step, ((reads, writes), settings)): (&super::Step, Opened<'_>)| {
            if let Some(lookups) = sandboxed.lookups()? {
                bailiwick_guest::testing::set_lookups(lookups);
            }
            let policy = (step.native)(settings, wire_fields(reads)?)
                .with_context(|| format!("{} natively", step.module))?;
            let judges = work.state == State::Judged;
            Ok(Self { policy, judges, writes: writes.to_vec() })
        };
        work.steps.iter().zip(fields).map(open).collect()
    }

    /// What comes of one batch, as arrays.
    ///
    /// # Errors
    /// Where the policy fails, or answers what cannot be lifted.
    pub fn answer(&mut self, wire: wire::Batch) -> anyhow::Result<Vec<ArrayRef>> {
        let rows = wire.rows as usize;
        let bools = |bits| -> anyhow::Result<ArrayRef> {
            Ok(Arc::new(BooleanArray::new(lift_bitmap(Untrusted::new(bits), rows)?, None)))
        };
        match self.policy.push(wire)? {
            Produced::Output(Output::Columns(batch) | Output::Rows(batch)) => self.lifted(batch),
            Produced::Output(Output::Keep(keep)) => Ok(vec![bools(keep)?]),
            Produced::Output(Output::Nothing) => Ok(Vec::new()),
            Produced::Failing(bitmaps) => bitmaps.into_iter().map(bools).collect(),
        }
    }

    /// What comes of the end of the input, as arrays.
    ///
    /// # Errors
    /// As [`NativeStep::answer`].
    pub fn finish(&mut self) -> anyhow::Result<Vec<ArrayRef>> {
        let rest = self.policy.finish()?;
        rest.map_or_else(|| Ok(Vec::new()), |batch| self.lifted(batch))
    }

    /// The values of what it measured.
    ///
    /// # Errors
    /// Where the policy fails.
    pub fn conclude(&mut self) -> anyhow::Result<Vec<f64>> {
        Ok(self.policy.conclude()?)
    }

    /// The buffers that come of one batch.
    ///
    /// # Errors
    /// Where the policy fails.
    pub fn buffers(&mut self, wire: wire::Batch) -> anyhow::Result<Vec<Vec<u8>>> {
        Ok(match self.policy.push(wire)? {
            Produced::Output(Output::Columns(batch) | Output::Rows(batch)) => batch.buffers,
            Produced::Output(Output::Keep(keep)) => vec![keep],
            Produced::Output(Output::Nothing) => Vec::new(),
            Produced::Failing(bitmaps) => bitmaps,
        })
    }

    fn lifted(&self, batch: wire::Batch) -> anyhow::Result<Vec<ArrayRef>> {
        let rows = batch.rows as usize;
        let node =
            |node: &wire::Node| WireNode { length: node.length, null_count: node.null_count };
        let batch = WireBatch {
            rows: batch.rows,
            nodes: batch.nodes.iter().map(node).collect(),
            buffers: batch.buffers,
        };
        Ok(lift_columns(Untrusted::new(batch), &self.writes, rows)?)
    }
}

/// Pushes all batches to all steps, and drops what comes of it.
#[inline]
pub(crate) fn run(steps: &mut [NativeStep], batches: Vec<Vec<wire::Batch>>) -> anyhow::Result<()> {
    for wires in batches {
        ensure!(wires.len() == steps.len(), "a batch was not lowered for each step");
        for (step, wire) in steps.iter_mut().zip(wires) {
            drop(black_box(step.policy.push(wire)?));
        }
    }
    Ok(())
}

/// Ends the input of all steps, and drops what comes of it.
pub(crate) fn end(steps: &mut [NativeStep]) -> anyhow::Result<()> {
    for step in steps {
        drop(black_box(step.policy.finish()?));
        if step.judges {
            drop(black_box(step.policy.conclude()?));
        }
    }
    Ok(())
}

fn wire_fields(fields: &[FieldRef]) -> anyhow::Result<Vec<wire::Field>> {
    let fields = fields_to_wire(fields)?.into_iter().map(|field| wire::Field {
        name: field.name,
        format: field.format,
        nullable: field.nullable,
        children: field.children,
        metadata: field.metadata,
    });
    Ok(fields.collect())
}
