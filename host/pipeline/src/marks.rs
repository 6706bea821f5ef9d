//! A batch on its way through a segment, with the rows that checks marked.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_buffer::BooleanBuffer;
use arrow_select::filter::filter;
use bailiwick_columnar::{ColumnarError, keep_rows};

/// The rows of a batch that failed one rule.
struct Mark {
    /// `policy/rule`, with the step's column where a policy has several steps.
    rule: Arc<str>,
    failed: BooleanBuffer,
}

/// A batch and the marks on its rows. Marked rows stay in the batch until the end
/// of the segment, so that every step treats them as it treats the others.
pub(crate) struct Marked {
    pub(crate) batch: RecordBatch,
    marks: Vec<Mark>,
}

/// A batch, parted: the rows that go on, and the marked ones with their rules.
pub(crate) struct Parted {
    pub(crate) passing: RecordBatch,
    pub(crate) quarantined: Option<(RecordBatch, ArrayRef)>,
}

impl Marked {
    pub(crate) fn new(batch: RecordBatch) -> Self {
        Self { batch, marks: Vec::new() }
    }

    pub(crate) fn mark(&mut self, rule: &Arc<str>, failed: BooleanBuffer) {
        if failed.count_set_bits() > 0 {
            self.marks.push(Mark { rule: Arc::clone(rule), failed });
        }
    }

    fn any(&self) -> Option<BooleanBuffer> {
        let mut marks = self.marks.iter().map(|mark| mark.failed.clone());
        let first = marks.next()?;
        Some(marks.fold(first, |any, failed| &any | &failed))
    }

    /// Drops the rows that a filter does not keep. A marked row stays: it is
    /// quarantined whatever a filter thinks of its values. Gives how many were dropped.
    pub(crate) fn filter(&mut self, keep: BooleanBuffer) -> Result<u64, ColumnarError> {
        let keep = match self.any() {
            Some(marked) => &keep | &marked,
            None => keep,
        };
        let dropped = keep.len() - keep.count_set_bits();
        if dropped == 0 {
            return Ok(0);
        }
        self.keep(&keep)?;
        Ok(dropped as u64)
    }

    /// Drops all other rows, with their marks.
    fn keep(&mut self, keep: &BooleanBuffer) -> Result<(), ColumnarError> {
        let predicate = BooleanArray::new(keep.clone(), None);
        for mark in &mut self.marks {
            let failed = BooleanArray::new(mark.failed.clone(), None);
            let kept = filter(&failed, &predicate)?;
            mark.failed = BooleanArray::from(kept.to_data()).values().clone();
        }
        self.batch = keep_rows(&self.batch, keep)?;
        Ok(())
    }

    /// Takes rows out at once, each for a reason of its own beside its marks. Gives them
    /// as they are, and the lists of their reasons. `rows` is in order.
    pub(crate) fn take_out(
        &mut self,
        rows: &[(usize, Arc<str>)],
    ) -> Result<(RecordBatch, ArrayRef), ColumnarError> {
        let count = self.batch.num_rows();
        let mut out = vec![false; count];
        let mut reasons = ListBuilder::new(StringBuilder::new());
        for (row, reason) in rows {
            for mark in self.marks.iter().filter(|mark| mark.failed.value(*row)) {
                reasons.values().append_value(&mark.rule);
            }
            reasons.values().append_value(reason);
            reasons.append(true);
            if let Some(out) = out.get_mut(*row) {
                *out = true;
            }
        }
        let out = BooleanBuffer::from(out);
        let taken = keep_rows(&self.batch, &out)?;
        self.keep(&!&out)?;
        Ok((taken, Arc::new(reasons.finish())))
    }

    /// Parts the marked rows from the others.
    pub(crate) fn part(self) -> Result<Parted, ColumnarError> {
        let Some(marked) = self.any() else {
            return Ok(Parted { passing: self.batch, quarantined: None });
        };
        let rules = self.rules_of(&marked);
        Ok(Parted {
            passing: keep_rows(&self.batch, &!&marked)?,
            quarantined: Some((keep_rows(&self.batch, &marked)?, rules)),
        })
    }

    fn rules_of(&self, marked: &BooleanBuffer) -> ArrayRef {
        let mut rules = ListBuilder::new(StringBuilder::new());
        for row in marked.set_indices() {
            for mark in self.marks.iter().filter(|mark| mark.failed.value(row)) {
                rules.values().append_value(&mark.rule);
            }
            rules.append(true);
        }
        Arc::new(rules.finish())
    }
}
