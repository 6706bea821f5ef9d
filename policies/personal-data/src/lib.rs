//! The module `personal-data`: which texts hold personal data, anywhere in them.
//!
//! One rule, `no-personal-data`: a row fails it in whose text something is recognised. It
//! is a net with holes: names, addresses and dates of birth have no form that tells them
//! from other words. What is known to be personal is labelled in the contract; this finds
//! what got into a column that is not. Settings may be left out:
//!
//! | member | default | means |
//! |---|---|---|
//! | `kinds` | all | what is looked for |
//! | `confidence` | `medium` | kinds of less confidence are left out, unless `kinds` names them |
//!
//! | kind | confidence | is recognised by |
//! |---|---|---|
//! | `email` | high | `name@host.domain` |
//! | `iban` | high | country, length and checksum, in groups of four or not |
//! | `card-number` | medium | 13 to 19 digits, first digit and checksum: one in ten such numbers fits by chance |
//! | `phone` | medium | `+` and 8 to 15 digits, in groups or not |
//! | `ip-address` | low | four numbers up to 255, as a version's can be, or an IPv6 address |
//! | `us-ssn` | low | `123-45-6789`, if such a number can be given out |
//!
//! The rule's measures say in how many rows each kind was recognised, by its name.

mod recogniser;

use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{
    About, Batch, Bitmap, BitmapBuilder, Check, CheckPlan, Dimension, Measure, Result, Rule,
    Schema, Scope, Settings, Utf8Column, about,
};
use serde::Deserialize;

/// The one rule.
const RULE: &str = "no-personal-data";

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// What is looked for; left out, everything of that confidence or more.
    pub kinds: Option<Vec<Kind>>,
    /// Kinds of less confidence are left out where `kinds` is.
    pub confidence: Confidence,
}

/// How sure it is that what is recognised is what it looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Other things look the same.
    Low,
    /// Other things seldom look the same.
    #[default]
    Medium,
    /// Hardly anything else looks the same.
    High,
}

/// A kind of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A mail address.
    Email,
    /// An international bank account number.
    Iban,
    /// The number of a payment card.
    CardNumber,
    /// An international telephone number.
    Phone,
    /// An address of the internet protocol.
    IpAddress,
    /// A social security number of the United States.
    UsSsn,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Email, Self::Iban, Self::CardNumber, Self::Phone, Self::IpAddress, Self::UsSsn];

    /// Its name in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Iban => "iban",
            Self::CardNumber => "card-number",
            Self::Phone => "phone",
            Self::IpAddress => "ip-address",
            Self::UsSsn => "us-ssn",
        }
    }

    /// How sure it is, by its form alone.
    pub fn confidence(self) -> Confidence {
        match self {
            Self::Email | Self::Iban => Confidence::High,
            Self::CardNumber | Self::Phone => Confidence::Medium,
            Self::IpAddress | Self::UsSsn => Confidence::Low,
        }
    }

    /// What a text has that holds one: most are told from the others by that alone.
    fn least(self) -> Least {
        let least = |bytes, digits, mark| Least { bytes, digits, mark };
        match self {
            // `a@b.c`
            Self::Email => least(5, 0, Some('@')),
            // Two check digits; the shortest are Norway's.
            Self::Iban => least(15, 2, None),
            Self::CardNumber => least(13, 13, None),
            Self::Phone => least(9, 8, Some('+')),
            // `1.1.1.1`; an IPv6 address may have letters alone.
            Self::IpAddress => least(7, 0, None),
            Self::UsSsn => least(11, 9, Some('-')),
        }
    }

    fn recogniser(self) -> fn(&str) -> bool {
        match self {
            Self::Email => recogniser::holds_email,
            Self::Iban => recogniser::holds_iban,
            Self::CardNumber => recogniser::holds_card_number,
            Self::Phone => recogniser::holds_phone,
            Self::IpAddress => recogniser::holds_ip_address,
            Self::UsSsn => recogniser::holds_us_ssn,
        }
    }
}

/// What a text has at least.
#[derive(Debug, Clone, Copy)]
struct Least {
    bytes: usize,
    digits: usize,
    mark: Option<char>,
}

impl Least {
    /// Whether a text with so many digits has it.
    fn is_in(self, text: &str, digits: usize) -> bool {
        text.len() >= self.bytes
            && digits >= self.digits
            && self.mark.is_none_or(|mark| text.contains(mark))
    }
}

/// The kinds that are looked for, each once.
fn kinds(options: &Options) -> Vec<Kind> {
    let is_sought = |kind: &Kind| match &options.kinds {
        Some(kinds) => kinds.contains(kind),
        None => kind.confidence() >= options.confidence,
    };
    Kind::ALL.into_iter().filter(is_sought).collect()
}

/// The opened module.
#[derive(Debug)]
pub struct PersonalData {
    // What is looked for, and in how many rows it was recognised.
    kinds: Vec<(Kind, u64)>,
}

