//! What comes often, counted in a table of fixed size.

use arrow_array::{Array, ArrayRef};
use arrow_cast::display::ArrayFormatter;
use arrow_schema::DataType;
use datasketches::frequencies::{ErrorType, FrequentItemsSketch};

use crate::ends::{json, plain, text_options};
use crate::profile::{Common, Counted};

/// Texts that are counted at a time: up to three quarters of it the counts are exact.
const TABLE: usize = 4_096;

/// The longest text that is counted, in bytes: what is longer is common to nothing.
const LONGEST: usize = 256;

/// Rows that a value must have to be stated, where not all values are: fewer may be one
/// person.
const MIN_ROWS: u64 = 10;

/// The most values that are stated, where not all are.
const MOST: usize = 20;

/// A column of at most so many different values is one of categories, and all are stated,
const MAX_CATEGORIES: usize = 64;

/// where each has so many rows in the mean.
const ROWS_OF_CATEGORY: u64 = 20;

/// Texts, and how often each came, about.
pub(crate) struct Often {
    sketch: FrequentItemsSketch<String>,
    too_long: u64,
}

impl Often {
    pub(crate) fn new() -> Option<Self> {
        let sketch = FrequentItemsSketch::new(TABLE).ok()?;
        Some(Self { sketch, too_long: 0 })
    }

    pub(crate) fn add(&mut self, text: &str) {
        if text.len() > LONGEST {
            self.too_long += 1;
        } else {
            self.sketch.update_ref(text);
        }
    }

    /// Values of any type, as they are written.
    pub(crate) fn add_values(&mut self, values: &ArrayRef) {
        let options = text_options();
        let Some(values) = plain(values) else { return };
        let Ok(formatter) = ArrayFormatter::try_new(values.as_ref(), &options) else { return };
        let mut text = String::new();
        for row in (0..values.len()).filter(|row| values.is_valid(*row)) {
            text.clear();
            match formatter.value(row).write(&mut text) {
                Ok(()) => self.add(&text),
                // A date past what has a text.
                Err(_) => self.too_long += 1,
            }
        }
    }

    /// All texts that are known, the commonest first, whether they are all that there are,
    /// and by how much their numbers may be too high.
    pub(crate) fn all(&self) -> Common<(String, u64)> {
        let rows = self.sketch.frequent_items(ErrorType::NoFalsePositives);
        let mut common: Vec<_> =
            rows.iter().map(|row| (row.item().clone(), row.estimate())).collect();
        common.sort_by(|(a, a_rows), (b, b_rows)| b_rows.cmp(a_rows).then_with(|| a.cmp(b)));
        let error = self.sketch.maximum_error();
        Common { complete: error == 0 && self.too_long == 0, error, common }
    }
}

/// The values to state: all of a column of categories, and else those that many rows have.
pub(crate) fn stated(
    found: Common<(String, u64)>,
    data_type: &DataType,
) -> Option<Common<Counted>> {
    let Common { complete, error, common } = found;
    let different = common.len();
    let rows: u64 = common.iter().map(|(_, rows)| rows).sum();
    let categories =
        complete && different <= MAX_CATEGORIES && rows >= ROWS_OF_CATEGORY * different as u64;
    let counted = common
        .into_iter()
        .filter_map(|(text, rows)| Some(Counted { value: json(&text, data_type)?, rows }));
    let common: Vec<Counted> = if categories {
        counted.collect()
    } else {
        counted.filter(|counted| counted.rows >= MIN_ROWS + error).take(MOST).collect()
    };
    let complete = categories && common.len() == different;
    (!common.is_empty()).then_some(Common { complete, error, common })
}
