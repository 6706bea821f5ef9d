//! Numbers of a block, at the width that they have, and the loops over them.
//!
//! A loop does the [`LANES`] rows of a word a turn. What it reads is whole turns: of the
//! last rows of a batch, which are none, [`bind`](super::bind) makes a padded copy. A
//! literal is one turn of itself, read over and over: so no loop has a form of its own for
//! literals, and none fills a block with them.

use super::words::{WORDS, Words};
use crate::lanes;

/// Rows of one turn.
pub(super) const LANES: usize = 64;

/// Numbers of one type.
#[derive(Debug)]
pub(super) enum Numbers<'a, T> {
    /// Whole turns of a column.
    Column(&'a [[T; LANES]]),
    /// As many turns as a block has.
    Own(Vec<[T; LANES]>),
    /// In every row the same.
    Literal(Box<[T; LANES]>),
}

impl<T: Copy + Default> Numbers<'_, T> {
    pub(super) const NONE: Self = Self::Column(&[]);

    /// Room for the numbers of a block.
    pub(super) fn room(&mut self) -> &mut [[T; LANES]] {
        if !matches!(self, Self::Own(_)) {
            *self = Self::Own(vec![[T::default(); LANES]; WORDS]);
        }
        match self {
            Self::Own(turns) => turns,
            _ => &mut [],
        }
    }

    pub(super) fn literal(value: T) -> Self {
        Self::Literal(Box::new([value; LANES]))
    }

    pub(super) fn lanes(&self) -> Lanes<'_, T> {
        match self {
            Self::Column(turns) => Lanes { turns, mask: usize::MAX },
            Self::Own(turns) => Lanes { turns, mask: usize::MAX },
            Self::Literal(turn) => Lanes { turns: std::slice::from_ref(turn), mask: 0 },
        }
    }
}

impl<T> Numbers<'_, T> {
    /// Without a column.
    pub(super) fn released(self) -> Numbers<'static, T> {
        match self {
            Self::Column(_) => Numbers::Column(&[]),
            Self::Own(turns) => Numbers::Own(turns),
            Self::Literal(turn) => Numbers::Literal(turn),
        }
    }
}

/// Turns to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes<'r, T> {
    turns: &'r [[T; LANES]],
    // 0 where one turn stands for all.
    mask: usize,
}

impl<T: Copy + Default> Lanes<'_, T> {
    pub(super) const EMPTY: Self = Self { turns: &[], mask: 0 };

    pub(super) fn get(self, row: usize) -> T {
        let turn = self.turns.get((row / LANES) & self.mask);
        turn.and_then(|turn| turn.get(row % LANES)).copied().unwrap_or_default()
    }
}

/// What loops read.
pub(super) trait Turns<T> {
    /// The values of the turn at `at`, none behind the last; `room` is for those that are
    /// stored otherwise.
    fn turn<'s>(&'s self, at: usize, room: &'s mut [T; LANES]) -> Option<&'s [T; LANES]>;
}

impl<T> Turns<T> for Lanes<'_, T> {
    #[inline(always)]
    fn turn<'s>(&'s self, at: usize, _: &'s mut [T; LANES]) -> Option<&'s [T; LANES]> {
        self.turns.get(at & self.mask)
    }
}

/// Integers, of 32 bits where they are a column's of no more.
#[derive(Debug)]
pub(super) enum Integers<'a> {
    Narrow(Numbers<'a, i32>),
    Wide(Numbers<'a, i64>),
    /// At both widths, where it has both: at the one that the other operand has it is read.
    Literal {
        wide: Box<[i64; LANES]>,
        narrow: Option<Box<[i32; LANES]>>,
    },
}

impl Integers<'_> {
    /// Without a column.
    pub(super) fn released(self) -> Integers<'static> {
        match self {
            Self::Narrow(numbers) => Integers::Narrow(numbers.released()),
            Self::Wide(numbers) => Integers::Wide(numbers.released()),
            Self::Literal { wide, narrow } => Integers::Literal { wide, narrow },
        }
    }

    pub(super) fn literal(value: i64) -> Self {
        let narrow = i32::try_from(value).ok().map(|value| Box::new([value; LANES]));
        Self::Literal { wide: Box::new([value; LANES]), narrow }
    }

    /// As they lie, where that is at 32 bits.
    pub(super) fn narrow(&self) -> Option<Lanes<'_, i32>> {
        match self {
            Self::Narrow(numbers) => Some(numbers.lanes()),
            Self::Wide(_) => None,
            Self::Literal { narrow, .. } => {
                let turn = narrow.as_deref()?;
                Some(Lanes { turns: std::slice::from_ref(turn), mask: 0 })
            }
        }
    }

    /// As they lie, where that is at 64 bits.
    fn wide(&self) -> Option<Lanes<'_, i64>> {
        match self {
            Self::Narrow(_) => None,
            Self::Wide(numbers) => Some(numbers.lanes()),
            Self::Literal { wide, .. } => {
                Some(Lanes { turns: std::slice::from_ref(wide), mask: 0 })
            }
        }
    }

    pub(super) fn get(&self, row: usize) -> i64 {
        match (self.wide(), self.narrow()) {
            (Some(wide), _) => wide.get(row),
            (None, Some(narrow)) => narrow.get(row).into(),
            (None, None) => 0,
        }
    }
}

