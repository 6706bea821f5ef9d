//! Quality rules of a contract, and the standard checks that execute them.

use bailiwick_expression::{Figure, figure_query};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::SchemaObject;
use crate::bindings::{AS_OF, Dimension, OnFailure, Severity, state};
use crate::document::{excerpt, yaml_value};
use crate::threshold::{Operators, Threshold, Unit};

/// A quality rule of a contract.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a mapping")]
pub struct QualityRule {
    /// Its id.
    pub id: Option<String>,
    /// Its short name.
    pub name: Option<String>,
    /// What it checks.
    pub description: Option<String>,
    /// `library`, `text`, `sql` or `custom`; none: `library`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The metric of a library rule, up to ODCS 3.0 called `rule`.
    #[serde(alias = "rule")]
    pub metric: Option<String>,
    /// What the metric is told besides.
    #[serde(default)]
    pub arguments: Value,
    /// The valid values of a rule of ODCS 3.0, which has no arguments.
    #[serde(default)]
    pub valid_values: Value,
    /// `rows` or `percent`, or any word.
    pub unit: Option<String>,
    /// The data quality dimension.
    pub dimension: Option<Dimension>,
    /// `info`, `warning` or `error`, or any word.
    pub severity: Option<String>,
    /// Any words.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The engine of a custom rule.
    pub engine: Option<String>,
    /// What the engine of a custom rule is told.
    #[serde(default)]
    pub implementation: Value,
    /// The query of a rule in SQL.
    pub query: Option<String>,
    #[serde(flatten)]
    operators: OperatorsText,
}

/// The operators, which may be of any type: ODCS bounds only some of them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OperatorsText {
    must_be: Option<Value>,
    must_not_be: Option<Value>,
    must_be_greater_than: Option<f64>,
    must_be_greater_or_equal_to: Option<f64>,
    must_be_less_than: Option<f64>,
    must_be_less_or_equal_to: Option<f64>,
    must_be_between: Option<[f64; 2]>,
    must_not_be_between: Option<[f64; 2]>,
}

/// What executes a rule.
pub(crate) enum Executed {
    /// A standard check.
    Check(StandardCheck),
    /// A policy, written as in `bindings.yaml`.
    Policy(Value),
}

/// A standard check, and what its one rule is held to.
pub(crate) struct StandardCheck {
    /// The module's name within its domain.
    pub(crate) module: &'static str,
    /// The columns it is bound to.
    pub(crate) columns: Vec<String>,
    /// Its settings.
    pub(crate) settings: Map<String, Value>,
    /// The rows that it judges, as an expression; none: all.
    pub(crate) rows: Option<String>,
    /// What its rule is held to.
    pub(crate) threshold: Threshold,
    /// Whether its rule is one of single rows, which can be kept back.
    pub(crate) of_rows: bool,
}

impl QualityRule {
    /// The best word there is for it.
    pub fn title(&self) -> &str {
        [&self.name, &self.id, &self.metric, &self.description, &self.kind]
            .into_iter()
            .flatten()
            .next()
            .map_or("without a name", String::as_str)
    }

    /// States the time that the product is governed for, in settings of a policy and in a
    /// query.
    pub(super) fn govern_as_of(&mut self, time: &str) {
        if let Some(query) = &mut self.query {
            *query = query.replace(AS_OF, time);
        }
        // A policy may stand there as text.
        if let Value::String(text) = &self.implementation
            && let Ok(policy) = yaml_value("implementation", text)
        {
            self.implementation = policy;
        }
        state(&mut self.implementation, time);
    }

    /// How bad it is that it is not met: a word other than `info`, `warn` and `warning`
    /// makes it an error.
    pub(crate) fn severity(&self) -> Severity {
        match self.severity.as_deref().map(str::to_ascii_lowercase).as_deref() {
            Some("info") => Severity::Info,
            Some("warn" | "warning") => Severity::Warn,
            _ => Severity::Error,
        }
    }

    /// What executes it, on that column of the object or on the object; or why nothing can,
    /// in words.
    pub(crate) fn executed_by(
        &self,
        object: &SchemaObject,
        column: Option<&str>,
    ) -> Result<Executed, String> {
        match self.kind.as_deref() {
            Some("text") => Err("it is prose".to_owned()),
            Some("sql") => self.sql(object, column).map(Executed::Check),
            Some("custom") => match self.engine.as_deref() {
                Some("bailiwick") => Ok(Executed::Policy(self.implementation.clone())),
                engine => Err(format!(
                    "it is for the engine {:?}: bind a check, or state `engine: bailiwick`",
                    excerpt(engine.unwrap_or_default())
                )),
            },
            None | Some("library") => self.library(column).map(Executed::Check),
            Some(kind) => Err(format!("its type {:?} is not known", excerpt(kind))),
        }
    }

