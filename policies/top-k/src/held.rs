//! The rows that may stay.

use std::collections::BTreeMap;
use std::rc::Rc;

use bailiwick_guest::gather::{Place, gather};
use bailiwick_guest::{Array, Batch, Column, Error, Result, Schema};

/// Rows that are held beyond those that may stay before these are put together: so many
/// that putting them together costs little a row.
const SPARE_ROWS: usize = 8_192;

/// A row: what it is ordered by, and where it is.
type Row = (Box<[u8]>, Place);

/// Of each group the first rows so far, in order.
#[derive(Debug)]
pub(crate) struct Held {
    k: usize,
    schema: Rc<Schema>,
    batches: Vec<Batch>,
    groups: BTreeMap<Box<[u8]>, Vec<Row>>,
    /// Rows of the batches, and those of them that may stay.
    held: usize,
    staying: usize,
}

impl Held {
    pub(crate) fn new(k: usize, reads: &Schema) -> Self {
        Self {
            k,
            schema: Rc::new(reads.clone()),
            batches: Vec::new(),
            groups: BTreeMap::new(),
            held: 0,
            staying: 0,
        }
    }

    pub(crate) fn add(
        &mut self,
        rows: &Batch,
        write_group: impl Fn(usize, &mut Vec<u8>),
        write_order: impl Fn(usize, &mut Vec<u8>),
    ) -> Result<()> {
        let batch = narrow(self.batches.len())?;
        let (mut group, mut order) = (Vec::new(), Vec::new());
        for row in 0..rows.rows() {
            group.clear();
            order.clear();
            write_group(row, &mut group);
            write_order(row, &mut order);
            let place = (batch, narrow(row)?);
            if !self.groups.contains_key(group.as_slice()) {
                self.groups.insert(group.as_slice().into(), Vec::new());
            }
            let Some(first) = self.groups.get_mut(group.as_slice()) else { continue };
            // Of equal ones the row that came before stays before.
            let at = first.partition_point(|(other, _)| other.as_ref() <= order.as_slice());
            if at < self.k {
                if first.len() == self.k {
                    first.pop();
                } else {
                    self.staying += 1;
                }
                first.insert(at, (order.as_slice().into(), place));
            }
        }
        self.batches.push(rows.clone());
        self.held += rows.rows();
        if self.held > 2 * self.staying + SPARE_ROWS {
            self.put_together()?;
        }
        Ok(())
    }

    /// Holds only the rows that may stay.
    fn put_together(&mut self) -> Result<()> {
        let columns = self.gathered()?;
        self.batches = vec![Batch::from_columns(Rc::clone(&self.schema), columns)?];
        self.held = self.staying;
        for (at, (_, place)) in self.groups.values_mut().flatten().enumerate() {
            *place = (0, narrow(at)?);
        }
        Ok(())
    }

    /// Those rows, group by group.
    fn gathered(&self) -> Result<Vec<Array>> {
        let places: Vec<Option<Place>> =
            self.groups.values().flatten().map(|(_, place)| Some(*place)).collect();
        let column = |(at, field)| {
            let parts = self.batches.iter().map(|batch| batch.column_at(at));
            gather(field, &parts.collect::<Result<Vec<Column<'_>>>>()?, &places)
        };
        self.schema.fields.iter().enumerate().map(column).collect()
    }

    /// The rows that stay, and with `ranks` their places in their groups.
    pub(crate) fn rows(&self, ranks: bool) -> Result<Vec<Array>> {
        let mut columns = self.gathered()?;
        if ranks {
            let places = self.groups.values().flat_map(|rows| (1_i64..).zip(rows));
            columns.push(Array::from_values(places.map(|(rank, _)| rank)));
        }
        Ok(columns)
    }
}

fn narrow(at: usize) -> Result<u32> {
    u32::try_from(at).map_err(|_| Error::data("there are more rows than can be held"))
}
