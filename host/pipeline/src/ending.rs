//! The end of the input: lanes become one, reshapes give what they hold, checks conclude.

use bailiwick_engine::LogLine;
use bailiwick_terms::ProductName;

use crate::PipelineError;
use crate::lane::{Governed, Lane, LaneStep};
use crate::report::{RuleReport, StepReport};

/// The lanes as one, when the last batch is through them.
pub(crate) struct Ending {
    product: ProductName,
    lane: Lane,
    /// The next segment whose input ends.
    segment: usize,
}

/// What the steps found.
pub(crate) struct Found {
    pub(crate) steps: Vec<StepReport>,
    pub(crate) rules: Vec<RuleReport>,
}

impl Ending {
    /// Merges what the other lanes hold into the first. Of no lanes it is one without
    /// steps.
    pub(crate) fn of(product: &ProductName, lanes: Vec<Lane>) -> Result<Self, PipelineError> {
        let mut lanes = lanes.into_iter();
        let mut first = lanes.next().unwrap_or_default();
        for other in lanes {
            let own = first
                .segments_mut()
                .iter_mut()
                .flat_map(|s| s.steps.iter_mut().chain(&mut s.reshape));
            for (own, other) in own.zip(other.into_steps()) {
                if let (LaneStep::Own(own), LaneStep::Own(other)) = (own, other) {
                    own.absorb(*other)?;
                }
            }
        }
        Ok(Self { product: product.clone(), lane: first.alone(), segment: 0 })
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
        let (mut steps, mut rules) = (Vec::new(), Vec::new());
        for step in self.lane.into_steps().filter_map(LaneStep::into_own) {
            let own = logged.iter().filter(|(position, _)| *position == step.position());
            let own: Vec<&LogLine> = own.map(|(_, line)| line).collect();
            let (step, found) = step.conclude(&own)?;
            steps.push(step);
            rules.extend(found);
        }
        Ok(Found { steps, rules })
    }
}
