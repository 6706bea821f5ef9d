//! Standard checks, opened natively on one column.

use std::rc::Rc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field as ArrowField, Schema as ArrowSchema};
use bailiwick_columnar::{Projection, WireField, fields_to_wire};
use bailiwick_guest::{Batch, Check, Measure, Schema, wire};
use bailiwick_terms::Read;

use crate::ProfileError;

/// A column in the types of modules: what each of them is opened with and given.
#[derive(Debug)]
pub(crate) struct Crossing {
    column: String,
    schema: ArrowSchema,
    projection: Projection,
    fields: Vec<WireField>,
}

impl Crossing {
    /// None where values of the type cannot be given to a module.
    pub(crate) fn of(column: &str, data_type: &DataType) -> Option<Self> {
        let schema = ArrowSchema::new(vec![ArrowField::new(column, data_type.clone(), true)]);
        let projection = Projection::new(&schema, &[Read::values(column)]).ok()?;
        let fields = fields_to_wire(projection.fields()).ok()?;
        Some(Self { column: column.to_owned(), schema, projection, fields })
    }

    /// The column's schema, as a module sees it.
    pub(crate) fn schema(&self) -> Result<Schema, ProfileError> {
        let fields = self.fields.iter().map(|field| wire::Field {
            name: field.name.clone(),
            format: field.format.clone(),
            nullable: field.nullable,
            children: field.children,
            metadata: field.metadata.clone(),
        });
        Schema::from_wire(fields.collect()).map_err(|error| self.refused(error))
    }

    /// Values of the column, as a module sees them.
    pub(crate) fn batch(&self, values: &ArrayRef) -> Result<Batch, ProfileError> {
        let columns = |source| ProfileError::Columns { column: self.column.clone(), source };
        let schema = std::sync::Arc::new(self.schema.clone());
        let rows = RecordBatch::try_new(schema, vec![values.clone()])
            .map_err(|source| ProfileError::Arrow { column: self.column.clone(), source })?;
        let lowered = self.projection.lower(&rows).map_err(columns)?;
        let nodes = lowered.nodes.iter();
        let batch = wire::Batch {
            rows: lowered.rows,
            nodes: nodes
                .map(|node| wire::Node { length: node.length, null_count: node.null_count })
                .collect(),
            buffers: lowered.buffers.iter().map(|buffer| buffer.to_vec()).collect(),
        };
        Batch::from_wire(Rc::new(self.schema()?), batch).map_err(|error| self.refused(error))
    }

    /// Opens a check on the column.
    pub(crate) fn open<C: Check>(&self, settings: C::Settings) -> Result<C, ProfileError> {
        C::open(settings, &self.schema()?).map_err(|error| self.refused(error))
    }

    /// Gives a check values of the column.
    pub(crate) fn push<C: Check>(&self, check: &mut C, batch: &Batch) -> Result<(), ProfileError> {
        check.push(batch).map(drop).map_err(|error| self.refused(error))
    }

    /// What a module says, of this column.
    pub(crate) fn refused(&self, source: bailiwick_guest::Error) -> ProfileError {
        ProfileError::Module { column: self.column.clone(), source }
    }
}

/// The value of a rule, among the figures of a check.
pub(crate) fn value(measures: &[Measure], rule: &str) -> Option<f64> {
    named(measures, rule, "value")
}

/// A further measure of a rule.
pub(crate) fn named(measures: &[Measure], rule: &str, name: &str) -> Option<f64> {
    let found = measures.iter().find(|measure| measure.rule == rule && measure.name == name);
    found.map(|measure| measure.value)
}
