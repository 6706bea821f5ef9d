//! Numbers, with the marks that people put into them.

use crate::Parse;

/// What stands before the fraction, and between digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks {
    decimal: char,
    group: Option<char>,
}

impl Marks {
    pub(crate) fn of(settings: &Parse) -> Self {
        Self { decimal: settings.decimal_mark.unwrap_or('.'), group: settings.group_mark }
    }

    /// The sign, the digits before the point and those behind it; none for what is not
    /// made of these.
    fn parts(self, text: &str) -> Option<(bool, String, &str)> {
        let (negative, digits) = match text.strip_prefix(['-', '+']) {
            Some(digits) => (text.starts_with('-'), digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once(self.decimal).unwrap_or((digits, ""));
        let mut clean = String::with_capacity(whole.len());
        let mut before = None;
        for character in whole.chars() {
            let is_group = Some(character) == self.group;
            // Between digits only.
            if !(is_digit(character) || is_group && before.is_some_and(is_digit)) {
                return None;
            }
            if !is_group {
                clean.push(character);
            }
            before = Some(character);
        }
        let whole_ends = before.is_none_or(is_digit);
        let some = !clean.is_empty() || !fraction.is_empty();
        let fits = whole_ends && some && fraction.chars().all(is_digit);
        fits.then_some((negative, clean, fraction))
    }

    pub(crate) fn integer(self, text: &str) -> Option<i64> {
        let (negative, whole, fraction) = self.parts(text)?;
        if !fraction.is_empty() || text.contains(self.decimal) {
            return None;
        }
        let value: i128 = whole.parse().ok()?;
        i64::try_from(if negative { -value } else { value }).ok()
    }

    pub(crate) fn float(self, text: &str) -> Option<f64> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, whole, fraction) = self.parts(mantissa)?;
        let sign = if negative { "-" } else { "" };
        let value: f64 = format!("{sign}{whole}.{fraction}e{exponent}").parse().ok()?;
        value.is_finite().then_some(value)
    }

    pub(crate) fn decimal(self, text: &str, precision: u8, scale: i8) -> Option<i128> {
        let (negative, whole, fraction) = self.parts(text)?;
        let kept = fraction.trim_end_matches('0');
        let missing = usize::try_from(scale).ok()?.checked_sub(kept.len())?;
        let digits = [whole.as_str(), kept, &"0".repeat(missing)].concat();
        let digits = digits.trim_start_matches('0');
        if digits.len() > usize::from(precision) {
            return None;
        }
        let value: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        Some(if negative { -value } else { value })
    }
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}
