//! Texts.

use sqlparser::ast::{Expr, TrimWhereField, Value as SqlValue};

use super::{Lowering, Node, Result, unsupported};
use crate::error::Mistake;
use crate::literal::Literal;
use crate::program::Step;
use crate::types::Type;

/// Stands before a character of a program's patterns that means itself.
const ESCAPE: char = '\\';

impl Lowering<'_> {
    pub(super) fn substring(
        &mut self,
        inner: &Expr,
        from: Option<&Expr>,
        length: Option<&Expr>,
    ) -> Result<Node> {
        let value = self.expression(inner)?;
        let mut of = vec![self.to(&value, &Type::Text, "`substring`")?];
        of.push(match from {
            Some(from) => {
                let from = self.expression(from)?;
                self.to(&from, &Type::Integer, "the place of `substring`")?
            }
            None => self.integer(1),
        });
        if let Some(length) = length {
            let length = self.expression(length)?;
            of.push(self.to(&length, &Type::Integer, "the length of `substring`")?);
        }
        Ok(Node::Step(self.emit(Step::new("substring", of)), Type::Text))
    }

    pub(super) fn trim(
        &mut self,
        end: Option<TrimWhereField>,
        of_characters: bool,
        inner: &Expr,
    ) -> Result<Node> {
        if of_characters {
            return Err(unsupported(
                "`trim` of other characters than spaces",
                "bind the module `clean`, which replaces by a regular expression",
            ));
        }
        let value = self.expression(inner)?;
        let at = self.to(&value, &Type::Text, "`trim`")?;
        let ends = match end {
            None | Some(TrimWhereField::Both) => "both",
            Some(TrimWhereField::Leading) => "leading",
            Some(TrimWhereField::Trailing) => "trailing",
        };
        Ok(Node::Step(self.emit(Step::new("trim", [at]).text(ends)), Type::Text))
    }

    pub(super) fn like(
        &mut self,
        inner: &Expr,
        pattern: &Expr,
        escape: Option<&SqlValue>,
        negated: bool,
        fold: bool,
    ) -> Result<Node> {
        let value = self.expression(inner)?;
        let mut at = self.to(&value, &Type::Text, "`like`")?;
        let pattern = self.expression(pattern)?;
        let Some(Literal::Text(text)) = pattern.literal() else {
            return Err(pattern.error(Mistake::Unsupported {
                what: "a pattern that is not a text in quotes".to_owned(),
                instead: "write it out, or compare by `=`".to_owned(),
            }));
        };
        let escape = escape.map(|escape| match escape {
            SqlValue::SingleQuotedString(text) => {
                let mut characters = text.chars();
                characters.next().filter(|_| characters.next().is_none())
            }
            _ => None,
        });
        let escape = match escape {
            None => None,
            Some(Some(character)) => Some(character),
            Some(None) => {
                return Err(unsupported("this `escape`", "give it one character in quotes"));
            }
        };
        let mut written = normalised(text, escape).ok_or_else(|| {
            pattern.error(Mistake::Literal {
                literal: text.clone(),
                of: "pattern".to_owned(),
                remedy: "the escape character stands before %, _ or itself".to_owned(),
            })
        })?;
        if fold {
            at = self.emit(Step::new("lower", [at]));
            written = written.to_lowercase();
        }
        let node = Node::Step(self.emit(Step::new("like", [at]).text(written)), Type::Bool);
        if negated { self.negated(node) } else { Ok(node) }
    }

    /// Whether a text begins with, ends with or contains another, which is a literal.
    pub(super) fn has(&mut self, value: u32, before: &str, text: &str, behind: &str) -> Node {
        let escaped: String = text.chars().map(literally).collect();
        let pattern = format!("{before}{escaped}{behind}");
        Node::Step(self.emit(Step::new("like", [value]).text(pattern)), Type::Bool)
    }
}

/// The character as a pattern that only it fits.
fn literally(character: char) -> String {
    match character {
        '%' | '_' | ESCAPE => format!("{ESCAPE}{character}"),
        other => other.to_string(),
    }
}

/// The pattern with [`ESCAPE`] before what means itself.
fn normalised(pattern: &str, escape: Option<char>) -> Option<String> {
    let mut out = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if Some(character) == escape {
            let next = characters.next()?;
            if next != '%' && next != '_' && Some(next) != escape {
                return None;
            }
            out.push_str(&literally(next));
        } else if character == ESCAPE {
            out.push_str(&literally(character));
        } else {
            out.push(character);
        }
    }
    Some(out)
}
