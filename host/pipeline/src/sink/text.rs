//! Rows as lines of text.

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::Failure;
use super::digesting::Digesting;
use crate::workers::Workers;

/// Rows that one thread makes lines of at a time.
const PIECE_ROWS: usize = 2_048;

/// How a line says its row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text {
    Csv,
    Ndjson,
}

impl Text {
    fn lines(self, rows: &RecordBatch, header: bool) -> Result<Vec<u8>, ArrowError> {
        let mut lines = Vec::new();
        match self {
            Self::Csv => {
                arrow_csv::WriterBuilder::new()
                    .with_header(header)
                    .build(&mut lines)
                    .write(rows)?;
            }
            // A null stands as `null`: a key that is missing would look like a column that is.
            Self::Ndjson => {
                let builder = arrow_json::WriterBuilder::new().with_explicit_nulls(true);
                let mut writer: arrow_json::LineDelimitedWriter<_> = builder.build(&mut lines);
                writer.write(rows)?;
                writer.finish()?;
            }
        }
        Ok(lines)
    }
}

/// A file of lines. A line depends on its row alone, so pieces of a batch become text
/// in parallel and are written in order.
pub(super) struct TextFile {
    out: Digesting,
    text: Text,
    workers: Workers,
}

impl TextFile {
    /// Begins it; a CSV file of no rows has its header all the same.
    pub(super) fn begin(
        mut out: Digesting,
        text: Text,
        schema: &SchemaRef,
        workers: Workers,
    ) -> Result<Self, Failure> {
        out.write_all(&text.lines(&RecordBatch::new_empty(schema.clone()), true)?)?;
        Ok(Self { out, text, workers })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        let text = self.text;
        let starts: Vec<usize> = (0..batch.num_rows()).step_by(PIECE_ROWS).collect();
        let lines = self.workers.run(|| {
            let piece = |start| {
                let rows = PIECE_ROWS.min(batch.num_rows() - start);
                text.lines(&batch.slice(start, rows), false)
            };
            starts.into_par_iter().map(piece).collect::<Result<Vec<_>, _>>()
        })??;
        for piece in lines {
            self.out.write_all(&piece)?;
        }
        Ok(())
    }

    pub(super) fn end(self) -> Digesting {
        self.out
    }
}
