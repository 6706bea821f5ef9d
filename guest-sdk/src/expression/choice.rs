//! `case` and `coalesce`: each row takes its value from one of several.

use super::register::{Numbers, Register, Source, Texts, Values, Words};

/// Values, and the rows that take theirs from them; no row is in two.
pub(super) type Choice<'r, 'a> = (Words, &'r Register<'a>);

/// The arms of a `case` with the rows that get to each.
pub(super) fn arms<'r, 'a>(
    of: &[&'r Register<'a>],
    rows: usize,
) -> (Vec<Choice<'r, 'a>>, Option<Words>) {
    let mut left = Words::ALL;
    let mut choices = Vec::new();
    let mut wrong: Option<Words> = None;
    let (arms, otherwise) = of.as_chunks::<2>();
    for [when, then] in arms {
        // A condition that failed is one that a row's result depends on, if it is asked.
        if let Some(failed) = when.wrong.map(|failed| failed.and(&left)) {
            wrong = Some(wrong.map_or(failed, |wrong| wrong.or(&failed)));
        }
        let holds = when.valid.map_or(when.bools(), |valid| when.bools().and(&valid));
        choices.push((holds.and(&left), *then));
        left = left.without(&holds);
    }
    choices.extend(otherwise.first().map(|otherwise| (left, *otherwise)));
    (choices, wrong.filter(|wrong| wrong.any(rows)))
}

/// The values of a `coalesce` with the rows that have theirs of each.
pub(super) fn first_valid<'r, 'a>(of: &[&'r Register<'a>]) -> Vec<Choice<'r, 'a>> {
    let mut left = Words::ALL;
    let mut choices = Vec::new();
    for (at, register) in of.iter().enumerate() {
        // What failed is not known to be null: it is chosen, so that the row fails.
        let mut chosen = register.valid.unwrap_or(Words::ALL);
        if let Some(wrong) = &register.wrong {
            chosen = chosen.or(wrong);
        }
        let chosen = if at + 1 == of.len() { left } else { chosen.and(&left) };
        choices.push((chosen, *register));
        left = left.without(&chosen);
    }
    choices
}

/// The register of the rows' choices.
pub(super) fn take<'a>(choices: &[Choice<'_, 'a>], rows: usize) -> Register<'a> {
    let of = |rows_of: fn(&Register<'_>) -> Words| {
        choices.iter().fold(Words::NONE, |all, (chosen, from)| all.or(&chosen.and(&rows_of(from))))
    };
    let some_null = choices.iter().any(|(_, from)| from.valid.is_some());
    let some_wrong = choices.iter().any(|(_, from)| from.wrong.is_some());
    let values = match choices.first().map(|(_, from)| &from.values) {
        None | Some(Values::Bools(_)) => Values::Bools(of(|from| from.bools())),
        Some(Values::Integers(_)) => {
            Values::Integers(Numbers::Own(numbers(choices, rows, |from| from.integers())))
        }
        Some(Values::Floats(_)) => {
            Values::Floats(Numbers::Own(numbers(choices, rows, |from| from.floats())))
        }
        Some(Values::Decimals(_)) => {
            Values::Decimals(numbers(choices, rows, |from| from.decimals()))
        }
        Some(Values::Texts(_)) => Values::Texts(texts(choices, rows)),
    };
    Register {
        values,
        valid: some_null.then(|| of(|from| from.valid.unwrap_or(Words::ALL))),
        wrong: some_wrong.then(|| of(|from| from.wrong.unwrap_or(Words::NONE))),
    }
}

fn numbers<T: Copy + Default>(
    choices: &[Choice<'_, '_>],
    rows: usize,
    values: impl for<'r> Fn(&'r Register<'_>) -> &'r [T],
) -> Vec<T> {
    let mut out = vec![T::default(); rows];
    for (chosen, from) in choices {
        for (row, (out, value)) in out.iter_mut().zip(values(from)).enumerate() {
            *out = if chosen.get(row) { *value } else { *out };
        }
    }
    out
}

fn texts<'a>(choices: &[Choice<'_, 'a>], rows: usize) -> Texts<'a> {
    let (mut ranges, mut text) = Texts::empty();
    for row in 0..rows {
        let start = text.len();
        if let Some((_, from)) = choices.iter().find(|(chosen, _)| chosen.get(row))
            && let Values::Texts(texts) = &from.values
        {
            text.push_str(texts.get(row));
        }
        Texts::end(&mut ranges, start, &text);
    }
    Texts { ranges, source: Source::Own(text) }
}
