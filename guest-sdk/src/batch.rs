//! One batch of rows, as a module is given it.

use std::rc::Rc;

use crate::storage::Storage;
use crate::{Array, Column, Error, Result, Schema, array, wire};

/// One batch of rows: the columns that the module's plan reads, in that order.
#[derive(Debug, Clone)]
pub struct Batch {
    schema: Rc<Schema>,
    rows: usize,
    // INVARIANT: one for each field of the schema, each of length `rows`.
    columns: Vec<Storage>,
}

impl Batch {
    /// Takes over what crossed, after checking that it can be read safely.
    pub fn from_wire(schema: Rc<Schema>, batch: wire::Batch) -> Result<Self> {
        let rows = batch.rows as usize;
        let (mut nodes, mut buffers) = (batch.nodes.into_iter(), batch.buffers.into_iter());
        let mut columns = Vec::with_capacity(schema.fields.len());
        for field in &schema.fields {
            let column = Storage::read(field, &mut nodes, &mut buffers)?;
            if column.length != rows {
                return Err(Error::data(format!(
                    "column \"{}\" has {} values in a batch of {rows} rows",
                    field.name, column.length
                )));
            }
            columns.push(column);
        }
        if nodes.len() > 0 || buffers.len() > 0 {
            return Err(Error::data("the batch has more buffers than its schema has fields"));
        }
        Ok(Self { schema, rows, columns })
    }

    /// Columns as one batch, each of its field's type: what a module keeps of several.
    ///
    /// # Errors
    /// If the columns are not of one length, or not one for each field.
    pub fn from_columns(schema: Rc<Schema>, columns: Vec<Array>) -> Result<Self> {
        Self::from_wire(schema, array::to_wire(columns)?)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The fields of the columns.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The columns, in the order of the schema.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = Column<'_>> {
        self.schema.fields.iter().zip(&self.columns).map(|(field, data)| Column::new(field, data))
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Result<Column<'_>> {
        self.schema.index_of(name).and_then(|at| self.column_at(at))
    }

    /// The column at that position among those read.
    pub fn column_at(&self, index: usize) -> Result<Column<'_>> {
        let column = self.columns().nth(index);
        column.ok_or_else(|| Error::data(format!("the batch has no column number {index}")))
    }

    /// The one column of a module of scope `column`.
    pub fn only(&self) -> Result<Column<'_>> {
        self.schema.only()?;
        self.column_at(0)
    }
}
