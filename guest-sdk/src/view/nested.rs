//! Columns of lists and of structs.

use std::ops::Range;

use super::common;
use crate::storage::Storage;
use crate::{Bits, Column, Error, Field, Result};

/// Lists: each value is a range of the values of the one child.
#[derive(Debug, Clone, Copy)]
pub struct ListColumn<'a> {
    column: Column<'a>,
    // INVARIANT (`Storage`): never falling, the last within the child.
    offsets: &'a [u32],
    values: Column<'a>,
}

common!(ListColumn, Range<usize>);

impl<'a> ListColumn<'a> {
    pub(crate) fn new(column: Column<'a>, offsets: &'a [u32], values: Column<'a>) -> Self {
        Self { column, offsets, values }
    }

    /// Where each list begins in [`values`](Self::values), and where the last one
    /// ends: one more than lists.
    pub fn offsets(self) -> &'a [u32] {
        if self.offsets.is_empty() { &[0] } else { self.offsets }
    }

    /// The values of all lists, one behind the other.
    pub fn values(self) -> Column<'a> {
        self.values
    }

    /// Which of [`values`](Self::values) are in the list at `index`; none for null
    /// and behind the last.
    #[inline]
    pub fn get(self, index: usize) -> Option<Range<usize>> {
        if !self.is_valid(index) {
            return None;
        }
        let (start, end) = (self.offsets.get(index)?, self.offsets.get(index + 1)?);
        Some(*start as usize..*end as usize)
    }
}

/// Structs: one value of each child.
#[derive(Debug, Clone, Copy)]
pub struct StructColumn<'a> {
    column: Column<'a>,
    fields: &'a [Field],
    children: &'a [Storage],
}

common!(StructColumn, usize);

impl<'a> StructColumn<'a> {
    pub(crate) fn new(column: Column<'a>, fields: &'a [Field], children: &'a [Storage]) -> Self {
        Self { column, fields, children }
    }

    /// The children. Where the struct is null, so is what they hold at that row,
    /// whatever their own validity says.
    pub fn children(self) -> impl ExactSizeIterator<Item = Column<'a>> {
        self.fields.iter().zip(self.children).map(|(field, data)| Column::new(field, data))
    }

    /// The child of that name.
    pub fn child(self, name: &str) -> Result<Column<'a>> {
        self.children().find(|child| child.name() == name).ok_or_else(|| {
            Error::fields(format!("column \"{}\" has no child \"{name}\"", self.column.name()))
        })
    }

    /// The row of the value at `index` in each child, which is the same; none for
    /// null and behind the last.
    pub fn get(self, index: usize) -> Option<usize> {
        self.is_valid(index).then_some(index)
    }
}
