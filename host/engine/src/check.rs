//! An opened check.

use arrow_array::RecordBatch;
use arrow_buffer::BooleanBuffer;
use arrow_schema::SchemaRef;
use bailiwick_columnar::{Projection, Untrusted, Validate, lift_bitmap};

use crate::abi::MeasureOut;
use crate::instance::{Instance, Opening, Role};
use crate::plan::{CheckPlan, Granularity};
use crate::rewind::Rewind;
use crate::{Call, Conditions, EngineError, Fault, LogLine, Module};

/// The most measures of one rule.
const MAX_MEASURES_PER_RULE: usize = 100;

/// One figure, found over all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// The id of its rule.
    pub rule: String,
    /// What was measured.
    pub name: String,
    /// Finite.
    pub value: f64,
}

const CHECK: Role = Role { interface: "quality", resource: "check", end: "conclude" };

type PushAnswer = Vec<Vec<u8>>;
type ConcludeAnswer = Vec<MeasureOut>;

/// An opened check: one instance, in a store of its own.
pub struct Check {
    instance: Instance,
    plan: CheckPlan,
    projection: Projection,
    /// The way back from a fault, where one is kept.
    rewind: Option<Rewind>,
    bytes_in: u64,
    bytes_out: u64,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let module = self.instance.module();
        f.debug_struct("Check").field("module", module).field("plan", &self.plan).finish()
    }
}

impl Check {
    pub(crate) fn open(
        module: &Module,
        settings: &str,
        plan: &CheckPlan,
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
        let instance = Instance::open::<PushAnswer, ConcludeAnswer>(module, CHECK, opening)?;
        let (plan, rewind) = (plan.clone(), None);
        Ok(Self { instance, plan, projection, rewind, bytes_in: 0, bytes_out: 0 })
    }

    /// Keeps what it takes to come back from a fault by [`Check::rewind`]: at times its
    /// state, and what was pushed since, in all no more than some megabytes or twice the
    /// state. To be called before the first push.
    pub fn keep_way_back(&mut self) {
        self.rewind = Some(Rewind::default());
    }

    /// What it reads and judges.
    pub fn plan(&self) -> &CheckPlan {
        &self.plan
    }

    /// Bytes copied into the module so far.
    pub fn bytes_in(&self) -> u64 {
        self.bytes_in
    }

    /// Bytes of bitmaps copied out of the module so far.
    pub fn bytes_out(&self) -> u64 {
        self.bytes_out
    }

    /// The lines that it logged since this was last asked.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        self.instance.take_log()
    }

    /// Judges the next batch: for each rule of granularity row, in their order, a
    /// set bit for each row that fails.
    ///
    /// # Errors
    /// [`EngineError::Fault`]; from then on the check is of no use.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<Vec<BooleanBuffer>, EngineError> {
        let lowered = self.projection.lower(batch).map_err(|source| EngineError::Columns {
            module: self.instance.module().name().clone(),
            source,
        })?;
        if self.rewind.as_ref().is_some_and(Rewind::is_due) {
            self.mark_way_back()?;
        }
        self.bytes_in += lowered.bytes() as u64;
        let answer = self.instance.push::<PushAnswer, ConcludeAnswer>(&lowered, true)?;
        let judged = self
            .judged(batch.num_rows(), answer)
            .map_err(|fault| self.instance.failed(Call::Push, fault))?;
        if let Some(rewind) = &mut self.rewind {
            rewind.took(lowered);
        }
        Ok(judged)
    }

    /// Remembers what it holds. When that is depends on what this instance was given, so
    /// nothing that it logs about it is kept.
    fn mark_way_back(&mut self) -> Result<(), EngineError> {
        let state = self.instance.state_in_silence()?;
        if let Some(rewind) = &mut self.rewind {
            rewind.begin_at(state);
        }
        Ok(())
    }

    /// After a push that faulted: begins anew with a fresh instance, which holds all that
    /// was taken before, once. What it logs of that again is dropped, and does not count
    /// as bytes in or out.
    ///
    /// # Errors
    /// [`EngineError::Fault`], also where a batch is not taken again that was before: a
    /// limit of time depends on more than the rows.
    pub fn rewind(&mut self) -> Result<(), EngineError> {
        let rewind = self.rewind.as_ref();
        self.instance.reopen::<PushAnswer, ConcludeAnswer>(rewind.and_then(Rewind::state))?;
        for lowered in rewind.map_or(&[][..], Rewind::since) {
            // The same rows were judged before.
            drop(self.instance.push::<PushAnswer, ConcludeAnswer>(lowered, true)?);
        }
        drop(self.instance.take_log());
        self.mark_way_back()
    }

    fn judged(
        &mut self,
        rows: usize,
        bitmaps: Untrusted<PushAnswer>,
    ) -> Result<Vec<BooleanBuffer>, Fault> {
        let is_row = |rule: &&crate::Rule| rule.granularity == Granularity::Row;
        let expected = self.plan.rules.iter().filter(is_row).count();
        if bitmaps.len() != expected {
            let found = bitmaps.len();
            return Err(Fault::Contract(format!(
                "it gave {found} bitmaps for its {expected} row rules"
            )));
        }
        let lifted = bitmaps.into_items().map(|bitmap| lift_bitmap(bitmap, rows));
        let lifted = lifted.collect::<Result<Vec<_>, _>>()?;
        self.bytes_out += lifted.iter().map(|bits| bits.inner().len() as u64).sum::<u64>();
        Ok(lifted)
    }

    /// What it holds so far, for [`Check::merge`] of another.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn state(&mut self) -> Result<Vec<u8>, EngineError> {
        self.instance.state()
    }

    /// Takes in the state of a check of the same module, settings and columns: one that
    /// saw later rows, or any others where the plan is independent.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn merge(&mut self, state: &[u8]) -> Result<(), EngineError> {
        if let Some(rewind) = &mut self.rewind {
            rewind.fall_behind();
        }
        self.instance.merge(state)
    }

    /// Ends the input and gives the measures.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn conclude(&mut self) -> Result<Vec<Measure>, EngineError> {
        let measures = self.instance.end::<ConcludeAnswer>(Call::Conclude)?;
        self.checked(measures).map_err(|fault| self.instance.failed(Call::Conclude, fault))
    }

    fn checked(&self, measures: Untrusted<ConcludeAnswer>) -> Result<Vec<Measure>, Fault> {
        let most = self.plan.rules.len() * MAX_MEASURES_PER_RULE;
        if measures.len() > most {
            let found = measures.len();
            return Err(Fault::Contract(format!(
                "it gave {found} measures, at most {most} may be"
            )));
        }
        measures.into_items().map(|measure| measure.validate(&self.plan)).collect()
    }
}

impl Validate for MeasureOut {
    type Against<'a> = &'a CheckPlan;
    type Valid = Measure;
    type Error = Fault;

    fn validate(self, plan: &CheckPlan) -> Result<Measure, Fault> {
        let Self { rule, name, value } = self;
        if !plan.rules.iter().any(|own| own.id == rule) {
            return Err(Fault::Contract("it measured a rule that it does not have".into()));
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if !(1..=64).contains(&name.len()) || !name.bytes().all(plain) {
            return Err(Fault::Contract(format!(
                "rule {rule} has a measure whose name is not 1 to 64 letters, digits, `-`, `_` or `.`"
            )));
        }
        if !value.is_finite() {
            return Err(Fault::Contract(format!(
                "rule {rule} has a measure {name} that is not finite"
            )));
        }
        Ok(Measure { rule, name, value })
    }
}
