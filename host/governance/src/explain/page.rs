//! Lines and aligned columns of text.

use std::borrow::Borrow;
use std::fmt::Write;

/// A page of text. Names and sentences in it come from documents and modules of
/// any domain, so that no line lets a control character through to the terminal.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    pub(super) fn line(&mut self, line: &str) {
        for c in line.trim_end().chars() {
            if c.is_control() {
                self.text.extend(c.escape_default());
            } else {
                self.text.push(c);
            }
        }
        self.text.push('\n');
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    pub(super) fn heading(&mut self, heading: &str) {
        self.blank();
        self.line(heading);
    }

    /// A heading with a line for each item; nothing if there is none.
    pub(super) fn list(&mut self, heading: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.heading(heading);
        for item in items {
            self.line(&format!("  - {item}"));
        }
    }

    /// Rows of cells, aligned to the left, two spaces apart.
    pub(super) fn table(&mut self, indent: usize, rows: Vec<Vec<String>>) {
        let mut widths: Vec<usize> = Vec::new();
        for row in &rows {
            for (i, cell) in row.iter().enumerate() {
                let width = cell.chars().count();
                match widths.get_mut(i) {
                    Some(widest) => *widest = width.max(*widest),
                    None => widths.push(width),
                }
            }
        }
        for row in rows {
            let mut line = " ".repeat(indent);
            for (cell, width) in row.iter().zip(&widths) {
                // Writing to a text cannot fail.
                let _ = write!(line, "{cell:<width$}  ");
            }
            self.line(&line);
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// The first few of some names, and how many more there are.
pub(super) fn some<S: Borrow<str>>(names: &[S]) -> String {
    const SHOWN: usize = 4;
    if names.is_empty() {
        return "-".to_owned();
    }
    let mut text = names.iter().take(SHOWN).map(Borrow::borrow).collect::<Vec<&str>>().join(", ");
    if let Some(more) = names.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = write!(text, " +{more}");
    }
    text
}
