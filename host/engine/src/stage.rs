//! An opened transform.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::BooleanBuffer;
use arrow_schema::{Schema, SchemaRef};
use bailiwick_columnar::{
    ColumnarError, Malformed, Projection, Untrusted, Validate, keep_rows, lift_bitmap,
    lift_columns, lift_rows, replace_columns, replaced_fields,
};

use crate::abi::{BatchOut, OutputOut};
use crate::instance::{Instance, Opening, Role};
use crate::plan::{Shape, TransformPlan};
use crate::{Call, Conditions, EngineError, Fault, LimitKind, LogLine, Module};

/// What came of one pushed batch.
#[derive(Debug)]
pub enum Pushed {
    /// Map: the batch with the written columns in it, the others shared.
    Replaced(RecordBatch),
    /// Filter: a set bit for each row that stays.
    Kept(BooleanBuffer),
    /// Reshape: rows to pass on now.
    Rows(RecordBatch),
    /// Reshape: nothing to pass on yet.
    Nothing,
}

const STAGE: Role = Role { interface: "transform", resource: "stage", end: "finish" };

type PushAnswer = OutputOut;
type FinishAnswer = Option<BatchOut>;

/// An opened transform: one instance, in a store of its own.
pub struct Stage {
    instance: Instance,
    plan: TransformPlan,
    projection: Projection,
    written: SchemaRef,
    schema: SchemaRef,
    bytes_in: u64,
    bytes_out: u64,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let module = self.instance.module();
        f.debug_struct("Stage").field("module", module).field("plan", &self.plan).finish()
    }
}

impl Stage {
    pub(crate) fn open(
        module: &Module,
        settings: &str,
        plan: &TransformPlan,
        schema: &SchemaRef,
        conditions: &Conditions,
    ) -> Result<Self, EngineError> {
        let projection = Projection::new(schema, &plan.reads)
            .map_err(|source| EngineError::Columns { module: module.name().clone(), source })?;
        let opening = Opening {
            settings: settings.to_owned(),
            fields: module.fields(projection.fields())?,
            conditions: conditions.clone(),
            lookups: module.lookups(&plan.lookups, &conditions.references)?,
        };
        let instance = Instance::open::<PushAnswer, FinishAnswer>(module, STAGE, opening)?;
        let written = Arc::new(Schema::new(plan.writes.clone()));
        let schema = match plan.shape {
            Shape::Map => Arc::new(Schema::new(replaced_fields(schema.fields(), &plan.writes))),
            Shape::Filter => Arc::clone(schema),
            Shape::Reshape => Arc::clone(&written),
        };
        Ok(Self {
            instance,
            plan: plan.clone(),
            projection,
            written,
            schema,
            bytes_in: 0,
            bytes_out: 0,
        })
    }

    /// The schema of what comes out.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// What it reads and writes.
    pub fn plan(&self) -> &TransformPlan {
        &self.plan
    }

    /// Bytes copied into the module so far.
    pub fn bytes_in(&self) -> u64 {
        self.bytes_in
    }

    /// Bytes copied out of the module so far: columns, bitmaps and rows, not states.
    pub fn bytes_out(&self) -> u64 {
        self.bytes_out
    }

