//! What came otherwise than expected, in words.

use std::collections::BTreeSet;

use arrow_array::{Array, RecordBatch};
use arrow_buffer::BooleanBuffer;
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;
use bailiwick_engine::{GuestText, Measure, Tried};
use bailiwick_governance::{same_type, type_name};

use crate::column::Column;
use crate::expected::{Expected, Failing, Measures};

/// The most differences of one case that are told: with so many, one sees what is wrong.
const MOST_TOLD: usize = 10;

/// All that differs, none where nothing does.
pub(crate) fn differences(found: &Tried, expected: &Expected) -> Vec<String> {
    let mut told = Told::default();
    match (found, expected) {
        (Tried::Written(found) | Tried::Rows(found), Expected::Output(expected)) => {
            columns(found, expected, &mut told);
        }
        (Tried::Kept(found), Expected::Kept(expected)) => {
            for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
                let word = |kept: bool| if kept { "stays" } else { "goes" };
                if found != *expected {
                    let (expected, found) = (word(*expected), word(found));
                    told.add(format!("row {}: expected that it {expected}, it {found}", row + 1));
                }
            }
        }
        (
            Tried::Judged { failing, measures },
            Expected::Judged { failing: rows, measures: all },
        ) => {
            judgements(failing, rows, &mut told);
            figures(measures, all, &mut told);
        }
        (found, _) => told.add(format!(
            "the case expects what this module does not give: it is a {}",
            match found {
                Tried::Written(_) => "map, state `output`",
                Tried::Kept(_) => "filter, state `kept`",
                Tried::Rows(_) => "reshape, state `output`",
                Tried::Judged { .. } => "check, state `failing` and `measures`",
            }
        )),
    }
    told.into_lines()
}

/// Differences: the first ones, and how many more there are.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    more: usize,
}

impl Told {
    fn add(&mut self, line: String) {
        if self.lines.len() < MOST_TOLD {
            self.lines.push(GuestText::new(&line).to_string());
        } else {
            self.more += 1;
        }
    }

    fn into_lines(mut self) -> Vec<String> {
        if self.more > 0 {
            self.lines.push(format!("and {} more", self.more));
        }
        self.lines
    }
}

fn columns(found: &RecordBatch, expected: &[Column], told: &mut Told) {
    for column in expected {
        match found.schema().index_of(column.name()) {
            Ok(at) => self::column(found, at, column, told),
            Err(_) => {
                told.add(format!("column {:?} is expected, and is not there", column.name()));
            }
        }
    }
    let schema = found.schema();
    let names = || schema.fields().iter().map(|field| field.name().as_str());
    for name in names().filter(|name| expected.iter().all(|column| column.name() != *name)) {
        told.add(format!("column {name:?} is there, and is not expected"));
    }
    let order: Vec<&str> = expected.iter().map(Column::name).collect();
    if told.lines.is_empty() && !names().eq(order.iter().copied()) {
        let found: Vec<&str> = names().collect();
        let (expected, found) = (order.join(", "), found.join(", "));
        told.add(format!("expected the columns in the order {expected}, found {found}"));
    }
}

fn column(found: &RecordBatch, at: usize, expected: &Column, told: &mut Told) {
    let (schema, name) = (found.schema(), expected.name());
    let (Some(field), Some(values)) = (schema.fields().get(at), found.columns().get(at)) else {
        return;
    };
    let (is, wanted) = (field.data_type(), expected.field.data_type());
    if !same_type(is, wanted) {
        let (is, wanted) = (type_name(is), type_name(wanted));
        told.add(format!("column {name:?}: expected type {wanted}, found {is}"));
        return;
    }
    if field.is_nullable() != expected.field.is_nullable() {
        let words = |nullable: bool| if nullable { "nullable" } else { "not nullable" };
        let (wanted, is) = (words(expected.field.is_nullable()), words(field.is_nullable()));
        told.add(format!("column {name:?}: expected that it is {wanted}, it is {is}"));
    }
    if values.len() != expected.len() {
        let (wanted, is) = (expected.len(), values.len());
        told.add(format!("column {name:?}: expected {wanted} rows, found {is}"));
        return;
    }
    // What a list calls its elements may differ.
    let wanted = match cast(&expected.values, is) {
        Ok(wanted) => wanted,
        Err(error) => return told.add(format!("column {name:?}: {error}")),
    };
    for row in 0..values.len() {
        if values.slice(row, 1).to_data() != wanted.slice(row, 1).to_data() {
            let (wanted, is) = (shown(&wanted, row), shown(values, row));
            told.add(format!("column {name:?}, row {}: expected {wanted}, found {is}", row + 1));
        }
    }
}

/// A value as people read it: texts in quotes, so that blanks at their ends are seen.
fn shown(values: &dyn Array, row: usize) -> String {
    let options = FormatOptions::new().with_null("null");
    let text = ArrayFormatter::try_new(values, &options)
        .map_or_else(|error| error.to_string(), |formatter| formatter.value(row).to_string());
    match values.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 if values.is_valid(row) => format!("{text:?}"),
        _ => text,
    }
}

fn judgements(found: &[(String, BooleanBuffer)], expected: &Failing, told: &mut Told) {
    for (rule, bits) in found {
        let Some(expected) = expected.get(rule) else {
            told.add(format!("rule {rule:?} judges rows, and `failing` does not name it"));
            continue;
        };
        for (row, (found, expected)) in bits.iter().zip(expected).enumerate() {
            let word = |fails: bool| if fails { "fails" } else { "passes" };
            if found != *expected {
                let (expected, found) = (word(*expected), word(found));
                let row = row + 1;
                told.add(format!(
                    "rule {rule:?}, row {row}: expected that it {expected}, it {found}"
                ));
            }
        }
    }
    for rule in expected.keys().filter(|rule| found.iter().all(|(own, _)| own != *rule)) {
        told.add(format!("rule {rule:?} is expected, and no such rule judges rows"));
    }
}

fn figures(found: &[Measure], expected: &Measures, told: &mut Told) {
    let mut named = BTreeSet::new();
    for Measure { rule, name, value } in found {
        named.insert((rule.as_str(), name.as_str()));
        match expected.get(rule).and_then(|own| own.get(name)) {
            // To the last bit: the sandbox computes the same everywhere.
            Some(expected) if expected == value => {}
            Some(expected) => {
                told.add(format!("rule {rule:?}, {name}: expected {expected}, found {value}"));
            }
            None => told.add(format!("rule {rule:?}, {name}: found {value}, none is expected")),
        }
    }
    for (rule, own) in expected {
        for name in own.keys().filter(|name| !named.contains(&(rule.as_str(), name.as_str()))) {
            told.add(format!("rule {rule:?}, {name}: a figure is expected, and there is none"));
        }
    }
}
