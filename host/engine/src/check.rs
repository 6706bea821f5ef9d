//! An opened check.

use arrow_array::RecordBatch;
use arrow_buffer::BooleanBuffer;
use arrow_schema::SchemaRef;
use bailiwick_columnar::{Projection, Untrusted, lift_bitmap};

use crate::abi::{GuestError, MeasureOut};
use crate::instance::{Instance, Opening, Role};
use crate::plan::{CheckPlan, Granularity};
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

type PushAnswer = Result<Vec<Vec<u8>>, GuestError>;
type ConcludeAnswer = Result<Vec<MeasureOut>, GuestError>;

/// An opened check: one instance, in a store of its own.
pub struct Check {
    instance: Instance,
    plan: CheckPlan,
    projection: Projection,
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
        };
        let instance = Instance::open::<PushAnswer, ConcludeAnswer>(module, CHECK, opening)?;
        Ok(Self { instance, plan: plan.clone(), projection, bytes_in: 0, bytes_out: 0 })
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
        self.bytes_in += lowered.bytes() as u64;
        let answer = self.instance.push::<PushAnswer, ConcludeAnswer>(&lowered, true)?;
        self.judged(batch.num_rows(), answer)
            .map_err(|fault| self.instance.failed(Call::Push, fault))
    }

    fn judged(&mut self, rows: usize, answer: PushAnswer) -> Result<Vec<BooleanBuffer>, Fault> {
        let bitmaps =
            answer.map_err(|error| error.into_fault(self.instance.sandbox().show_text()))?;
        let is_row = |rule: &&crate::Rule| rule.granularity == Granularity::Row;
        let expected = self.plan.rules.iter().filter(is_row).count();
        if bitmaps.len() != expected {
            let found = bitmaps.len();
            return Err(Fault::Contract(format!(
                "it gave {found} bitmaps for its {expected} row rules"
            )));
        }
        self.bytes_out += bitmaps.iter().map(Vec::len).sum::<usize>() as u64;
        let lift = |bitmap| Ok(lift_bitmap(Untrusted::new(bitmap), rows)?);
        bitmaps.into_iter().map(lift).collect()
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
        self.instance.merge(state)
    }

    /// Begins anew with a fresh instance, after a fault too, which takes in the state
    /// that [`Check::state`] gave. What was pushed since and logged is gone; the counts
    /// of bytes go on.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn reopen(&mut self, state: &[u8]) -> Result<(), EngineError> {
        self.instance.reopen::<PushAnswer, ConcludeAnswer>(Some(state))
    }

    /// Ends the input and gives the measures.
    ///
    /// # Errors
    /// [`EngineError::Fault`].
    pub fn conclude(&mut self) -> Result<Vec<Measure>, EngineError> {
        let answer = self.instance.end::<ConcludeAnswer>(Call::Conclude)?;
        let concluded = answer
            .map_err(|error| error.into_fault(self.instance.sandbox().show_text()))
            .and_then(|measures| self.checked(measures));
        concluded.map_err(|fault| self.instance.failed(Call::Conclude, fault))
    }

    fn checked(&self, measures: Vec<MeasureOut>) -> Result<Vec<Measure>, Fault> {
        let most = self.plan.rules.len() * MAX_MEASURES_PER_RULE;
        if measures.len() > most {
            let found = measures.len();
            return Err(Fault::Contract(format!(
                "it gave {found} measures, at most {most} may be"
            )));
        }
        measures
            .into_iter()
            .map(|MeasureOut { rule, name, value }| {
                if !self.plan.rules.iter().any(|own| own.id == rule) {
                    return Err(Fault::Contract("it measured a rule that it does not have".into()));
                }
                let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
                if !(1..=64).contains(&name.len()) || !name.bytes().all(plain) {
                    return Err(Fault::Contract(format!(
                        "rule {rule} has a measure whose name is not 1 to 64 letters, digits, `-`, `_` or `.`"
                    )));
                }
                if !value.is_finite() {
                    return Err(Fault::Contract(format!("rule {rule} has a measure {name} that is not finite")));
                }
                Ok(Measure { rule, name, value })
            })
            .collect()
    }
}
