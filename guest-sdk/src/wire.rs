//! A schema and a batch as they cross between host and module.
//!
//! These are the records of the WIT interface `columnar`, in plain Rust: on the
//! wasm target the exports turn one into the other, natively the
//! `testing` module builds them, so that a native test takes the same path.

/// One field of a schema, in depth-first pre-order (`columnar.field`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The field's name.
    pub name: String,
    /// Its type, as a format string of the Arrow C data interface.
    pub format: String,
    /// Whether its values may be null.
    pub nullable: bool,
    /// How many direct children follow.
    pub children: u32,
    /// Key and value pairs of the field's metadata.
    pub metadata: Vec<(String, String)>,
}

/// The length and the null count of one field in one batch (`columnar.node`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Number of values, valid or null.
    pub length: u32,
    /// Number of those that are null.
    pub null_count: u32,
}

/// The rows of some keys (`lookup.matches`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matches {
    /// A bit for each key: whether a row has it.
    pub found: Vec<u8>,
    /// A bit for each key: whether several have it.
    pub several: Vec<u8>,
    /// The given columns.
    pub columns: Batch,
}

/// One record batch (`columnar.batch`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Number of rows; every top-level node has this length.
    pub rows: u32,
    /// One for each field, in the order of the schema.
    pub nodes: Vec<Node>,
    /// Each field's buffers, in the same order, as Arrow's IPC format lays them out.
    pub buffers: Vec<Vec<u8>>,
}
