//! One lane: the plan's steps, opened, for the batches that are this lane's.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::SchemaRef;
use bailiwick_columnar::ColumnarError;
use bailiwick_engine::LogLine;
use bailiwick_governance::Work;
use bailiwick_terms::{Ordering, ProductName};

use crate::fault::FaultCount;
use crate::marks::Marked;
use crate::memory::{HeldRows, bytes_of};
use crate::step::{OpenStep, Resources};
use crate::turns::{Stopped, Turns};
use crate::{PipelineError, Prepared};

/// A step as one lane has it.
pub(crate) enum LaneStep {
    /// Opened for this lane.
    Own(Box<OpenStep>),
    /// Opened once for all lanes: it needs all rows in order.
    Shared(Arc<Turns<OpenStep>>),
}

/// The opened steps of one segment.
pub(crate) struct LaneSegment {
    pub(crate) steps: Vec<LaneStep>,
    /// The reshape that ends it, if one does.
    pub(crate) reshape: Option<LaneStep>,
}

/// The plan's steps, opened for one lane.
#[derive(Default)]
pub(crate) struct Lane {
    segments: Vec<LaneSegment>,
}

/// What a lane made of one batch.
#[derive(Default)]
pub(crate) struct Governed {
    /// Rows of the input in it.
    pub(crate) rows_in: u64,
    /// Rows that filters dropped.
    pub(crate) filtered: u64,
    /// Rows that reshapes took in.
    pub(crate) consumed: u64,
    /// Rows that reshapes gave.
    pub(crate) produced: u64,
    /// The rows that leave, if any do.
    pub(crate) delivered: Option<RecordBatch>,
    /// The rows to quarantine.
    pub(crate) quarantined: Vec<Quarantined>,
    /// The faults that were found in it, with their step's position in the plan.
    pub(crate) faults: Vec<(usize, FaultCount)>,
    /// What modules logged, with their step's position in the plan.
    pub(crate) logged: Vec<(usize, LogLine)>,
    /// The memory of its rows, until they are written.
    pub(crate) _held: HeldRows,
}

impl Governed {
    /// Bytes of the rows that are to be written.
    pub(crate) fn bytes(&self) -> u64 {
        let quarantined = self.quarantined.iter().map(|quarantined| &quarantined.rows);
        self.delivered.iter().chain(quarantined).map(bytes_of).sum()
    }
}

/// Rows of one segment that failed a check, or that a step faulted on.
pub(crate) struct Quarantined {
    /// The segment's index.
    pub(crate) segment: usize,
    /// The position in the plan of the step that faulted on them; none: they came to
    /// the segment's end.
    pub(crate) fault: Option<usize>,
    pub(crate) rows: RecordBatch,
    /// For each row the list of the rules that it failed.
    pub(crate) rules: ArrayRef,
}

/// Why a lane made nothing of a batch.
pub(crate) enum LaneError {
    /// A batch before it failed.
    Stopped,
    /// This one did.
    Failed(PipelineError),
    /// Columns of this one do not fit each other.
    Columns(ColumnarError),
}

impl LaneError {
    /// The error of the batch; none where it is another batch's.
    pub(crate) fn of(self, product: &ProductName) -> Option<PipelineError> {
        match self {
            Self::Stopped => None,
            Self::Failed(error) => Some(error),
            Self::Columns(source) => {
                Some(PipelineError::Columns { product: product.clone(), source })
            }
        }
    }
}

impl From<Stopped> for LaneError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl From<PipelineError> for LaneError {
    fn from(error: PipelineError) -> Self {
        Self::Failed(error)
    }
}

impl LaneStep {
    /// Works on a batch, at its turn where all rows are needed in order, and keeps what
    /// the module logged.
    fn work<R>(
        &mut self,
        number: u64,
        governed: &mut Governed,
        work: impl FnOnce(&mut OpenStep) -> Result<R, PipelineError>,
    ) -> Result<R, LaneError> {
        let logging = |step: &mut OpenStep| {
            let done = work(step)?;
            let position = step.position();
            governed.logged.extend(step.take_log().into_iter().map(|line| (position, line)));
            Ok::<R, PipelineError>(done)
        };
        match self {
            Self::Own(step) => Ok(logging(step)?),
            Self::Shared(turns) => Ok(turns.take(number, logging)??),
        }
    }

    /// The step, where no other lane has a share of it.
    pub(crate) fn into_own(self) -> Option<OpenStep> {
        match self {
            Self::Own(step) => Some(*step),
            Self::Shared(turns) => Arc::into_inner(turns).map(Turns::into_inner),
        }
    }
}

