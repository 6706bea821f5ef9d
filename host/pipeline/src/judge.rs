//! A check, and the filter that picks the rows which it judges.

use arrow_array::RecordBatch;
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use bailiwick_columnar::{ColumnarError, keep_rows};
use bailiwick_engine::{Check, EngineError, Granularity, LogLine, Measure, Pushed, Stage};
use bailiwick_terms::ModuleName;

/// A check, opened, with the filter of its rows if it has one.
pub(crate) struct Judge {
    check: Check,
    rows: Option<Picked>,
}

/// The filter of a check's rows.
pub(crate) struct Picked {
    pub(crate) module: ModuleName,
    pub(crate) filter: Stage,
    /// Where in a batch the columns are that the check reads: only these are cut down.
    pub(crate) columns: Vec<usize>,
}

/// What a check found of a batch.
pub(crate) struct Judgement {
    /// For each rule of single rows a set bit for each row of the batch that fails.
    pub(crate) failing: Vec<BooleanBuffer>,
    /// How many rows were judged.
    pub(crate) rows: u64,
}

impl Judge {
    /// A check that judges all rows, or those that a filter picks; it is then opened for
    /// batches of the columns that are picked.
    pub(crate) fn new(check: Check, rows: Option<Picked>) -> Self {
        Self { check, rows }
    }

    /// Judges a batch.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<Judgement, EngineError> {
        let Some(Picked { module, filter, columns }) = &mut self.rows else {
            let failing = self.check.push(batch)?;
            return Ok(Judgement { failing, rows: batch.num_rows() as u64 });
        };
        let keep = match filter.push(batch)? {
            Pushed::Kept(keep) => keep,
            // INVARIANT: the planner takes a filter only.
            _ => BooleanBuffer::new_set(batch.num_rows()),
        };
        let of_columns =
            |source: ColumnarError| EngineError::Columns { module: module.clone(), source };
        let picked = batch.project(columns).map_err(ColumnarError::from);
        let picked = picked.and_then(|picked| keep_rows(&picked, &keep)).map_err(of_columns)?;
        let rows = picked.num_rows() as u64;
        if rows == 0 {
            let of_rows = self.check.plan().rules.iter();
            let of_rows = of_rows.filter(|rule| rule.granularity == Granularity::Row).count();
            let none = BooleanBuffer::new_unset(batch.num_rows());
            return Ok(Judgement { failing: vec![none; of_rows], rows });
        }
        let failing = self.check.push(&picked)?;
        let failing = failing.iter().map(|failing| scattered(failing, &keep)).collect();
        Ok(Judgement { failing, rows })
    }

    /// What the check holds.
    pub(crate) fn state(&mut self) -> Result<Vec<u8>, EngineError> {
        self.check.state()
    }

    /// Takes in what the check of another lane holds.
    pub(crate) fn merge(&mut self, state: &[u8]) -> Result<(), EngineError> {
        self.check.merge(state)
    }

    /// After a fault of either: both as they were before that push.
    pub(crate) fn rewind(&mut self) -> Result<(), EngineError> {
        if let Some(rows) = &mut self.rows {
            rows.filter.reopen()?;
        }
        self.check.rewind()
    }

    /// The figures.
    pub(crate) fn conclude(&mut self) -> Result<Vec<Measure>, EngineError> {
        self.check.conclude()
    }

    /// What both logged.
    pub(crate) fn take_log(&mut self) -> Vec<LogLine> {
        let mut lines = self.rows.as_mut().map(|rows| rows.filter.take_log()).unwrap_or_default();
        lines.append(&mut self.check.take_log());
        lines
    }

    /// Bytes copied into both.
    pub(crate) fn bytes_in(&self) -> u64 {
        self.check.bytes_in() + self.rows.as_ref().map_or(0, |rows| rows.filter.bytes_in())
    }

    /// Bytes copied out of both.
    pub(crate) fn bytes_out(&self) -> u64 {
        self.check.bytes_out() + self.rows.as_ref().map_or(0, |rows| rows.filter.bytes_out())
    }
}

/// The bits of the rows that were kept, in the places of these among all rows.
fn scattered(bits: &BooleanBuffer, keep: &BooleanBuffer) -> BooleanBuffer {
    let mut all = BooleanBufferBuilder::new(keep.len());
    all.append_n(keep.len(), false);
    for (bit, row) in bits.iter().zip(keep.set_indices()) {
        all.set_bit(row, bit);
    }
    all.finish()
}
