//! Counts and sums of the groups of rows.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_guest::keys::KeyColumn;
use bailiwick_guest::numbers::floats;
use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::sum::ExactSum;
use bailiwick_guest::{Batch, Column, Error, Result, Schema};

/// Which columns make groups and which are summed, by their places.
#[derive(Debug)]
pub(crate) struct Columns {
    groups: Vec<usize>,
    sums: Vec<usize>,
}

impl Columns {
    pub(crate) fn of(reads: &Schema, group_by: &[String]) -> Self {
        let places = reads.fields.iter().enumerate();
        let (groups, sums): (Vec<_>, Vec<_>) =
            places.partition(|(_, field)| group_by.contains(&field.name));
        let places = |of: Vec<(usize, _)>| of.into_iter().map(|(at, _)| at).collect();
        Self { groups: places(groups), sums: places(sums) }
    }
}

/// The number of rows and the sums of one group.
#[derive(Debug, Clone)]
struct Group {
    rows: u64,
    sums: Vec<ExactSum>,
}

/// Those of all groups, by their keys.
#[derive(Debug)]
pub(crate) struct Figures {
    groups: BTreeMap<Vec<u8>, Group>,
    none: Group,
}

impl Figures {
    /// No group yet; with none that make them, the one of all rows.
    pub(crate) fn new(columns: &Columns) -> Self {
        let none = Group { rows: 0, sums: vec![ExactSum::default(); columns.sums.len()] };
        let mut groups = BTreeMap::new();
        if columns.groups.is_empty() {
            groups.insert(Vec::new(), none.clone());
        }
        Self { groups, none }
    }

    /// Adds rows.
    pub(crate) fn add(&mut self, columns: &Columns, rows: &Batch) -> Result<()> {
        let groups = columns.groups.iter().map(|at| KeyColumn::new(rows.column_at(*at)?));
        let groups = groups.collect::<Result<Vec<_>>>()?;
        let sums = columns.sums.iter().map(|at| {
            let column = rows.column_at(*at)?;
            Ok((column, floats(column)?))
        });
        let sums = sums.collect::<Result<Vec<(Column<'_>, Vec<f64>)>>>()?;
        let mut key = Vec::new();
        for row in 0..rows.rows() {
            key.clear();
            groups.iter().for_each(|column| column.write(row, &mut key));
            let group = self.group(&key);
            group.rows += 1;
            for (sum, (column, values)) in group.sums.iter_mut().zip(&sums) {
                if let Some(value) = values.get(row).filter(|_| column.is_valid(row)) {
                    sum.add(*value)?;
                }
            }
        }
        Ok(())
    }

    fn group(&mut self, key: &[u8]) -> &mut Group {
        // Most rows are of a group that there is, whose key need not be copied.
        if !self.groups.contains_key(key) {
            self.groups.insert(key.to_vec(), self.none.clone());
        }
        // INVARIANT: it is there now.
        self.groups.get_mut(key).unwrap_or(&mut self.none)
    }

    pub(crate) fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        state.u64(self.groups.len() as u64);
        for (key, group) in &self.groups {
            state.bytes(key);
            state.u64(group.rows);
            group.sums.iter().for_each(|sum| sum.write(&mut state));
        }
        Ok(state.finish())
    }

    pub(crate) fn merge(&mut self, state: &[u8]) -> Result<()> {
        let mut state = Reader::new(state);
        for _ in 0..state.u64()? {
            let key = state.bytes()?;
            let group = self.group(key);
            group.rows += state.u64()?;
            for sum in &mut group.sums {
                sum.merge(&mut state)?;
            }
        }
        if state.is_at_end() { Ok(()) } else { Err(Error::data("the state is not of this check")) }
    }

    /// The figures of every group that is on either side: the number of rows, then the sums.
    pub(crate) fn groups(&self, other: &Self) -> Result<Vec<(Vec<f64>, Vec<f64>)>> {
        let keys: BTreeSet<&Vec<u8>> = self.groups.keys().chain(other.groups.keys()).collect();
        let of = |figures: &Self, key| figures.groups.get(key).unwrap_or(&figures.none).figures();
        keys.into_iter().map(|key| Ok((of(self, key)?, of(other, key)?))).collect()
    }

    /// A figure of all groups together.
    pub(crate) fn total(&self, at: usize) -> Result<f64> {
        let mut total = ExactSum::default();
        for group in self.groups.values() {
            match at.checked_sub(1).and_then(|at| group.sums.get(at)) {
                Some(sum) => sum.parts()?.into_iter().try_for_each(|part| total.add(part))?,
                None => total.add(group.rows as f64)?,
            }
        }
        total.value()
    }
}

impl Group {
    fn figures(&self) -> Result<Vec<f64>> {
        let sums = self.sums.iter().map(ExactSum::value);
        std::iter::once(Ok(self.rows as f64)).chain(sums).collect()
    }
}
