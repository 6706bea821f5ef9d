//! No row is lost (principle 6).

use serde::{Deserialize, Serialize};

/// Where the rows of a run went. Each count is taken where it arises: at the
/// source, at a filter, at a reshape, and at the files as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounting {
    /// Rows read.
    pub rows_in: u64,
    /// Rows that a filter dropped.
    pub filtered: u64,
    /// Rows that a reshape took in.
    pub consumed: u64,
    /// Rows that a reshape gave.
    pub produced: u64,
    /// Rows written to a quarantine.
    pub quarantined: u64,
    /// Rows written to the output.
    pub rows_out: u64,
}

impl Accounting {
    /// Whether every row is somewhere: in + produced = out + quarantined + filtered + consumed.
    pub fn balances(&self) -> bool {
        self.rows_in + self.produced
            == self.rows_out + self.quarantined + self.filtered + self.consumed
    }
}

impl std::fmt::Display for Accounting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { rows_in, filtered, consumed, produced, quarantined, rows_out } = self;
        write!(f, "{rows_in} in")?;
        if *consumed > 0 || *produced > 0 {
            write!(f, " + {produced} produced")?;
        }
        write!(f, " = {rows_out} out + {quarantined} quarantined + {filtered} filtered")?;
        if *consumed > 0 || *produced > 0 {
            write!(f, " + {consumed} consumed")?;
        }
        Ok(())
    }
}
