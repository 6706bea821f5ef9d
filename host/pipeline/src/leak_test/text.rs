//! What a leak test found, in plain words, for a terminal.

use std::fmt::Write as _;

use super::{ColumnTest, LeakTest};

/// What a leak test found, as a few lines: each column with what changed with it, then
/// what should not have.
pub fn leak_test_summary(test: &LeakTest) -> String {
    let mut text = String::new();
    // INVARIANT: writing into a string does not fail.
    let _ = write(&mut text, test);
    text
}

fn write(text: &mut String, test: &LeakTest) -> std::fmt::Result {
    writeln!(text, "{}: each column changed in turn, seed {}", test.product, test.seed)?;
    let width = test.columns.iter().map(|own| own.column.chars().count()).max().unwrap_or(0);
    for column in &test.columns {
        let mut lines = found(column).into_iter();
        let first = lines.next().unwrap_or_default();
        writeln!(text, "  {:<width$}  {first}", column.column)?;
        for line in lines {
            writeln!(text, "  {:<width$}  {line}", "")?;
        }
    }
    if !test.unread.is_empty() {
        writeln!(text, "  never read: {}", test.unread.join(", "))?;
    }
    for column in &test.columns {
        for leak in &column.leaks {
            let row = leak.row.map(|row| format!(", first in row {row}")).unwrap_or_default();
            writeln!(text, "LEAK: {} changed with {}{row}", leak.what, column.column)?;
        }
    }
    let tested = test.columns.iter().filter(|column| column.changed > 0).count();
    let leaks: usize = test.columns.iter().map(|column| column.leaks.len()).sum();
    let came = match leaks {
        0 => "nothing changed that the plan says does not depend on them".to_owned(),
        1 => "a thing changed that the plan says does not depend on them".to_owned(),
        leaks => format!("{leaks} things changed that the plan says do not depend on them"),
    };
    let in_part = test.columns.iter().filter(|column| !column.ended.is_empty()).count();
    let in_part = match in_part {
        0 => String::new(),
        columns => format!(", {columns} of them in part"),
    };
    let rows = test.rows;
    writeln!(text, "tested: {tested} columns changed in turn over {rows} rows{in_part}; {came}")
}

/// What changed with a column, as it may.
fn found(column: &ColumnTest) -> Vec<String> {
    if column.changed == 0 {
        return vec!["NOT TESTED: there is nothing to change it to".to_owned()];
    }
    let mut lines = Vec::new();
    for reached in &column.reached {
        let mut line = format!("changes {}", reached.column);
        if !reached.through.is_empty() {
            line.push_str(&format!(" through {}", reached.through.join(", ")));
        }
        if !reached.removed.is_empty() {
            let labels: Vec<&str> = reached.removed.iter().map(|label| label.as_str()).collect();
            line.push_str(&format!("; no longer labelled {}", labels.join(", ")));
        }
        lines.push(line);
    }
    if !column.selects.is_empty() {
        let steps: Vec<&str> = column.selects.iter().map(String::as_str).collect();
        lines.push(format!(
            "selects rows through {}: {} came or went",
            steps.join(", "),
            column.moved
        ));
    }
    for step in &column.ended {
        lines.push(format!("ENDED by a fault of step {step}, which reads it"));
    }
    if lines.is_empty() {
        lines.push("changes nothing".to_owned());
    }
    lines
}