impl Turns<i64> for Integers<'_> {
    #[inline]
    fn turn<'s>(&'s self, at: usize, room: &'s mut [i64; LANES]) -> Option<&'s [i64; LANES]> {
        match self {
            Self::Narrow(numbers) => {
                each(room, numbers.lanes().turns.get(at)?, i64::from);
                Some(room)
            }
            Self::Wide(numbers) => {
                let lanes = numbers.lanes();
                lanes.turns.get(at & lanes.mask)
            }
            Self::Literal { wide, .. } => Some(wide),
        }
    }
}

/// Values that an inner loop does, which the compiler unrolls (see [`lanes`]): as many as fit
/// into the registers, for they are stored when all of them are made. A loop that stored each
/// would be no vector code, as what it reads might lie where it writes.
const STEP: usize = 16;

#[inline(always)]
pub(super) fn each<S: Copy, T: Copy + Default>(
    out: &mut [T; LANES],
    from: &[S; LANES],
    mut function: impl FnMut(S) -> T,
) {
    let steps = out.as_chunks_mut::<STEP>().0.iter_mut().zip(from.as_chunks::<STEP>().0);
    for (out, from) in steps {
        let mut made = [T::default(); STEP];
        for (made, from) in made.iter_mut().zip(from) {
            *made = function(*from);
        }
        *out = made;
    }
}

#[inline(always)]
pub(super) fn each_of_both<S: Copy, T: Copy + Default>(
    out: &mut [T; LANES],
    (a, b): (&[S; LANES], &[S; LANES]),
    mut function: impl FnMut(S, S) -> T,
) {
    let steps = out.as_chunks_mut::<STEP>().0.iter_mut();
    let steps = steps.zip(a.as_chunks::<STEP>().0).zip(b.as_chunks::<STEP>().0);
    for ((out, a), b) in steps {
        let mut made = [T::default(); STEP];
        for ((made, a), b) in made.iter_mut().zip(a).zip(b) {
            *made = function(*a, *b);
        }
        *out = made;
    }
}

/// Sets each to what the function makes of the value in the same row.
#[inline(always)]
pub(super) fn set<S: Copy + Default, T: Copy + Default>(
    out: &mut [[T; LANES]],
    rows: usize,
    from: &impl Turns<S>,
    mut function: impl FnMut(S) -> T,
) {
    let mut room = [S::default(); LANES];
    for (at, out) in out.iter_mut().enumerate().take(rows.div_ceil(LANES)) {
        let Some(from) = from.turn(at, &mut room) else { return };
        each(out, from, &mut function);
    }
}

/// As [`set`], of two values each.
#[inline(always)]
pub(super) fn set_both<S: Copy + Default, T: Copy + Default>(
    out: &mut [[T; LANES]],
    rows: usize,
    (a, b): (&impl Turns<S>, &impl Turns<S>),
    mut function: impl FnMut(S, S) -> T,
) {
    let mut rooms = ([S::default(); LANES], [S::default(); LANES]);
    for (at, out) in out.iter_mut().enumerate().take(rows.div_ceil(LANES)) {
        let both = (a.turn(at, &mut rooms.0), b.turn(at, &mut rooms.1));
        let (Some(a), Some(b)) = both else { return };
        each_of_both(out, (a, b), &mut function);
    }
}

/// In which rows the predicate holds. Becomes vector code where it has no branches.
#[inline(always)]
pub(super) fn test_both<T: Copy + Default + 'static>(
    rows: usize,
    (a, b): (&impl Turns<T>, &impl Turns<T>),
    predicate: impl Fn(T, T) -> bool,
) -> Words {
    let mut words = Words::NONE;
    let mut rooms = ([T::default(); LANES], [T::default(); LANES]);
    for (at, word) in words.0.iter_mut().enumerate().take(rows.div_ceil(LANES)) {
        let both = (a.turn(at, &mut rooms.0), b.turn(at, &mut rooms.1));
        let (Some(a), Some(b)) = both else { break };
        *word = test((a, b), &predicate);
    }
    words
}

/// Of one turn.
#[inline(always)]
pub(super) fn test<T: Copy + 'static>(
    (a, b): (&[T; LANES], &[T; LANES]),
    predicate: impl Fn(T, T) -> bool,
) -> u64 {
    lanes::word_of_both(a, b, predicate)
}
