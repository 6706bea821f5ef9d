//! What a step makes of some rows.

use super::numbers::{Integers, LANES, Lanes, Numbers};
use super::words::Words;

/// Texts: ranges of one that holds all of them.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    pub(super) ranges: Ranges<'a>,
    pub(super) source: Source<'a>,
}

/// Where each text begins and ends.
#[derive(Debug)]
pub(super) enum Ranges<'a> {
    /// A column's offsets: each begins where the one before ends.
    Column(&'a [u32]),
    Own(Vec<(u32, u32)>),
    /// In every row the whole.
    Literal,
}

/// What texts are ranges of.
#[derive(Debug, Clone)]
pub(super) enum Source<'a> {
    Column(&'a str),
    Own(String),
}

impl Texts<'_> {
    pub(super) fn text(&self) -> &str {
        match &self.source {
            Source::Column(text) => text,
            Source::Own(text) => text,
        }
    }

    #[inline]
    pub(super) fn range(&self, row: usize) -> (u32, u32) {
        match &self.ranges {
            Ranges::Column(offsets) => match offsets.get(row..row + 2) {
                Some(&[start, end]) => (start, end),
                _ => (0, 0),
            },
            Ranges::Own(ranges) => ranges.get(row).copied().unwrap_or_default(),
            // A module's memory has 32-bit addresses.
            Ranges::Literal => (0, self.text().len() as u32),
        }
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> &str {
        let (start, end) = self.range(row);
        self.text().get(start as usize..end as usize).unwrap_or_default()
    }
}

/// Values of one kind.
#[derive(Debug)]
pub(super) enum Values<'a> {
    Bools(Words),
    Integers(Integers<'a>),
    Floats(Numbers<'a, f64>),
    Decimals(Numbers<'a, i128>),
    Texts(Texts<'a>),
}

/// Room for the values of a block: that of the block before, where they are of the same form.
impl<'a> Values<'a> {
    pub(super) fn own_integers(&mut self) -> &mut [[i64; LANES]] {
        if !matches!(self, Self::Integers(Integers::Wide(_))) {
            *self = Self::Integers(Integers::Wide(Numbers::NONE));
        }
        match self {
            Self::Integers(Integers::Wide(numbers)) => numbers.room(),
            _ => &mut [],
        }
    }

    pub(super) fn own_narrow(&mut self) -> &mut [[i32; LANES]] {
        if !matches!(self, Self::Integers(Integers::Narrow(_))) {
            *self = Self::Integers(Integers::Narrow(Numbers::NONE));
        }
        match self {
            Self::Integers(Integers::Narrow(numbers)) => numbers.room(),
            _ => &mut [],
        }
    }

    pub(super) fn own_floats(&mut self) -> &mut [[f64; LANES]] {
        if !matches!(self, Self::Floats(_)) {
            *self = Self::Floats(Numbers::NONE);
        }
        match self {
            Self::Floats(numbers) => numbers.room(),
            _ => &mut [],
        }
    }

    pub(super) fn own_decimals(&mut self) -> &mut [[i128; LANES]] {
        if !matches!(self, Self::Decimals(_)) {
            *self = Self::Decimals(Numbers::NONE);
        }
        match self {
            Self::Decimals(numbers) => numbers.room(),
            _ => &mut [],
        }
    }

    /// Makes them texts that are written one after the other.
    pub(super) fn write_texts(&mut self, rows: usize, mut write: impl FnMut(usize, &mut String)) {
        let (mut ranges, mut text) = match std::mem::replace(self, Self::Bools(Words::NONE)) {
            Self::Texts(Texts { ranges: Ranges::Own(ranges), source: Source::Own(text) }) => {
                (ranges, text)
            }
            _ => (Vec::new(), String::new()),
        };
        ranges.clear();
        text.clear();
        for row in 0..rows {
            let start = text.len() as u32;
            write(row, &mut text);
            ranges.push((start, text.len() as u32));
        }
        *self = Self::Texts(Texts { ranges: Ranges::Own(ranges), source: Source::Own(text) });
    }
}

/// What a step made of a block.
#[derive(Debug)]
pub(super) struct Register<'a> {
    pub(super) values: Values<'a>,
    /// Which rows have a value; none: all.
    pub(super) valid: Option<Words>,
    /// In which rows computing it failed; none: in none. INVARIANT: these are valid, so
    /// that a null beside them, which makes null of anything, makes null of them too.
    pub(super) wrong: Option<Words>,
}

impl<'a> Register<'a> {
    pub(super) const EMPTY: Self =
        Self { values: Values::Bools(Words::NONE), valid: None, wrong: None };

    /// Makes it bools, all of them there.
    pub(super) fn set_bools(&mut self, bools: Words) {
        (self.values, self.valid, self.wrong) = (Values::Bools(bools), None, None);
    }

    pub(super) fn bools(&self) -> &Words {
        match &self.values {
            Values::Bools(words) => words,
            _ => &Words::NONE,
        }
    }

    /// The bools that are true: neither false nor unknown.
    pub(super) fn holds(&self) -> Words {
        self.valid.as_ref().map_or(*self.bools(), |valid| self.bools().and(valid))
    }

    pub(super) fn integer(&self, row: usize) -> i64 {
        match &self.values {
            Values::Integers(integers) => integers.get(row),
            _ => 0,
        }
    }

    pub(super) fn floats(&self) -> Lanes<'_, f64> {
        match &self.values {
            Values::Floats(numbers) => numbers.lanes(),
            _ => Lanes::EMPTY,
        }
    }

    pub(super) fn decimals(&self) -> Lanes<'_, i128> {
        match &self.values {
            Values::Decimals(numbers) => numbers.lanes(),
            _ => Lanes::EMPTY,
        }
    }

    pub(super) fn text(&self, row: usize) -> &str {
        match &self.values {
            Values::Texts(texts) => texts.get(row),
            _ => "",
        }
    }

    pub(super) fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid.get(row))
    }

    /// Without what it borrows of a batch; its room is kept.
    pub(super) fn released(self) -> Register<'static> {
        let values = match self.values {
            Values::Bools(bools) => Values::Bools(bools),
            Values::Integers(of) => Values::Integers(of.released()),
            Values::Floats(of) => Values::Floats(of.released()),
            Values::Decimals(of) => Values::Decimals(of.released()),
            Values::Texts(Texts { ranges, source }) => {
                let ranges = match ranges {
                    Ranges::Column(_) => Ranges::Column(&[]),
                    Ranges::Own(ranges) => Ranges::Own(ranges),
                    Ranges::Literal => Ranges::Literal,
                };
                let source = match source {
                    Source::Column(_) => Source::Column(""),
                    Source::Own(text) => Source::Own(text),
                };
                Values::Texts(Texts { ranges, source })
            }
        };
        Register { values, valid: self.valid, wrong: self.wrong }
    }
}
