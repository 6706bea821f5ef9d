//! What the answers must be: computed here, without any library, and compared with
//! what every contestant gives before it is timed.

use crate::rows::{amount, email};

/// The rows, masked and clamped.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Governed {
    pub(crate) emails: Vec<Option<String>>,
    pub(crate) amounts: Vec<Option<f64>>,
}

impl Governed {
    pub(crate) fn expected(rows: usize) -> Self {
        let masked = |row| {
            let email = email(row)?;
            let (local, domain) = email.rsplit_once('@')?;
            Some(format!("{}***@{domain}", local.get(..1)?))
        };
        let clamped = |row| amount(row).map(|amount| amount.clamp(0.0, 1_000.0));
        Self { emails: (0..rows).map(masked).collect(), amounts: (0..rows).map(clamped).collect() }
    }
}

/// Which amounts are out of bounds and which are missing, and how many.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Judged {
    pub(crate) outside: Vec<bool>,
    pub(crate) missing: Vec<bool>,
    pub(crate) rates: Rates,
}

/// How many rows fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rates {
    pub(crate) outside: usize,
    pub(crate) missing: usize,
}

impl std::ops::AddAssign for Rates {
    fn add_assign(&mut self, other: Self) {
        self.outside += other.outside;
        self.missing += other.missing;
    }
}

impl Judged {
    pub(crate) fn expected(rows: usize) -> Self {
        let within = 0.0..=1_000.0;
        let outside = |row| amount(row).is_some_and(|amount| !within.contains(&amount));
        let outside: Vec<bool> = (0..rows).map(outside).collect();
        let missing: Vec<bool> = (0..rows).map(|row| amount(row).is_none()).collect();
        let count = |rows: &[bool]| rows.iter().filter(|fails| **fails).count();
        let rates = Rates { outside: count(&outside), missing: count(&missing) };
        Self { outside, missing, rates }
    }
}
