//! What must come of a case.

use std::collections::BTreeMap;

use crate::column::Column;

/// What must come of a case.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expected {
    /// Map: the columns that it writes. Reshape: all rows that it gives.
    Output(Vec<Column>),
    /// Filter: which rows stay.
    Kept(Vec<bool>),
    /// Check: which rows fail which rule, and the figures of each rule.
    Judged { failing: Failing, measures: Measures },
    /// Settings, columns or rows are refused in these words.
    Refused(String),
}

/// For each rule, whether each row fails.
pub(crate) type Failing = BTreeMap<String, Vec<bool>>;
/// For each rule, its figures by name.
pub(crate) type Measures = BTreeMap<String, BTreeMap<String, f64>>;

impl Expected {
    /// Exactly one of what can be expected, of so many rows.
    pub(crate) fn of(
        (output, kept): (Option<Vec<Column>>, Option<Vec<bool>>),
        (failing, measures): (Option<Failing>, Option<Measures>),
        refused: Option<String>,
        rows: usize,
    ) -> Result<Self, String> {
        let judges = failing.is_some() || measures.is_some();
        let stated = [output.is_some(), kept.is_some(), judges, refused.is_some()];
        if stated.into_iter().filter(|stated| *stated).count() != 1 {
            return Err(
                "it does not say what must come of it, or says several things; state one of \
                 `output` (map, reshape), `kept` (filter), `failing` and `measures` (check), \
                 `refused`"
                    .to_owned(),
            );
        }
        let of_rows = |what: &str, found: usize| match found == rows {
            true => Ok(()),
            false => Err(format!("{what} has {found} entries for {rows} rows; give one a row")),
        };
        if let Some(output) = output {
            return Ok(Self::Output(output));
        }
        if let Some(kept) = kept {
            of_rows("`kept`", kept.len())?;
            return Ok(Self::Kept(kept));
        }
        if let Some(refused) = refused {
            return Ok(Self::Refused(refused));
        }
        let (failing, measures) = (failing.unwrap_or_default(), measures.unwrap_or_default());
        for (rule, rows) in &failing {
            of_rows(&format!("`failing` of rule {rule:?}"), rows.len())?;
        }
        Ok(Self::Judged { failing, measures })
    }
}
