//! The module `encrypt`: encrypts texts so that they keep their form.
//!
//! ```json
//! {"key": "cards@domain", "alphabet": "0123456789", "tweak": "card_number"}
//! {"key": "names", "alphabet": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "others": "null", "short": "null"}
//! ```
//!
//! Of a card number comes a number of as many digits, of an order code one of the same
//! letters: what checks lengths, sorts into columns or joins goes on working. The same value
//! becomes the same under the same key and `tweak`, and no two become one. It is FF1 with
//! AES (NIST SP 800-38G), made by the host: its approval must grant the service `encryption`
//! with the key of that name, which the module does not see. How far values join is said
//! behind the name, as for keyed hashes: `cards@domain`, `cards@product`, `cards@run`.
//!
//! Encrypted are the characters of `alphabet`, in the order in which they stand there (the
//! ten digits, unless stated). Where a value has `others`, they stay in their places
//! (`keep`, unless stated), make it `null`, or are an `error`. `4111-1111` becomes four
//! digits, a dash and four digits.
//!
//! A value too short to hide anything is not encrypted: of so many characters of the alphabet
//! there must be a million values (6 digits, 5 capitals), and there may be at most 256. Others
//! make it an error, or null with `short: null`. A null stays null.
//!
//! What to know before it is bound:
//!
//! - Whoever holds the key can decrypt, and FF1 is a standard: `cards` and `cards@global` are
//!   the key as it is in its file, 16, 24 or 32 bytes, AES-128, 192 or 256. Have a key that
//!   is for this alone. The scopes' own keys are 32 bytes of HMAC-SHA-256 under it.
//! - The same values become the same: how often each occurs can be seen. State a `tweak` of
//!   its own for every column, so that two of them cannot be compared.
//! - Check digits do not stay right: an encrypted card number fails Luhn's test, mostly.
//! - Characters that stay, and lengths, are seen by all.

mod alphabet;

use bailiwick_guest::{
    About, Array, Batch, Error, Map, Plan, Result, Schema, Scope, Settings, Utf8Builder, about,
    encryption,
};
use serde::Deserialize;

use alphabet::Alphabet;

/// The most characters of a value that are encrypted, as the service has it.
const MAX_NUMERALS: usize = 256;

/// Under which key, and which characters.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Encrypt {
    /// The key's name, with its scope.
    pub key: String,
    /// The characters that are encrypted, each once; the ten digits, if none are stated.
    #[serde(default = "digits")]
    pub alphabet: String,
    /// What makes the same value another, such as the column's name.
    #[serde(default)]
    pub tweak: String,
    /// What other characters of a value do.
    #[serde(default)]
    pub others: Others,
    /// What becomes of a value that is too short, or too long.
    #[serde(default)]
    pub short: Short,
}

fn digits() -> String {
    "0123456789".to_owned()
}

/// What characters outside the alphabet do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Others {
    /// They stay in their places.
    #[default]
    Keep,
    /// They make the value null.
    Null,
    /// They are an error.
    Error,
}

/// What becomes of a value that cannot be encrypted for its length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Short {
    /// It is an error.
    #[default]
    Error,
    /// It becomes null.
    Null,
}

/// The opened module.
#[derive(Debug)]
pub struct Encrypting {
    settings: Encrypt,
    alphabet: Alphabet,
}

impl Map for Encrypting {
    type Settings = Encrypt;
    const ABOUT: About =
        about!("encrypt", Scope::Column, "Encrypts texts so that they keep their form.");

    fn plan(settings: &Encrypt, input: &Schema) -> Result<Plan> {
        let field = input.only()?;
        if !field.data_type.is_text() {
            return Err(field.unexpected("utf8"));
        }
        Alphabet::new(&settings.alphabet)?;
        if settings.tweak.len() > encryption::MAX_TWEAK_BYTES {
            return Err(Error::settings(format!(
                "`tweak` has {} bytes, at most {} are allowed",
                settings.tweak.len(),
                encryption::MAX_TWEAK_BYTES
            )));
        }
        let mut written = field.clone();
        written.nullable |= settings.others == Others::Null || settings.short == Short::Null;
        Ok(Plan::reading([&field.name]).writing([written]))
    }

    fn open(settings: Encrypt, _reads: &Schema) -> Result<Self> {
        let alphabet = Alphabet::new(&settings.alphabet)?;
        Ok(Self { settings, alphabet })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        let texts = column.as_utf8()?;
        let (mut numerals, mut offsets) = (Vec::new(), vec![0_u32]);
        let (mut foreign, mut short) = (0_usize, 0_usize);
        // Of each row, whether it is encrypted.
        let mut encrypts = Vec::with_capacity(rows.rows());
        let too_many = |_| Error::data("a batch has too many characters");
        for text in texts.iter() {
            let from = numerals.len();
            let mut others = false;
            for character in text.unwrap_or_default().chars() {
                match self.alphabet.numeral(character) {
                    Some(numeral) => numerals.push(numeral),
                    None => others = true,
                }
            }
            let count = numerals.len() - from;
            let refused = others && self.settings.others != Others::Keep;
            let fits = (self.alphabet.least()..=MAX_NUMERALS).contains(&count);
            let is_text = text.is_some();
            foreign += usize::from(is_text && refused);
            short += usize::from(is_text && !refused && !fits);
            let encrypt = is_text && !refused && fits;
            encrypts.push(encrypt);
            if encrypt {
                offsets.push(u32::try_from(numerals.len()).map_err(too_many)?);
            } else {
                numerals.truncate(from);
            }
        }
        self.complain(column.name(), foreign, short)?;
        let Encrypt { key, tweak, .. } = &self.settings;
        let radix = self.alphabet.radix();
        let made = encryption::encrypt(key, radix, tweak.as_bytes(), &offsets, &numerals)?;
        let mut made = made.into_iter();
        let mut out = Utf8Builder::with_capacity(rows.rows(), texts.text().len());
        for (text, encrypt) in texts.iter().zip(encrypts) {
            let Some(text) = text.filter(|_| encrypt) else {
                out.push_null();
                continue;
            };
            out.write(|out| {
                for character in text.chars() {
                    let is_encrypted = self.alphabet.numeral(character).is_some();
                    let numeral = if is_encrypted { made.next() } else { None };
                    out.push(numeral.map_or(character, |of| self.alphabet.character(of)));
                }
            });
        }
        Ok(vec![out.finish_as(column.data_type())?])
    }
}

impl Encrypting {
    fn complain(&self, column: &str, foreign: usize, short: usize) -> Result<()> {
        let quarantine = "or `on_fault: quarantine` to keep their rows back";
        if foreign > 0 && self.settings.others == Others::Error {
            return Err(Error::data(format!(
                "column \"{column}\": {foreign} texts have characters that the alphabet has not: \
                 state `others: keep` or `others: null`, {quarantine}"
            )));
        }
        if short > 0 && self.settings.short == Short::Error {
            return Err(Error::data(format!(
                "column \"{column}\": {short} texts have fewer than {} or more than {MAX_NUMERALS} \
                 characters of the alphabet: state `short: null`, {quarantine}",
                self.alphabet.least()
            )));
        }
        Ok(())
    }
}

bailiwick_guest::export_map!(Encrypting);