    /// The metrics of ODCS 3.1 ("Metrics"), and the rules that 3.0 names as examples.
    fn library(&self, column: Option<&str>) -> Result<StandardCheck, String> {
        let Some(metric) = self.metric.as_deref() else {
            return Err("it names no metric".to_owned());
        };
        let of_column = || column.ok_or_else(|| format!("`{metric}` is for a column"));
        let mut columns: Vec<String> = column.iter().map(|&column| column.to_owned()).collect();
        let mut settings = Map::new();
        let module = match metric {
            "rowCount" => {
                if column.is_some() {
                    return Err("`rowCount` is for an object, not for a column".to_owned());
                }
                "row-count"
            }
            "nullValues" | "nullCheck" => {
                of_column()?;
                "completeness"
            }
            "missingValues" => {
                of_column()?;
                settings.insert("missing".to_owned(), self.missing()?);
                "completeness"
            }
            "invalidValues" | "validValues" => {
                of_column()?;
                self.invalid(&mut settings)?
            }
            "duplicateValues" | "duplicateCount" | "unique" => {
                if column.is_none() {
                    columns = self.properties()?;
                }
                "unique"
            }
            other => return Err(format!("the metric {:?} is not known", excerpt(other))),
        };
        let of_rows = module != "row-count";
        let threshold = Threshold { unit: self.unit(of_rows)?, bound: self.bound()? };
        Ok(StandardCheck { module, columns, settings, rows: None, threshold, of_rows })
    }

    /// A query whose answer a check finds (ODCS 3.1, "SQL"): one figure over the object's
    /// rows. There is no database to ask for another.
    fn sql(&self, object: &SchemaObject, column: Option<&str>) -> Result<StandardCheck, String> {
        let Some(query) = self.query.as_deref() else {
            return Err("it has no `query`".to_owned());
        };
        let query = figure_query(&filled(query, object, column)?)?;
        let names = [Some(&object.name), object.physical_name.as_ref()];
        if !names.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(&query.table)) {
            return Err(format!("its query is of another table, `{}`", excerpt(&query.table)));
        }
        let mut settings = Map::new();
        let mut rows = query.predicate;
        let mut columns: Vec<String> = query.column.into_iter().collect();
        let figure = match query.figure {
            Figure::Min => "min",
            Figure::Max => "max",
            Figure::Sum => "sum",
            Figure::Mean => "mean",
            Figure::Count | Figure::CountDistinct | Figure::Filled | Figure::DistinctShare => "",
        };
        let unit = match query.figure {
            Figure::Filled => Unit::Ratio,
            _ => self.unit(false)?,
        };
        let module = match query.figure {
            Figure::Count => {
                // Rows with a value: of SQL's COUNT(column), the rows of a predicate.
                if let Some(column) = columns.pop() {
                    let there = format!("{} IS NOT NULL", identifier(&column));
                    rows = Some(match rows {
                        Some(rows) => format!("({rows}) AND {there}"),
                        None => there,
                    });
                }
                "row-count"
            }
            Figure::CountDistinct => {
                settings.insert("rules".to_owned(), json!(["distinct-count"]));
                "distinct"
            }
            Figure::DistinctShare => {
                settings.insert("rules".to_owned(), json!(["distinct-ratio"]));
                "distinct"
            }
            Figure::Filled => "completeness",
            _ => {
                settings.insert("figures".to_owned(), json!([figure]));
                "statistics"
            }
        };
        let bound = self.bound()?;
        let bound = if query.percent { bound.divided_by(100.0) } else { bound };
        let threshold = Threshold { unit, bound };
        Ok(StandardCheck { module, columns, settings, rows, threshold, of_rows: false })
    }

    fn bound(&self) -> Result<crate::threshold::Bound, String> {
        let number = |stated: &Option<Value>| match stated {
            None => Ok(None),
            Some(value) => value
                .as_f64()
                .map(Some)
                .ok_or_else(|| format!("{} is no number", excerpt(&value.to_string()))),
        };
        let stated = &self.operators;
        Operators {
            must_be: number(&stated.must_be)?,
            must_not_be: number(&stated.must_not_be)?,
            must_be_greater_than: stated.must_be_greater_than,
            must_be_greater_or_equal_to: stated.must_be_greater_or_equal_to,
            must_be_less_than: stated.must_be_less_than,
            must_be_less_or_equal_to: stated.must_be_less_or_equal_to,
            must_be_between: stated.must_be_between,
            must_not_be_between: stated.must_not_be_between,
        }
        .bound()
    }

    fn unit(&self, of_rows: bool) -> Result<Unit, String> {
        match self.unit.as_deref() {
            None | Some("rows") => Ok(Unit::Rows),
            Some("percent") if of_rows => Ok(Unit::Percent),
            Some("percent") => Err("a number of rows has no percent".to_owned()),
            Some(other) => {
                Err(format!("its unit {:?} is neither rows nor percent", excerpt(other)))
            }
        }
    }

    /// The texts that count as missing. That nulls do is the check's own rule.
    fn missing(&self) -> Result<Value, String> {
        let Some(Value::Array(stated)) = self.arguments.get("missingValues") else {
            return Err("it has no list `arguments.missingValues`".to_owned());
        };
        if !stated.contains(&Value::Null) {
            return Err("its `missingValues` leave out null, which is always missing here".into());
        }
        let texts = stated.iter().filter(|value| !value.is_null());
        match texts.clone().find(|value| !value.is_string()) {
            Some(other) => Err(format!("{other} of its `missingValues` is no text")),
            None => Ok(Value::Array(texts.cloned().collect())),
        }
    }

    /// The check of which values are valid, with its settings.
    fn invalid(&self, settings: &mut Map<String, Value>) -> Result<&'static str, String> {
        let values = self.arguments.get("validValues").unwrap_or(&self.valid_values);
        match (values, self.arguments.get("pattern")) {
            (Value::Array(values), None) => {
                let values = values.iter().filter(|value| !value.is_null()).cloned().collect();
                settings.insert("values".to_owned(), Value::Array(values));
                Ok("allowed-values")
            }
            (Value::Null, Some(Value::String(pattern))) => {
                settings.insert("pattern".to_owned(), json!(whole(pattern)));
                Ok("pattern")
            }
            (Value::Null, None) => {
                Err("it has neither `arguments.validValues` nor `arguments.pattern`".to_owned())
            }
            _ => Err("a check has either `validValues`, a list, or `pattern`, a text".to_owned()),
        }
    }

    /// The columns of a rule of the object.
    fn properties(&self) -> Result<Vec<String>, String> {
        let stated = self.arguments.get("properties").and_then(Value::as_array);
        let names = stated.map(|names| {
            names.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        });
        match (names, stated) {
            (Some(names), Some(stated)) if !names.is_empty() && names.len() == stated.len() => {
                Ok(names)
            }
            _ => Err("it names no columns in `arguments.properties`".to_owned()),
        }
    }
}

