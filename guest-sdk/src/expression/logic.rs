//! `and`, `or`, `not` of true, false and unknown.

use super::register::{Register, Values};
use super::words::{Words, either};

/// What is false in one is false, whatever the other is; and so for true in `or`.
pub(super) fn junction(a: &Register<'_>, b: &Register<'_>, is_and: bool, out: &mut Register<'_>) {
    let (left, right) = (a.bools(), b.bools());
    let values = if is_and { left.and(right) } else { left.or(right) };
    out.set_bools(values);
    if a.valid.is_none() && b.valid.is_none() && a.wrong.is_none() && b.wrong.is_none() {
        return;
    }
    // Rows that one side decides alone.
    let decided = |side: &Register<'_>| {
        let words = if is_and { side.bools().not() } else { *side.bools() };
        let known = side.valid.map_or(words, |valid| words.and(&valid));
        side.wrong.map_or(known, |wrong| known.without(&wrong))
    };
    let alone = decided(a).or(&decided(b));
    let known = a.valid.unwrap_or(Words::ALL).and(&b.valid.unwrap_or(Words::ALL));
    out.values = Values::Bools(if is_and { values.without(&alone) } else { values.or(&alone) });
    out.wrong = either(a.wrong.as_ref(), b.wrong.as_ref()).map(|wrong| wrong.without(&alone));
    out.valid = Some(out.wrong.map_or(known, |wrong| known.or(&wrong)).or(&alone));
}
