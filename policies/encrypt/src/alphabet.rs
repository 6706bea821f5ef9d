//! The characters that are encrypted.

use bailiwick_guest::{Error, Result, encryption};

/// Characters below this have a numeral without being sought.
const ASCII: usize = 128;

/// The characters, each with its numeral: its place among them.
#[derive(Debug)]
pub(crate) struct Alphabet {
    characters: Vec<char>,
    ascii: [Option<u16>; ASCII],
    /// The others, sorted.
    others: Vec<(char, u16)>,
    least: usize,
}

impl Alphabet {
    pub(crate) fn new(text: &str) -> Result<Self> {
        let characters: Vec<char> = text.chars().collect();
        let (mut ascii, mut others) = ([None; ASCII], Vec::new());
        let wrong = |what: String| Error::settings(format!("`alphabet` {what}"));
        for (at, character) in characters.iter().enumerate() {
            let numeral = u16::try_from(at)
                .map_err(|_| wrong("has more than 65,536 characters".to_owned()))?;
            match ascii.get_mut(*character as usize) {
                Some(Some(_)) => return Err(wrong(format!("has {character:?} twice"))),
                Some(place) => *place = Some(numeral),
                None => others.push((*character, numeral)),
            }
        }
        if characters.len() < 2 {
            return Err(wrong("has fewer than two characters".to_owned()));
        }
        others.sort_unstable();
        for pair in others.windows(2) {
            if let [(one, _), (other, _)] = pair
                && one == other
            {
                return Err(wrong(format!("has {one:?} twice")));
            }
        }
        let (mut least, mut values) = (0, 1_u64);
        while values < encryption::MIN_DOMAIN {
            values *= characters.len() as u64;
            least += 1;
        }
        // FF1 halves a value (SP 800-38G, section 5).
        Ok(Self { characters, ascii, others, least: least.max(2) })
    }

    /// The place of a character among them.
    pub(crate) fn numeral(&self, character: char) -> Option<u16> {
        match self.ascii.get(character as usize) {
            Some(numeral) => *numeral,
            None => {
                let at = self.others.binary_search_by_key(&character, |(of, _)| *of).ok()?;
                self.others.get(at).map(|(_, numeral)| *numeral)
            }
        }
    }

    /// The character in that place.
    pub(crate) fn character(&self, numeral: u16) -> char {
        self.characters.get(usize::from(numeral)).copied().unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// How many there are.
    pub(crate) fn radix(&self) -> u32 {
        self.characters.len() as u32
    }

    /// The fewest of them that can be encrypted.
    pub(crate) fn least(&self) -> usize {
        self.least
    }
}
