//! An opened transform.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::BooleanBuffer;
use arrow_schema::{Schema, SchemaRef};
use bailiwick_columnar::{
    ColumnarError, Lowered, Malformed, Projection, Untrusted, keep_rows, lift_bitmap, lift_columns,
    lift_rows, replace_columns, replaced_fields,
};
use wasmtime::component::{Func, ResourceAny};

use crate::abi::{
    BatchOut, FinishResult, MergeParams, MergeResult, OpenResult, Outgoing, OutputOut, PushParams,
    SettingsAndFields, StagePushResult, StateResult,
};
use crate::plan::{Shape, TransformPlan};
use crate::sandbox::Sandbox;
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

/// An opened transform: one instance, in a store of its own.
pub struct Stage {
    module: Module,
    sandbox: Sandbox,
    stage: ResourceAny,
    push: Func,
    finish: Func,
    state: Func,
    merge: Func,
    plan: TransformPlan,
    projection: Projection,
    written: SchemaRef,
    schema: SchemaRef,
    bytes_in: u64,
    bytes_out: u64,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("module", &self.module).field("plan", &self.plan).finish()
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
        let fields = module.fields(projection.fields())?;
        let mut sandbox = module.sandbox(Call::Open, settings, conditions)?;
        let opened = (|| {
            let open = sandbox
                .function::<SettingsAndFields<'_>, OpenResult>("transform", "[static]stage.open")?;
            let push = sandbox
                .function::<PushParams<'_>, StagePushResult>("transform", "[method]stage.push")?;
            let finish = sandbox
                .function::<(ResourceAny,), FinishResult>("transform", "[method]stage.finish")?;
            let state = sandbox
                .function::<(ResourceAny,), StateResult>("transform", "[method]stage.state")?;
            let merge = sandbox
                .function::<MergeParams<'_>, MergeResult>("transform", "[method]stage.merge")?;
            let (stage,): OpenResult = sandbox.call(open, (settings, fields.as_slice()))?;
            let stage = stage.map_err(|error| error.into_fault(sandbox.show_text()))?;
            Ok((stage, push, finish, state, merge))
        })();
        let (stage, push, finish, state, merge) =
            opened.map_err(|fault| module.fault(Call::Open, fault))?;
        let written = Arc::new(Schema::new(plan.writes.clone()));
        let schema = match plan.shape {
            Shape::Map => Arc::new(Schema::new(replaced_fields(schema.fields(), &plan.writes))),
            Shape::Filter => Arc::clone(schema),
            Shape::Reshape => Arc::clone(&written),
        };
        Ok(Self {
            module: module.clone(),
            sandbox,
            stage,
            push,
            finish,
            state,
            merge,
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
        self.sandbox.take_log()
    }

    /// Pushes the next batch.
    ///
    /// # Errors
    /// [`EngineError::Fault`]; from then on the stage is of no use.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<Pushed, EngineError> {
        let lowered = self.projection.lower(batch).map_err(|source| EngineError::Columns {
            module: self.module.name().clone(),
            source,
        })?;
        self.bytes_in += lowered.bytes() as u64;
        self.pushed(batch, &lowered).map_err(|fault| self.failed(Call::Push, fault))
    }

    fn pushed(&mut self, batch: &RecordBatch, lowered: &Lowered) -> Result<Pushed, Fault> {
        let outgoing = Outgoing::new(lowered);
        let (answer,): StagePushResult =
            self.sandbox.call(self.push, (self.stage, outgoing.batch()))?;
        let answer = answer.map_err(|error| error.into_fault(self.sandbox.show_text()))?;
        match (self.plan.shape, answer) {
            (Shape::Map, OutputOut::Columns(columns)) => {
                self.bytes_out += columns.bytes() as u64;
                let fields = &self.plan.writes;
                let columns = lift_columns(columns.untrusted(), fields, batch.num_rows())?;
                let written: Vec<_> = fields.iter().cloned().zip(columns).collect();
                Ok(Pushed::Replaced(replace_columns(batch, &self.schema, &written)?))
            }
            (Shape::Filter, OutputOut::Keep(keep)) => {
                self.bytes_out += keep.len() as u64;
                Ok(Pushed::Kept(lift_bitmap(Untrusted::new(keep), batch.num_rows())?))
            }
            (Shape::Reshape, OutputOut::Rows(rows)) => Ok(Pushed::Rows(self.lifted(rows)?)),
            (Shape::Reshape, OutputOut::Nothing) => Ok(Pushed::Nothing),
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

    /// Rows that a reshape gave, within their limit.
    fn lifted(&mut self, rows: BatchOut) -> Result<RecordBatch, Fault> {
        self.bytes_out += rows.bytes() as u64;
        let allowed = self.sandbox.limits().output_rows;
        lift_rows(rows.untrusted(), &self.written, allowed).map_err(|error| match error {
            ColumnarError::Malformed(Malformed::TooMany { what: "rows", .. }) => {
                Fault::LimitExceeded { limit: LimitKind::OutputRows, allowed }
            }
            error => error.into(),
        })
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
                kept.map(Some).map_err(|error| self.failed(Call::Push, error.into()))
            }
            Pushed::Nothing => Ok(None),
        }
    }

    /// Ends the input; a reshape gives what it still holds.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn finish(&mut self) -> Result<Option<RecordBatch>, EngineError> {
        let finished = (|| {
            let (answer,): FinishResult = self.sandbox.call(self.finish, (self.stage,))?;
            let answer = answer.map_err(|error| error.into_fault(self.sandbox.show_text()))?;
            match (self.plan.shape, answer) {
                (_, None) => Ok(None),
                (Shape::Reshape, Some(rows)) => Ok(Some(self.lifted(rows)?)),
                _ => Err(Fault::Contract("only a reshape may give rows when it finishes".into())),
            }
        })();
        finished.map_err(|fault| self.failed(Call::Finish, fault))
    }

    /// What a reshape holds so far, for [`Stage::merge`] of another.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn state(&mut self) -> Result<Vec<u8>, EngineError> {
        let state = (|| {
            let (answer,): StateResult = self.sandbox.call(self.state, (self.stage,))?;
            answer.map_err(|error| error.into_fault(self.sandbox.show_text()))
        })();
        state.map_err(|fault| self.failed(Call::State, fault))
    }

    /// Takes in the state of a stage of the same module, settings and columns that
    /// saw later rows.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn merge(&mut self, state: &[u8]) -> Result<(), EngineError> {
        let merged = (|| {
            let (answer,): MergeResult = self.sandbox.call(self.merge, (self.stage, state))?;
            answer.map_err(|error| error.into_fault(self.sandbox.show_text()))
        })();
        merged.map_err(|fault| self.failed(Call::Merge, fault))
    }

    fn failed(&mut self, call: Call, fault: Fault) -> EngineError {
        self.sandbox.discard();
        self.module.fault(call, fault)
    }
}