    /// The lines that it logged since this was last asked.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        self.instance.take_log()
    }

    /// Pushes the next batch.
    ///
    /// # Errors
    /// [`EngineError::Fault`]; from then on the stage is of no use.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<Pushed, EngineError> {
        let lowered = self.projection.lower(batch).map_err(|source| EngineError::Columns {
            module: self.instance.module().name().clone(),
            source,
        })?;
        self.bytes_in += lowered.bytes() as u64;
        let keeps_state = self.plan.shape == Shape::Reshape;
        let answer = self.instance.push::<PushAnswer, FinishAnswer>(&lowered, keeps_state)?;
        self.lifted(batch, answer).map_err(|fault| self.instance.failed(Call::Push, fault))
    }

    fn lifted(
        &mut self,
        batch: &RecordBatch,
        answer: Untrusted<PushAnswer>,
    ) -> Result<Pushed, Fault> {
        let expected = Expected { plan: &self.plan, rows: batch.num_rows(), whole: self.whole() };
        let (output, bytes) = answer.validate(expected)?;
        self.bytes_out += bytes;
        Ok(match output {
            Output::Columns(columns) => {
                let written: Vec<_> = self.plan.writes.iter().cloned().zip(columns).collect();
                Pushed::Replaced(replace_columns(batch, &self.schema, &written)?)
            }
            Output::Keep(keep) => Pushed::Kept(keep),
            Output::Rows(rows) => Pushed::Rows(rows),
            Output::Nothing => Pushed::Nothing,
        })
    }

    /// What the rows that a reshape gives are held to.
    fn whole(&self) -> Whole<'_> {
        let limit_rows = self.instance.sandbox().limits().output_rows;
        Whole { schema: &self.written, limit_rows }
    }

    /// Pushes the next batch and gives what is left of it, or what a reshape passes on.
    ///
    /// # Errors
    /// As [`Stage::push`].
    pub fn apply(&mut self, batch: &RecordBatch) -> Result<Option<RecordBatch>, EngineError> {
        match self.push(batch)? {
            Pushed::Replaced(batch) | Pushed::Rows(batch) => Ok(Some(batch)),
            Pushed::Kept(keep) => {
                let kept = keep_rows(batch, &keep);
                kept.map(Some).map_err(|error| self.instance.failed(Call::Push, error.into()))
            }
            Pushed::Nothing => Ok(None),
        }
    }

    /// Begins anew with a fresh instance, after a fault too. What the stage held and
    /// logged is gone; its counts of bytes go on.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn reopen(&mut self) -> Result<(), EngineError> {
        self.instance.reopen::<PushAnswer, FinishAnswer>(None)
    }

    /// Ends the input; a reshape gives what it still holds.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn finish(&mut self) -> Result<Option<RecordBatch>, EngineError> {
        let answer = self.instance.end::<FinishAnswer>(Call::Finish)?;
        let finished = match (self.plan.shape, answer.transpose()) {
            (_, None) => Ok(None),
            (Shape::Reshape, Some(rows)) => rows.validate(self.whole()).map(|(rows, bytes)| {
                self.bytes_out += bytes;
                Some(rows)
            }),
            _ => Err(Fault::Contract("only a reshape may give rows when it finishes".into())),
        };
        finished.map_err(|fault| self.instance.failed(Call::Finish, fault))
    }

    /// What a reshape holds so far, for [`Stage::merge`] of another.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn state(&mut self) -> Result<Vec<u8>, EngineError> {
        self.instance.state()
    }

    /// Takes in the state of a stage of the same module, settings and columns: one
    /// that saw later rows, or any others where the plan is independent.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn merge(&mut self, state: &[u8]) -> Result<(), EngineError> {
        self.instance.merge(state)
    }
}

/// What a pushed batch was answered with, checked.
pub(crate) enum Output {
    Columns(Vec<ArrayRef>),
    Keep(BooleanBuffer),
    Rows(RecordBatch),
    Nothing,
}

/// What the answer to a pushed batch is held to.
pub(crate) struct Expected<'a> {
    plan: &'a TransformPlan,
    /// The rows that were pushed.
    rows: usize,
    whole: Whole<'a>,
}

/// What whole new rows are held to.
pub(crate) struct Whole<'a> {
    schema: &'a SchemaRef,
    limit_rows: u64,
}

impl Validate for OutputOut {
    type Against<'a> = Expected<'a>;
    /// With the bytes that were copied out of the module.
    type Valid = (Output, u64);
    type Error = Fault;

    fn validate(self, expected: Expected<'_>) -> Result<(Output, u64), Fault> {
        let Expected { plan, rows, whole } = expected;
        match (plan.shape, self) {
            (Shape::Map, Self::Columns(columns)) => {
                let bytes = columns.bytes() as u64;
                let columns = lift_columns(columns.untrusted(), &plan.writes, rows)?;
                Ok((Output::Columns(columns), bytes))
            }
            (Shape::Filter, Self::Keep(keep)) => {
                let bytes = keep.len() as u64;
                Ok((Output::Keep(lift_bitmap(Untrusted::new(keep), rows)?), bytes))
            }
            (Shape::Reshape, Self::Rows(rows)) => {
                let (rows, bytes) = rows.validate(whole)?;
                Ok((Output::Rows(rows), bytes))
            }
            (Shape::Reshape, Self::Nothing) => Ok((Output::Nothing, 0)),
            (shape, _) => Err(Fault::Contract(format!(
                "it gave an output that is not one of its shape, {}",
                match shape {
                    Shape::Map => "map: `columns` was expected",
                    Shape::Filter => "filter: `keep` was expected",
                    Shape::Reshape => "reshape: `rows` or `nothing` was expected",
                }
            ))),
        }
    }
}

impl Validate for BatchOut {
    type Against<'a> = Whole<'a>;
    /// With the bytes that were copied out of the module.
    type Valid = (RecordBatch, u64);
    type Error = Fault;

    fn validate(
        self,
        Whole { schema, limit_rows }: Whole<'_>,
    ) -> Result<(RecordBatch, u64), Fault> {
        let bytes = self.bytes() as u64;
        let rows =
            lift_rows(self.untrusted(), schema, limit_rows).map_err(|error| match error {
                ColumnarError::Malformed(Malformed::TooMany { what: "rows", .. }) => {
                    Fault::LimitExceeded { limit: LimitKind::OutputRows, allowed: limit_rows }
                }
                error => error.into(),
            })?;
        Ok((rows, bytes))
    }
}