impl Check for PersonalData {
    type Settings = Options;
    const ABOUT: About =
        about!("personal-data", Scope::Column, "Finds texts that hold personal data.");

    fn plan(options: &Options, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        if !field.data_type.is_text() {
            return Err(field.unexpected("text"));
        }
        let kinds: Vec<&str> = kinds(options).into_iter().map(Kind::name).collect();
        if kinds.is_empty() {
            return Err(bailiwick_guest::Error::settings("`kinds` is empty: leave it out"));
        }
        let summary = format!("column {:?} holds no {}", field.name, kinds.join(", "));
        let rule = Rule::row(RULE, Dimension::Conformity, summary);
        Ok(CheckPlan::reading([&field.name]).judging([rule]).independent())
    }

    fn open(options: Options, _reads: &Schema) -> Result<Self> {
        Ok(Self { kinds: kinds(&options).into_iter().map(|kind| (kind, 0)).collect() })
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let text = rows.only()?.as_utf8()?;
        let suspects = self.suspects(text);
        let mut found = BitmapBuilder::with_capacity(text.len());
        for (at, suspects) in suspects.bits().words().enumerate() {
            let (mut left, mut holding) = (suspects, 0_u64);
            while left != 0 {
                let row = left.trailing_zeros();
                left &= left - 1;
                let value = text.get(at * 64 + row as usize);
                holding |= u64::from(value.is_some_and(|value| self.holds(value))) << row;
            }
            found.push_word(holding, text.len() - at * 64);
        }
        Ok(vec![found.finish()])
    }

    fn state(&self) -> Result<Vec<u8>> {
        let mut state = Writer::new();
        self.kinds.iter().for_each(|(_, rows)| state.u64(*rows));
        Ok(state.finish())
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        let mut state = Reader::new(state);
        for (_, rows) in &mut self.kinds {
            *rows = rows.saturating_add(state.u64()?);
        }
        Ok(())
    }

    fn conclude(&mut self) -> Result<Vec<Measure>> {
        let measure = |(kind, rows): &(Kind, u64)| Measure::new(RULE, kind.name(), *rows as f64);
        Ok(self.kinds.iter().map(measure).collect())
    }
}

impl PersonalData {
    /// Whether a text holds any kind; counts each.
    fn holds(&mut self, text: &str) -> bool {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let mut any = false;
        for (kind, rows) in &mut self.kinds {
            let holds = kind.least().is_in(text, digits) && kind.recogniser()(text);
            *rows += u64::from(holds);
            any |= holds;
        }
        any
    }

    /// The texts with a byte without which nothing is recognised, and as long as the
    /// shortest in which something is: an `@` for a mail address, a digit or a `:` for the
    /// others.
    fn suspects(&self, text: Utf8Column<'_>) -> Bitmap {
        let sought = self.kinds.iter().map(|(kind, _)| *kind);
        let (mails, others): (Vec<_>, Vec<_>) = sought.partition(|kind| *kind == Kind::Email);
        let least = |kinds: Vec<Kind>| kinds.into_iter().map(|kind| kind.least().bytes).min();
        let mails = least(mails).map(|least| having(text, least, |byte| byte == b'@'));
        let others = least(others)
            .map(|least| having(text, least, |byte| byte.wrapping_sub(b'0') <= b':' - b'0'));
        let suspects = mails.into_iter().chain(others).reduce(|one, other| one.or(other.bits()));
        suspects.unwrap_or_else(|| Bitmap::from_fn(text.len(), |_| false))
    }
}

/// The texts of at least so many bytes that have a telling one.
fn having(text: Utf8Column<'_>, least: usize, is_telling: impl Fn(u8) -> bool) -> Bitmap {
    let telling = Bitmap::of(text.text().as_bytes(), is_telling);
    // One more, so that there is one behind every word.
    let words: Vec<u64> = telling.bits().words().chain([0]).collect();
    let offsets = text.offsets();
    Bitmap::from_fn(text.len(), |row| {
        let ends = offsets.get(row).zip(offsets.get(row + 1));
        ends.is_some_and(|(start, end)| {
            let (start, end) = (*start as usize, *end as usize);
            end - start >= least && any_between(&words, start, end)
        })
    })
}

/// Whether a bit is set from `start` on and below `end`.
#[inline]
fn any_between(words: &[u64], start: usize, end: usize) -> bool {
    let (first, shift) = (start / 64, start % 64);
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    if end - start > 64 {
        let last = end / 64;
        return word(first) >> shift != 0
            || word(last) & !(u64::MAX << (end % 64)) != 0
            || (first + 1..last).any(|at| word(at) != 0);
    }
    // The next 64 bits, in two halves, as no shift may be by 64 bits.
    let next = word(first) >> shift | word(first + 1) << 1 << (63 - shift);
    end > start && next << (64 - (end - start)) != 0
}

bailiwick_guest::export_check!(PersonalData);
