//! What a plan says of its input: which columns, which part of each, in which order.

/// What a module is given of a column that it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its values, and which of them are null.
    Values,
    /// Only which rows have a value. The column comes as a bool column of its name,
    /// without nulls: true where the value is not null.
    Presence,
}

/// One column to read. A name alone reads the column's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The column's name.
    pub column: String,
    /// What is read of it.
    pub part: Part,
}

impl Read {
    /// Reads only which rows of a column have a value: faster, and nothing else of
    /// the column can become known.
    pub fn presence(column: impl Into<String>) -> Self {
        Self { column: column.into(), part: Part::Presence }
    }
}

impl From<String> for Read {
    fn from(column: String) -> Self {
        Self { column, part: Part::Values }
    }
}

impl From<&String> for Read {
    fn from(column: &String) -> Self {
        column.clone().into()
    }
}

impl From<&str> for Read {
    fn from(column: &str) -> Self {
        column.to_owned().into()
    }
}

/// What the answer to a batch may depend on, beside the settings and that batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordering {
    /// On nothing else. The host may open the module several times and give each
    /// batch to any of them; states are merged in any order.
    Independent,
    /// On the batches before it. One opened module gets all of them, in order.
    Ordered,
}
