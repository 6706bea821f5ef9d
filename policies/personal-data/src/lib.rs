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
    About, Batch, Bitmap, BitmapBuilder, Bits, Check, CheckPlan, Dimension, Measure, Result, Rule,
    Schema, Scope, Settings, Utf8Column, about, lanes,
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
        let suspects = suspects(text);
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
        let mut any = false;
        for (kind, rows) in &mut self.kinds {
            let holds = kind.recogniser()(text);
            *rows += u64::from(holds);
            any |= holds;
        }
        any
    }
}

/// The texts with a byte without which nothing is recognised: a digit, an `@` or a `:`.
fn suspects(text: Utf8Column<'_>) -> Bitmap {
    let telling = Bitmap::of(text.text().as_bytes(), |byte| {
        (byte == b'@') | (byte.wrapping_sub(b'0') <= b':' - b'0')
    });
    let telling = telling.bits();
    let mut suspects = BitmapBuilder::with_capacity(text.len());
    lanes::for_each_range(text.offsets(), |start, end| {
        suspects.push(any_between(telling, start, end));
    });
    suspects.finish()
}

/// Whether a bit is set from `start` on and below `end`.
#[inline]
fn any_between(bits: Bits<'_>, start: usize, end: usize) -> bool {
    if start >= end {
        return false;
    }
    let (first, last) = (start / 64, (end - 1) / 64);
    let from = u64::MAX << (start % 64);
    let until = u64::MAX >> (63 - (end - 1) % 64);
    if first == last {
        return bits.word(first) & from & until != 0;
    }
    let ends = bits.word(first) & from | bits.word(last) & until;
    ends != 0 || (first + 1..last).any(|at| bits.word(at) != 0)
}

bailiwick_guest::export_check!(PersonalData);
