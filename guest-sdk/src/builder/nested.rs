//! Builders of lists and structs.

use super::ValidityBuilder;
use crate::{Array, Error, Result};

/// Builds lists: give it, list by list, the number of values that were added to
/// the builder of the child.
#[derive(Debug, Clone)]
pub struct ListBuilder {
    offsets: Vec<u32>,
    validity: ValidityBuilder,
}

impl ListBuilder {
    /// An empty one with room for so many lists.
    pub fn with_capacity(lists: usize) -> Self {
        let mut offsets = Vec::with_capacity(lists + 1);
        offsets.push(0);
        Self { offsets, validity: ValidityBuilder::default() }
    }

    /// Adds a list of the next `count` values of the child.
    pub fn push(&mut self, count: usize) {
        self.end(count, true);
    }

    /// Adds a null, which takes none of the child's values.
    pub fn push_null(&mut self) {
        self.end(0, false);
    }

    fn end(&mut self, count: usize, valid: bool) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let last = self.offsets.last().copied().unwrap_or_default();
        self.offsets.push(last.saturating_add(count));
        self.validity.push(valid);
    }

    /// The column, as `list`, of these values of the child: at least as many as
    /// the lists take.
    pub fn finish(self, values: Array) -> Result<Array> {
        Ok(self.validity.apply(Array::from_lists(&self.offsets, values)?))
    }
}

/// Builds structs: tell it, row by row, whether the struct is there, and give
/// every child's builder a value or a null for it.
#[derive(Debug, Clone, Default)]
pub struct StructBuilder {
    validity: ValidityBuilder,
}

impl StructBuilder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a struct.
    pub fn push(&mut self) {
        self.validity.push(true);
    }

    /// Adds a null; the children need a value or null too.
    pub fn push_null(&mut self) {
        self.validity.push(false);
    }

    /// The column, of these children in the order of the field's.
    pub fn finish(self, children: impl IntoIterator<Item = Array>) -> Result<Array> {
        let rows = self.validity.len();
        let array = Array::from_children(rows, children).map_err(|_| {
            Error::data(format!("a struct of {rows} rows has a child of another length"))
        })?;
        Ok(self.validity.apply(array))
    }
}
