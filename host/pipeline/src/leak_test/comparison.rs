//! What came of a batch, beside what comes of it with one column changed.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow_select::take::take;
use bailiwick_columnar::ColumnarError;
use bailiwick_governance::{Dependence, Plan};

use super::probe::Seen;
use crate::ending::Found;
use crate::lane::{Governed, Quarantined};

/// Holds what changed to what the plan says may change.
pub(super) struct Comparison<'a> {
    pub(super) plan: &'a Plan,
    pub(super) dependence: &'a Dependence,
}

impl Comparison<'_> {
    /// Compares what came of one batch. `rows` is the column of the rows' numbers.
    pub(super) fn governed(
        &self,
        unchanged: &Governed,
        changed: &Governed,
        rows: &str,
        seen: &mut Seen,
    ) -> Result<(), ColumnarError> {
        if !self.dependence.selects_rows() {
            let counts = |of: &Governed| (of.rows_in, of.filtered, of.consumed, of.produced);
            if counts(unchanged) != counts(changed) {
                seen.leak("how many rows there are".to_owned(), None);
            }
        }
        self.delivered(unchanged, changed, rows, seen)?;
        self.quarantined(&unchanged.quarantined, &changed.quarantined, rows, seen);
        self.faults_and_logs(unchanged, changed, seen);
        Ok(())
    }

    fn delivered(
        &self,
        unchanged: &Governed,
        changed: &Governed,
        rows: &str,
        seen: &mut Seen,
    ) -> Result<(), ColumnarError> {
        let (before, after) = (unchanged.delivered.as_ref(), changed.delivered.as_ref());
        let Some(some) = before.or(after) else { return Ok(()) };
        let numbers = |batch: Option<&RecordBatch>| match batch {
            None => Vec::new(),
            Some(batch) => match batch.column_by_name(rows) {
                Some(numbers) => numbers.as_primitive::<UInt64Type>().values().to_vec(),
                None => (seen.placed..).take(batch.num_rows()).collect(),
            },
        };
        let (before_rows, after_rows) = (numbers(before), numbers(after));
        if some.column_by_name(rows).is_none() {
            // Behind a reshape rows have a place and no number. Where the column helps
            // decide which rows there are, the plan says that all they hold may change.
            seen.placed += before_rows.len() as u64;
        }
        let matched = Matched::of(&before_rows, &after_rows);
        if let Some(first) = matched.first_alone {
            if self.dependence.selects_rows() {
                seen.moved += matched.alone;
            } else {
                seen.leak("which rows the output has".to_owned(), Some(first + 1));
            }
        }
        let (Some(before), Some(after)) = (before, after) else { return Ok(()) };
        for output in &self.plan.output.columns {
            let name = output.field.name();
            let columns = (before.column_by_name(name), after.column_by_name(name));
            let (Some(before), Some(after)) = columns else { continue };
            let before = matched.rows_of(before, &matched.before)?;
            let after = matched.rows_of(after, &matched.after)?;
            let Some(first) = first_difference(&before, &after) else { continue };
            if self.dependence.may_change(name) {
                seen.reached.insert(name.clone());
            } else {
                let row = matched.before.get(first).and_then(|at| before_rows.get(*at as usize));
                seen.leak(format!("output column {name}"), row.map(|row| row + 1));
            }
        }
        Ok(())
    }

    fn quarantined(
        &self,
        unchanged: &[Quarantined],
        changed: &[Quarantined],
        rows: &str,
        seen: &mut Seen,
    ) {
        let (unchanged, changed) = (by_row(unchanged, rows), by_row(changed, rows));
        let keys: BTreeSet<&Key> = unchanged.keys().chain(changed.keys()).collect();
        for key in keys {
            let number = key.numbered.then(|| key.row + 1);
            match (unchanged.get(key), changed.get(key)) {
                (Some(before), Some(after)) => {
                    self.quarantined_row(key, before, after, number, seen);
                }
                // A row that comes or goes is counted in the output.
                _ if self.dependence.selects_rows() => {}
                _ => seen.leak("which rows are quarantined".to_owned(), number),
            }
        }
    }

    fn quarantined_row(
        &self,
        key: &Key,
        before: &Kept<'_>,
        after: &Kept<'_>,
        number: Option<u64>,
        seen: &mut Seen,
    ) {
        let mut other_reasons = before.reasons.symmetric_difference(&after.reasons).peekable();
        if other_reasons.peek().is_some() {
            for reason in other_reasons {
                if !self.may_judge_otherwise(reason) {
                    seen.leak(format!("whether a row is quarantined for {reason}"), number);
                }
            }
            // A row on which a step faults leaves with fewer columns.
            return;
        }
        let Some(segment) = self.plan.segments.get(key.segment) else { return };
        for field in &segment.quarantine {
            let name = field.name();
            let leaves = before.fault.is_none_or(|fault| {
                let step = self.plan.steps.get(fault).and_then(|step| step.on_fault.as_ref());
                step.is_some_and(|on_fault| on_fault.columns.contains(name))
            });
            if !leaves || self.dependence.may_change_in_quarantine(key.segment, name) {
                continue;
            }
            if before.value(name).map(|v| v.to_data()) != after.value(name).map(|v| v.to_data()) {
                seen.leak(format!("column {name} of the quarantine"), number);
            }
        }
    }

    /// Whether the step that gave this reason may answer otherwise.
    fn may_judge_otherwise(&self, reason: &str) -> bool {
        let gave = |id: &str| reason.strip_prefix(id).is_some_and(|rest| rest.starts_with('/'));
        let mut steps = self.plan.steps.iter().enumerate().filter(|(_, step)| gave(&step.id));
        steps.any(|(position, _)| self.dependence.may_answer_otherwise(position))
    }

    fn faults_and_logs(&self, unchanged: &Governed, changed: &Governed, seen: &mut Seen) {
        for (position, step) in self.plan.steps.iter().enumerate() {
            if self.dependence.may_answer_otherwise(position) {
                continue;
            }
            let faults = |of: &Governed| -> Vec<_> {
                of.faults.iter().filter(|(own, _)| *own == position).copied().collect()
            };
            if faults(unchanged) != faults(changed) {
                seen.leak(format!("how step {} faults", step.id), None);
            }
            let own = |(at, _): &&(usize, _)| *at == position;
            if !unchanged.logged.iter().filter(own).eq(changed.logged.iter().filter(own)) {
                seen.leak(format!("what step {} logs", step.id), None);
            }
        }
    }

    /// Compares what the report says of steps and rules.
    pub(super) fn found(&self, unchanged: &Found, changed: &Found, seen: &mut Seen) {
        for (position, step) in self.plan.steps.iter().enumerate() {
            if self.dependence.may_answer_otherwise(position) {
                continue;
            }
            let steps = |of: &Found| of.steps.iter().find(|own| own.step == step.id).cloned();
            if steps(unchanged) != steps(changed) {
                seen.leak(format!("what the report says of step {}", step.id), None);
            }
            let rules = |of: &Found| -> Vec<_> {
                of.rules.iter().filter(|rule| rule.step == step.id).cloned().collect()
            };
            if rules(unchanged) != rules(changed) {
                seen.leak(format!("what the report says of the rules of step {}", step.id), None);
            }
        }
    }
}