impl Lane {
    /// Opens every step of the plan for batches of `schema`, once for each of so many
    /// lanes; a step that needs all rows in order once for all of them.
    pub(crate) fn open(
        prepared: &Prepared,
        resources: &Resources,
        schema: &SchemaRef,
        lanes: usize,
    ) -> Result<Vec<Self>, PipelineError> {
        let plan = &prepared.plan;
        let mut opened: Vec<Self> = (0..lanes).map(|_| Self::default()).collect();
        let mut schema = Arc::clone(schema);
        for segment in &plan.segments {
            for lane in &mut opened {
                lane.segments.push(LaneSegment { steps: Vec::new(), reshape: None });
            }
            for position in segment.steps.clone() {
                let Some(step) = plan.steps.get(position) else { continue };
                let first = OpenStep::open(prepared, position, resources, &schema)?;
                let written = first.schema(&schema);
                let mut of_lanes = Vec::with_capacity(lanes);
                if step.ordering == Ordering::Ordered {
                    let shared = Arc::new(Turns::new(first));
                    of_lanes.extend((0..lanes).map(|_| LaneStep::Shared(Arc::clone(&shared))));
                } else {
                    of_lanes.push(LaneStep::Own(Box::new(first)));
                    for _ in 1..lanes {
                        let again = OpenStep::open(prepared, position, resources, &schema)?;
                        of_lanes.push(LaneStep::Own(Box::new(again)));
                    }
                }
                for (lane, own) in opened.iter_mut().zip(of_lanes) {
                    let Some(segment) = lane.segments.last_mut() else { continue };
                    match step.work {
                        Work::Reshape { .. } => segment.reshape = Some(own),
                        _ => segment.steps.push(own),
                    }
                }
                schema = written;
            }
        }
        Ok(opened)
    }

    /// Sends a batch of the input through all segments. `number` is its place among
    /// all batches.
    pub(crate) fn push(&mut self, number: u64, batch: RecordBatch) -> Result<Governed, LaneError> {
        let mut governed = Governed { rows_in: batch.num_rows() as u64, ..Governed::default() };
        self.enter(0, number, batch, &mut governed)?;
        // Steps to which this batch did not get, because nothing was left of it.
        for turns in self.shared() {
            turns.pass(number)?;
        }
        Ok(governed)
    }

    /// Sends a batch through the segments from the one of that index on.
    pub(crate) fn enter(
        &mut self,
        first: usize,
        number: u64,
        mut batch: RecordBatch,
        governed: &mut Governed,
    ) -> Result<(), LaneError> {
        for (index, segment) in self.segments.iter_mut().enumerate().skip(first) {
            let mut marked = Marked::new(batch);
            for step in &mut segment.steps {
                if marked.batch.num_rows() == 0 {
                    break;
                }
                let work = |step: &mut OpenStep| {
                    Ok::<_, PipelineError>((step.position(), step.apply(&mut marked)?))
                };
                let (position, applied) = step.work(number, governed, work)?;
                governed.filtered += applied.filtered;
                if applied.faults != FaultCount::default() {
                    governed.faults.push((position, applied.faults));
                }
                if let Some((rows, rules)) = applied.faulted {
                    let fault = Some(position);
                    governed.quarantined.push(Quarantined { segment: index, fault, rows, rules });
                }
            }
            let parted = marked.part().map_err(LaneError::Columns)?;
            if let Some((rows, rules)) = parted.quarantined {
                governed.quarantined.push(Quarantined { segment: index, fault: None, rows, rules });
            }
            batch = parted.passing;
            if batch.num_rows() == 0 {
                return Ok(());
            }
            let Some(reshape) = &mut segment.reshape else { continue };
            governed.consumed += batch.num_rows() as u64;
            let rows = reshape.work(number, governed, |step| step.reshape(&batch))?;
            let Some(rows) = rows.filter(|rows| rows.num_rows() > 0) else { return Ok(()) };
            governed.produced += rows.num_rows() as u64;
            batch = rows;
        }
        governed.delivered = Some(batch);
        Ok(())
    }

    /// The lane ends before its time, at this batch: none behind it is waited for.
    pub(crate) fn stop(&self, number: u64) {
        self.shared().for_each(|turns| turns.stop(number));
    }

    /// The segments, in order.
    pub(crate) fn segments_mut(&mut self) -> &mut [LaneSegment] {
        &mut self.segments
    }

    /// The steps, in the order of the plan.
    pub(crate) fn into_steps(self) -> impl Iterator<Item = LaneStep> {
        self.segments
            .into_iter()
            .flat_map(|segment| segment.steps.into_iter().chain(segment.reshape))
    }

    /// The lane alone, after all others are gone: nothing is shared any more.
    pub(crate) fn alone(mut self) -> Self {
        let own = |step: LaneStep| step.into_own().map(Box::new).map(LaneStep::Own);
        for segment in &mut self.segments {
            segment.steps =
                std::mem::take(&mut segment.steps).into_iter().filter_map(own).collect();
            segment.reshape = segment.reshape.take().and_then(own);
        }
        self
    }

    /// The steps that all lanes share.
    fn shared(&self) -> impl Iterator<Item = &Turns<OpenStep>> {
        let steps = self.segments.iter().flat_map(|s| s.steps.iter().chain(&s.reshape));
        steps.filter_map(|step| match step {
            LaneStep::Shared(turns) => Some(turns.as_ref()),
            LaneStep::Own(_) => None,
        })
    }
}
