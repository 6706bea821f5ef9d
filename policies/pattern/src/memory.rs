//! Verdicts on short texts, remembered.
//!
//! Columns of codes repeat few values over many rows, and a match costs some hundred
//! times what it costs to compare a value. So that columns of ever new values lose
//! little by it, a text has one place to be in, and the newer one takes it.

/// How many texts are remembered: some thousand codes fit with room between them, in
/// 544 KiB.
const PLACES: usize = 16_384;

/// The longest text that is remembered, in bytes.
const LONGEST: usize = 32;

#[derive(Debug, Clone, Copy)]
struct Place {
    // INVARIANT: zeros from `length` on.
    text: [u8; LONGEST],
    length: u8,
    verdict: bool,
}

/// No text has this length.
const UNUSED: u8 = u8::MAX;

/// Verdicts on the texts last seen.
#[derive(Debug)]
pub(crate) struct Memory {
    places: Vec<Place>,
}

impl Memory {
    /// One that remembers nothing yet.
    pub(crate) fn new() -> Self {
        let place = Place { text: [0; LONGEST], length: UNUSED, verdict: false };
        Self { places: vec![place; PLACES] }
    }

    /// The verdict on a text: the remembered one, else what `judge` says now.
    #[inline]
    pub(crate) fn recall(&mut self, text: &str, judge: impl FnOnce(&str) -> bool) -> bool {
        let (mut key, bytes) = ([0; LONGEST], text.as_bytes());
        let Some(target) = key.get_mut(..bytes.len()) else { return judge(text) };
        target.copy_from_slice(bytes);
        let Some(place) = self.places.get_mut(place_of(&key)) else { return judge(text) };
        let length = bytes.len() as u8;
        if place.length != length || place.text != key {
            *place = Place { text: key, length, verdict: judge(text) };
        }
        place.verdict
    }
}

fn place_of(key: &[u8; LONGEST]) -> usize {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, _) = key.as_chunks::<8>();
    let mixed = words.iter().fold(0, |hash: u64, word| {
        (hash.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR)
    });
    // The top bits depend on all others.
    (mixed >> 32) as usize % PLACES
}
