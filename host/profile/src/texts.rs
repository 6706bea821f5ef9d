//! What is found of texts.

use arrow_array::StringArray;
use bailiwick_guest::{Batch, Check};
use bailiwick_policy_format::Format;
use bailiwick_policy_personal_data::{Confidence, Options as Sought, PersonalData};
use bailiwick_policy_statistics::{Figure, Of, Options, Statistics};

use crate::ProfileError;
use crate::common::Often;
use crate::module::{Crossing, value};
use crate::names::{self, Coordinate};
use crate::profile::{Column, Common, Form, FormatFound, Lengths};
use crate::shape::{by_runs, form};
use crate::suspicion;
use crate::typed::Typed;

/// Texts after which a format that few of them have is no longer looked for.
const TRIAL: u64 = 1_000;

/// The share of texts that have a format which is reported.
const SHARE: f64 = 0.9;

/// The most forms that are stated.
const MOST_FORMS: usize = 10;

/// Lengths, forms, formats, types and personal data of a column of texts.
pub(crate) struct Texts {
    texts: u64,
    empty: u64,
    lengths: Statistics,
    personal: PersonalData,
    /// Formats that enough of the texts have so far, and how many.
    formats: Vec<(Format, u64)>,
    forms: Option<Often>,
    typed: Typed,
}

/// What is looked for in texts: also what other things look like.
pub(crate) fn sought() -> Sought {
    Sought { kinds: None, confidence: Confidence::Low }
}

impl Texts {
    pub(crate) fn of(column: &str, crossing: &Crossing) -> Result<Self, ProfileError> {
        let figures = vec![Figure::Min, Figure::Max, Figure::Mean];
        let lengths = Options { figures, of: Of::Length, ..Options::default() };
        Ok(Self {
            texts: 0,
            empty: 0,
            lengths: crossing.open(lengths)?,
            personal: crossing.open(sought())?,
            formats: Format::ALL.iter().map(|format| (*format, 0)).collect(),
            forms: Often::new(),
            typed: Typed::new(column)?,
        })
    }

    pub(crate) fn push(
        &mut self,
        crossing: &Crossing,
        texts: &StringArray,
        batch: &Batch,
    ) -> Result<(), ProfileError> {
        crossing.push(&mut self.lengths, batch)?;
        crossing.push(&mut self.personal, batch)?;
        let mut shape = String::new();
        for text in texts.iter().flatten() {
            self.texts += 1;
            self.empty += u64::from(text.is_empty());
            for (format, rows) in &mut self.formats {
                *rows += u64::from(format.matcher()(text));
            }
            if self.texts.is_multiple_of(TRIAL) {
                let enough = self.texts as f64 * SHARE / 2.0;
                self.formats.retain(|(_, rows)| *rows as f64 >= enough);
            }
            if let Some(forms) = &mut self.forms {
                form(text, &mut shape);
                forms.add(&shape);
            }
        }
        self.typed.push(texts)
    }

    /// Writes what was found into the column's profile. Forms say how long texts are
    /// unless personal data is suspected and not to be shown.
    pub(crate) fn conclude(
        mut self,
        crossing: &Crossing,
        common: Option<&Common<(String, u64)>>,
        show_values: bool,
        column: &mut Column,
    ) -> Result<(), ProfileError> {
        let refused = |error| crossing.refused(error);
        column.empty = Some(self.empty);
        let lengths = self.lengths.conclude().map_err(refused)?;
        let length = |rule: &str| value(&lengths, rule);
        if let (Some(min), Some(max), Some(mean)) = (length("min"), length("max"), length("mean")) {
            column.lengths = Some(Lengths { min: min as u64, max: max as u64, mean });
        }
        let enough = (self.texts - self.empty) as f64 * SHARE;
        self.formats.retain(|(format, rows)| {
            *rows > 0 && *rows as f64 >= enough && is_told(*format, &column.name, common)
        });
        // Of formats that many texts have, the one that fewest texts have tells most.
        self.formats.sort_by_key(|(format, _)| TELLING.iter().position(|told| told == format));
        let found = self.formats.iter();
        column.formats = found
            .map(|(format, rows)| FormatFound { format: format.name().to_owned(), rows: *rows })
            .collect();
        let recognised = self.personal.conclude().map_err(refused)?;
        column.personal_data.extend(suspicion::recognised(&recognised, self.texts));
        let runs = !column.personal_data.is_empty() && !show_values;
        column.forms = self.forms.map(|forms| stated_forms(forms.all(), runs));
        self.typed.conclude(self.texts, column)
    }
}

/// Formats from the one that says most of a text to those that say least.
const TELLING: [Format; 25] = {
    use Format as F;
    [
        F::Uuid,
        F::Iban,
        F::Email,
        F::CardNumber,
        F::MacAddress,
        F::Ipv4,
        F::Ipv6,
        F::Ip,
        F::Phone,
        F::Uri,
        F::Timestamp,
        F::Date,
        F::Time,
        F::Country,
        F::CountryAlpha3,
        F::Currency,
        F::Language,
        F::Boolean,
        F::Latitude,
        F::Longitude,
        F::Luhn,
        F::Integer,
        F::Number,
        F::Json,
        F::Hostname,
    ]
};

/// Whether texts have a format because they are of it, and not because many texts are.
fn is_told(format: Format, column: &str, common: Option<&Common<(String, u64)>>) -> bool {
    let named = |words: &[&str]| {
        let name = column.to_ascii_lowercase();
        words.iter().any(|word| name.contains(word))
    };
    match format {
        // Every text of one word is a name of a host, every number a piece of JSON.
        Format::Hostname => named(&["host", "domain", "server"]),
        Format::Json => common.is_some_and(|common| {
            common.common.iter().all(|(text, _)| text.starts_with(['{', '[']))
        }),
        Format::Latitude => names::coordinate(column) == Some(Coordinate::Latitude),
        Format::Longitude => names::coordinate(column) == Some(Coordinate::Longitude),
        // One of two or three letters is soon one by chance: most of the different ones
        // must be.
        Format::Country | Format::CountryAlpha3 | Format::Currency | Format::Language => common
            .is_some_and(|common| {
                let is = format.matcher();
                let told = common.common.iter().filter(|(text, _)| is(text)).count();
                told as f64 >= SHARE * common.common.len() as f64
            }),
        _ => true,
    }
}

/// The commonest forms; by their runs, so that they do not say how long the texts are.
fn stated_forms(found: Common<(String, u64)>, runs: bool) -> Common<Form> {
    let Common { complete, error, common } = found;
    let mut merged = std::collections::BTreeMap::<String, u64>::new();
    for (form, rows) in common {
        *merged.entry(if runs { by_runs(&form) } else { form }).or_default() += rows;
    }
    let different = merged.len();
    let mut forms: Vec<Form> = merged.into_iter().map(|(form, rows)| Form { form, rows }).collect();
    forms.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.form.cmp(&b.form)));
    forms.truncate(MOST_FORMS);
    Common { complete: complete && forms.len() == different, error, common: forms }
}