/// A name as SQL quotes it.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A query with the names of object and column in the places that the standard has for them:
/// `{object}` and `{property}`, in former versions `${object}`, `${table}`, `${property}` and
/// `${column}`.
fn filled(query: &str, object: &SchemaObject, column: Option<&str>) -> Result<String, String> {
    let mut filled = String::with_capacity(query.len());
    let mut rest = query;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((place, after)) = behind.split_once('}') else { break };
        filled.push_str(before.strip_suffix('$').unwrap_or(before));
        match (place.trim(), column) {
            ("object" | "table", _) => filled.push_str(&identifier(&object.name)),
            ("property" | "column", Some(column)) => filled.push_str(&identifier(column)),
            ("property" | "column", None) => {
                return Err(format!("its query names `{{{place}}}`, and it is of no column"));
            }
            ("as-of", _) => {
                return Err("its query names `{as-of}`: run it with `--as-of TIME`".to_owned());
            }
            _ => return Err(format!("its query has the unknown place `{}`", excerpt(place))),
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// A regular expression for the whole of a text, of one that is sought in it.
fn whole(pattern: &str) -> String {
    // With a `|` the anchors may be of one side alone.
    if pattern.starts_with('^') && pattern.ends_with('$') && !pattern.contains('|') {
        pattern.to_owned()
    } else {
        format!("(?s:.*)(?:{pattern})(?s:.*)")
    }
}

/// What a rule leads to that is not met.
pub(crate) fn on_failure(severity: Severity, stated: OnFailure, of_rows: bool) -> OnFailure {
    match (severity, stated) {
        (Severity::Info | Severity::Warn, _) => OnFailure::Observe,
        // There is no row to keep back.
        (Severity::Error, OnFailure::Quarantine) if !of_rows => OnFailure::Block,
        (Severity::Error, stated) => stated,
    }
}
