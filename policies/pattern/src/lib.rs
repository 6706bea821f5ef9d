//! The module `pattern`: which text does not have a form, or has it.
//!
//! One rule, `matches-pattern`, or `no-match` where texts must not. A null passes:
//! `completeness` is what refuses it. Settings:
//!
//! | member | default | means |
//! |---|---|---|
//! | `pattern` | | the regular expression that the whole of each text matches |
//! | `mode` | `allow` | only what matches passes; `forbid`: only what does not |
//!
//! The *whole* text, so that `[A-Z]{3}` refuses `JFKX`, and `^` and `$` around it say
//! nothing new. For text that only holds the form somewhere, write `(?s:.*)` before
//! and behind it.
//!
//! The syntax is that of the crate `regex-lite`: no look-around, no back-references,
//! no `\p{…}`; `.` is any character but the line feed; `\d`, `\w`, `\s`, `\b` and
//! `(?i)` speak of ASCII. The time it takes grows with the length of the text only,
//! whatever the text.
//!
//! When opened, a pattern becomes a table of up to 256 states, and a text takes a
//! look-up a byte. One that needs more of them, or sets the flag `x`, is matched by
//! `regex-lite` behind a memory of verdicts.

mod class;
mod look;
mod matcher;
mod memory;
mod nfa;
mod subsets;
mod syntax;
mod table;

use bailiwick_guest::{
    About, Batch, Bitmap, Check, CheckPlan, Dimension, Error, Result, Rule, Schema, Scope,
    Settings, about,
};
use regex_lite::Regex;
use serde::Deserialize;

use matcher::Matcher;

/// Which form text must have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The regular expression that the whole of each text matches.
    pub pattern: String,
    /// What a text that matches does.
    #[serde(default)]
    pub mode: Mode,
}

/// What a text that matches does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It passes.
    #[default]
    Allow,
    /// It fails.
    Forbid,
}

impl Form {
    fn regex(&self) -> Result<Regex> {
        let refused = |error| {
            let pattern = &self.pattern;
            Error::settings(format!("`pattern` {pattern:?} is no regular expression: {error}"))
        };
        // Alone first: `a)(b` only becomes one by what is put around it.
        Regex::new(&self.pattern).map_err(refused)?;
        Regex::new(&format!("^(?:{})$", self.pattern)).map_err(refused)
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Pattern(Matcher, Mode);

impl Check for Pattern {
    type Settings = Form;
    const ABOUT: About =
        about!("pattern", Scope::Column, "Finds text that does not have a form, or has it.");

    fn plan(form: &Form, input: &Schema) -> Result<CheckPlan> {
        let field = input.only()?;
        if !field.data_type.is_text() {
            return Err(field.unexpected("utf8"));
        }
        form.regex()?;
        let (id, does) = match form.mode {
            Mode::Allow => ("matches-pattern", "matches"),
            Mode::Forbid => ("no-match", "does not match"),
        };
        let summary = format!("column {:?} {does} {}", field.name, form.pattern);
        let rule = Rule::row(id, Dimension::Conformity, summary);
        Ok(CheckPlan::reading([&field.name]).judging([rule]).independent())
    }

    fn open(form: Form, _reads: &Schema) -> Result<Self> {
        let regex = form.regex()?;
        Ok(Self(Matcher::new(&form.pattern, regex), form.mode))
    }

    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>> {
        let column = rows.only()?;
        let unlike = self.0.failing(column)?;
        let failing = match self.1 {
            Mode::Allow => unlike,
            Mode::Forbid => unlike.not(),
        };
        Ok(vec![match column.validity() {
            Some(validity) => failing.and(validity),
            None => failing,
        }])
    }
}

bailiwick_guest::export_check!(Pattern);
