//! The least or greatest value of each group.

use bailiwick_guest::keys::KeyColumn;
use bailiwick_guest::{Column, DataType, Error, Result, with_native};

use crate::members::Members;

/// What stands before a value in its key.
const VALUE: u8 = 1;

/// The least or greatest value of each group.
#[derive(Debug)]
pub(crate) enum Extremes {
    /// Of values that a word holds.
    Words {
        /// What makes the word that is looked for the greatest: all bits for the least.
        flip: u64,
        /// Bytes of a value.
        width: usize,
        best: Vec<Word>,
    },
    /// Of others.
    Keys {
        greatest: bool,
        /// Empty for none.
        best: Vec<Vec<u8>>,
    },
}

/// The greatest word of a group, if there was one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Word {
    word: u64,
    any: bool,
}

impl Word {
    #[inline]
    fn add(&mut self, word: u64) {
        *self = Self { word: self.word.max(word), any: true };
    }
}

impl Extremes {
    /// Of a column of a type with keys.
    pub(crate) fn new(greatest: bool, data_type: &DataType) -> Self {
        let width = with_native!(data_type, T => Some(size_of::<T>()), else None);
        match width {
            Some(width) => {
                Self::Words { flip: if greatest { 0 } else { u64::MAX }, width, best: Vec::new() }
            }
            None => Self::Keys { greatest, best: Vec::new() },
        }
    }

    /// Makes room for so many groups; those that are new have no values.
    pub(crate) fn grow(&mut self, groups: usize) {
        match self {
            Self::Words { best, .. } => best.resize(groups, Word::default()),
            Self::Keys { best, .. } => best.resize(groups, Vec::new()),
        }
    }

    /// Adds the values of a column, each to its row's group.
    pub(crate) fn add(&mut self, column: Column<'_>, members: &Members) -> Result<()> {
        let (keys, valid) = (KeyColumn::new(column)?, column.validity());
        match self {
            Self::Words { flip, best, .. } => {
                let words = keys.words().ok_or_else(|| column.field().unexpected("a number"))?;
                members.each(best, valid, &words, |best, word| best.add(word ^ *flip));
            }
            Self::Keys { greatest, best } => {
                let mut key = Vec::new();
                members.each_row(valid, |row, group| {
                    key.clear();
                    keys.write(row, &mut key);
                    best.get_mut(group).into_iter().for_each(|best| replace(best, &key, *greatest));
                });
            }
        }
        Ok(())
    }

    /// The key of a group's value; none where it has none.
    pub(crate) fn key(&self, group: usize) -> Option<Vec<u8>> {
        match self {
            Self::Words { flip, width, best } => {
                let best = best.get(group).filter(|best| best.any)?;
                let bytes = (best.word ^ flip).to_be_bytes();
                Some([&[VALUE], bytes.get(bytes.len() - width..)?].concat())
            }
            Self::Keys { best, .. } => best.get(group).filter(|key| !key.is_empty()).cloned(),
        }
    }

    /// Adds a value, given by its key, to a group.
    pub(crate) fn merge(&mut self, group: usize, key: &[u8]) -> Result<()> {
        match self {
            Self::Words { flip, width, best } => {
                let value = key.strip_prefix(&[VALUE]).filter(|value| value.len() == *width);
                let value = value.ok_or_else(|| {
                    Error::data("the state to merge has a value that is not of its column's type")
                })?;
                let word = value.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
                best.get_mut(group).into_iter().for_each(|best| best.add(word ^ *flip));
            }
            Self::Keys { greatest, best } => {
                best.get_mut(group).into_iter().for_each(|best| replace(best, key, *greatest));
            }
        }
        Ok(())
    }
}

fn replace(best: &mut Vec<u8>, key: &[u8], greatest: bool) {
    let is_better = if greatest { key > best.as_slice() } else { key < best.as_slice() };
    if best.is_empty() || is_better {
        best.clear();
        best.extend_from_slice(key);
    }
}
