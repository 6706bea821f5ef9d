//! What a contestant answers, in a form in which answers are compared.

use arrow_array::{Array, ArrayRef};

/// The columns that came of each batch and, last, of the end of the input: values,
/// or a column of bools for a bitmap.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer(Vec<Vec<ArrayRef>>);

impl Answer {
    /// Adds what came of the next batch.
    pub fn push(&mut self, columns: Vec<ArrayRef>) {
        self.0.push(columns);
    }

    /// Where another one differs first, in words; empty where it is equal.
    pub fn differs(&self, other: &Answer) -> String {
        for (batch, (own, others)) in self.0.iter().zip(&other.0).enumerate() {
            if own.len() != others.len() {
                return format!(
                    ": {} columns against {} of batch {batch}",
                    own.len(),
                    others.len()
                );
            }
            for (at, (own, other)) in own.iter().zip(others).enumerate() {
                let types = (own.data_type(), other.data_type());
                if types.0 != types.1 || own.len() != other.len() {
                    return format!(
                        ": column {at} of batch {batch} is {} values of {} against {} of {}",
                        own.len(),
                        types.0,
                        other.len(),
                        types.1
                    );
                }
                let differs = |row: &usize| own.slice(*row, 1) != other.slice(*row, 1);
                if let Some(row) = (0..own.len()).find(differs) {
                    return format!(
                        ": column {at} of batch {batch}, row {row}: {:?} against {:?}",
                        own.slice(row, 1),
                        other.slice(row, 1)
                    );
                }
            }
        }
        if self.0.len() == other.0.len() {
            String::new()
        } else {
            format!(": {} batches against {}", self.0.len(), other.0.len())
        }
    }
}