/// Rows that two batches both have, by their numbers, which rise.
struct Matched {
    /// Where the rows that both have are in the first.
    before: Vec<u32>,
    /// Where they are in the second.
    after: Vec<u32>,
    /// How many only one of them has, and the first.
    alone: u64,
    first_alone: Option<u64>,
}

impl Matched {
    fn of(before: &[u64], after: &[u64]) -> Self {
        let mut matched =
            Self { before: Vec::new(), after: Vec::new(), alone: 0, first_alone: None };
        let (mut lefts, mut rights) = ((0..).zip(before).peekable(), (0..).zip(after).peekable());
        loop {
            let alone = match (lefts.peek().copied(), rights.peek().copied()) {
                (None, None) => return matched,
                (Some((left, one)), Some((right, other))) if one == other => {
                    matched.before.push(left);
                    matched.after.push(right);
                    lefts.next();
                    rights.next();
                    continue;
                }
                (Some((_, one)), Some((_, other))) if one > other => rights.next(),
                (None, _) => rights.next(),
                _ => lefts.next(),
            };
            matched.alone += 1;
            matched.first_alone = matched.first_alone.or(alone.map(|(_, number)| *number));
        }
    }

    /// Those rows of a column.
    fn rows_of(&self, column: &ArrayRef, rows: &[u32]) -> Result<ArrayRef, ColumnarError> {
        if self.alone == 0 {
            return Ok(ArrayRef::clone(column));
        }
        Ok(take(column, &UInt32Array::from(rows.to_vec()), None)?)
    }
}

/// The rows in which two columns of the same length differ.
pub(super) fn differing<'a>(
    one: &'a ArrayRef,
    other: &'a ArrayRef,
) -> impl Iterator<Item = usize> + 'a {
    (0..one.len()).filter(|row| one.slice(*row, 1).as_ref() != other.slice(*row, 1).as_ref())
}

fn first_difference(one: &ArrayRef, other: &ArrayRef) -> Option<usize> {
    if one.as_ref() == other.as_ref() { None } else { differing(one, other).next() }
}

/// A quarantined row: which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    segment: usize,
    /// Its number, or else its place among the segment's rows of this batch.
    row: u64,
    numbered: bool,
}

/// A quarantined row: what it leaves with.
struct Kept<'a> {
    rows: &'a RecordBatch,
    row: usize,
    fault: Option<usize>,
    reasons: BTreeSet<String>,
}

impl Kept<'_> {
    fn value(&self, column: &str) -> Option<ArrayRef> {
        self.rows.column_by_name(column).map(|column| column.slice(self.row, 1))
    }
}

fn by_row<'a>(quarantined: &'a [Quarantined], rows: &str) -> BTreeMap<Key, Kept<'a>> {
    let mut kept = BTreeMap::new();
    let mut placed: BTreeMap<usize, u64> = BTreeMap::new();
    for own in quarantined {
        let numbers = own.rows.column_by_name(rows).map(|rows| rows.as_primitive::<UInt64Type>());
        let reasons = own.rules.as_list::<i32>();
        for row in 0..own.rows.num_rows() {
            let place = placed.entry(own.segment).or_default();
            let number = numbers.map_or(*place, |numbers| numbers.value(row));
            *place += 1;
            let reasons = reasons.value(row);
            let reasons = reasons.as_string::<i32>().iter().flatten().map(str::to_owned).collect();
            let key = Key { segment: own.segment, row: number, numbered: numbers.is_some() };
            kept.insert(key, Kept { rows: &own.rows, row, fault: own.fault, reasons });
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_matched_by_their_numbers() {
        let matched = Matched::of(&[1, 2, 5, 7], &[2, 3, 4, 5, 9]);
        assert_eq!((matched.before, matched.after), (vec![1, 2], vec![0, 3]));
        assert_eq!((matched.alone, matched.first_alone), (5, Some(1)));
        let matched = Matched::of(&[], &[4]);
        assert_eq!((matched.alone, matched.first_alone), (1, Some(4)));
        assert_eq!(Matched::of(&[3, 4], &[3, 4]).first_alone, None);
    }
}
