//! A file of cases, read.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_terms::{MAX_CASES_BYTES, PartName};
use serde::Deserialize;
use serde_json::Value;

use crate::CasesError;
use crate::column::Column;
use crate::expected::{Expected, Failing, Measures};

/// The most cases of one module: more than anyone reads, few enough to run while one waits.
pub const MAX_CASES: usize = 256;

/// The longest name of a case, characters: a line of a terminal.
const MAX_NAME_CHARS: usize = 100;

/// What a module's tests are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cases(Vec<Case>);

/// One test of a module.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it shows.
    pub name: String,
    pub(crate) settings: Value,
    pub(crate) input: Vec<Column>,
    /// The columns of the input that the module is bound to, in order.
    pub(crate) bound: Vec<String>,
    pub(crate) references: BTreeMap<PartName, Vec<Column>>,
    pub(crate) keys: BTreeMap<PartName, String>,
    pub(crate) expected: Expected,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    cases: Vec<Value>,
}

/// A case as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseText {
    name: String,
    #[serde(default)]
    settings: Option<Value>,
    input: Vec<Column>,
    #[serde(default)]
    columns: Option<Vec<String>>,
    #[serde(default)]
    references: BTreeMap<PartName, Vec<Column>>,
    #[serde(default)]
    keys: BTreeMap<PartName, String>,
    #[serde(default)]
    output: Option<Vec<Column>>,
    #[serde(default)]
    kept: Option<Vec<bool>>,
    #[serde(default)]
    failing: Option<Failing>,
    #[serde(default)]
    measures: Option<Measures>,
    #[serde(default)]
    refused: Option<String>,
}

impl Cases {
    /// Reads a file of cases, which messages call `file`.
    ///
    /// # Errors
    /// [`CasesError`] names the file, the case and what to do.
    pub fn read(file: &str, text: &[u8]) -> Result<Self, CasesError> {
        if text.len() as u64 > MAX_CASES_BYTES {
            return Err(CasesError::TooLarge { file: file.to_owned() });
        }
        let malformed = |error: serde_json::Error| CasesError::Malformed {
            file: file.to_owned(),
            reason: printable(&error.to_string()),
        };
        let FileText { cases } = serde_json::from_slice(text).map_err(malformed)?;
        if cases.len() > MAX_CASES {
            return Err(CasesError::TooMany { file: file.to_owned(), found: cases.len() });
        }
        let (mut read, mut names) = (Vec::with_capacity(cases.len()), BTreeSet::new());
        for (at, value) in cases.into_iter().enumerate() {
            let case = called(&value, at);
            let of = |reason| CasesError::Case { file: file.to_owned(), case, reason };
            let case = Case::of(value).map_err(of)?;
            if !names.insert(case.name.clone()) {
                return Err(CasesError::SameName { file: file.to_owned(), case: case.name });
            }
            read.push(case);
        }
        Ok(Self(read))
    }

    /// The cases, in the order of the file.
    pub fn as_slice(&self) -> &[Case] {
        &self.0
    }
}

impl Case {
    fn of(value: Value) -> Result<Self, String> {
        let text: CaseText =
            serde_json::from_value(value).map_err(|error| printable(&error.to_string()))?;
        let chars = text.name.chars().count();
        if !(1..=MAX_NAME_CHARS).contains(&chars) || text.name.chars().any(char::is_control) {
            return Err(format!(
                "its name has {chars} characters; name it with 1 to {MAX_NAME_CHARS}, on one line"
            ));
        }
        let rows = of_one_length(&text.input)?;
        for (table, columns) in &text.references {
            of_one_length(columns).map_err(|error| format!("table {table}: {error}"))?;
        }
        let bound = text
            .columns
            .unwrap_or_else(|| text.input.iter().map(|column| column.name().to_owned()).collect());
        if let Some(unknown) =
            bound.iter().find(|name| text.input.iter().all(|column| column.name() != **name))
        {
            return Err(format!(
                "`columns` names {unknown:?}, which `input` does not have; add it, or leave \
                 `columns` out to bind all"
            ));
        }
        let expected = Expected::of(
            (text.output, text.kept),
            (text.failing, text.measures),
            text.refused,
            rows,
        )?;
        Ok(Self {
            name: text.name,
            settings: text.settings.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
            input: text.input,
            bound,
            references: text.references,
            keys: text.keys,
            expected,
        })
    }
}

/// What a case is called in messages before it is read.
fn called(case: &Value, at: usize) -> String {
    match case.get("name").and_then(Value::as_str) {
        Some(name) => format!("\"{}\"", printable(name)),
        None => format!("number {}", at + 1),
    }
}

/// How many rows columns have, all of them the same, and none of them twice.
fn of_one_length(columns: &[Column]) -> Result<usize, String> {
    let rows = columns.first().map_or(0, Column::len);
    let mut names = BTreeSet::new();
    for column in columns {
        if column.len() != rows {
            let (name, found) = (column.name(), column.len());
            return Err(format!(
                "column {name:?} has {found} values and the first column {rows}; give each one a row"
            ));
        }
        if !names.insert(column.name()) {
            return Err(format!("column {:?} is there twice; rename one", column.name()));
        }
    }
    Ok(rows)
}

/// Foreign text without what a terminal acts on.
pub(crate) fn printable(text: &str) -> String {
    bailiwick_engine::GuestText::new(text).to_string()
}
