//! A pattern as an expression that automata are built from.
//!
//! `regex-syntax` parses what `regex-lite` does, but gives it other meaning: its
//! classes are Unicode's, or else are about bytes. So only its parser is used, and the
//! meaning is given here, as `regex-lite` documents it: characters are Unicode's,
//! `\d`, `\w`, `\s`, `\b` and `(?i)` are about ASCII.

use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{AssertionKind, Ast, Flag, Flags, FlagsItemKind, GroupKind};
use regex_syntax::ast::{Repetition, RepetitionKind, RepetitionRange};
use regex_syntax::hir::{self, Class, Hir, Look};

use crate::class;

/// Deeper patterns than `regex-lite` takes, so that none of its fails by that.
const NESTING: u32 = 250;

/// The expression for a pattern that `regex-lite` takes; none where it may not mean
/// the same: with the flag `x`, where the two tell space differently, and with what
/// only one of them parses.
pub(crate) fn expression(pattern: &str) -> Option<Hir> {
    let ast = ParserBuilder::new().nest_limit(NESTING).build().parse(pattern).ok()?;
    Reader::default().expression(&ast)
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
    fn expression(&mut self, ast: &Ast) -> Option<Hir> {
        Some(match ast {
            Ast::Empty(_) => Hir::empty(),
            Ast::Flags(set) => {
                self.set(&set.flags)?;
                Hir::empty()
            }
            Ast::Literal(literal) => class::of([(literal.c, literal.c)], self.ignores_case, false),
            Ast::Dot(_) => self.dot(),
            Ast::Assertion(assertion) => Hir::look(self.look(&assertion.kind)),
            Ast::ClassUnicode(_) => return None,
            Ast::ClassPerl(perl) => Hir::class(Class::Unicode(class::perl(perl))),
            Ast::ClassBracketed(bracketed) => class::bracketed(bracketed, self.ignores_case)?,
            Ast::Repetition(repetition) => {
                let sub = Box::new(self.expression(&repetition.ast)?);
                let (min, max) = bounds(repetition);
                // Which match is preferred says nothing about whether there is one.
                Hir::repetition(hir::Repetition { min, max, greedy: true, sub })
            }
            Ast::Group(group) => {
                let mut inside = *self;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    inside.set(flags)?;
                }
                inside.expression(&group.ast)?
            }
            Ast::Alternation(alternation) => Hir::alternation(self.each(&alternation.asts)?),
            Ast::Concat(concat) => Hir::concat(self.each(&concat.asts)?),
        })
    }

    /// In order: flags hold for all that follows in a group, other alternatives too.
    fn each(&mut self, asts: &[Ast]) -> Option<Vec<Hir>> {
        asts.iter().map(|ast| self.expression(ast)).collect()
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

    fn dot(self) -> Hir {
        let line_ends: &[_] = match self {
            Self { dot_is_any: true, .. } => &[],
            Self { crlf: true, .. } => &[('\n', '\n'), ('\r', '\r')],
            _ => &[('\n', '\n')],
        };
        class::of(line_ends.iter().copied(), false, true)
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
            A::WordBoundary => Look::WordAscii,
            A::NotWordBoundary => Look::WordAsciiNegate,
            A::WordBoundaryStart | A::WordBoundaryStartAngle => Look::WordStartAscii,
            A::WordBoundaryEnd | A::WordBoundaryEndAngle => Look::WordEndAscii,
            A::WordBoundaryStartHalf => Look::WordStartHalfAscii,
            A::WordBoundaryEndHalf => Look::WordEndHalfAscii,
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
