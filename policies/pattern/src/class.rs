//! Classes of characters.

use regex_syntax::ast::{
    ClassAsciiKind, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem,
};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// The characters in any of the ranges; `negated`, all others.
pub(crate) fn of(
    ranges: impl IntoIterator<Item = (char, char)>,
    ignores_case: bool,
    negated: bool,
) -> ClassUnicode {
    let range = |(start, end)| ClassUnicodeRange::new(start, end);
    finish(ClassUnicode::new(ranges.into_iter().map(range)), ignores_case, negated)
}

/// `[…]`; none with classes within, which `regex-lite` refuses.
pub(crate) fn bracketed(bracketed: &ClassBracketed, ignores_case: bool) -> Option<ClassUnicode> {
    let ClassSet::Item(item) = &bracketed.kind else { return None };
    let mut class = ClassUnicode::empty();
    add(item, &mut class)?;
    Some(finish(class, ignores_case, bracketed.negated))
}

/// `\d`, `\s`, `\w` and what they leave.
pub(crate) fn perl(perl: &ClassPerl) -> ClassUnicode {
    let kind = match perl.kind {
        ClassPerlKind::Digit => ClassAsciiKind::Digit,
        ClassPerlKind::Space => ClassAsciiKind::Space,
        ClassPerlKind::Word => ClassAsciiKind::Word,
    };
    ascii(&kind, perl.negated)
}

fn finish(mut class: ClassUnicode, ignores_case: bool, negated: bool) -> ClassUnicode {
    if ignores_case {
        let others: Vec<_> = class.iter().filter_map(other_case).collect();
        others.into_iter().for_each(|range| class.push(range));
    }
    if negated {
        class.negate();
    }
    class
}

/// A range's letters in the other case. As `regex-lite` has it, one with small letters
/// and capitals gives the capitals of its small letters only.
fn other_case(range: &ClassUnicodeRange) -> Option<ClassUnicodeRange> {
    let within = |first: char, last: char| {
        let (start, end) = (range.start().max(first), range.end().min(last));
        (start <= end).then_some((start, end))
    };
    let (start, end) = match (within('a', 'z'), within('A', 'Z')) {
        (Some((start, end)), _) => (start.to_ascii_uppercase(), end.to_ascii_uppercase()),
        (None, Some((start, end))) => (start.to_ascii_lowercase(), end.to_ascii_lowercase()),
        (None, None) => return None,
    };
    Some(ClassUnicodeRange::new(start, end))
}

fn add(item: &ClassSetItem, class: &mut ClassUnicode) -> Option<()> {
    match item {
        ClassSetItem::Empty(_) => {}
        ClassSetItem::Literal(literal) => {
            class.push(ClassUnicodeRange::new(literal.c, literal.c));
        }
        ClassSetItem::Range(range) => {
            class.push(ClassUnicodeRange::new(range.start.c, range.end.c));
        }
        ClassSetItem::Ascii(named) => class.union(&ascii(&named.kind, named.negated)),
        ClassSetItem::Perl(named) => class.union(&perl(named)),
        ClassSetItem::Unicode(_) | ClassSetItem::Bracketed(_) => return None,
        ClassSetItem::Union(union) => {
            return union.items.iter().try_for_each(|item| add(item, class));
        }
    }
    Some(())
}

fn ascii(kind: &ClassAsciiKind, negated: bool) -> ClassUnicode {
    use ClassAsciiKind as A;
    let ranges: &[(char, char)] = match kind {
        A::Alnum => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        A::Alpha => &[('A', 'Z'), ('a', 'z')],
        A::Ascii => &[('\0', '\x7f')],
        A::Blank => &[('\t', '\t'), (' ', ' ')],
        A::Cntrl => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        A::Digit => &[('0', '9')],
        A::Graph => &[('!', '~')],
        A::Lower => &[('a', 'z')],
        A::Print => &[(' ', '~')],
        A::Punct => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        A::Space => &[('\t', '\r'), (' ', ' ')],
        A::Upper => &[('A', 'Z')],
        A::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        A::Xdigit => &[('0', '9'), ('A', 'F'), ('a', 'f')],
    };
    let range = |(start, end): &(char, char)| ClassUnicodeRange::new(*start, *end);
    let mut class = ClassUnicode::new(ranges.iter().map(range));
    if negated {
        class.negate();
    }
    class
}
