//! The module of a step, opened: what it answers to a batch, or to parts of one.

use arrow_array::RecordBatch;
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use arrow_select::concat::concat_batches;
use bailiwick_columnar::ColumnarError;
use bailiwick_engine::{EngineError, LogLine, Pushed, Stage};

use crate::fault::{FaultCount, FaultKind, Isolated, isolate};
use crate::gate::Tally;
use crate::judge::{Judge, Judgement};

/// The module of a step, opened.
pub(crate) enum OpenWork {
    Transform(Box<Stage>),
    Check(Box<Judge>, Tally),
}

/// What a module answers to a batch that is not a reshape's.
pub(crate) enum Answer {
    /// A map: the batch with what it wrote.
    Replaced(RecordBatch),
    /// A filter: a set bit for each row that stays.
    Kept(BooleanBuffer),
    /// A check: what it found.
    Judged(Judgement),
}

/// What a module answered to a batch, less the rows that it faults on.
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    /// The rows that it faults on, in order.
    pub(crate) faults: Vec<(usize, FaultKind)>,
    /// Pushes again to find them.
    pub(crate) retries: u64,
    /// What it logged, where `retries` says that an instance is gone which did.
    pub(crate) logged: Vec<LogLine>,
}

/// Why there is no answer to a batch.
pub(crate) enum WorkError {
    Module(EngineError),
    Columns(ColumnarError),
    /// More faults than are allowed.
    TooManyFaults,
}

impl From<EngineError> for WorkError {
    fn from(error: EngineError) -> Self {
        Self::Module(error)
    }
}

impl OpenWork {
    pub(crate) fn transform(stage: Stage) -> Self {
        Self::Transform(Box::new(stage))
    }

    pub(crate) fn take_log(&mut self) -> Vec<LogLine> {
        match self {
            Self::Transform(stage) => stage.take_log(),
            Self::Check(check, _) => check.take_log(),
        }
    }

    /// Pushes a batch. A fault ends it.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<Answer, EngineError> {
        match self {
            Self::Transform(stage) => Ok(match stage.push(batch)? {
                Pushed::Kept(keep) => Answer::Kept(keep),
                Pushed::Replaced(batch) => Answer::Replaced(batch),
                // A reshape ends its segment and never gets here.
                Pushed::Rows(_) | Pushed::Nothing => Answer::Replaced(batch.clone()),
            }),
            Self::Check(check, _) => check.push(batch).map(Answer::Judged),
        }
    }

    /// Pushes a batch, and if the module faults on it, parts of it, each on an instance
    /// that no fault has touched, until the rows are found that it faults on. A check
    /// comes back to what it held after the part before, so that no row counts twice.
    pub(crate) fn push_in_parts(
        &mut self,
        batch: &RecordBatch,
        allowed: FaultCount,
    ) -> Result<Answered, WorkError> {
        let fault = match self.push(batch) {
            Ok(answer) => {
                let (faults, logged) = (Vec::new(), Vec::new());
                return Ok(Answered { answer, faults, retries: 0, logged });
            }
            Err(error) => FaultKind::of(&error).ok_or(error)?,
        };
        self.rewind()?;
        let mut logged = Vec::new();
        let isolated = isolate(batch.num_rows(), fault, allowed, |first, count| {
            match self.push(&batch.slice(first, count)) {
                Ok(answer) => {
                    logged.append(&mut self.take_log());
                    Ok(Ok(answer))
                }
                Err(error) => {
                    let fault = FaultKind::of(&error).ok_or(error)?;
                    self.rewind()?;
                    Ok::<_, EngineError>(Err(fault))
                }
            }
        })?;
        let Some(Isolated { answers, faults, retries }) = isolated else {
            return Err(WorkError::TooManyFaults);
        };
        let answer = self.joined(answers).map_err(WorkError::Columns)?;
        Ok(Answered { answer, faults, retries, logged })
    }

    /// After a fault: as it was before that push. Maps and filters hold nothing.
    fn rewind(&mut self) -> Result<(), EngineError> {
        match self {
            Self::Transform(stage) => stage.reopen(),
            Self::Check(check, _) => check.rewind(),
        }
    }

    /// The answers to parts of a batch as one.
    fn joined(&self, answers: Vec<Answer>) -> Result<Answer, ColumnarError> {
        let (mut batches, mut kept, mut failing) = (Vec::new(), Vec::new(), Vec::new());
        let mut judged = 0;
        for answer in answers {
            match answer {
                Answer::Replaced(batch) => batches.push(batch),
                Answer::Kept(keep) => kept.push(keep),
                Answer::Judged(judgement) => {
                    judged += judgement.rows;
                    failing.push(judgement.failing);
                }
            }
        }
        Ok(match self {
            Self::Check(..) => {
                let rules = failing.first().map_or(0, Vec::len);
                let of_rule = |rule| failing.iter().filter_map(move |bits| bits.get(rule));
                let failing = (0..rules).map(|rule| appended(of_rule(rule))).collect();
                Answer::Judged(Judgement { failing, rows: judged })
            }
            Self::Transform(_) if !kept.is_empty() => Answer::Kept(appended(kept.iter())),
            Self::Transform(stage) => Answer::Replaced(concat_batches(stage.schema(), &batches)?),
        })
    }
}

/// Bits one after the other.
fn appended<'a>(bits: impl Iterator<Item = &'a BooleanBuffer>) -> BooleanBuffer {
    let mut all = BooleanBufferBuilder::new(0);
    bits.for_each(|bits| all.append_buffer(bits));
    all.finish()
}
