//! `case` and `coalesce`: each row takes its value from one of several.

use super::numbers::{LANES, Turns};
use super::register::{Register, Values};
use super::words::{Words, either};

/// Values, and the rows that take theirs from them; no row is in two.
pub(super) type Choice<'r, 'a> = (Words, &'r Register<'a>);

/// The arms of a `case` with the rows that get to each.
pub(super) fn arms<'r, 'a>(
    of: &[&'r Register<'a>],
    rows: usize,
) -> (Vec<Choice<'r, 'a>>, Option<Words>) {
    let mut left = Words::ALL;
    let mut choices = Vec::with_capacity(of.len());
    let mut wrong: Option<Words> = None;
    let (arms, otherwise) = of.as_chunks::<2>();
    for [when, then] in arms {
        // A condition that failed is one that a row's result depends on, if it is asked.
        if let Some(failed) = when.wrong.map(|failed| failed.and(&left)) {
            wrong = Some(wrong.map_or(failed, |wrong| wrong.or(&failed)));
        }
        let holds = when.holds();
        choices.push((holds.and(&left), *then));
        left = left.without(&holds);
    }
    choices.extend(otherwise.first().map(|otherwise| (left, *otherwise)));
    (choices, wrong.filter(|wrong| wrong.any(rows)))
}

/// The values of a `coalesce` with the rows that have theirs of each.
pub(super) fn first_valid<'r, 'a>(of: &[&'r Register<'a>]) -> Vec<Choice<'r, 'a>> {
    let mut left = Words::ALL;
    let mut choices = Vec::with_capacity(of.len());
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

/// Makes the register of the rows' choices; those in which a condition failed are wrong.
pub(super) fn take(
    choices: &[Choice<'_, '_>],
    unasked: Option<Words>,
    rows: usize,
    out: &mut Register<'_>,
) {
    let of = |rows_of: fn(&Register<'_>) -> Words| {
        choices.iter().fold(Words::NONE, |all, (chosen, from)| all.or(&chosen.and(&rows_of(from))))
    };
    let some_null = choices.iter().any(|(_, from)| from.valid.is_some());
    let some_wrong = choices.iter().any(|(_, from)| from.wrong.is_some());
    let values = &mut out.values;
    match choices.first().map(|(_, from)| &from.values) {
        None | Some(Values::Bools(_)) => *values = Values::Bools(of(|from| *from.bools())),
        Some(Values::Integers(_)) => {
            let out = values.own_integers();
            for (chosen, from) in choices {
                if let Values::Integers(from) = &from.values {
                    choose(chosen, from, rows, out);
                }
            }
        }
        Some(Values::Floats(_)) => {
            let out = values.own_floats();
            choices.iter().for_each(|(chosen, from)| choose(chosen, &from.floats(), rows, out));
        }
        Some(Values::Decimals(_)) => {
            let out = values.own_decimals();
            choices.iter().for_each(|(chosen, from)| choose(chosen, &from.decimals(), rows, out));
        }
        Some(Values::Texts(_)) => values.write_texts(rows, |row, out| {
            if let Some((_, from)) = choices.iter().find(|(chosen, _)| chosen.get(row)) {
                out.push_str(from.text(row));
            }
        }),
    }
    out.valid = some_null.then(|| of(|from| from.valid.unwrap_or(Words::ALL)));
    let wrong = some_wrong.then(|| of(|from| from.wrong.unwrap_or(Words::NONE)));
    out.wrong = either(wrong.as_ref(), unasked.as_ref());
    if let (Some(valid), Some(wrong)) = (&mut out.valid, &out.wrong) {
        *valid = valid.or(wrong);
    }
}

/// Takes the values of the rows that are chosen.
fn choose<T: Copy + Default>(
    chosen: &Words,
    from: &impl Turns<T>,
    rows: usize,
    out: &mut [[T; LANES]],
) {
    let mut room = [T::default(); LANES];
    let turns = out.iter_mut().zip(&chosen.0).take(rows.div_ceil(LANES)).enumerate();
    for (at, (out, word)) in turns.filter(|(_, (_, word))| **word != 0) {
        let Some(from) = from.turn(at, &mut room) else { return };
        for (lane, (out, value)) in out.iter_mut().zip(from).enumerate() {
            *out = if word >> lane & 1 == 1 { *value } else { *out };
        }
    }
}
