//! Which group each row is of.

use bailiwick_guest::keys::{KeyColumn, KeyMap};
use bailiwick_guest::{BinaryColumn, Column, Error, Result};

use crate::codes::{self, Codes};
use crate::members::{Members, valid_runs};

/// All groups yet, numbered as they were met.
#[derive(Debug)]
pub(crate) struct Groups {
    numbers: KeyMap<u32>,
    keys: Vec<Box<[u8]>>,
    // INVARIANT: those of values of one column that were met, each where its key is.
    codes: Codes,
    // Only its room is kept from row to row.
    key: Vec<u8>,
}

/// Values of one column, as far as they have codes.
enum Coded<'a> {
    Words(Vec<u64>),
    Bytes(BinaryColumn<'a>),
}

impl Groups {
    /// No groups yet.
    pub(crate) fn new() -> Self {
        let (numbers, keys) = (KeyMap::default(), Vec::new());
        Self { numbers, keys, codes: Codes::new(), key: Vec::new() }
    }

    /// Number of groups.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The key of each group.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().map(|key| &**key)
    }

    /// Numbers of the groups, in the order of their keys.
    pub(crate) fn sorted(&self) -> Vec<usize> {
        let mut sorted: Vec<_> = self.keys().enumerate().collect();
        sorted.sort_unstable_by_key(|(_, key)| *key);
        sorted.into_iter().map(|(number, _)| number).collect()
    }

    /// The number of the group of that key; a new one's where there is none.
    pub(crate) fn number(&mut self, key: &[u8]) -> Result<u32> {
        if let Some(number) = self.numbers.get(key) {
            return Ok(*number);
        }
        let number = u32::try_from(self.keys.len())
            .map_err(|_| Error::data("there are more groups than numbers of 32 bits"))?;
        self.keys.push(key.into());
        self.numbers.insert(key.into(), number);
        Ok(number)
    }

    /// The groups of so many rows of these columns.
    pub(crate) fn members(&mut self, columns: &[Column<'_>], rows: usize) -> Result<Members> {
        let keys = columns.iter().map(|column| KeyColumn::new(*column));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        match (columns, keys.as_slice()) {
            ([], _) => {
                self.number(&[])?;
                Ok(Members::of_one(rows))
            }
            ([column], [key]) => {
                let coded = match (key.words(), column.as_binary()) {
                    (Some(words), _) => Some(Coded::Words(words)),
                    (None, Ok(bytes)) => Some(Coded::Bytes(bytes)),
                    (None, Err(_)) => None,
                };
                match coded {
                    Some(coded) => self.by_code(*column, key, &coded, rows),
                    None => self.by_key(&keys, rows),
                }
            }
            _ => self.by_key(&keys, rows),
        }
    }

    fn by_key(&mut self, columns: &[KeyColumn<'_>], rows: usize) -> Result<Members> {
        (0..rows)
            .map(|row| self.number_of(columns, row))
            .collect::<Result<_>>()
            .map(Members::of_each)
    }

    fn number_of(&mut self, columns: &[KeyColumn<'_>], row: usize) -> Result<u32> {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        columns.iter().for_each(|column| column.write(row, &mut key));
        let number = self.number(&key);
        self.key = key;
        number
    }

    /// The number of a row's group, which its code did not tell.
    #[inline(never)]
    fn meet(&mut self, key: &[KeyColumn<'_>], row: usize, code: Option<u64>) -> Result<u32> {
        let number = self.number_of(key, row)?;
        code.into_iter().for_each(|code| self.codes.insert(code, number));
        Ok(number)
    }

    /// Asks for each row's code, and writes keys only where that is new.
    fn by_code(
        &mut self,
        column: Column<'_>,
        key: &KeyColumn<'_>,
        coded: &Coded<'_>,
        rows: usize,
    ) -> Result<Members> {
        let key = std::slice::from_ref(key);
        let valid = column.validity();
        let null = valid.and_then(|valid| valid.iter().position(|valid| !valid));
        let null = null.map(|row| self.number_of(key, row)).transpose()?;
        let mut members = vec![null.unwrap_or_default(); rows];
        let mut result = Ok(());
        valid_runs(rows, valid, |run| {
            let first = run.start;
            let targets = members.get_mut(run.clone()).unwrap_or_default().iter_mut().enumerate();
            let mut put = |target: &mut u32, at: usize, code: Option<u64>| match code
                .and_then(|code| self.codes.get(code))
            {
                Some(number) => *target = number,
                None => match self.meet(key, first + at, code) {
                    Ok(number) => *target = number,
                    Err(error) => result = Err(error),
                },
            };
            match coded {
                Coded::Words(words) => {
                    let words = words.get(run).unwrap_or_default();
                    for ((at, target), word) in targets.zip(words) {
                        put(target, at, Some(*word));
                    }
                }
                Coded::Bytes(column) => {
                    let offsets = column.offsets().get(run.start..=run.end).unwrap_or_default();
                    let (bytes, ends) = (column.bytes(), offsets.iter().skip(1));
                    for (((at, target), start), end) in targets.zip(offsets).zip(ends) {
                        put(target, at, codes::of_bytes(bytes, *start, *end));
                    }
                }
            }
        });
        result.map(|()| Members::of_each(members))
    }
}
