//! Rows that are held until the last one is there.

use bailiwick_guest::gather::{Place, gather};
use bailiwick_guest::keys::KeyMap;
use bailiwick_guest::{Array, Batch, Column, Error, Result, Schema};

use crate::Keep;

/// All rows, and of each key the one that stays.
#[derive(Debug)]
pub(crate) struct Held {
    keep: Keep,
    batches: Vec<Batch>,
    /// The order of the row that stays so far, and where it is.
    best: KeyMap<(Vec<u8>, Place)>,
}

impl Held {
    pub(crate) fn new(keep: Keep) -> Self {
        Self { keep, batches: Vec::new(), best: KeyMap::default() }
    }

    pub(crate) fn add(
        &mut self,
        rows: &Batch,
        key: impl Fn(usize) -> Box<[u8]>,
        order: impl Fn(usize) -> Vec<u8>,
    ) -> Result<()> {
        let too_many = |_| Error::data("there are more rows than can be held");
        let batch = u32::try_from(self.batches.len()).map_err(too_many)?;
        for row in 0..rows.rows() {
            let (order, place) = (order(row), (batch, u32::try_from(row).map_err(too_many)?));
            let keep = self.keep;
            self.best
                .entry(key(row))
                .and_modify(|best| {
                    let better = match keep {
                        Keep::First => order < best.0,
                        // Of equal ones the later is the last.
                        Keep::Last => order >= best.0,
                    };
                    if better {
                        *best = (order.clone(), place);
                    }
                })
                .or_insert((order, place));
        }
        self.batches.push(rows.clone());
        Ok(())
    }

    /// The rows that stay, in the order in which they came.
    pub(crate) fn rows(&self, reads: &Schema) -> Result<Vec<Array>> {
        let mut places: Vec<Place> = self.best.values().map(|(_, place)| *place).collect();
        places.sort_unstable();
        let places: Vec<Option<Place>> = places.into_iter().map(Some).collect();
        let column = |at: usize| {
            let parts = self.batches.iter().map(|batch| batch.column_at(at));
            parts.collect::<Result<Vec<Column<'_>>>>()
        };
        let fields = reads.fields.iter().enumerate();
        fields.map(|(at, field)| gather(field, &column(at)?, &places)).collect()
    }
}
