//! The end of the input: lanes become one, reshapes give what they hold, checks conclude.

use bailiwick_engine::LogLine;
use bailiwick_terms::ProductName;

use crate::PipelineError;
use crate::lane::{Governed, Lane, LaneStep};
use crate::report::{RuleReport, StepReport};
use crate::step::OpenStep;
use crate::workers::Workers;

/// The lanes as one, when the last batch is through them.
pub(crate) struct Ending {
    product: ProductName,
    lane: Lane,
    /// The next segment whose input ends.
    segment: usize,
    /// What steps do at the end is spread over these. Not the least of it is that their
    /// sandboxes are taken down: each is some MiB that are made zero again.
    workers: Workers,
}

/// What the steps found.
pub(crate) struct Found {
    pub(crate) steps: Vec<StepReport>,
    pub(crate) rules: Vec<RuleReport>,
}

impl Ending {
    /// Merges what the other lanes hold into the first. Of no lanes it is one without
    /// steps.
    pub(crate) fn of(
        product: &ProductName,
        lanes: Vec<Lane>,
        workers: &Workers,
    ) -> Result<Self, PipelineError> {
        let mut lanes = lanes.into_iter();
        let mut first = lanes.next().unwrap_or_default();
        for other in lanes {
            let own = first
                .segments_mut()
                .iter_mut()
                .flat_map(|s| s.steps.iter_mut().chain(&mut s.reshape));
            let pairs: Vec<_> = own.zip(other.into_steps()).filter_map(both_own).collect();
            workers.each(product, pairs, |(own, other)| own.absorb(*other))?;
        }
        let (product, workers) = (product.clone(), workers.clone());
        Ok(Self { product, lane: first.alone(), segment: 0, workers })
    }

    /// Ends the input of the next segment: what its reshape still holds goes through
    /// the segments behind it. None when all have ended.
    pub(crate) fn next(&mut self) -> Result<Option<Governed>, PipelineError> {
        let mut governed = Governed::default();
        let index = self.segment;
        let Some(segment) = self.lane.segments_mut().get_mut(index) else { return Ok(None) };
        for step in &mut segment.steps {
            if let LaneStep::Own(step) = step {
                step.finish()?;
            }
        }
        let rows = match &mut segment.reshape {
            Some(LaneStep::Own(reshape)) => reshape.finish()?,
            _ => None,
        };
        if let Some(rows) = rows.filter(|rows| rows.num_rows() > 0) {
            governed.produced += rows.num_rows() as u64;
            // Nothing is shared here, so that no number of a batch is waited for.
            let entered = self.lane.enter(index + 1, 0, rows, &mut governed);
            if let Some(error) = entered.err().and_then(|error| error.of(&self.product)) {
                return Err(error);
            }
        }
        self.segment += 1;
        Ok(Some(governed))
    }

    /// Ends the steps: checks give their findings. `logged` is what was logged of
    /// batches, with the position of the step.
    pub(crate) fn conclude(self, logged: &[(usize, LogLine)]) -> Result<Found, PipelineError> {
        let Self { product, lane, workers, .. } = self;
        let steps: Vec<OpenStep> = lane.into_steps().filter_map(LaneStep::into_own).collect();
        let found = workers.each(&product, steps, |step| {
            let own = logged.iter().filter(|(position, _)| *position == step.position());
            let own: Vec<&LogLine> = own.map(|(_, line)| line).collect();
            step.conclude(&own)
        })?;
        let (steps, rules): (_, Vec<Vec<RuleReport>>) = found.into_iter().unzip();
        Ok(Found { steps, rules: rules.concat() })
    }
}

/// The same step of two lanes, where each has its own.
fn both_own(pair: (&mut LaneStep, LaneStep)) -> Option<(&mut OpenStep, Box<OpenStep>)> {
    match pair {
        (LaneStep::Own(own), LaneStep::Own(other)) => Some((own, other)),
        _ => None,
    }
}
