//! Texts that all read as values of another type.

use arrow_array::{ArrayRef, StringArray};
use arrow_schema::{DataType, TimeUnit};
use bailiwick_governance::type_name;
use bailiwick_pipeline::parsed;

use crate::ProfileError;
use crate::numbers::Numbers;
use crate::profile::Column;

/// Whether a text is written as values of a type are.
type IsPlain = fn(&str) -> bool;

/// A type that all texts seen so far read as.
#[derive(Debug)]
struct Candidate {
    data_type: DataType,
    /// Whether a text is written as values of the type are, and not only parses.
    is_plain: IsPlain,
    numbers: Option<Numbers>,
}

/// The types that all texts seen so far read as, the narrowest first.
#[derive(Debug)]
pub(crate) struct Typed(Vec<Candidate>);

/// A number that loses nothing when it is read as one: a code such as `007`, a telephone
/// number and `NaN` are none.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let first = digits.bytes().next();
    let leading_zero =
        first == Some(b'0') && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    first.is_some_and(|byte| byte.is_ascii_digit()) && !leading_zero
}

fn is_truth(text: &str) -> bool {
    matches!(text, "true" | "false")
}

fn is_time(text: &str) -> bool {
    text.contains(':') && !text.contains('-')
}

fn is_date(text: &str) -> bool {
    text.contains('-') && !text.contains(':')
}

/// Whether a timestamp says which zone it is of.
fn has_zone(text: &str) -> bool {
    let (_, clock) = text.split_at_checked(10).unwrap_or_default();
    clock.ends_with(['Z', 'z']) || clock.contains(['+', '-'])
}

fn is_timestamp(text: &str) -> bool {
    text.contains(':') && text.contains('-')
}

impl Typed {
    pub(crate) fn new(column: &str) -> Result<Self, ProfileError> {
        use DataType as D;
        let utc = D::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let local = D::Timestamp(TimeUnit::Microsecond, None);
        let candidates: [(D, IsPlain); 7] = [
            (D::Int64, is_number),
            (D::Float64, is_number),
            (D::Boolean, is_truth),
            (D::Date32, is_date),
            (D::Time64(TimeUnit::Microsecond), is_time),
            (local, |text| is_timestamp(text) && !has_zone(text)),
            (utc, |text| is_timestamp(text) && has_zone(text)),
        ];
        let candidate = |(data_type, is_plain)| {
            let numbers = Numbers::of(column, &data_type)?;
            Ok(Candidate { data_type, is_plain, numbers })
        };
        candidates.into_iter().map(candidate).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn push(&mut self, texts: &StringArray) -> Result<(), ProfileError> {
        let as_texts: ArrayRef = std::sync::Arc::new(texts.clone());
        let mut kept = Vec::with_capacity(self.0.len());
        for mut candidate in self.0.drain(..) {
            if !texts.iter().flatten().all(candidate.is_plain) {
                continue;
            }
            let Some(values) = parsed(&as_texts, &candidate.data_type) else { continue };
            if let Some(numbers) = &mut candidate.numbers {
                numbers.push(&values)?;
            }
            kept.push(candidate);
        }
        self.0 = kept;
        Ok(())
    }

    /// Writes the narrowest type and its values' figures into the column's profile. Of no
    /// texts there is none.
    pub(crate) fn conclude(self, texts: u64, column: &mut Column) -> Result<(), ProfileError> {
        let Some(found) = self.0.into_iter().next().filter(|_| texts > 0) else { return Ok(()) };
        column.holds = Some(type_name(&found.data_type));
        found.numbers.map_or(Ok(()), |numbers| numbers.conclude(column))
    }
}
