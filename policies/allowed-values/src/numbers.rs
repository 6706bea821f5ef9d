//! A set of numbers in a table with open addressing, most of them where they are sought
//! first.

/// 2⁶⁴ divided by the golden ratio, made odd: Knuth's multiplicative hashing.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// What is in an unused place; no number of a set.
const UNUSED: u64 = u64::MAX;

/// Places for each number, at least.
const LEAST: usize = 4;

/// Places for each number, at most, and in all: they are to stay in the cache.
const MOST: (usize, usize) = (64, 1 << 12);

/// A set of numbers.
#[derive(Debug)]
pub(crate) struct Numbers {
    // INVARIANT: a power of two many, more than one, some of them unused.
    places: Vec<u64>,
}

impl Numbers {
    pub(crate) fn new(numbers: impl IntoIterator<Item = u64>) -> Self {
        let mut numbers: Vec<u64> = numbers.into_iter().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut count = (numbers.len() * LEAST).next_power_of_two().max(2);
        let most = MOST.1.min(numbers.len() * MOST.0);
        loop {
            let (set, moved) = Self::of(&numbers, count);
            if moved == 0 || count >= most {
                return set;
            }
            count *= 2;
        }
    }

    /// With so many places; and how many numbers are not where they are sought first.
    fn of(numbers: &[u64], count: usize) -> (Self, usize) {
        let mut set = Self { places: vec![UNUSED; count] };
        let mut moved = 0;
        for number in numbers {
            let first = set.first(*number);
            let mut at = first;
            while set.places.get(at).is_some_and(|place| *place != UNUSED) {
                at = (at + 1) & (count - 1);
            }
            set.places.get_mut(at).into_iter().for_each(|place| *place = *number);
            moved += usize::from(at != first);
        }
        (set, moved)
    }

    /// Where a number is sought first.
    #[inline(always)]
    fn first(&self, number: u64) -> usize {
        // Of a product, the upper bits depend on all of the number's.
        (number.wrapping_mul(FACTOR) >> 32) as usize & (self.places.len() - 1)
    }

    /// Whether the set has a number, where that is seen at the first place.
    #[inline(always)]
    pub(crate) fn has_at_first(&self, number: u64) -> Option<bool> {
        let place = *self.places.get(self.first(number))?;
        let is_sure = (place == number) | (place == UNUSED);
        is_sure.then_some(place == number)
    }

    /// Whether the set has a number.
    #[inline(never)]
    pub(crate) fn has(&self, number: u64) -> bool {
        let mut at = self.first(number);
        while let Some(place) = self.places.get(at).filter(|place| **place != UNUSED) {
            if *place == number {
                return true;
            }
            at = (at + 1) & (self.places.len() - 1);
        }
        false
    }
}
