//! A pattern as a tree that an automaton is built from.
//!
//! `regex-syntax` parses what `regex-lite` does, but gives it other meaning: its
//! classes are Unicode's, or else are about bytes. So only its parser is used, and the
//! meaning is given here, as `regex-lite` documents it: characters are Unicode's,
//! `\d`, `\w`, `\s`, `\b` and `(?i)` are about ASCII.

use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{AssertionKind, Ast, Flag, Flags, FlagsItemKind, GroupKind};
use regex_syntax::ast::{Repetition, RepetitionKind, RepetitionRange};
use regex_syntax::hir::ClassUnicode;

use crate::class;
use crate::look::Look;

/// Deeper patterns than `regex-lite` takes, so that none of its fails by that.
const NESTING: u32 = 250;

/// What a pattern is made of.
#[derive(Debug)]
pub(crate) enum Node {
    /// Nothing.
    Empty,
    /// One of these characters.
    Class(ClassUnicode),
    /// Nothing, at some places only.
    Look(Look),
    /// So many times; without a maximum, any number of them.
    Repetition {
        /// What is repeated.
        node: Box<Node>,
        /// How often at least.
        min: u32,
        /// How often at most.
        max: Option<u32>,
    },
    /// Any of these.
    Alternation(Vec<Node>),
    /// One behind the other.
    Concat(Vec<Node>),
}

/// The tree of a pattern that `regex-lite` takes; none where it may not mean
/// the same: with the flag `x`, where the two tell space differently, and with what
/// only one of them parses.
pub(crate) fn parse(pattern: &str) -> Option<Node> {
    let ast = ParserBuilder::new().nest_limit(NESTING).build().parse(pattern).ok()?;
    Reader::default().node(&ast)
}

/// What the flags say where the reader is.
#[derive(Debug, Clone, Copy, Default)]
struct Reader {
    ignores_case: bool,
    dot_is_any: bool,
    by_line: bool,
    crlf: bool,
}

impl Reader {
    fn node(&mut self, ast: &Ast) -> Option<Node> {
        Some(match ast {
            Ast::Empty(_) => Node::Empty,
            Ast::Flags(set) => {
                self.set(&set.flags)?;
                Node::Empty
            }
            Ast::Literal(literal) => {
                Node::Class(class::of([(literal.c, literal.c)], self.ignores_case, false))
            }
            Ast::Dot(_) => self.dot(),
            Ast::Assertion(assertion) => Node::Look(self.look(&assertion.kind)),
            Ast::ClassUnicode(_) => return None,
            Ast::ClassPerl(perl) => Node::Class(class::perl(perl)),
            Ast::ClassBracketed(bracketed) => {
                Node::Class(class::bracketed(bracketed, self.ignores_case)?)
            }
            Ast::Repetition(repetition) => {
                let node = Box::new(self.node(&repetition.ast)?);
                let (min, max) = bounds(repetition);
                // Which match is preferred says nothing about whether there is one.
                Node::Repetition { node, min, max }
            }
            Ast::Group(group) => {
                let mut inside = *self;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    inside.set(flags)?;
                }
                inside.node(&group.ast)?
            }
            Ast::Alternation(alternation) => Node::Alternation(self.each(&alternation.asts)?),
            Ast::Concat(concat) => Node::Concat(self.each(&concat.asts)?),
        })
    }

    /// In order: flags hold for all that follows in a group, other alternatives too.
    fn each(&mut self, asts: &[Ast]) -> Option<Vec<Node>> {
        asts.iter().map(|ast| self.node(ast)).collect()
    }

    fn set(&mut self, flags: &Flags) -> Option<()> {
        let mut on = true;
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Negation => on = false,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.ignores_case = on,
                FlagsItemKind::Flag(Flag::DotMatchesNewLine) => self.dot_is_any = on,
                FlagsItemKind::Flag(Flag::MultiLine) => self.by_line = on,
                FlagsItemKind::Flag(Flag::CRLF) => self.crlf = on,
                FlagsItemKind::Flag(Flag::SwapGreed | Flag::Unicode) => {}
                FlagsItemKind::Flag(Flag::IgnoreWhitespace) => return None,
            }
        }
        Some(())
    }

    fn dot(self) -> Node {
        let line_ends: &[_] = match self {
            Self { dot_is_any: true, .. } => &[],
            Self { crlf: true, .. } => &[('\n', '\n'), ('\r', '\r')],
            _ => &[('\n', '\n')],
        };
        Node::Class(class::of(line_ends.iter().copied(), false, true))
    }

    fn look(self, kind: &AssertionKind) -> Look {
        use AssertionKind as A;
        match kind {
            A::StartLine if self.by_line && self.crlf => Look::StartCRLF,
            A::StartLine if self.by_line => Look::StartLF,
            A::StartLine | A::StartText => Look::Start,
            A::EndLine if self.by_line && self.crlf => Look::EndCRLF,
            A::EndLine if self.by_line => Look::EndLF,
            A::EndLine | A::EndText => Look::End,
            A::WordBoundary => Look::Word,
            A::NotWordBoundary => Look::NotWord,
            A::WordBoundaryStart | A::WordBoundaryStartAngle => Look::WordStart,
            A::WordBoundaryEnd | A::WordBoundaryEndAngle => Look::WordEnd,
            A::WordBoundaryStartHalf => Look::WordStartHalf,
            A::WordBoundaryEndHalf => Look::WordEndHalf,
        }
    }
}

fn bounds(repetition: &Repetition) -> (u32, Option<u32>) {
    match repetition.op.kind {
        RepetitionKind::ZeroOrOne => (0, Some(1)),
        RepetitionKind::ZeroOrMore => (0, None),
        RepetitionKind::OneOrMore => (1, None),
        RepetitionKind::Range(RepetitionRange::Exactly(count)) => (count, Some(count)),
        RepetitionKind::Range(RepetitionRange::AtLeast(min)) => (min, None),
        RepetitionKind::Range(RepetitionRange::Bounded(min, max)) => (min, Some(max)),
    }
}
